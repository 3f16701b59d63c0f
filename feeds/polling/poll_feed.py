"""One poll of one feed: what its server said becomes what is stored, in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.curation.changes import find_changes
from feeds.errors import DocumentError, FetchError, GoneError, HeldError, OtherFeedError
from feeds.model import (
    Changes,
    Claim,
    Feed,
    OutcomeKind,
    PollOutcome,
    RefreshRequest,
    Source,
    SourceState,
    Validators,
)
from feeds.polling import schedule
from feeds.polling.aftermath import after_failure, after_success, find_digest, find_facts
from feeds.polling.delivery.offers import find_offer
from feeds.polling.fetch import NO_VALIDATORS, FetchResult
from feeds.polling.moves import is_same_feed
from feeds.polling.recognizing import Recognized, recognize
from feeds.polling.recording import keep_state, record
from feeds.store import Transaction, entries, hosts, hubs, sources
from feeds.text.urls import public_url

OLD_ADDRESS_AFTER = timedelta(days=1)  # of failures at the new one


@dataclass(frozen=True, slots=True)
class Ask:
    """How a poll was asked for; the schedule's own polls use the defaults."""

    force: bool = False  #: send no validators, heed no Retry-After
    accept_deletions: bool = False
    dry_run: bool = False  #: store nothing
    hinted: bool = False  #: look only where something is noted to have changed (the seeds directory)
    refresh_id: str | None = None
    by_person: bool = False  #: not by the schedule

    @classmethod
    def of(cls, request: RefreshRequest, refresh_id: str | None = None, *, dry_run: bool = False) -> Ask:
        """Return what a refresh asks of each of its polls."""
        return cls(
            request.force,
            request.accept_deletions,
            dry_run,
            refresh_id=refresh_id,
            by_person=not request.due_only,
        )


