"""Whether anything at all has changed in the store: far cheaper to ask than what has."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path


class Watch:
    """Tells changes of SQLite's file; safe to share between threads.

    `PRAGMA data_version` gives another number whenever another connection has committed since it was asked
    last. Only numbers of one connection can be compared, and what it writes itself does not count: so there
    is one for this alone. That a file was written to is no sign: SQLite writes what it commits to its log,
    waits for the disk, and only then lets others see it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._opened = 0  # how often
        self._guard = threading.Lock()

    def count(self) -> tuple[int, int]:
        """Return something that stays equal only while nothing is committed; raises sqlite3.Error."""
        with self._guard:  # while another thread reads, the connection sees what that one saw
            connection = self._connection or self._open()
            number: int = connection.execute("PRAGMA data_version").fetchone()[0]
            return self._opened, number

    def close(self) -> None:
        with self._guard:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=rw"  # never make a file
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        self._opened += 1
        self._connection = connection
        return connection
