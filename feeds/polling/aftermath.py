"""What a poll leaves behind for the next one: a new state of the source, decided purely."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.errors import DocumentError, FetchError
from feeds.model import Document, Feed, Source, SourceState
from feeds.polling import schedule
from feeds.polling.fetch import FetchResult
from feeds.polling.rhythm import find_rhythm


def find_digest(body: bytes) -> str:
    """Return what a body is recognized by where its server knows no validators."""
    return hashlib.sha256(body).hexdigest()


def after_success(
    source: Source,
    state: SourceState,
    fetched: FetchResult,
    feed: Feed | None,
    policy: schedule.Policy,
    now: datetime,
    *,
    is_new: bool,
    is_delivered: bool = False,
) -> SourceState:
    """Return the state after an answer that was understood; `feed` is None where nothing has changed.

    `is_new` says that it brought entries which were not known: a post of now, where they have no dates.
    """
    if feed:
        state = _hear(state, feed, now, is_new=is_new)
    state = replace(
        _keep_validators(state, fetched.document),
        failures=0,
        failing_since=None,
        last_poll=now,
        last_success=now,
        first_success=state.first_success or now,
        last_error=None,
        retry_after=None,
        offers=(),
    )
    facts = find_facts(source, state, fetched.fresh_for, is_delivered=is_delivered)
    return _decide(source, state, policy, now, facts)


def after_failure(
    source: Source,
    state: SourceState,
    error: DocumentError,
    policy: schedule.Policy,
    now: datetime,
    *,
    is_delivered: bool = False,
    by_person: bool = False,
) -> SourceState:
    """Return the state after an answer that is of no use; validators stay as they were.

    A person who tries a failing source again and again does not put it off further.
    """
    state = replace(
        state,
        failures=max(1, state.failures) if by_person else state.failures + 1,
        failing_since=state.failing_since or now,
        last_poll=now,
        last_error=error.reason,
        retry_after=error.retry_after if isinstance(error, FetchError) else None,
        offers=error.offers or state.offers,  # looked for at the first failure only
    )
    return _decide(source, state, policy, now, find_facts(source, state, is_delivered=is_delivered))


def find_facts(
    source: Source, state: SourceState, fresh_for: timedelta | None = None, *, is_delivered: bool = False
) -> schedule.Facts:
    """Return what the schedule needs to know of a source."""
    return schedule.Facts(
        own_interval=timedelta(seconds=source.interval) if source.interval else None,
        failures=state.failures,
        rhythm=timedelta(seconds=state.rhythm) if state.rhythm else None,
        newest=state.newest,
        ttl=timedelta(minutes=state.ttl) if state.ttl else None,
        fresh_for=fresh_for,
        skip_hours=state.skip_hours,
        skip_days=state.skip_days,
        retry_after=state.retry_after,
        is_delivered=is_delivered,
    )


def _hear(state: SourceState, feed: Feed, now: datetime, *, is_new: bool) -> SourceState:
    """Keep what the document says of when to ask again; a 304 repeats none of it."""
    rhythm = find_rhythm(feed.entries, now)
    return replace(
        state,
        ttl=feed.ttl,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        newest=rhythm.newest or (now if is_new else state.newest),
        rhythm=round(rhythm.gap.total_seconds()) if rhythm.gap else None,
    )


def _keep_validators(state: SourceState, document: Document | None) -> SourceState:
    if document is None:
        return state
    return replace(state, validators=document.validators, body_hash=find_digest(document.body))


def _decide(
    source: Source,
    state: SourceState,
    policy: schedule.Policy,
    now: datetime,
    facts: schedule.Facts,
) -> SourceState:
    decision = schedule.next_poll(now, policy, facts, key=source.key)
    return replace(state, next_poll=decision.when, rule=decision.rule)
