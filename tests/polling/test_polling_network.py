import asyncio
import base64
import gzip
import socket
import ssl
import time
import zlib
from pathlib import Path

import pytest
from polling_server import redirect, response

from feeds.errors import FetchError, RefusedError
from feeds.polling.network import FetchPolicy, Network

CERTIFICATE = Path(__file__).parents[1] / "data" / "tls" / "feed.example.pem"


def policy(*hosts, **options):
    options = {"spacing": 0.0, "timeout": 2.0, "total_timeout": 5.0} | options
    return FetchPolicy("feeds/test (+http://feeds.example)", allow_hosts=frozenset(hosts), **options)


def get(policy, url, headers=None, **options):
    async def run():
        async with Network(policy, **options) as network:
            return await network.get(url, headers or {})

    return asyncio.run(run())


def refusal(policy, url, **options):
    with pytest.raises(FetchError) as caught:
        get(policy, url, **options)
    return caught.value


async def at_home(host, port):
    return ["127.0.0.1"]


# --- What is sent -----------------------------------------------------------------------------------


def test_a_request_says_who_asks_and_nothing_else_of_us(serve):
    server = serve(response())

    get(policy(server.host), server.url, {"Accept": "text/xml"})

    assert server.asked[0].headers == {
        "host": server.host,
        "user-agent": "feeds/test (+http://feeds.example)",
        "accept-encoding": "gzip",
        "accept": "text/xml",
    }


