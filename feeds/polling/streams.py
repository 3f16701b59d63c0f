"""Connections for httpcore, made of asyncio's own streams: opening one takes a third of what anyio takes."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

LIMIT = 2**16  # bytes read ahead


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

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has arrived, no bytes at the end."""
        with _translated(httpcore.ReadError, httpcore.ReadTimeout):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        if not buffer:
            return
        with _translated(httpcore.WriteError, httpcore.WriteTimeout):
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()

    async def aclose(self) -> None:
        """Close it at once: whatever has not been sent is for nobody any more."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

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


@contextmanager
def _translated(failed: type[Exception], timed_out: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timed_out(str(error)) from error
    except (OSError, ValueError) as error:
        raise failed(str(error)) from error
