"""`feeds refresh`: poll now, or follow the poller that does."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import click

from feeds.cli import session, setup
from feeds.cli.outcomes import describe_outcome
from feeds.config import Configuration
from feeds.daemon.composing import now, open_poller
from feeds.errors import SourceError, StoreLockedError
from feeds.model import OutcomeKind, PollOutcome, Refresh, RefreshRequest, RefreshResult, Source
from feeds.polling.refresh import Progress, carry_out, choose_sources, rehearse
from feeds.store import Store, clock, polls

FOLLOW_EVERY = 0.2  # seconds


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--due", is_flag=True, help="Only what is due by its schedule.")
@click.option("--force", is_flag=True, help="Heed no Retry-After and send no validators.")
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@click.option("--accept-deletions", is_flag=True, help="Withdraw the entries of many vanished seed files.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def refresh(
    ctx: click.Context,
    sources: tuple[str, ...],
    due: bool,
    force: bool,
    dry_run: bool,
    accept_deletions: bool,
    as_json: bool,
) -> None:
    """Poll all sources now, or those named by slug or address.

    Where a daemon runs, it does the polling and this command shows its progress.
    """
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration) as store:
        with store.read() as db:
            slugs = tuple(session.find_source(db, name).slug for name in sources)
            request = RefreshRequest("cli", slugs, due, force, accept_deletions)
            total = len(choose_sources(db, request, now()))
        with _Display(total, quiet=as_json) as display:
            if dry_run:
                results = asyncio.run(_rehearse(configuration, store, request, display.show))
            else:
                record = _carry_out(configuration, store, request, display)
                results, total = record.results, max(total, record.total or 0)
    _print_result(results, as_json)
    lost = total - len(results)
    if lost > 0:
        click.echo(f"feeds: {lost} of {total} polls left no record; the log of the daemon says why", err=True)
    if lost > 0 or any(result.outcome.error for result in results):
        sys.exit(1)


async def _rehearse(
    configuration: Configuration, store: Store, request: RefreshRequest, progress: Progress
) -> tuple[RefreshResult, ...]:
    async with open_poller(configuration.settings, store) as poller:
        pairs = await rehearse(poller, request, progress)
    return tuple(RefreshResult(source.slug, source.display_title, outcome) for source, outcome in pairs)


def _carry_out(
    configuration: Configuration, store: Store, request: RefreshRequest, display: _Display
) -> Refresh:
    """Record the refresh and see it through: by polling, or by following the poller that holds the store."""
    with store.write() as db:
        asked = polls.ask_refresh(db, request, now())
    while (record := _find(store, asked.id)).state != "done":
        try:
            with store.poller_lock():
                asyncio.run(_poll(configuration, store, display.show))
        except StoreLockedError:
            display.follow(record)
            time.sleep(FOLLOW_EVERY)
    display.follow(record)
    return record


async def _poll(configuration: Configuration, store: Store, progress: Progress) -> None:
    """Carry out every refresh that waits, ours among them."""
    async with open_poller(configuration.settings, store) as poller:
        await poller.store.write(polls.requeue_refreshes)
        await poller.store.write(clock.follow, now())
        while (record := await poller.store.write(polls.take_refresh, now())) is not None:
            await carry_out(poller, record, progress)


def _find(store: Store, id: str) -> Refresh:
    with store.read() as db:
        record = polls.find_refresh(db, id)
    if record is None:
        raise SourceError(f"the record of refresh {id} has gone")
    return record


@dataclass
class _Display:
    """Progress: a bar on a terminal, else a line for each source."""

    total: int
    quiet: bool
    _shown: int = 0
    _bar: Any = field(default=None)

    def __enter__(self) -> _Display:
        if not self.quiet and sys.stderr.isatty():
            self._bar = click.progressbar(length=self.total, label="Polling", file=sys.stderr)
            self._bar.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

    def show(self, source: Source, outcome: PollOutcome) -> None:
        self._step(RefreshResult(source.slug, source.display_title, outcome))

    def follow(self, record: Refresh) -> None:
        """Show the results that have come in since the last look."""
        for result in record.results[self._shown :]:
            self._step(result)

    def _step(self, result: RefreshResult) -> None:
        self._shown += 1
        if self._bar is not None:
            self._bar.length = max(self._bar.length, self._shown)  # lists may have subscribed to more
            self._bar.update(1)
        elif not self.quiet:
            click.echo(f"{result.slug}: {result.outcome.brief}")


def _print_result(results: tuple[RefreshResult, ...], as_json: bool) -> None:
    kinds = Counter(result.outcome.kind for result in results)
    polled = {kind: kinds[kind] for kind in get_args(OutcomeKind)}
    found = {
        word: sum(getattr(result.outcome, word) for result in results)
        for word in ("new", "modified", "withdrawn")
    }
    if as_json:
        rows = [{"source": result.slug, **describe_outcome(result.outcome)} for result in results]
        session.print_json({"polled": len(results), **polled, **found, "sources": rows})
    else:
        told = {kind: count for kind, count in polled.items() if count or kind != "held"}
        click.echo(f"{len(results)} polled: {_count(told)}; entries: {_count(found)}")
    for result in results:
        if result.outcome.error:
            click.echo(f"feeds: {result.slug}: {result.outcome.error}", err=True)


def _count(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items())
