"""Forms go out by the same guarded way as everything else."""

import asyncio

import pytest
from polling_server import redirect, response

from feeds.errors import FetchError, RefusedError
from feeds.polling.network import FetchPolicy, Network

FIELDS = {"hub.mode": "subscribe", "hub.topic": "https://a.example/?a=1&b=ü"}
FORM = b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2F%3Fa%3D1%26b%3D%C3%BC"


def post(url, *hosts, **options):
    options = {"spacing": 0.0, "timeout": 2.0, "total_timeout": 5.0} | options

    async def run():
        policy = FetchPolicy("feeds/test", allow_hosts=frozenset(hosts), **options)
        async with Network(policy) as network:
            return await network.post(url, FIELDS)

    return asyncio.run(run())


def test_a_form_is_posted_and_nothing_else_of_us(serve):
    server = serve(response(202, b"accepted"))
    answer = post(server.url, server.host)
    [asked] = server.asked

    assert (answer.status, answer.body) == (202, b"")
    assert (asked.method, asked.body) == ("POST", FORM)
    assert asked.headers == {
        "host": server.host,
        "user-agent": "feeds/test",
        "accept-encoding": "gzip",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(FORM)),
    }


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_repeats_the_form_is_followed(serve, status):
    new = serve(response(202, b""))
    old = serve(redirect(status, new.url))
    answer = post(old.url, old.host, new.host)

    assert (answer.status, answer.url) == (202, new.url)
    assert [asked.body for asked in new.asked] == [FORM]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_any_other_redirect_is_an_answer(serve, status):
    new = serve(response(202, b""))
    old = serve(redirect(status, new.url))

    assert post(old.url, old.host, new.host).status == status
    assert new.asked == []


def test_a_redirect_is_checked_like_every_address(serve):
    new = serve(response(202, b""))
    old = serve(redirect(307, new.url))

    with pytest.raises(RefusedError, match="not a public address"):
        post(old.url, old.host)
    assert new.asked == []


def test_a_private_address_is_refused(serve):
    server = serve(response(202, b""))

    with pytest.raises(RefusedError):
        post(server.url)
    assert server.asked == []


def test_the_body_of_the_answer_is_not_read(serve):
    server = serve(lambda asked: response(200, b"x" * 100, content_encoding="br"))

    assert post(server.url, server.host, max_body_bytes=10).status == 200


def test_a_server_that_never_answers_is_left(serve):
    server = serve(lambda asked: iter(lambda: b"HTTP/1.1 202 OK\r\nX: y\r\n", None))

    with pytest.raises(FetchError):
        post(server.url, server.host, total_timeout=0.5)


# --- A call to one server, which leads nowhere else -------------------------------------------------


def make_call(url, *hosts, body=None, **options):
    options = {"spacing": 0.0, "timeout": 2.0, "total_timeout": 5.0} | options

    async def run():
        policy = FetchPolicy("feeds/test", allow_hosts=frozenset(hosts), **options)
        async with Network(policy) as network:
            return await network.call(url, {"X-Y": "z"}, body)

    return asyncio.run(run())


@pytest.mark.parametrize(("body", "method"), [(None, "GET"), (b"<feed/>", "POST"), (b"", "POST")])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_call_follows_no_redirect(serve, status, body, method):
    new = serve(response(202, b""))
    old = serve(redirect(status, new.url))

    assert make_call(old.url, old.host, new.host, body=body).status == status
    assert new.asked == []
    [asked] = old.asked
    assert (asked.method, asked.body, asked.headers["x-y"]) == (method, body or b"", "z")


def test_of_a_call_without_a_body_the_answer_is_read(serve):
    server = serve(response(200, b"challenge"))

    assert make_call(server.url, server.host).body == b"challenge"
    assert make_call(server.url, server.host, body=b"x").body == b""


def test_of_a_call_any_2xx_is_read(serve):
    server = serve(response(202, b"challenge"))

    assert make_call(server.url, server.host).body == b"challenge"


def test_where_only_what_is_listed_may_be_called_nothing_else_is(serve):
    server = serve(response(200, b""))

    with pytest.raises(RefusedError, match="is not listed"):
        make_call(server.url, "other.example", only_listed=True, allow_private=True)
    assert make_call(server.url, server.host, only_listed=True).status == 200


def test_a_call_that_is_broken_off_waits_for_nobody_to_read_it():
    async def run():
        hangs = asyncio.Event()

        async def hang(reader, writer):
            await hangs.wait()
            writer.close()

        server = await asyncio.start_server(hang, "127.0.0.1", limit=1)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with Network(FetchPolicy("feeds/test", allow_private=True)) as network:
            call = asyncio.create_task(network.call(url, {}, bytes(20_000_000)))
            await asyncio.sleep(0.5)
            call.cancel()
            async with asyncio.timeout(2):
                await asyncio.gather(call, return_exceptions=True)
        hangs.set()
        server.close()
        return call.cancelled()

    assert asyncio.run(run())


def test_a_call_is_guarded(serve):
    server = serve(response(200, b""))

    with pytest.raises(RefusedError):
        make_call(server.url, body=b"x")
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:65536/", "http://127.0.0.1:99999/"])
def test_a_port_that_does_not_exist_is_no_address(url):
    with pytest.raises(FetchError):
        make_call(url, "127.0.0.1")
