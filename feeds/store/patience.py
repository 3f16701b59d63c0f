"""How long a question to the store may take."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feeds.errors import TooSlowError
from feeds.store.database import Transaction

#: Steps after which what is left is counted: SQLite asks after every so many of a statement's whole life, not
#: of this run of it.
PULSE = 1_000
STEPS = 50_000  # of SQLite's machine between two looks at the clock: a few thousandths of a second

#: What the databases say of a statement that was broken off (SQLite; PostgreSQL's SQLSTATE).
INTERRUPTED = "interrupted"
CANCELED = "57014"


WATCH = "watch"  # what a connection is watched by, where its other facts are
Watch = tuple[int, Callable[[], bool]]


class ExhaustedError(Exception):
    """What could be spent on a statement is spent."""


@contextmanager
def spending(db: Transaction, steps: int) -> Iterator[None]:
    """Break off what takes more than so many steps of SQLite's machine; raises ExhaustedError."""
    left = steps // PULSE

    def is_spent() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    with _watched(db, PULSE, is_spent):
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            if not _is_broken_off(error):
                raise
            raise ExhaustedError from error


@contextmanager
def briefly(db: Transaction, steps: int, seconds: float) -> Iterator[None]:
    """Break off what takes more than so many steps, on PostgreSQL so many seconds; raises ExhaustedError.

    Nothing may be written meanwhile: on PostgreSQL what was begun is taken back, and with it the limit.
    """
    if db.dialect.name == "sqlite":
        with spending(db, steps):
            yield
        return
    savepoint = db.begin_nested()
    try:
        db.execute(text(f"SET LOCAL statement_timeout = {round(seconds * 1000)}"))
        yield
    except DBAPIError as error:
        if not _is_broken_off(error):
            raise
        raise ExhaustedError from error
    finally:
        savepoint.rollback()


@contextmanager
def limited(db: Transaction, seconds: float) -> Iterator[None]:
    """Break off what is not done when the time is up; raises TooSlowError.

    On PostgreSQL each statement has the time, to the end of the transaction.
    """
    if db.dialect.name == "postgresql":
        db.execute(text(f"SET LOCAL statement_timeout = {round(seconds * 1000)}"))
    end = time.monotonic() + seconds
    with _watched(db, STEPS, lambda: time.monotonic() > end):
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            if not _is_broken_off(error):
                raise
            raise TooSlowError(f"what was asked takes longer than {seconds:g} seconds") from error


@contextmanager
def _watched(db: Transaction, steps: int, is_over: Callable[[], bool]) -> Iterator[None]:
    """Ask after so many steps, again and again, whether to break off; then as it was before (SQLite)."""
    if db.dialect.name != "sqlite":
        yield
        return
    outer = db.info.get(WATCH)
    _watch(db, (steps, is_over))
    try:
        yield
    finally:
        _watch(db, outer)


def _watch(db: Transaction, watch: Watch | None) -> None:
    steps, is_over = watch or (0, None)
    driver: Any = db.connection.driver_connection
    driver.set_progress_handler(is_over, steps)
    db.info[WATCH] = watch


def _is_broken_off(error: Exception) -> bool:
    orig = getattr(error, "orig", error)
    return str(orig) == INTERRUPTED or getattr(orig, "sqlstate", None) == CANCELED
