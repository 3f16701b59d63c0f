"""Notice at once when something changes in the seeds directory, and where."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from watchfiles import awatch

from feeds.polling.look import EVERYTHING

log = logging.getLogger("feeds.watch")

LOOK_AGAIN = 1.0  # seconds between looks at a directory that is not there, or cannot be watched
DEBOUNCE = 100  # milliseconds in which changes are taken for one
MOST_PLACES = 500  # more are not looked at one by one
REPLACEMENT = "\ufffd"  # what the watch makes of bytes that are no text


class Hints:
    """Where something may have changed since it was last looked at."""

    def __init__(self) -> None:
        self._places: set[str] = set()
        self._changed = asyncio.Event()

    def add(self, places: Iterable[str]) -> None:
        """Note places, relative to the directory."""
        self._places.update(places)
        if len(self._places) > MOST_PLACES:
            self._places = {EVERYTHING}
        if self._places:
            self._changed.set()

    def take(self) -> list[str]:
        """Return all places noted, and forget them: whoever takes them looks there."""
        places, self._places = list(self._places), set()
        self._changed.clear()
        return places

    async def wait(self) -> None:
        """Wait until there is something to take."""
        await self._changed.wait()


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[set[str]]:
    """Yield where in `root` something may have changed; survives its removal and its return."""
    while not stop.is_set():
        identity = _identify(root)
        if identity is not None:
            yield {EVERYTHING}  # what happened before
            began = False
            try:
                async for changes in awatch(
                    root,
                    watch_filter=None,
                    debounce=DEBOUNCE,
                    step=DEBOUNCE // 2,
                    rust_timeout=int(LOOK_AGAIN * 1000),
                    yield_on_timeout=True,
                    stop_event=stop,
                    ignore_permission_denied=True,
                ):
                    if not began:  # what was missed while the watch was set up
                        yield {EVERYTHING}
                    elif changes:
                        yield {find_place(root, path) for _, path in changes}
                    began = True
                    if _identify(root) != identity:
                        break
            # No inotify watches left, say, or (RuntimeError) the watch broke: look instead of being told.
            except (OSError, RuntimeError) as error:
                log.warning("%s cannot be watched (%s); looking every %g s", root, error, LOOK_AGAIN)
        try:
            await asyncio.wait_for(stop.wait(), LOOK_AGAIN)
        except TimeoutError:
            continue


def find_place(root: Path, path: str) -> str:
    """Return a path the watch tells of, relative to the directory; of one that is no text, its folder."""
    for start in (os.path.abspath(root), os.path.realpath(root)):
        place = os.path.relpath(path, start)
        if not place.startswith(os.pardir):
            break
    else:
        return EVERYTHING
    while REPLACEMENT in place:
        place = os.path.dirname(place)
    return EVERYTHING if place == os.curdir else place


def _identify(root: Path) -> tuple[int, int] | None:
    """Return what tells a directory from another of the same name, None where there is none."""
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
