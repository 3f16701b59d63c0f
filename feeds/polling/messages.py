"""Messages on a pipe: four bytes of length (big-endian), then as many."""

from __future__ import annotations

import struct
from collections.abc import Iterator

CHUNK = 2**16  # bytes taken from a pipe at once, which holds as many
LENGTH = struct.Struct(">I")
LONGEST = 2**32 - 1  # bytes


class MessageTooLongError(ValueError):
    """A message is announced that is longer than any may be."""


class Inbox:
    """Bytes as they come out of a pipe, cut into messages."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._bytes = bytearray()
        self._longest = longest

    def add(self, chunk: bytes) -> None:
        self._bytes += chunk

    def take(self) -> bytes | None:
        """Return the next message, None where it is not all there; raises MessageTooLongError."""
        if len(self._bytes) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self._bytes)
        if length > self._longest:
            raise MessageTooLongError
        end = LENGTH.size + length
        if len(self._bytes) < end:
            return None
        message = bytes(memoryview(self._bytes)[LENGTH.size : end])
        del self._bytes[:end]
        return message

    def take_all(self) -> Iterator[bytes]:
        while (message := self.take()) is not None:
            yield message


def pack(message: bytes) -> bytes:
    """Return the message with its length before it."""
    return LENGTH.pack(len(message)) + message