SCHEDULED = Ask()


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is to be asked of a source for now."""

    until: datetime
    reason: str  #: what a person is told who asked for it
    rule: str  #: what the schedule says of the next poll


@dataclass
class FeedPoll:
    """One poll of one feed, between the fetch and the transaction that keeps its result."""

    source: Source
    state: SourceState
    ask: Ask
    started: datetime

    @property
    def validators(self) -> Validators:
        """What the document that was stored last is known by; none where it is wanted in any case."""
        return NO_VALIDATORS if self.ask.force else self.state.validators

    def find_hold(self) -> Hold | None:
        """Return why the source is not asked now: its publisher wants us to wait, and nobody insists.

        A person who asks for a poll overrides the hours the publisher has named, and not a Retry-After.
        """
        if self.ask.force:
            return None
        until = self.state.retry_after
        if until is not None and self.started < until:
            return Hold(until, f"the server asked to wait until {_tell(until)}", schedule.RETRY_AFTER)
        if self.ask.by_person:
            return None
        wanted = schedule.find_skip(self.started, find_facts(self.source, self.state), key=self.source.key)
        return Hold(wanted, schedule.SKIPPED, schedule.SKIPPED) if wanted else None

    def is_unchanged(self, body: bytes) -> bool:
        """Whether the body is the one that was stored last; not every server knows validators."""
        return find_digest(body) == self.state.body_hash

    @property
    def is_called(self) -> bool:
        """Whether a hub has called for a poll, and none has succeeded since: it does not call again."""
        is_tried_again = self.state.failures > 0 and self.state.rule != schedule.DELIVERED
        return self.state.rule == schedule.TOLD or is_tried_again

    def find_old_address(self) -> str | None:
        """Return the address the source had before it moved, where the new one has failed for a day."""
        since = self.state.failing_since
        has_failed = since is not None and self.started - since >= OLD_ADDRESS_AFTER
        return self.state.previous_url if has_failed else None

    def decide(
        self,
        db: Transaction,
        fetched: FetchResult,
        feed: Feed | None,
        policy: schedule.Policy,
        now: datetime,
    ) -> PollOutcome:
        """Return how the poll would end; store nothing. Raises OtherFeedError as `keep` does."""
        recognized, changes = self._find_changes(db, feed, now, fetched.moved_to)
        self._find_new_address(fetched, feed, recognized.brought_before)
        return self._tell(fetched, changes, now)

    def keep(
        self,
        db: Transaction,
        fetched: FetchResult,
        feed: Feed | None,
        policy: schedule.Policy,
        now: datetime,
    ) -> PollOutcome:
        """Store what was fetched, in one transaction: entries, validators, schedule, record.

        Raises OtherFeedError, storing nothing, where the source has moved to what is not the same feed.
        """
        recognized, changes = self._find_changes(db, feed, now, fetched.moved_to)
        address = self._find_new_address(fetched, feed, recognized.brought_before)
        if feed is not None:  # before its entries: views that they touch anyway need not be looked for
            sources.update_feed_facts(db, self.source, feed)
            hubs.record_offer(db, self.source, find_offer(fetched, feed), now)
        self._store_entries(db, recognized, changes, now)
        is_new = bool(changes.new)
        is_delivered = hubs.note_poll(db, self.source, is_new, now)
        state = after_success(
            self.source, self.state, fetched, feed, policy, now, is_new=is_new, is_delivered=is_delivered
        )
        if address and sources.move(db, self.source, address):
            state = replace(state, moved=now, previous_url=self.source.url)
        return self._record(db, self._tell(fetched, changes, now), state)

    def _find_new_address(
        self, fetched: FetchResult, feed: Feed | None, known: Collection[str]
    ) -> str | None:
        """Return where the source is from now on, None where it stays.

        An answer that is unchanged is that of the same feed.
        """
        address = fetched.moved_to
        if address is None or address == self.source.url:
            return None
        is_known = self.state.first_success is not None
        if feed is None or is_same_feed(self.source, feed, known, is_known=is_known):
            return address
        raise OtherFeedError(public_url(self.source.url), address)

    @staticmethod
    def hold_with_host(error: HeldError) -> Hold:
        """Return the hold that another address of the same host has brought about."""
        return Hold(error.until, error.reason, schedule.HOST_ASKED)

    def tell_hold(self, hold: Hold) -> PollOutcome:
        """Return the record of a poll that did not take place."""
        error = f"{public_url(self.source.url)}: {hold.reason}"
        return self.outcome("held", self.started, error=error)

    def keep_hold(self, db: Transaction, hold: Hold) -> PollOutcome:
        """Record that nothing was asked, and see that the source is not due before it may be."""
        state, due = self.state, self.state.next_poll
        if due is None or due < hold.until:
            state = replace(state, next_poll=hold.until, rule=hold.rule)
        return self._record(db, self.tell_hold(hold), state)

    def keep_failure(
        self, db: Transaction, error: DocumentError, policy: schedule.Policy, now: datetime
    ) -> PollOutcome:
        """Store that it failed and when to try again; entries and validators stay as they were."""
        is_delivered = not self.is_called and hubs.is_trusted(db, self.source, now)
        state = after_failure(
            self.source,
            self.state,
            error,
            policy,
            now,
            is_delivered=is_delivered,
            by_person=self.ask.by_person,
        )
        if isinstance(error, FetchError) and error.paused_host and error.retry_after:
            hosts.pause_host(db, error.paused_host, error.retry_after, now)
        source = self.source
        if isinstance(error, GoneError):
            sources.retire(db, source, error.reason)
            source = replace(source, retired=error.reason)
            state = replace(state, next_poll=None, rule=f"never again: {error.reason}")
        status = error.status if isinstance(error, FetchError) else None
        return self._record(db, self.outcome("failed", now, error=str(error), status=status), state, source)

    def outcome(
        self,
        kind: OutcomeKind,
        ended: datetime,
        *,
        error: str | None = None,
        status: int | None = None,
    ) -> PollOutcome:
        """Return the record of a poll that brought nothing."""
        return PollOutcome(kind=kind, started=self.started, ended=ended, error=error, status=status)

    def _find_changes(
        self, db: Transaction, feed: Feed | None, now: datetime, address: str | None = None
    ) -> tuple[Recognized, Changes]:
        """Return the entries as they are known, and what is new and modified; `address` is a new one."""
        if feed is None:
            return Recognized(), Changes()
        recognized = recognize(db, self.source, self.state, feed, address)
        changes = find_changes(
            recognized.known,
            recognized.fresh,
            now=now,
            previous_poll=self.state.last_success,
            claim=self._find_claim(feed),
        )
        return recognized, replace(changes, deleted=recognized.deleted)

    def _find_claim(self, feed: Feed) -> Claim | None:
        """Return what the source may say of others' entries: at its first poll, and only in public."""
        source = self.source
        if self.state.first_success or source.added is None or source.private or source.retired:
            return None
        return Claim(source.key, source.added, feed.link)

    def _store_entries(
        self, db: Transaction, recognized: Recognized, changes: Changes, now: datetime
    ) -> None:
        entries.hand_over(db, self.source, changes.claimed, now)
        entries.apply_changes(db, self.source, changes, now)
        recognized.remember(db, self.source, now)

    def _tell(self, fetched: FetchResult, changes: Changes, now: datetime) -> PollOutcome:
        outcome = self.outcome("changed" if changes else "unchanged", now, status=fetched.status)
        return replace(count_changes(outcome, changes), size=fetched.size)

    def _record(
        self, db: Transaction, outcome: PollOutcome, state: SourceState, source: Source | None = None
    ) -> PollOutcome:
        """Keep how the poll ended, and with it what was decided about the next one, and about the source."""
        keep_state(db, source or self.source, state, outcome.ended)
        outcome = replace(outcome, next_poll=state.next_poll, rule=state.rule)
        return record(db, self.source, outcome, self.ask.refresh_id)


def count_changes(outcome: PollOutcome, changes: Changes) -> PollOutcome:
    """Return the record of a poll with the numbers of what it has found."""
    new, modified, withdrawn = len(changes.new), len(changes.modified), len(changes.deleted)
    return replace(outcome, new=new, modified=modified, withdrawn=withdrawn)


def _tell(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
