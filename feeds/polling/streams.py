"""Connections for httpcore, made of asyncio's own streams: opening one takes a third of what anyio takes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from feeds.polling.body import AnswerError

LIMIT = 2**16  # bytes read ahead, or written before they are sent

MOST_INTERIM = 20  # answers before an answer; who sends nothing else would keep us busy for nothing
#: One of them, and what may still become one (RFC 9110, section 15.2).
INTERIM = re.compile(rb"HTTP/1\.[0-9] 1[0-9]{2}[ \r\n](?s:.*?)\n\r?\n")
BEGUN = re.compile(rb"(?:HTTP/1\.[0-9] 1[0-9]{2}[ \r\n]|.{0,12}\Z)", re.DOTALL)


async def open_stream(address: str, port: int, seconds: float | None) -> Stream:
    """Connect to a numeric address; raises httpcore's ConnectError and ConnectTimeout."""
    with _translated(httpcore.ConnectError, httpcore.ConnectTimeout):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(address, port, limit=LIMIT)
    return Stream(reader, writer)


class Stream(httpcore.AsyncNetworkStream):
    """One connection; what goes wrong on it is told as httpcore tells it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._prelude = Prelude()
        self._closed: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived, no bytes at the end."""
        with _translated(httpcore.ReadError, httpcore.ReadTimeout):
            async with asyncio.timeout(timeout):
                data = await self._reader.read(max_bytes)
        self._prelude.hear(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it, a piece at a time: what is handed over before it can be sent is copied."""
        if not buffer:
            return
        self._prelude = Prelude()
        with _translated(httpcore.WriteError, httpcore.WriteTimeout):
            async with asyncio.timeout(timeout):
                for start in range(0, len(buffer), LIMIT):
                    self._writer.write(memoryview(buffer)[start : start + LIMIT])
                    await self._writer.drain()

    async def aclose(self) -> None:
        """Close it at once: whatever has not been sent is for nobody any more, read or not."""
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()
        self._writer.close()
        if self._closed is None:
            self._closed = asyncio.ensure_future(self._writer.wait_closed())
        with contextlib.suppress(OSError):
            # Who waits may be cancelled, and would otherwise cancel what all others wait for.
            await asyncio.shield(self._closed)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Go on in TLS; the certificate is checked against `server_hostname`."""
        with _translated(httpcore.ConnectError, httpcore.ConnectTimeout):
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        """Answer what httpcore asks of a connection; `is_readable` on an idle one means that it has ended."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info({"ssl_object": "ssl_object", "socket": "socket"}.get(info, info))


class Prelude:
    """What comes before the answer to a request; raises AnswerError where that has no end."""

    def __init__(self) -> None:
        self._count = 0
        self._head: bytes | None = b""  # None once the answer itself has begun

    def hear(self, data: bytes) -> None:
        """Take note of bytes that have arrived."""
        if self._head is None:
            return
        head, end = self._head + data, 0
        while found := INTERIM.match(head, end):
            end = found.end()
            self._count += 1
            if self._count > MOST_INTERIM:
                raise AnswerError("one interim answer follows the other")
        head = head[end:]
        self._head = head if len(head) < LIMIT and BEGUN.match(head) else None


@contextmanager
def _translated(failed: type[Exception], timed_out: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timed_out(str(error)) from error
    except (OSError, ValueError) as error:
        raise failed(str(error)) from error
