"""One poll of one feed: what its server said becomes what is stored, in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from feeds.polling.fetch import FetchResult
from feeds.store import Transaction, entries, polls, sources
from feeds.text.urls import public_url

KEPT_POLLS = 50  # records per source


@dataclass(frozen=True, slots=True)
class Ask:
    """How a poll was asked for; the schedule's own polls use the defaults."""

    force: bool = False  #: send no validators, heed no Retry-After
    accept_deletions: bool = False
    dry_run: bool = False  #: store nothing
    hinted: bool = False  #: look only where something is noted to have changed (the seeds directory)
    refresh_id: str | None = None

    @classmethod
    def of(cls, request: RefreshRequest, refresh_id: str | None = None, *, dry_run: bool = False) -> Ask:
        """Return what a refresh asks of each of its polls."""
        return cls(request.force, request.accept_deletions, dry_run, refresh_id=refresh_id)


SCHEDULED = Ask()


@dataclass
class FeedPoll:
    """One poll of one feed, between the fetch and the transaction that keeps its result."""

    source: Source
    state: SourceState
    ask: Ask
    started: datetime

    @property
    def validators(self) -> Validators:
        """What the document that was stored last is known by."""
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
        return self._record(db, self._tell(fetched, changes, now))

    def keep_hold(self, db: Transaction, outcome: PollOutcome) -> PollOutcome:
        """Record that nothing was asked, and see that the source is not due before it may be."""
        until, due = self.state.retry_after, self.state.next_poll
        if until and (due is None or due < until):
            state = replace(self.state, next_poll=until, rule=schedule.RETRY_AFTER)
            sources.save_state(db, self.source, state)
        return self._record(db, outcome)

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
        return self._record(db, self.outcome("failed", now, error=str(error), status=status))

    def outcome(
        self,
        kind: Literal["changed", "unchanged", "failed"],
        ended: datetime,
        *,
        error: str | None = None,
        status: int | None = None,
    ) -> PollOutcome:
        """Return the record of a poll that brought nothing."""
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

    def _record(self, db: Transaction, outcome: PollOutcome) -> PollOutcome:
        return record(db, self.source, outcome, self.ask.refresh_id)

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


def record(
    db: Transaction, source: Source, outcome: PollOutcome, refresh_id: str | None = None
) -> PollOutcome:
    """Keep how a poll ended among the latest of its source."""
    polls.record_poll(db, source, outcome, refresh_id)
    polls.prune_polls(db, source, KEPT_POLLS)
    return outcome
