"""The settings in force, while the file they come from is edited."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feeds.config.loading import DEFAULT_PATH, load_settings
from feeds.errors import ConfigError

SETTLE = 0.3  # seconds until a changed file is read while we run: half of one would end subscriptions


class Configuration:
    """The settings in force, read again when the file changes.

    A file that breaks while we run leaves the last good settings in force; `problem` says what is wrong.
    """

    def __init__(
        self,
        path: Path | None,
        environ: Mapping[str, str],
        flags: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.path = path or DEFAULT_PATH
        self.problem: str | None = None
        self._environ = dict(environ)
        self._flags = flags
        self._stamp = self._read_stamp()
        self.settings = load_settings(path, self._environ, flags)

    @property
    def has_file(self) -> bool:
        """Whether there is, or has been, a file; without any nothing is said about sources."""
        return self._stamp is not None

    def refresh(self, settle: float = 0.0) -> bool:
        """Read the file again if it has changed; return whether the settings have.

        One that was written to within the last `settle` seconds is left for later: it may be valid, and not
        yet whole.
        """
        stamp = self._read_stamp()
        if stamp == self._stamp or (stamp and 0 <= time.time() - stamp[0] / 1e9 < settle):
            return False
        self._stamp = stamp
        try:
            # Also the default file must stay once it was there: without it every source would be gone.
            settings = load_settings(self.path, self._environ, self._flags)
        except ConfigError as error:
            self.problem = str(error)
            return False
        self.problem = None
        changed = settings != self.settings
        self.settings = settings
        return changed

    def _read_stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
