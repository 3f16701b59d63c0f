import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import pytest
from polling_server import redirect, response

from feeds.errors import FetchError, GoneError
from feeds.model import Validators
from feeds.polling.fetch import fetch
from feeds.polling.network import FetchPolicy, Network

NOW = datetime(2022, 11, 1, 8, 0, tzinfo=UTC)
NOTHING = Validators()
SINCE = "Tue, 01 Nov 2022 07:00:00 GMT"


def run(url, validators=NOTHING):
    async def once():
        allowed = frozenset({url.split("/")[2].rpartition("@")[2]})
        async with Network(FetchPolicy("feeds/test", allow_hosts=allowed)) as network:
            return await fetch(network, url, validators, clock=lambda: NOW)

    return asyncio.run(once())


def failure(url, **options):
    with pytest.raises(FetchError) as caught:
        run(url, **options)
    return caught.value


# --- What is asked, and what comes of it ------------------------------------------------------------


def test_a_document_comes_with_all_that_is_known_of_it(serve):
    server = serve(
        response(
            body=gzip.compress(b"<rss/>"),
            content_encoding="gzip",
            content_type="text/xml; charset=utf-8",
            etag='"1"',
            last_modified=SINCE,
        )
    )

    result = run(server.url)

    assert result.status == 200
    assert result.url == server.url
    assert result.size == 6
    assert result.moved_to is None
    assert result.document.url == server.url
    assert result.document.body == b"<rss/>"
    assert result.document.media_type == "text/xml; charset=utf-8"
    assert result.document.validators == Validators('"1"', SINCE)


def test_feeds_are_asked_for_first(serve):
    server = serve(response())

    run(server.url)

    assert server.asked[0].headers["accept"].startswith("application/atom+xml, application/rss+xml, ")


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        ('"33a64df5"', SINCE),
        ('W/"a, b"', "yesterday, more or less"),
        ("unquoted-and;odd=1", "2022-11-01T07:00:00Z"),
        ('"caf\xe9"', "Tue, 01 Nov 2022 07:00:00 +0000"),
        ('"-gzip"', None),
        (None, SINCE),
    ],
)
def test_validators_come_back_exactly_as_they_were_given(serve, etag, last_modified):
    given = {"etag": etag, "last_modified": last_modified}
    given = {name: value for name, value in given.items() if value}
    server = serve(
        lambda asked: response(304, b"") if len(server.asked) > 1 else response(**given),
    )

    document = run(server.url).document
    again = run(server.url, document.validators)

    assert again.document is None
    assert again.status == 304
    assert document.validators == Validators(etag, last_modified)
    assert server.asked[1].headers.get("if-none-match") == etag
    assert server.asked[1].headers.get("if-modified-since") == last_modified


def test_a_304_to_a_plain_request_is_an_error(serve):
    server = serve(response(304, b""))

    assert "without having been asked" in failure(server.url).reason


def test_a_cut_body_gives_no_document_and_so_no_validators(serve):
    server = serve(
        lambda asked: [b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 100\r\n\r\n<rss><channel>']
    )

    assert failure(server.url).reason == "the server broke off, or does not speak HTTP"


def test_an_endless_validator_is_not_kept(serve):
    server = serve(response(etag='"' + "x" * 5000 + '"', last_modified=SINCE))

    assert run(server.url).document.validators == Validators(None, SINCE)


def test_the_address_of_a_document_holds_no_secret(serve):
    server = serve(response())
    url = f"http://anna:pw@{server.host}/feed?token=abc&page=1"

    result = run(url)

    assert result.document.url == f"http://{server.host}/feed?page=1"
    assert result.url == url


# --- Moves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([], None),
        ([301], "/1"),
        ([308], "/1"),
        ([301, 308, 301], "/3"),
        ([302], None),
        ([303], None),
        ([307], None),
        ([302, 301], None),
        ([301, 302], "/1"),
        ([301, 301, 307, 301], "/2"),
    ],
)
def test_a_source_has_moved_as_far_as_every_step_says_so(serve, statuses, moved_to):
    def answer(asked):
        number = int(asked.path.strip("/"))
        return redirect(statuses[number], f"/{number + 1}") if number < len(statuses) else response()

    server = serve(answer)

    result = run(f"http://{server.host}/0")

    assert result.moved_to == (f"http://{server.host}{moved_to}" if moved_to else None)
    assert result.url == f"http://{server.host}/{len(statuses)}"


