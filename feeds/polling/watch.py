"""Notice at once when something changes in the seeds directory."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

log = logging.getLogger("feeds.watch")

LOOK_AGAIN = 1.0  # seconds between looks at a directory that is not there, or cannot be watched
DEBOUNCE = 100  # milliseconds in which changes are taken for one


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yield whenever something in `root` may have changed; survives its removal and its return."""
    while not stop.is_set():
        identity = _identify(root)
        if identity is not None:
            yield  # what happened before
            began = False
            try:
                async for change in awatch(
                    root,
                    watch_filter=None,
                    debounce=DEBOUNCE,
                    step=DEBOUNCE // 2,
                    rust_timeout=int(LOOK_AGAIN * 1000),
                    yield_on_timeout=True,
                    stop_event=stop,
                    ignore_permission_denied=True,
                ):
                    if change or not began:  # what was missed while the watch was set up
                        yield
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


def _identify(root: Path) -> tuple[int, int] | None:
    """Return what tells a directory from another of the same name, None where there is none."""
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
