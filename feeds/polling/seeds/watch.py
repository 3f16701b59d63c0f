"""Notice at once when something changes in the seeds directory, and where."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

from watchfiles import awatch

from feeds.polling.seeds.look import EVERYTHING, MOST_PLACES, tell_missing, walk

log = logging.getLogger("feeds.watch")

LOOK_AGAIN = 1.0  # seconds between looks at a directory that is not there, or cannot be watched
LOOK_SHARE = 4  # times as long as such a look took is the rest after it
WATCH_AGAIN = 60.0  # seconds until a watch that broke is tried again
DEBOUNCE = 100  # milliseconds in which changes are taken for one
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


async def watch(root: Path, stop: asyncio.Event) -> AsyncGenerator[set[str], None]:
    """Yield where in `root` something may have changed; survives its removal and its return."""
    was_there: bool | None = None
    told = ""
    while not stop.is_set():
        identity = _identify(root)
        if identity is None and was_there is not False:
            yield {EVERYTHING}  # it is missing, and somebody should be told
        was_there = identity is not None
        if identity is not None:
            yield {EVERYTHING}  # what happened before
            try:
                async with contextlib.aclosing(_follow(root, stop)) as following:
                    async for places in following:
                        if places:
                            yield places
                        if _identify(root) != identity:
                            break
            # No inotify watches left, say; or a name that is no text, which breaks the watch (in a group of
            # errors): look instead of being told.
            except Exception as error:
                reason = _tell(error)
                level = logging.DEBUG if reason == told else logging.WARNING
                log.log(level, "%s cannot be watched (%s); it is looked through instead", root, reason)
                told = reason
                async with contextlib.aclosing(_look_instead(root, stop)) as looking:
                    async for places in looking:
                        yield places
        await _rest(stop, LOOK_AGAIN)


async def _follow(root: Path, stop: asyncio.Event) -> AsyncGenerator[set[str], None]:
    began = False
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
        else:
            yield set()
        began = True


async def _look_instead(root: Path, stop: asyncio.Event) -> AsyncGenerator[set[str], None]:
    """Yield whenever the directory is another than at the last look, for a while: then try to watch again."""
    loop = asyncio.get_running_loop()
    began, seen = loop.time(), b""
    while not stop.is_set() and loop.time() - began < WATCH_AGAIN and _identify(root) is not None:
        started = loop.time()
        found = await asyncio.to_thread(_find_fingerprint, root)
        if found != seen:
            yield {EVERYTHING}
        seen = found
        await _rest(stop, max(LOOK_AGAIN, LOOK_SHARE * (loop.time() - started)))


def _find_fingerprint(root: Path) -> bytes:
    """Return what tells one state of the directory from another."""
    digest = hashlib.sha256()
    for found in walk(root, EVERYTHING):
        digest.update(repr(found).encode())
    return digest.digest()


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _tell(error: Exception) -> str:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return " ".join(str(error).split()) or type(error).__name__


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
    """Return what tells a directory from another of the same name, None where none can be looked through."""
    if tell_missing(root):
        return None  # one that may not be read could be watched in vain: nothing would be told, nor an error
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
