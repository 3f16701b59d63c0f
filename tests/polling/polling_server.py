"""A web server that says exactly what a test tells it to, byte by byte."""

from __future__ import annotations

import itertools
import socketserver
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]  #: names in lower case, values in latin-1
    connection: int
    time: float  #: monotonic seconds
    method: str = "GET"
    body: bytes = b""


#: What to send, at once or piece by piece; the connection stays open after bytes that do not say otherwise.
Answer = Callable[[Asked], bytes | Iterable[bytes]]


def response(
    status: int = 200, body: bytes = b"<rss/>", *, close: bool = False, **headers: str | bytes
) -> bytes:
    """A complete answer; `content_type="text/xml"` gives the header Content-Type."""
    lines = [f"HTTP/1.1 {status} Whatever".encode(), b"Content-Length: %d" % len(body)]
    for name, value in headers.items():
        raw = value if isinstance(value, bytes) else value.encode("latin-1")
        lines.append(name.replace("_", "-").encode() + b": " + raw)
    if close:
        lines.append(b"Connection: close")
    return b"\r\n".join([*lines, b"", body])


def redirect(status: int, location: str) -> bytes:
    return response(status, b"", location=location.encode())


@dataclass
class Server:
    """A running server and what it has been asked."""

    answer: Answer
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/feed"


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 100

    def handle_error(self, request, client_address):
        """A client that goes away in mid-sentence is what half of the tests are about."""


def handler_for(server: Server, tls: ssl.SSLContext | None) -> type[socketserver.StreamRequestHandler]:
    numbers = itertools.count()

    class Handler(socketserver.StreamRequestHandler):
        def setup(self):
            if tls is not None:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self):
            number = next(numbers)
            with suppress(OSError):
                while (asked := self.hear(number)) is not None and self.say(server.answer(asked)):
                    pass

        def finish(self):
            with suppress(OSError):
                super().finish()
            if tls is not None:
                self.request.close()

        def hear(self, number: int) -> Asked | None:
            first = self.rfile.readline().decode("latin-1").split()
            if not first:
                return None
            lines = iter(lambda: self.rfile.readline().decode("latin-1").strip(), "")
            pairs = (line.split(":", 1) for line in lines)
            headers = {name.lower(): value.strip() for name, value in pairs}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            asked = Asked(first[1], headers, number, time.monotonic(), first[0], body)
            server.asked.append(asked)
            return asked

        def say(self, answer: bytes | Iterable[bytes]) -> bool:
            pieces = [answer] if isinstance(answer, bytes) else answer
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
            return isinstance(answer, bytes) and b"Connection: close" not in answer

    return Handler
