"""The body of an answer, decoded and bounded while it arrives."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from typing import Protocol

import httpx

MOST_MEMBERS = 100  # of one gzip stream; more is an attack on our time
MOST_CHUNKS = 100_000  # of one body; the same with chunks of a byte each
MOST_AT_ONCE = 100  # chunks, until others have their turn
START_SECONDS = 2.0  # for a body that only explains something
GZIP = 31  # zlib's window bits for a gzip header and trailer

#: How a body can be encoded (IANA, HTTP Content Coding Registry). Some servers write `none` or a charset in
#: this place, which says nothing.
CODINGS = frozenset(
    {"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "x-compress"}
    | {"x-gzip", "zstd"}
)


class AnswerError(Exception):
    """The answer cannot be used; the message says why."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> bytes: ...

    def end(self) -> None: ...


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Return the whole decoded body; raise AnswerError if it exceeds `limit` bytes, as sent or as decoded."""
    if _announced(response) > limit:
        raise _too_large(limit)
    decoder = _find_decoder(response, limit)
    body = bytearray()
    received = chunks = 0
    async for chunk in response.aiter_raw():
        received += len(chunk)
        chunks += 1
        if received > limit:
            raise _too_large(limit)
        if chunks > MOST_CHUNKS:
            raise AnswerError("body comes in too many pieces")
        if chunks % MOST_AT_ONCE == 0:  # while they are at hand nothing else waits for anything
            await asyncio.sleep(0)
        body += decoder.feed(chunk)
    decoder.end()
    return bytes(body)


async def read_start(response: httpx.Response, limit: int) -> bytes:
    """Return the beginning of a body that only explains a refusal, `limit` bytes at most.

    Nothing depends on it: what is slow, broken or too much is left where it is.
    """
    body = bytearray()
    with contextlib.suppress(AnswerError, TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(START_SECONDS):
            decoder = _find_decoder(response, 10 * limit)
            async for chunk in response.aiter_raw():
                body += decoder.feed(chunk)
                if len(body) >= limit:
                    break
    return bytes(body[:limit])


def _announced(response: httpx.Response) -> int:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def _too_large(limit: int) -> AnswerError:
    return AnswerError(f"body is larger than {limit} bytes")


def _find_decoder(response: httpx.Response, limit: int) -> _Decoder:
    written = response.headers.get("Content-Encoding", "").lower().split(",")
    codings = [coding for coding in map(str.strip, written) if coding in CODINGS]
    if not codings:
        return _Plain()
    if codings in (["gzip"], ["x-gzip"]):
        return _Gzip(limit)
    raise AnswerError("body is encoded in a way nobody asked for")


class _Plain:
    """A body sent as it is."""

    def feed(self, data: bytes) -> bytes:
        return data

    def end(self) -> None:
        """Nothing can be missing that the transport would not have noticed."""


class _Gzip:
    """A series of gzip members (RFC 1952, section 2.2), inflated no further than allowed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._room = limit
        self._members = 0
        self._member = zlib.decompressobj(GZIP)
        self._is_empty = True

    def feed(self, data: bytes) -> bytes:
        self._is_empty = False
        inflated = bytearray()
        while data:
            if self._member.eof:
                data = data.lstrip(b"\0")  # padding
                if not data:
                    break
                self._start_member()
            inflated += self._inflate(data)
            data = self._member.unconsumed_tail or self._member.unused_data
        return bytes(inflated)

    def end(self) -> None:
        if not (self._member.eof or self._is_empty):
            raise AnswerError("body ended early")

    def _start_member(self) -> None:
        self._members += 1
        if self._members >= MOST_MEMBERS:
            raise AnswerError("body is no proper gzip")
        self._member = zlib.decompressobj(GZIP)

    def _inflate(self, data: bytes) -> bytes:
        try:
            inflated = self._member.decompress(data, self._room + 1)
        except zlib.error as error:
            raise AnswerError("body is no proper gzip") from error
        self._room -= len(inflated)
        if self._room < 0:
            raise _too_large(self._limit)
        return inflated
