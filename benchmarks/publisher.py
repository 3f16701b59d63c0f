"""A web server on 127.0.0.1 that publishes invented feeds to whoever polls, in a process of its own.

Every answer is made before the first request, so that the server takes little of the time that is measured.
It knows ETag and Last-Modified, answers 304, and waits as long as it is told to. It listens on many ports:
each is a host to whoever counts requests and connections by host and port.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import cast

from benchmarks.archive import ENGLISH, FIRST_DAY, SIMPLIFIED, TRADITIONAL, Piece
from benchmarks.seeds import environment

ENTRIES = 20  # of each feed
MODIFIED = b"Mon, 05 Jan 2026 06:00:00 GMT"
COUNTS = "/counts"


@dataclass(frozen=True, slots=True)
class Publisher:
    """The running server, seen from outside."""

    ports: list[int]
    feeds: int

    def urls(self) -> list[str]:
        """Return the address of every feed; neighbours lie on different ports."""
        hosts = [f"http://127.0.0.1:{port}" for port in self.ports]
        return [f"{hosts[number % len(hosts)]}/{number}.xml" for number in range(self.feeds)]

    def count_answers(self) -> dict[str, int]:
        """Return how often it has answered with each status, and how many connections were opened to it."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[0]}{COUNTS}", timeout=30) as response:
            return json.loads(response.read())


@contextmanager
def publishing(feeds: int, ports: int, latency: float = 0.0) -> Iterator[Publisher]:
    """Run the server; `latency` is in seconds, from a request to its answer."""
    command = [sys.executable, "-m", "benchmarks.publisher", str(feeds), str(ports), str(latency)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Publisher(json.loads(process.stdout.readline()), feeds)
        process.stdin.close()  # it ends with its input


# --- Feeds ------------------------------------------------------------------------------------------


def make_feed(number: int) -> bytes:
    """Return a feed of about 50 kB, 20 tags in each kB as in real ones: RSS or Atom, English or Chinese."""
    words = (ENGLISH, SIMPLIFIED, TRADITIONAL)[number % 3]
    site = f"https://site{number}.example"
    shape = _write_atom if number % 2 else _write_rss
    pieces = []
    for place in range(ENTRIES):
        seed = number * ENTRIES + place
        moment = FIRST_DAY + timedelta(days=5000, hours=-place, minutes=-number)
        pieces.append(Piece(seed, random.Random(seed), words, moment))
    return shape(site, pieces).encode()


def _write_rss(site: str, pieces: list[Piece]) -> str:
    items = "".join(
        f"<item><title>{piece.title()}</title><link>{site}/{piece.number}.html</link>"
        f'<guid isPermaLink="false">{piece.number}</guid><pubDate>{_tell_date(piece.moment)}</pubDate>'
        f"<dc:creator>Mira Kahn</dc:creator><category>{piece.chance.choice(ENGLISH)}</category>"
        f"<description>{piece.sentence()}</description>"
        f"<content:encoded><![CDATA[{_write_body(site, piece)}]]></content:encoded></item>"
        for piece in pieces
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{pieces[0].title()}</title><link>{site}/</link><description>Night Mail</description>"
        f"{items}</channel></rss>"
    )


def _write_atom(site: str, pieces: list[Piece]) -> str:
    items = "".join(
        f'<entry><title>{piece.title()}</title><link href="{site}/{piece.number}.html"/>'
        f"<id>{site}/{piece.number}</id><published>{piece.moment.isoformat()}</published>"
        f"<updated>{piece.moment.isoformat()}</updated><author><name>Bo Lind</name></author>"
        f'<category term="{piece.chance.choice(ENGLISH)}"/><summary>{piece.sentence()}</summary>'
        f'<content type="html">{escape(_write_body(site, piece), quote=False)}</content></entry>'
        for piece in pieces
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f'<title>{pieces[0].title()}</title><link href="{site}/"/><id>{site}/</id>'
        f"<updated>{pieces[0].moment.isoformat()}</updated>{items}</feed>"
    )


def _write_body(site: str, piece: Piece) -> str:
    paragraphs = "".join(
        f"<p>{piece.paragraph()}<em>{piece.sentence(4)}</em>"
        f' <a href="{site}/about">{piece.sentence(2)}</a></p>'
        for _ in range(piece.chance.randint(3, 6))
    )
    return (
        f'<p><img src="{site}/{piece.number}.jpg" width="640" alt="{piece.sentence(3)}" class="wide"></p>'
        f"{paragraphs}<blockquote>{piece.sentence()}</blockquote>"
        f'<p><strong>{piece.sentence(3)}</strong> <a href="/more/{piece.number}" target="_blank">'
        f"{piece.sentence(2)}</a></p>"
    )


def _tell_date(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} +0000"


# --- The server -------------------------------------------------------------------------------------


class Shelf:
    """Every answer the server can give, as bytes."""

    def __init__(self, feeds: int) -> None:
        self.whole: dict[bytes, bytes] = {}
        self.unchanged: dict[bytes, bytes] = {}
        self.counts: Counter[str] = Counter()
        for number in range(feeds):
            head = b'ETag: "feed-%d"\r\nLast-Modified: %b\r\n' % (number, MODIFIED)
            path, body = b"/%d.xml" % number, make_feed(number)
            self.whole[path] = _answer(b"200 OK", head + b"Content-Type: application/xml\r\n", body)
            self.unchanged[path] = b"HTTP/1.1 304 Not Modified\r\n" + head + b"\r\n"

    def find(self, head: bytes) -> bytes:
        """Return the answer to a request, given everything before its body."""
        path = head.split(b" ", 2)[1]
        if path == COUNTS.encode():
            return _answer(b"200 OK", b"Connection: close\r\n", json.dumps(self.counts).encode())
        if b'\nif-none-match: "feed-%b"' % path[1:-4] in head.lower():
            self.counts["304"] += 1
            return self.unchanged[path]
        self.counts["200"] += 1
        return self.whole[path]


def _answer(status: bytes, head: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, head, len(body), body)


class Conversation(asyncio.Protocol):
    """One connection, kept alive as long as the other side likes."""

    def __init__(self, shelf: Shelf, latency: float) -> None:
        self._shelf = shelf
        self._latency = latency
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._shelf.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for head in heads:
            asyncio.get_running_loop().call_later(self._latency, self._send, head)

    def _send(self, head: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._shelf.find(head))


async def serve(feeds: int, ports: int, latency: float) -> None:
    """Tell the ports, then answer until the input ends."""
    loop = asyncio.get_running_loop()
    talk = partial(Conversation, Shelf(feeds), latency)
    servers = [await loop.create_server(talk, "127.0.0.1", 0, backlog=1000) for _ in range(ports)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
