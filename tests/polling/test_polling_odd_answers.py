"""Answers that are strange: read where a reader would expect it, and never at the cost of others."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from polling_server import redirect, response

from feeds.errors import FetchError
from feeds.polling.fetch import fetch
from feeds.polling.network import FetchPolicy, Network

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TITLED = b"<rss><channel><title>F</title><item><title>One</title></item></channel></rss>"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def clock():
    return NOW


def run(*urls, clock=clock, **options):
    """Fetch addresses side by side; return of each what it brought, or the error, and its seconds."""
    options = {"total_timeout": 5.0, "timeout": 2.0, "spacing": 0.0} | options

    async def ask(network, url):
        begun = time.monotonic()
        try:
            result = await fetch(network, url, clock=clock)
        except FetchError as error:
            result = error
        return result, time.monotonic() - begun

    async def all_of_them():
        policy = FetchPolicy("feeds/test (+http://feeds.example)", allow_private=True, **options)
        async with Network(policy) as network:
            return await asyncio.gather(*(ask(network, url) for url in urls))

    return asyncio.run(all_of_them())


def fetch_one(url, **options):
    [(result, _)] = run(url, **options)
    return result


# --- What is read -----------------------------------------------------------------------------------


def test_what_a_proxy_has_changed_on_the_way_is_read(serve):
    result = fetch_one(serve(response(203, TITLED, etag='"1"')).url)

    assert result.status == 203
    assert result.document.body == TITLED
    assert result.document.validators.etag == '"1"'


@pytest.mark.parametrize("coding", ["none", "UTF-8", "8bit", "identity, none", ""])
def test_a_content_encoding_that_is_none_says_nothing(serve, coding):
    assert fetch_one(serve(response(body=TITLED, content_encoding=coding)).url).document.body == TITLED


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd, none"])
def test_a_coding_that_nobody_asked_for_is_refused(serve, coding):
    error = fetch_one(serve(response(body=TITLED, content_encoding=coding)).url)

    assert error.reason == "body is encoded in a way nobody asked for"


def test_a_field_that_is_sent_twice_is_one(serve):
    head = b"Retry-After: 120\r\nRetry-After: 120\r\n"
    server = serve(b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n" + head + b"\r\n")

    assert fetch_one(server.url).retry_after == NOW + timedelta(seconds=120)


def test_a_redirect_that_is_sent_twice_is_followed(serve):
    moved = redirect(302, "/new").replace(b"\r\n\r\n", b"\r\nLocation: /new\r\n\r\n")
    server = serve(lambda asked: moved if asked.path == "/feed" else response(body=TITLED))

    assert fetch_one(server.url).url == f"http://{server.host}/new"


def test_a_redirect_to_no_usable_address_is_told_as_a_redirect(serve):
    error = fetch_one(serve(redirect(302, "http://0177.0.0.1/")).url)

    assert error.reason == "the redirect leads to no web address"


# --- What must not delay others ---------------------------------------------------------------------


def test_interim_answers_before_the_answer_are_passed_over(serve):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
    body = b"HTTP/1.1 100 Continue\r\n\r\n" * 50  # of the answer, and none of its own
    server = serve(
        lambda asked: iter([CONTINUE[:9], CONTINUE[9:] + hints * 5, response(body=body, close=True)])
    )

    assert fetch_one(server.url).document.body == body


def test_who_sends_nothing_but_interim_answers_is_left_at_once(serve):
    server = serve(lambda asked: (CONTINUE * 1000 for _ in range(100_000)))

    [(error, seconds)] = run(server.url)

    assert error.reason == "one interim answer follows the other"
    assert seconds < 2


def test_a_body_of_tiny_chunks_delays_no_other(serve):
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 90_000 + b"0\r\n\r\n"
    slow = serve(chunks)
    hops = serve(lambda asked: response() if asked.path == "/feed5" else redirect(302, hop(asked.path)))

    (_, long), (_, short) = run(slow.url, hops.url)

    assert short < long / 2


def hop(path):
    return f"/feed{int(path.removeprefix('/feed') or 0) + 1}"


# --- From when a wait counts ------------------------------------------------------------------------


def test_a_retry_after_counts_from_the_answer_however_long_the_request_waited(serve):
    now = [NOW]

    def answer(asked):
        now[0] += timedelta(seconds=50)
        return response(503, b"", retry_after="120")

    error = fetch_one(serve(answer).url, clock=lambda: now[0])

    assert error.retry_after == NOW + timedelta(seconds=170)


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_is_not_asked_at_the_next_place_for_a_feed(here, serve, status):
    page = response(body=b"<html><title>Home</title><p>Words</p></html>", content_type="text/html")
    server = serve(lambda asked: page if asked.path == "/feed" else response(status, b""))
    here.subscribe(server.url)

    [outcome] = here.poll(server.url)

    assert outcome.error == f"{server.url}: the document is a web page, not a feed"
    assert len(server.asked) == 2
