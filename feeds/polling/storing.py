"""The store as the event loop sees it: one thread of its own, so that no poll ever waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from feeds.errors import NotStoredError, StoreRefusedError
from feeds.store import Store, Transaction

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def refusals_told(subject: str) -> Iterator[None]:
    """Turn what the store refuses to take into what is wrong with a document: NotStoredError."""
    try:
        yield
    except StoreRefusedError as error:
        raise not_stored(subject, error) from error


def not_stored(subject: str, error: StoreRefusedError) -> NotStoredError:
    """Return what is said of a document that the store refuses."""
    return NotStoredError(subject, f"could not be stored: {error.reason}")


class StoreThread:
    """Runs functions of a transaction one after the other; SQLite has one writer anyway."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def read(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(db, …)` in a transaction that only reads."""

        def call() -> T:
            with self.store.read() as db:
                return function(db, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def write(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(db, …)` in one transaction: all of it is stored or nothing.

        A cancelled caller does not stop it: what has begun is committed or rolled back as a whole.
        """

        def call() -> T:
            with self.store.write() as db:
                return function(db, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def close(self) -> None:
        """Wait for the transaction under way, then end the thread; the store itself stays open."""
        self._thread.shutdown(wait=True)