def test_a_move_keeps_the_password_of_the_same_origin(serve):
    server = serve(lambda asked: redirect(301, "/new") if asked.path == "/feed" else response())

    assert run(f"http://anna:pw@{server.host}/feed").moved_to == f"http://anna:pw@{server.host}/new"


# --- Failures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, "HTTP 403 Forbidden"),
        (404, "HTTP 404 Not Found"),
        (429, "HTTP 429 Too Many Requests"),
        (500, "HTTP 500 Internal Server Error"),
        (503, "HTTP 503 Service Unavailable"),
        (799, "HTTP 799"),
        (206, "HTTP 206 Partial Content"),
        (302, "HTTP 302 Found: a redirect without an address"),
    ],
)
def test_a_status_that_is_no_document_is_named(serve, status, reason):
    server = serve(response(status, b"<html>"))

    error = failure(server.url)

    assert str(error) == f"{server.url}: {reason}"
    assert error.status == status
    assert error.retry_after is None
    assert not isinstance(error, GoneError)


def test_an_empty_answer_is_an_error(serve):
    server = serve(response(body=b"", etag='"1"'))

    assert failure(server.url).reason == "the answer was empty"


def test_410_means_gone_for_good(serve):
    server = serve(lambda asked: redirect(301, "/new") if asked.path == "/feed" else response(410))

    error = failure(server.url)

    assert isinstance(error, GoneError)
    assert error.status == 410


def test_410_behind_a_temporary_redirect_is_not_about_the_source(serve):
    server = serve(lambda asked: redirect(302, "/new") if asked.path == "/feed" else response(410))

    error = failure(server.url)

    assert not isinstance(error, GoneError)
    assert error.reason == f"redirected to http://{server.host}/new: HTTP 410 Gone"


@pytest.mark.parametrize("status", [429, 503, 403])
@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Tue, 01 Nov 2022 09:30:00 GMT", timedelta(hours=1.5)),
        ("Tuesday, 01-Nov-22 09:30:00 GMT", timedelta(hours=1.5)),
        ("Tue Nov  1 09:30:00 2022", timedelta(hours=1.5)),
        ("604800", timedelta(days=7)),
        ("99999999", timedelta(days=7)),
        ("999999999999999", timedelta(days=7)),
        ("Fri, 01 Nov 2030 09:30:00 GMT", timedelta(days=7)),
        ("0", None),
        ("-5", None),
        ("Tue, 01 Nov 2022 07:00:00 GMT", None),
        ("soon", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after_is_understood_in_both_forms(serve, status, text, wait):
    server = serve(response(status, b"", retry_after=text))

    assert failure(server.url).retry_after == (NOW + wait if wait else None)


# --- Freshness --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "fresh_for"),
    [
        ({}, None),
        ({"cache_control": "max-age=600"}, timedelta(minutes=10)),
        ({"cache_control": 'public, Max-Age="600"'}, timedelta(minutes=10)),
        ({"cache_control": "max-age=600", "age": "200"}, timedelta(seconds=400)),
        ({"cache_control": "max-age=600", "age": "600"}, None),
        ({"cache_control": "max-age=0"}, None),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "max-age=lots"}, None),
        ({"cache_control": "s-maxage=600"}, None),
        ({"cache_control": "no-cache, max-age=600"}, None),
        ({"cache_control": "no-store, max-age=600"}, None),
        ({"cache_control": "max-age=999999999999"}, timedelta(days=366)),
        ({"cache_control": f"max-age={2**64}"}, timedelta(days=366)),
        (
            {"expires": "Tue, 01 Nov 2022 09:00:00 GMT", "date": "Tue, 01 Nov 2022 08:00:00 GMT"},
            timedelta(hours=1),
        ),
        ({"expires": "Tue, 01 Nov 2022 07:00:00 GMT", "date": "Tue, 01 Nov 2022 08:00:00 GMT"}, None),
        ({"expires": "Tue, 01 Nov 2022 09:00:00 GMT"}, None),
        ({"expires": "0", "date": "Tue, 01 Nov 2022 08:00:00 GMT"}, None),
        (
            {
                "cache_control": "max-age=60",
                "expires": "Tue, 01 Nov 2022 09:00:00 GMT",
                "date": "Tue, 01 Nov 2022 08:00:00 GMT",
            },
            timedelta(minutes=1),
        ),
    ],
)
@pytest.mark.parametrize("status", [200, 304])
def test_a_server_may_say_how_long_it_will_not_change(serve, status, headers, fresh_for):
    server = serve(response(status, b"<rss/>" if status == 200 else b"", **headers))

    assert run(server.url, Validators('"1"')).fresh_for == fresh_for