def test_cookies_are_not_sent_back(serve):
    server = serve(response(set_cookie="id=1; Path=/"))

    async def twice():
        async with Network(policy(server.host)) as network:
            await network.get(server.url)
            await network.get(server.url)

    asyncio.run(twice())

    assert len(server.asked) == 2
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_a_proxy_in_the_environment_is_not_used(serve, monkeypatch):
    server, proxy = serve(response(body=b"direct")), serve(response(body=b"proxy"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{proxy.host}")

    assert get(policy(server.host, proxy.host), server.url).body == b"direct"
    assert proxy.asked == []


def test_a_fragment_stays_here(serve):
    server = serve(response())

    answer = get(policy(server.host), f"{server.url}?a=b#part")

    assert server.asked[0].path == "/feed?a=b"
    assert answer.url == f"{server.url}?a=b"


def test_a_password_in_the_address_is_sent_to_its_server(serve):
    server = serve(response())

    get(policy(server.host), f"http://anna:s%40cret@{server.host}/feed")

    token = server.asked[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(token) == b"anna:s@cret"


def test_no_error_shows_a_password():
    error = refusal(policy(), "http://anna:s3cret@127.0.0.1:8000/feed?token=abc&a=b")

    assert str(error) == "http://127.0.0.1:8000/feed?a=b: 127.0.0.1 is not a public address"


# --- Redirects --------------------------------------------------------------------------------------


def test_redirects_are_followed_and_told(serve):
    pages = {"/feed": redirect(301, "/b"), "/b": redirect(302, "c?d=1"), "/c?d=1": response(body=b"here")}
    server = serve(lambda asked: pages[asked.path])

    answer = get(policy(server.host), server.url)

    assert answer.body == b"here"
    assert answer.url == f"http://{server.host}/c?d=1"
    assert [(step.status, step.url) for step in answer.redirects] == [
        (301, f"http://{server.host}/b"),
        (302, f"http://{server.host}/c?d=1"),
    ]


def test_a_redirect_to_another_port_of_the_same_machine_is_refused(serve):
    inner = serve(response(body=b"secret"))
    outer = serve(redirect(302, inner.url))

    with pytest.raises(RefusedError, match=r"redirected to .*: 127\.0\.0\.1 is not a public") as caught:
        get(policy(outer.host), outer.url)

    assert caught.value.subject == outer.url
    assert inner.asked == []


@pytest.mark.parametrize(
    "location", ["ftp://feed.example/", "file:///etc/passwd", "gopher://127.0.0.1:70/", "mailto:a@b.example"]
)
def test_a_redirect_out_of_the_web_is_refused(serve, location):
    server = serve(redirect(302, location))

    assert isinstance(refusal(policy(server.host), server.url), RefusedError)


@pytest.mark.parametrize("count", [5, 6])
def test_five_redirects_are_followed_and_no_more(serve, count):
    def answer(asked):
        number = int(asked.path.strip("/"))
        return redirect(302, f"/{number - 1}") if number else response()

    server = serve(answer)
    url = f"http://{server.host}/{count}"

    if count == 5:
        assert get(policy(server.host), url).status == 200
    else:
        assert "more than 5 times" in refusal(policy(server.host), url).reason
    assert len(server.asked) == 6


def test_nothing_confidential_goes_to_another_origin(serve):
    other = serve(response())
    first = serve(lambda asked: redirect(302, "/again" if asked.path == "/feed" else other.url))
    headers = {"If-None-Match": '"1"', "If-Modified-Since": "Tue, 01 Nov 2022 08:00:00 GMT", "Accept": "a/b"}

    answer = get(policy(first.host, other.host), f"http://anna:pw@{first.host}/feed", headers)

    confidential = {"authorization", "if-none-match", "if-modified-since"}
    assert all(confidential <= asked.headers.keys() for asked in first.asked)
    assert confidential.isdisjoint(other.asked[0].headers)
    assert other.asked[0].headers["accept"] == "a/b"
    assert [step.url for step in answer.redirects] == [f"http://anna:pw@{first.host}/again", other.url]


def test_a_password_in_a_redirect_is_not_used(serve):
    other = serve(response())
    first = serve(redirect(302, f"http://eve:pw@{other.host}/feed"))

    answer = get(policy(first.host, other.host), first.url)

    assert "authorization" not in other.asked[0].headers
    assert answer.url == other.url


def test_a_redirect_may_be_written_in_utf_8(serve):
    server = serve(lambda asked: redirect(302, "/文章") if asked.path == "/feed" else response())

    assert get(policy(server.host), server.url).url == f"http://{server.host}/%E6%96%87%E7%AB%A0"


def test_a_304_nobody_asked_for_is_an_error(serve):
    server = serve(response(304, b""))

    assert "without having been asked" in refusal(policy(server.host), server.url).reason


# --- Where connections go ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_no_spelling_of_this_machine_is_reached(serve, host):
    server = serve(response())

    error = refusal(policy(), f"http://{host}:{server.port}/feed")

    assert isinstance(error, RefusedError)
    assert server.asked == []


def test_the_address_that_was_judged_is_the_one_connected_to(serve):
    server = serve(response(body=b"the judged one"))
    answers = [["127.0.0.1"], ["127.0.0.9"]]

    async def changing(host, port):
        return answers.pop(0)

    answer = get(policy(allow_private=True), f"http://feed.example:{server.port}/feed", resolver=changing)

    assert answer.body == b"the judged one"
    assert answers == [["127.0.0.9"]]
    assert server.asked[0].headers["host"] == f"feed.example:{server.port}"


def test_a_name_that_turns_private_is_refused_at_the_next_connection(serve):
    server = serve(lambda asked: response(close=True))
    answers = [["1.1.1.1"], ["127.0.0.1"]]

    async def rebinding(host, port):
        return answers.pop()

    error = refusal(policy(), f"http://feed.example:{server.port}/feed", resolver=rebinding)

    assert error.reason == "feed.example is 127.0.0.1, which is not a public address"
    assert server.asked == []


def test_the_next_address_is_tried_when_one_is_dead(serve):
    server = serve(response(body=b"alive"))

    async def resolver(host, port):
        return ["127.0.0.9", "127.0.0.1"]

    url = f"http://feed.example:{server.port}/feed"
    assert get(policy(allow_private=True), url, resolver=resolver).body == b"alive"


def secure(serve):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    names = []
    context.sni_callback = lambda connection, name, context: names.append(name)
    return serve(response(body=b"secret"), tls=context), names


def test_tls_is_spoken_with_the_name_not_the_address(serve):
    server, names = secure(serve)
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    url = f"https://feed.example:{server.port}/feed"

    answer = get(policy(allow_private=True), url, resolver=at_home, tls=trusting)

    assert answer.body == b"secret"
    assert names == ["feed.example"]


@pytest.mark.parametrize(
    ("host", "tls", "reason"),
    [
        ("feed.example", None, "certificate: self-signed certificate"),
        ("other.example", "trusting", "certificate: Hostname mismatch"),
    ],
)
def test_a_certificate_that_is_not_valid_is_said(serve, host, tls, reason):
    server, _ = secure(serve)
    context = ssl.create_default_context(cafile=CERTIFICATE) if tls else None

    error = refusal(
        policy(allow_private=True), f"https://{host}:{server.port}/feed", resolver=at_home, tls=context
    )

    assert error.reason.startswith(reason)


# --- Bodies -----------------------------------------------------------------------------------------


def test_gzip_is_inflated(serve):
    server = serve(response(body=gzip.compress(b"<feed/>"), content_encoding="gzip"))

    assert get(policy(server.host), server.url).body == b"<feed/>"


def test_gzip_may_have_several_members_and_padding(serve):
    body = gzip.compress(b"<feed>") + gzip.compress(b"</feed>") + b"\0\0\0"
    server = serve(response(body=body, content_encoding="GZIP"))

    assert get(policy(server.host), server.url).body == b"<feed></feed>"


def bomb(size):
    """`size` bytes of zeros in a thousandth of it."""
    squeeze = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    return b"".join([*(squeeze.compress(block) for _ in range(size // len(block))), squeeze.flush()])


def test_a_gzip_bomb_ends_at_the_limit(serve):
    body = bomb(500_000_000)
    server = serve(response(body=body, content_encoding="gzip"))
    assert len(body) < 5_000_000

    started = time.monotonic()
    error = refusal(policy(server.host), server.url)

    assert error.reason == "body is larger than 5000000 bytes"
    assert time.monotonic() - started < 2


def test_thousands_of_empty_gzip_members_are_refused(serve):
    server = serve(response(body=gzip.compress(b"") * 100_000, content_encoding="gzip"))

    assert refusal(policy(server.host), server.url).reason == "body is no proper gzip"


def chunked(*chunks):
    framed = (b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(framed)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(response(body=b"x" * 1001), "body is larger than 1000 bytes", id="large"),
        pytest.param(chunked(b"x" * 600, b"x" * 600), "body is larger than 1000 bytes", id="large-chunked"),
        pytest.param(
            response(body=gzip.compress(b"x" * 1001), content_encoding="gzip"),
            "body is larger than 1000 bytes",
            id="large-inflated",
        ),
        pytest.param(
            response(body=gzip.compress(b"<feed/>")[:-4], content_encoding="gzip"),
            "body ended early",
            id="gzip-cut",
        ),
        pytest.param(
            response(body=b"<feed/>", content_encoding="gzip"), "body is no proper gzip", id="no-gzip"
        ),
        pytest.param(
            response(body=b"abc", content_encoding="br"),
            "body is encoded in a way nobody asked for",
            id="brotli",
        ),
        pytest.param(
            [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>"],
            "the server broke off, or does not speak HTTP",
            id="cut",
        ),
        pytest.param([chunked(b"<rss>")], "the server broke off, or does not speak HTTP", id="chunked-cut"),
        pytest.param([b""], "the server broke off, or does not speak HTTP", id="nothing"),
        pytest.param([b"220 mail.example\r\n"], "the server broke off, or does not speak HTTP", id="mail"),
    ],
)
def test_a_body_that_is_not_whole_or_too_large_is_an_error(serve, answer, reason):
    server = serve(lambda asked: answer)

    error = refusal(policy(server.host, max_body_bytes=1000), server.url)

    assert error.reason == reason
    assert not isinstance(error, RefusedError)


def test_a_body_of_very_many_tiny_chunks_is_refused(serve):
    server = serve(chunked(*[b"x"] * 100_001))

    assert refusal(policy(server.host), server.url).reason == "body comes in too many pieces"


def test_the_largest_body_allowed_arrives(serve):
    server = serve(response(body=gzip.compress(b"x" * 1000), content_encoding="gzip"))

    assert len(get(policy(server.host, max_body_bytes=1000), server.url).body) == 1000


# --- Time -------------------------------------------------------------------------------------------


def drip(asked):
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    for _ in range(1000):
        time.sleep(0.05)
        yield b"x"


def drip_headers(asked):
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(1000):
        time.sleep(0.05)
        yield b"X-%d: y\r\n" % number


@pytest.mark.parametrize("answer", [drip, drip_headers])
def test_a_slow_drip_ends_at_the_deadline(serve, answer):
    server = serve(answer)
    started = time.monotonic()

    error = refusal(policy(server.host, total_timeout=0.5), server.url)

    assert error.reason == "no complete answer within 0.5 s"
    assert 0.5 <= time.monotonic() - started < 2


@pytest.mark.parametrize("head", [b"X: " + b"x" * 200_000, b"X: x\r\n" * 30_000, b"x" * 200_000])
def test_a_header_without_bounds_is_refused(serve, head):
    answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n"

    server = serve(answer)

    reason = refusal(policy(server.host), server.url).reason
    assert reason in ("the server broke off, or does not speak HTTP", "the connection broke")


def test_the_deadline_is_for_all_redirects_together(serve):
    def answer(asked):
        time.sleep(0.2)
        return redirect(302, "/on")

    server = serve(answer)

    error = refusal(policy(server.host, total_timeout=0.5), server.url)

    assert error.reason == f"redirected to http://{server.host}/on: no complete answer within 0.5 s"


def test_waiting_for_a_turn_is_not_counted(serve):
    server = serve(response(close=True))

    async def three():
        async with Network(policy(allow_private=True, spacing=0.3, total_timeout=0.25)) as network:
            return await asyncio.gather(*(network.get(server.url) for _ in range(3)))

    assert [answer.status for answer in asyncio.run(three())] == [200, 200, 200]


def test_silence_is_noticed_before_the_deadline(serve):
    server = serve(lambda asked: iter(lambda: time.sleep(3) or b"", None))

    assert refusal(policy(server.host, timeout=0.2), server.url).reason == "timed out"


def test_a_name_server_that_never_answers_is_given_up():
    async def silent(host, port):
        await asyncio.sleep(60)

    error = refusal(policy(timeout=0.2), "http://feed.example/", resolver=silent)

    assert error.reason == "connecting timed out"


# --- What goes wrong, in words ----------------------------------------------------------------------


def test_a_port_nobody_listens_on_refuses_the_connection():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        assert refusal(policy("127.0.0.1"), f"http://127.0.0.1:{port}/").reason == "connection refused"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), "name not found"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), "name could not be looked up"),
        (UnicodeError("label too long"), "is no usable address"),
    ],
)
def test_a_name_that_is_not_found_is_said(error, reason):
    async def resolver(host, port):
        raise error

    assert refusal(policy(), "http://feed.example/", resolver=resolver).reason == reason


def test_a_name_that_leads_nowhere_cannot_be_reached():
    async def resolver(host, port):
        return []

    assert refusal(policy(), "http://feed.example/", resolver=resolver).reason == "host cannot be reached"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("ftp://feed.example/", RefusedError),
        ("file:///etc/passwd", RefusedError),
        ("feed.example", RefusedError),
        ("", RefusedError),
        ("http://", FetchError),
        ("http://feed.example:99999/", FetchError),
        ("http://[::1/", FetchError),
        ("http://feed\nexample/", FetchError),
    ],
)
def test_what_is_no_web_address_is_refused(url, kind):
    assert isinstance(refusal(policy(), url), kind)


# --- Connections ------------------------------------------------------------------------------------


def gets(policy, *urls):
    async def run():
        async with Network(policy) as network:
            return [await network.get(url) for url in urls]

    return asyncio.run(run())


def test_a_connection_is_used_again(serve):
    server = serve(response())

    gets(policy(server.host), server.url, server.url)

    assert [asked.connection for asked in server.asked] == [0, 0]


def test_a_connection_the_server_has_closed_meanwhile_is_replaced(serve):
    # The first connection takes a second request and closes without a word, as a server does whose
    # patience ends at that moment.
    server = serve(lambda asked: [] if (asked.connection, len(server.asked)) == (0, 2) else response())

    answers = gets(policy(server.host), server.url, server.url)

    assert [answer.status for answer in answers] == [200, 200]
    assert [asked.connection for asked in server.asked] == [0, 0, 1]


def test_a_server_that_only_closes_is_asked_once(serve):
    server = serve(lambda asked: [])

    refusal(policy(server.host), server.url)

    assert len(server.asked) == 1
