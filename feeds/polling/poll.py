"""What happens to one source: a document enters, its entries are stored, the next poll is set."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from feeds.curation.changes import find_changes, find_hash
from feeds.errors import DocumentError, FetchError, GoneError
from feeds.model import (
    Changes,
    Feed,
    FreshEntry,
    PollOutcome,
    RefreshRequest,
    Source,
    SourceState,
    Validators,
)
from feeds.polling import schedule
from feeds.polling.fetch import FetchResult, fetch
from feeds.polling.network import Network
from feeds.polling.poll_seeds import SeedsPoll
from feeds.polling.reading import Job, Reader
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, entries, polls, sources
from feeds.text.urls import public_url

SEEDS_RESCAN = timedelta(minutes=5)  # beside the watch on the directory, which can miss things
KEPT_POLLS = 50  # records per source


@dataclass(frozen=True, slots=True)
class Ask:
    """How a poll was asked for; the schedule's own polls use the defaults."""

    force: bool = False  #: send no validators, heed no Retry-After
    accept_deletions: bool = False
    dry_run: bool = False  #: store nothing
    refresh_id: str | None = None

    @classmethod
    def of(cls, request: RefreshRequest, refresh_id: str | None = None, *, dry_run: bool = False) -> Ask:
        """Return what a refresh asks of each of its polls."""
        return cls(request.force, request.accept_deletions, dry_run, refresh_id)


@dataclass
class Poller:
    """Polls sources, each at most once at a time; a failure is an outcome, never an exception."""

    store: StoreThread
    network: Network
    reader: Reader
    policy: schedule.Policy
    seeds_root: Path
    clock: Callable[[], datetime]
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict)

    async def poll(self, source: Source, ask: Ask = Ask()) -> PollOutcome:
        """Check one source once, and record how that ended."""
        async with self._turns.setdefault(source.number, asyncio.Lock()):
            if source.kind == "seeds":
                return await self._poll_seeds(source, ask)
            return await self._poll_feed(source, ask)

    # --- A feed -------------------------------------------------------------------------------------

    async def _poll_feed(self, source: Source, ask: Ask) -> PollOutcome:
        poll = _FeedPoll(source, await self.store.read(sources.find_state, source), ask, self.clock())
        held = poll.find_hold()
        if held:
            outcome = poll.outcome("failed", self.clock(), error=held)
            return outcome if ask.dry_run else await self.store.write(poll.record, outcome)
        try:
            fetched = await fetch(
                self.network, source.url, poll.validators, force=ask.force, now=self.clock()
            )
            feed = await self._read(poll, fetched)
            step = poll.decide if ask.dry_run else poll.keep
            store = self.store.read if ask.dry_run else self.store.write
            return await store(step, fetched, feed, self.policy, self.clock())
        except DocumentError as error:
            if ask.dry_run:
                return poll.outcome("failed", self.clock(), error=str(error))
            return await self.store.write(poll.keep_failure, error, self.policy, self.clock())

    async def _read(self, poll: _FeedPoll, fetched: FetchResult) -> Feed | None:
        """Return the feed, or None where nothing has changed since the last poll."""
        document = fetched.document
        if document is None or (poll.is_unchanged(document.body) and not poll.ask.force):
            return None
        [answer] = await self.reader.read([Job(document, poll.source.key, poll.source.url)])
        if isinstance(answer, DocumentError):
            raise answer
        return answer

    # --- The seeds directory ------------------------------------------------------------------------

    async def _poll_seeds(self, source: Source, ask: Ask) -> PollOutcome:
        state = await self.store.read(sources.find_state, source)
        poll = SeedsPoll(
            root=self.seeds_root,
            source=source,
            state=state,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            accept_deletions=ask.accept_deletions,
            dry_run=ask.dry_run,
        )
        outcome = await poll.run()
        if not ask.dry_run:
            await self.store.write(_keep_seeds, source, state, outcome, ask.refresh_id)
        return outcome


