"""The store as the event loop sees it: one thread of its own, so that no poll ever waits for a disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from feeds.errors import NotStoredError, StoreRefusedError
from feeds.store import Store, Transaction

P = ParamSpec("P")
T = TypeVar("T")

MOST_TOGETHER = 20  # that share a transaction: other writers wait for so long, and so much is done again


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
        self._reads = _Shared(store.read)
        self._writes = _Shared(store.write)
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

    async def read_together(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(db, …)` as `read` does, in one transaction with what else waits to be read."""
        return await self._share(self._reads, lambda db: function(db, *args, **kwargs))

    async def write_together(
        self, function: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call `function(db, …)` in one transaction with what else waits to be written.

        All of it is stored or nothing, whatever becomes of the others: where one of them fails, each is
        carried out anew in a transaction of its own. So the function may be called twice, and must do nothing
        but write to the store.
        """
        return await self._share(self._writes, lambda db: function(db, *args, **kwargs))

    async def _share(self, shared: _Shared, function: Callable[[Transaction], T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        shared.waiting.append(_Waiting(function, answer))
        self._thread.submit(shared.carry_out)
        return await answer

    def close(self) -> None:
        """Wait for the transaction under way, then end the thread; the store itself stays open."""
        self._thread.shutdown(wait=True)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A function that is to be called in a transaction, and who waits for what it returns."""

    function: Callable[[Transaction], Any]
    answer: asyncio.Future[Any]


#: What became of one: who waits for it, what it returned, or what went wrong.
_Ended: TypeAlias = tuple[asyncio.Future[Any], Any, Exception | None]


class _Shared:
    """What waits to share a transaction: to begin and end one costs as much as a poll without news."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Transaction]]) -> None:
        self.waiting: deque[_Waiting] = deque()
        self._begin = begin

    def carry_out(self) -> None:
        """Do what waits, if somebody before us has not done it; in the store's thread."""
        chosen = [self.waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self.waiting)))]
        wanted = [one for one in chosen if not one.answer.cancelled()]
        if wanted:
            wanted[0].answer.get_loop().call_soon_threadsafe(_tell_all, self._do(wanted))

    def _do(self, group: Sequence[_Waiting]) -> list[_Ended]:
        has_begun = False
        try:
            with self._begin() as db:
                has_begun = True
                results = [one.function(db) for one in group]
        except Exception as error:  # whatever it is, it is told to who waits for it
            if has_begun and len(group) > 1:
                return [ended for one in group for ended in self._do([one])]
            return [(one.answer, None, error) for one in group]
        return [(one.answer, result, None) for one, result in zip(group, results, strict=True)]


def _tell_all(ended: Sequence[_Ended]) -> None:
    for answer, result, error in ended:
        if answer.cancelled():
            continue
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)
