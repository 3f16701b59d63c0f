"""Who may ask for what is costly at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.errors import TooSlowError


class Turns:
    """So many at once; others wait, and for so many seconds at most."""

    def __init__(self, at_once: int = 2, patience: float = 5.0) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn and hold it; raises TooSlowError where none comes."""
        if not self._free.acquire(timeout=self._patience):
            raise TooSlowError("too many searches were asked for at once")
        try:
            yield
        finally:
            self._free.release()
