"""Nothing that happens in the seeds directory goes unnoticed."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from polling_rights import locked

from feeds.polling.seeds.watch import watch

SOON = 3  # seconds; without the watch it would be never

Look = Callable[[], Awaitable[None]]


def watching(root: Path, story: Callable[[Look], Awaitable[None]]) -> None:
    """Tell a story to a watch; each look waits until it has noticed something."""

    async def run() -> None:
        stop = asyncio.Event()
        async with contextlib.aclosing(watch(root, stop)) as changes:

            async def look() -> None:
                await asyncio.wait_for(anext(changes), SOON)

            await story(look)
            stop.set()

    asyncio.run(run())


def test_what_changes_before_the_watch_has_begun_is_noticed(tmp_path):
    async def story(look: Look) -> None:
        await look()
        (tmp_path / "late.txt").write_text("while the first look was under way")
        await look()

    watching(tmp_path, story)


def test_every_later_change_is_noticed(tmp_path):
    async def story(look: Look) -> None:
        await look()
        await look()  # the watch has begun
        for name in ("one.txt", "two.txt"):
            (tmp_path / name).write_text("new")
            await look()
        (tmp_path / "folder").mkdir()
        await look()
        (tmp_path / "folder" / "three.txt").write_text("new")
        await look()

    watching(tmp_path, story)


def test_a_directory_that_is_missing_is_noticed_when_it_comes(tmp_path):
    root = tmp_path / "seeds"

    async def story(look: Look) -> None:
        coming = asyncio.create_task(look())
        await asyncio.sleep(0.1)
        root.mkdir()
        await coming

    watching(root, story)


def test_a_missing_directory_is_told_at_once(tmp_path):
    async def story(look: Look) -> None:
        await look()

    watching(tmp_path / "seeds", story)


def test_a_directory_that_may_not_be_read_is_told_and_noticed_when_it_may_be(tmp_path):
    root = tmp_path / "seeds"
    root.mkdir()

    async def story(look: Look) -> None:
        with locked(root):
            await look()
            coming = asyncio.create_task(look())
            await asyncio.sleep(1.5)
            assert not coming.done()
        await coming
        await look()  # the watch has begun
        (root / "one.txt").write_text("new")
        await look()
        with locked(root):
            await look()

    watching(root, story)


def test_names_that_are_no_text_do_not_end_the_watch(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()

    async def story(look: Look) -> None:
        await look()
        await look()
        for name in ("one.txt", "two.txt", os.fsdecode(b"dr\xe9i.txt"), "four.txt"):
            (tmp_path / name).write_text("new")
            await look()

    watching(tmp_path, story)
