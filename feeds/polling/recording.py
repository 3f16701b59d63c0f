"""What is kept of every poll, of whatever kind its source is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import PollOutcome, Source, SourceState
from feeds.model.health import is_news, is_steady, judge
from feeds.store import Transaction, polls, sources
from feeds.store.health import record_change

KEPT_POLLS = 50  # records per source


def keep_state(db: Transaction, source: Source, state: SourceState, now: datetime) -> SourceState:
    """Keep the state of a source, and tell if its health has become another; return the state as kept."""
    health = judge(source, state, now)
    if is_steady(health, state) and health.word != state.health:
        if is_news(state.health, health):
            record_change(db, source, health, now)
        state = replace(state, health=health.word, health_since=now)
    sources.save_state(db, source, state)
    return state


def record(
    db: Transaction, source: Source, outcome: PollOutcome, refresh_id: str | None = None
) -> PollOutcome:
    """Keep how a poll ended among the latest of its source."""
    polls.record_poll(db, source, outcome, refresh_id)
    polls.prune_polls(db, source, KEPT_POLLS)
    return outcome
