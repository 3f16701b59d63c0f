"""Who may ask for what is costly at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from feeds.errors import TooSlowError


class Turns:
    """So many at once; some more wait, and for so many seconds at most; all others are refused."""

    def __init__(self, at_once: int = 2, waiting: int = 4, patience: float = 5.0) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once + waiting)  # threads are left for everything else
        self._patience = patience

    @contextmanager
    def take(self, lock: threading.Lock | None = None) -> Iterator[None]:
        """Wait for the lock, if one is given, and for a turn, and hold both.

        Raises TooSlowError where they do not come in time, or too many wait already. The lock comes first:
        who waits for the same as another needs no turn of their own meanwhile.
        """
        end = time.monotonic() + self._patience
        with ExitStack() as held:
            _hold(held, self._room, until=0)
            if lock is not None:
                _hold(held, lock, end)
            _hold(held, self._free, end)
            yield


def _hold(held: ExitStack, lock: threading.Lock | threading.Semaphore, until: float) -> None:
    if not lock.acquire(timeout=max(0.0, until - time.monotonic())):
        raise TooSlowError("too many searches and long feeds were asked for at once")
    held.callback(lock.release)
