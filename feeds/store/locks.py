"""Who may poll: one process per store."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from feeds.errors import StoreError, StoreLockedError

#: Any two numbers that are always the same: an advisory lock of PostgreSQL has no name.
ADVISORY_KEY = {"room": 0x66656564, "lock": 1}

# Whoever only asks holds the lock for an instant, and that is not worth an error.
ATTEMPTS = 5
ATTEMPT_SECONDS = 0.05

_held: set[int] = set()


def _let_go_in_child() -> None:
    """A forked child shares our lock: it would outlive us. Closing the copy leaves ours as it is."""
    while _held:
        with suppress(OSError):
            os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go_in_child)


@contextmanager
def hold_file(path: Path, name: str) -> Iterator[None]:
    """Hold the lock file at `path`, our process number in it; raises StoreLockedError, StoreError."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}") from error
    _held.add(file)
    try:
        if not _try_lock(file):
            raise StoreLockedError(f"another poller holds {name} (pid {_read_pid(file)})")
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        if file in _held:  # a forked child has let go already
            _held.discard(file)
            fcntl.flock(file, fcntl.LOCK_UN)  # at once, whatever child still has a copy
            os.close(file)


def is_file_held(path: Path) -> bool:
    """Whether a process holds the lock file at `path`; a file left by a dead one is not held."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _try_lock(file: int) -> bool:
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(ATTEMPT_SECONDS)
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def _read_pid(file: int) -> str:
    return os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"


@contextmanager
def hold_advisory(engine: Engine, name: str) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock on a connection of its own; raises StoreLockedError, StoreError."""
    try:
        db = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except SQLAlchemyError as error:
        raise StoreError(f"{name}: {str(error).splitlines()[0]}") from error
    try:
        if not db.scalar(text("SELECT pg_try_advisory_lock(:room, :lock)"), ADVISORY_KEY):
            raise StoreLockedError(f"another poller holds {name} (pid {find_advisory_holder(db)})")
        try:
            yield
        finally:
            with suppress(SQLAlchemyError):  # the server has gone, and the lock with it
                db.execute(text("SELECT pg_advisory_unlock(:room, :lock)"), ADVISORY_KEY)
    finally:
        db.close()


def find_advisory_holder(db: Connection) -> int | None:
    """Return the server's process that holds the lock, or None."""
    holder = text(
        "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
        " AND classid = :room AND objid = :lock AND objsubid = 2 AND granted"
    )
    found: int | None = db.scalar(holder, ADVISORY_KEY)
    return found
