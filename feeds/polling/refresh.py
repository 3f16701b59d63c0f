"""A refresh: the round of polls that a person asked for, carried out by whoever polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial

from feeds.errors import SourceError
from feeds.model import PollOutcome, Refresh, RefreshRequest, Source
from feeds.polling.poll import Ask, Poller
from feeds.store import Transaction, pages, polls, sources

Progress = Callable[[Source, PollOutcome], None]


def choose_sources(db: Transaction, request: RefreshRequest, now: datetime) -> list[Source]:
    """Return the sources that a refresh polls; one that is named is polled even when paused.

    Raises SourceError for a name that is unknown or is never polled.
    """
    if request.sources:
        chosen = [_find_polled(db, slug) for slug in dict.fromkeys(request.sources)]
    else:
        chosen = [source for source in sources.list_sources(db) if source.is_polled]
    if not request.due_only:
        return chosen
    due = {source.number for source in sources.due_sources(db, now)}
    return [source for source in chosen if source.number in due]


def _list_polled(db: Transaction) -> set[int]:
    return {source.number for source in sources.list_sources(db) if source.is_polled}


def _find_polled(db: Transaction, slug: str) -> Source:
    source = sources.find_source(db, slug)
    if source is None:
        raise SourceError(f"{slug}: there is no such source (feeds sources lists them)")
    if source.kind == "archive" or source.retired is not None:
        reason = source.retired or "it is an archive of seed documents"
        raise SourceError(f"{slug}: is not polled: {reason}")
    return source


async def carry_out(poller: Poller, refresh: Refresh, progress: Progress | None = None) -> None:
    """Poll what a refresh asks for and keep its record.

    One of all sources takes in those that lists in the seeds directory subscribe to meanwhile.
    """
    request, ask = refresh.request, Ask.of(refresh.request, refresh.id)
    try:
        before = await poller.store.read(_list_polled)
        chosen = await poller.store.read(choose_sources, request, poller.clock())
        await poller.store.write(polls.start_refresh, refresh.id, len(chosen), poller.clock())
        await poll_all(poller, chosen, ask, progress)
        if not request.sources:
            due = await poller.store.read(choose_sources, replace(request, due_only=True), poller.clock())
            new = [source for source in due if source.number not in before and not poller.is_polling(source)]
            await poller.store.write(polls.expect_polls, refresh.id, len(chosen) + len(new))
            await poll_all(poller, new, ask, progress)
    finally:
        # A refresh that is cancelled (the daemon stops) stays running, for the next poller to take up.
        task = asyncio.current_task()
        if task is None or not task.cancelling():
            await poller.store.write(polls.end_refresh, refresh.id, poller.clock())


async def rehearse(
    poller: Poller, request: RefreshRequest, progress: Progress
) -> Sequence[tuple[Source, PollOutcome]]:
    """Poll what a refresh would and return what would change; store nothing."""
    chosen = await poller.store.read(choose_sources, request, poller.clock())
    return await poll_all(poller, chosen, Ask.of(request, dry_run=True), progress)


async def poll_all(
    poller: Poller, chosen: Iterable[Source], ask: Ask, progress: Progress | None = None
) -> Sequence[tuple[Source, PollOutcome]]:
    """Poll sources side by side, in one round; the network bounds how many are asked at once.

    What goes wrong with one (the store refuses it, say) is raised when all have ended.
    """

    async def poll(source: Source) -> tuple[Source, PollOutcome]:
        outcome = await poller.poll(source, ask)
        if source.kind == "seeds" and not ask.dry_run:
            await poller.store.write(partial(pages.retry_pages, force=ask.force), poller.clock())
            fetched = await poller.fetch_pages(source)
            if fetched:
                outcome = _add_pages(outcome, fetched)
                if ask.refresh_id:
                    await poller.store.write(polls.amend_poll, source, outcome, ask.refresh_id)
        if progress:
            progress(source, outcome)
        return source, outcome

    async with nullcontext() if ask.dry_run else poller.rounds.part():
        ended = await asyncio.gather(*map(poll, chosen), return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return [pair for pair in ended if not isinstance(pair, BaseException)]


def _add_pages(outcome: PollOutcome, fetched: Sequence[PollOutcome]) -> PollOutcome:
    """Return how a poll of the directory ended, the pages that its files name among it."""
    errors = filter(None, (outcome.error, *(one.error for one in fetched)))
    is_changed = any(one.kind == "changed" for one in fetched)
    return replace(
        outcome,
        kind="changed" if is_changed and outcome.kind == "unchanged" else outcome.kind,
        ended=fetched[-1].ended,
        new=outcome.new + sum(one.new for one in fetched),
        error="; ".join(errors) or None,
    )