@dataclass
class _FeedPoll:
    """One poll of one feed, between the fetch and the transaction that keeps its result."""

    source: Source
    state: SourceState
    ask: Ask
    started: datetime

    @property
    def validators(self) -> Validators:
        return self.state.validators

    def find_hold(self) -> str | None:
        """Return why the source is not asked now: its server wants us to wait, and nobody insists."""
        until = self.state.retry_after
        if until is None or self.started >= until or self.ask.force:
            return None
        wait = until.strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{public_url(self.source.url)}: the server asked to wait until {wait}"

    def is_unchanged(self, body: bytes) -> bool:
        """Whether the body is the one that was stored last; not every server knows validators."""
        return hashlib.sha256(body).hexdigest() == self.state.body_hash

    def decide(
        self,
        db: Transaction,
        fetched: FetchResult,
        feed: Feed | None,
        policy: schedule.Policy,
        now: datetime,
    ) -> PollOutcome:
        """Return how the poll would end; store nothing."""
        return self._tell(fetched, self._find_changes(db, feed, now), now)

    def keep(
        self,
        db: Transaction,
        fetched: FetchResult,
        feed: Feed | None,
        policy: schedule.Policy,
        now: datetime,
    ) -> PollOutcome:
        """Store what was fetched, in one transaction: entries, validators, schedule, record."""
        changes = self._find_changes(db, feed, now)
        entries.apply_changes(db, self.source, changes, now)
        if feed is not None:
            sources.update_feed_facts(db, self.source, feed)
            if fetched.moved_to:
                sources.move(db, self.source, fetched.moved_to)
        sources.save_state(db, self.source, self._next_state(fetched, feed, policy, now))
        return self.record(db, self._tell(fetched, changes, now))

    def keep_failure(
        self, db: Transaction, error: DocumentError, policy: schedule.Policy, now: datetime
    ) -> PollOutcome:
        """Store that it failed and when to try again; entries and validators stay as they were."""
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        decision = self._schedule(policy, now, failures=self.state.failures + 1, retry_after=retry_after)
        sources.save_state(
            db,
            self.source,
            replace(
                self.state,
                next_poll=decision.when,
                rule=decision.rule,
                failures=self.state.failures + 1,
                last_poll=now,
                last_error=error.reason,
                retry_after=retry_after,
            ),
        )
        if isinstance(error, GoneError):
            sources.retire(db, self.source, error.reason)
        status = error.status if isinstance(error, FetchError) else None
        return self.record(db, self.outcome("failed", now, error=str(error), status=status))

    def outcome(
        self,
        kind: Literal["changed", "unchanged", "failed"],
        ended: datetime,
        *,
        error: str | None = None,
        status: int | None = None,
    ) -> PollOutcome:
        return PollOutcome(kind=kind, started=self.started, ended=ended, error=error, status=status)

    def _find_changes(self, db: Transaction, feed: Feed | None, now: datetime) -> Changes:
        if feed is None:
            return Changes()
        ids = {entry.id for entry in feed.entries}
        foreign = entries.foreign_entries(db, self.source, ids)
        known = {
            id: replace(entry, is_foreign=id in foreign)
            for id, entry in entries.known_entries(db, ids).items()
        }
        fresh = [FreshEntry(entry, find_hash(entry)) for entry in feed.entries]
        return find_changes(known, fresh, now=now, previous_poll=self.state.last_success)

    def _tell(self, fetched: FetchResult, changes: Changes, now: datetime) -> PollOutcome:
        outcome = self.outcome("changed" if changes else "unchanged", now, status=fetched.status)
        new, modified = len(changes.new), len(changes.modified)
        return replace(outcome, new=new, modified=modified, size=fetched.size)

    def record(self, db: Transaction, outcome: PollOutcome) -> PollOutcome:
        """Keep how the poll ended among the latest of its source."""
        polls.record_poll(db, self.source, outcome, self.ask.refresh_id)
        polls.prune_polls(db, self.source, KEPT_POLLS)
        return outcome

    def _next_state(
        self, fetched: FetchResult, feed: Feed | None, policy: schedule.Policy, now: datetime
    ) -> SourceState:
        document = fetched.document
        ttl = feed.ttl if feed else self.state.ttl
        decision = self._schedule(policy, now, ttl=ttl, fresh_for=fetched.fresh_for)
        return replace(
            self.state,
            validators=document.validators if document else self.state.validators,
            body_hash=hashlib.sha256(document.body).hexdigest() if document else self.state.body_hash,
            next_poll=decision.when,
            rule=decision.rule,
            failures=0,
            last_poll=now,
            last_success=now,
            first_success=self.state.first_success or now,
            last_error=None,
            retry_after=None,
            ttl=ttl,
        )

    def _schedule(
        self,
        policy: schedule.Policy,
        now: datetime,
        *,
        failures: int = 0,
        ttl: int | None = None,
        fresh_for: timedelta | None = None,
        retry_after: datetime | None = None,
    ) -> schedule.Decision:
        return schedule.next_poll(
            now,
            policy,
            own_interval=timedelta(seconds=self.source.interval) if self.source.interval else None,
            failures=failures,
            ttl=timedelta(minutes=ttl) if ttl else None,
            fresh_for=fresh_for,
            retry_after=retry_after,
            key=self.source.key,
        )


def _keep_seeds(
    db: Transaction, source: Source, state: SourceState, outcome: PollOutcome, refresh_id: str | None
) -> None:
    """Set the next look at the directory and record this one."""
    failed = outcome.kind == "failed"
    state = replace(
        state,
        next_poll=outcome.ended + SEEDS_RESCAN,
        rule="the directory is watched, and looked through every 5 minutes",
        failures=state.failures + 1 if failed else 0,
        last_poll=outcome.ended,
        last_error=outcome.error,
    )
    if not failed:
        first = state.first_success or outcome.ended
        state = replace(state, last_success=outcome.ended, first_success=first)
    sources.save_state(db, source, state)
    polls.record_poll(db, source, outcome, refresh_id)
    polls.prune_polls(db, source, KEPT_POLLS)
