"""Bodies that strangers send: who sends slowly must not take every thread of the server."""

from __future__ import annotations

import threading
import time
from io import BytesIO

from flask import request
from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

MOST_AT_ONCE = 65_536  # bytes of a piece
PROMPT = 0.05  # seconds for a piece


class SlowBodies:
    """Reads the bodies of requests, so many at one time, and each for so many seconds."""

    def __init__(self, at_once: int, seconds: float, retry_after: int) -> None:
        self.seats = threading.BoundedSemaphore(at_once)
        self._seconds = seconds
        self._retry_after = retry_after

    def read(self) -> bytes:
        """Return the body, and leave it to be read again from the request.

        Raises ServiceUnavailable where too many send at the moment, RequestTimeout, RequestEntityTooLarge and
        ClientDisconnected.
        """
        if not self.seats.acquire(blocking=False):
            raise ServiceUnavailable("Too much is being sent at the moment.", retry_after=self._retry_after)
        try:
            body = self._read()
        finally:
            self.seats.release()
        request.stream = BytesIO(body)
        return body

    def _read(self) -> bytes:
        """Read piece by piece: the server waits until a piece is whole, and can be told nothing meanwhile.

        So they grow only while they come at once.
        """
        before = time.monotonic()
        deadline = before + self._seconds
        length = request.content_length or None  # 0 where it is not said either
        body = bytearray()
        size = 1
        while len(body) != length and (piece := request.stream.read(size)):
            body += piece
            now = time.monotonic()
            if now > deadline:
                raise RequestTimeout("The body of the request did not come in time.")
            size = min(2 * size, MOST_AT_ONCE) if now - before < PROMPT else 1
            before = now
        return bytes(body)
