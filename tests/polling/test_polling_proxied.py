"""A proxy is asked where the owner names one, and nothing is asked of it that we may not ask ourselves."""

import asyncio
import socket
import socketserver
import ssl
import threading
from base64 import b64encode
from contextlib import contextmanager
from pathlib import Path

import pytest
from polling_server import redirect, response

from feeds.errors import FetchError, RefusedError
from feeds.polling.network import FetchPolicy, Network

CERTIFICATE = Path(__file__).parents[1] / "data" / "tls" / "feed.example.pem"
PUBLIC = "93.184.216.34"


def get(url, proxy, *, names=None, tls=None, **options):
    async def resolver(host, port):
        return [(names or {})[host]]

    async def run():
        policy = FetchPolicy("feeds/test", spacing=0, timeout=2, total_timeout=4, proxy=proxy, **options)
        async with Network(policy, resolver=resolver, tls=tls) as network:
            return await network.get(url)

    return asyncio.run(run())


@pytest.fixture
def proxy(serve):
    return serve(response(body=b"by proxy"))


def test_the_proxy_is_asked_for_the_whole_address(proxy):
    answer = get("http://feed.example/a?b", f"http://{proxy.host}", names={"feed.example": PUBLIC})

    assert answer.body == b"by proxy"
    assert answer.url == "http://feed.example/a?b"
    assert [asked.path for asked in proxy.asked] == ["http://feed.example/a?b"]
    assert proxy.asked[0].headers["host"] == "feed.example"


def test_the_proxy_is_told_its_own_password_and_no_other(proxy):
    get("http://feed.example/", f"http://me:secret@{proxy.host}", names={"feed.example": PUBLIC})

    headers = proxy.asked[0].headers
    assert headers["proxy-authorization"] == f"Basic {b64encode(b'me:secret').decode()}"
    assert "authorization" not in headers


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://inside.example/", "inside.example is 10.0.0.1, which is not a public address"),
        ("http://127.0.0.1/", "127.0.0.1 is not a public address"),
        ("http://feed.example:25/", "port 25 is not for web pages"),
        ("http://never.invalid/", "never.invalid is a name that never exists"),
    ],
)
def test_the_proxy_is_asked_for_no_address_that_we_may_not_ask(proxy, url, reason):
    names = {"inside.example": "10.0.0.1", "feed.example": PUBLIC, "127.0.0.1": "127.0.0.1"}
    with pytest.raises(RefusedError, match=reason):
        get(url, f"http://{proxy.host}", names=names)

    assert proxy.asked == []


def test_a_redirect_inside_is_not_followed_through_the_proxy(serve):
    proxy = serve(redirect(302, "http://169.254.169.254/meta"))
    names = {"feed.example": PUBLIC, "169.254.169.254": "169.254.169.254"}
    with pytest.raises(RefusedError, match=r"169\.254\.169\.254 is not a public address"):
        get("http://feed.example/", f"http://{proxy.host}", names=names)

    assert len(proxy.asked) == 1


def test_what_is_open_anyway_only_the_proxy_has_to_know(proxy):
    answer = get("http://only.lan/", f"http://{proxy.host}", allow_hosts=frozenset({"only.lan"}))

    assert answer.body == b"by proxy"


def test_a_proxy_that_is_not_there_is_said():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(FetchError, match="connection refused"):
        get("http://feed.example/", f"http://{place}", names={"feed.example": PUBLIC})


def test_a_proxy_that_will_not_connect_is_said(serve):
    proxy = serve(response(403, b"", close=True))
    with pytest.raises(FetchError, match="the proxy refused: 403"):
        get("https://feed.example/", f"http://{proxy.host}", names={"feed.example": PUBLIC})

    assert [(asked.method, asked.path) for asked in proxy.asked] == [("CONNECT", "feed.example:443")]


def test_tls_is_spoken_with_the_host_and_not_with_the_proxy(serve):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = serve(response(body=b"secret"), tls=context)
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    with tunnel_to(server.port) as (place, wanted):
        answer = get(
            "https://feed.example/feed", f"http://{place}", names={"feed.example": PUBLIC}, tls=trusting
        )

    assert answer.body == b"secret"
    assert wanted == [b"CONNECT feed.example:443 HTTP/1.1"]
    assert server.asked[0].path == "/feed"


@contextmanager
def tunnel_to(port):
    """A proxy that leads whoever asks to this port; yields its place, and the first line of each request."""
    wanted = []

    class Relay(socketserver.StreamRequestHandler):
        def handle(self):
            wanted.append(self.rfile.readline().strip())
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            with socket.create_connection(("127.0.0.1", port)) as other:
                back = threading.Thread(target=pump, args=(other, self.connection))
                back.start()
                pump(self.connection, other)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as listener:
        listener.daemon_threads = True
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{listener.server_address[1]}", wanted
        listener.shutdown()


def pump(source, target):
    while data := source.recv(65_536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)
