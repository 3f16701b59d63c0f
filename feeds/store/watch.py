"""Whether anything at all has changed in the store: far cheaper to ask than what has."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import time
from pathlib import Path

LOOK_AGAIN = 0.25  # seconds between two questions to SQLite, where the system tells of changes
ROOM = 64 * 1024  # bytes of news taken at once

# From <sys/inotify.h>
IN_MODIFY, IN_MOVED, IN_CREATE, IN_DELETE = 0x002, 0x0C0, 0x100, 0x200


class Watch:
    """Counts the changes of SQLite's file; safe to share between threads.

    `PRAGMA data_version` gives another number whenever another connection has committed since it was asked
    last. Only numbers of one connection can be compared, and what it writes itself does not count: so there
    is one for this alone.

    The answer takes 6 µs, and doubles the cost of a "not modified" where many threads ask. So Linux is asked
    first whether a file beside the database was written to: SQLite writes what is committed to such a file
    before it lets anybody see it. Where that turns out to be untrue (a file system that tells nothing),
    SQLite is asked each time from then on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._news: _News | None = None
        self._guard = threading.Lock()
        self._looked = 0.0
        self._last: tuple[int, int] = 0, 0  # what SQLite and the system said at the last look

    def count(self) -> tuple[str, int]:
        """Return something that stays equal only while nothing is committed; raises sqlite3.Error."""
        connection = self._connection or self._open()
        news = self._news
        if news is None:
            with self._guard:  # while another thread reads, the connection sees what that one saw
                return "asked", _ask(connection)
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            return self._look(connection, news)
        return "told", news.count()

    def close(self) -> None:
        with self._guard:
            if self._connection is not None:
                self._connection.close()
            if self._news is not None:
                self._news.close()
            self._connection = self._news = None
            self._looked = 0.0

    def _look(self, connection: sqlite3.Connection, news: _News) -> tuple[str, int]:
        """Ask both, and believe SQLite."""
        with self._guard:
            asked = _ask(connection)
            told = news.count()  # in this order: what SQLite knows of the system must have told by now
            before, self._last = self._last, (asked, told)
            is_blind = self._looked > 0 and asked != before[0] and told == before[1]
            self._looked = time.monotonic()
            if is_blind and self._news is not None:
                self._news.close()
                self._news = None
        return ("asked", asked) if is_blind else ("told", told)

    def _open(self) -> sqlite3.Connection:
        with self._guard:
            if self._connection is None:
                self._news = _open_news(self._path.absolute().parent)
                address = f"{self._path.absolute().as_uri()}?mode=rw"  # never make a file
                self._connection = sqlite3.connect(
                    address, uri=True, isolation_level=None, check_same_thread=False
                )
            return self._connection


def _ask(connection: sqlite3.Connection) -> int:
    number: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return number


class _News:
    """Counts how often the system told that a file of a folder was written to."""

    def __init__(self, system: ctypes.PyDLL, descriptor: int) -> None:
        self._read = system.read
        self._descriptor = descriptor
        self._room = ctypes.create_string_buffer(ROOM)
        self._count = 0
        self._guard = threading.Lock()

    def count(self) -> int:
        with self._guard:  # nobody may find the news taken and not yet counted
            if self._descriptor >= 0 and self._read(self._descriptor, self._room, ROOM) > 0:
                self._count += 1
            return self._count

    def close(self) -> None:
        with self._guard:
            os.close(self._descriptor)
            self._descriptor = -1


def _open_news(folder: Path) -> _News | None:
    """Return the news of a folder; None where the system has no such thing, or no more of it."""
    system = ctypes.PyDLL(None)  # unlike CDLL it lets no other thread go first: that costs more than the call
    try:
        descriptor = system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    except AttributeError:
        return None
    if descriptor < 0:
        return None
    wanted = IN_MODIFY | IN_MOVED | IN_CREATE | IN_DELETE
    if system.inotify_add_watch(descriptor, os.fsencode(folder), wanted) < 0:
        os.close(descriptor)
        return None
    return _News(system, descriptor)
