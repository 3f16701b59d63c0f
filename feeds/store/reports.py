"""What is told of sources, gathered: the one place from which they are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from feeds.model import Health, PollOutcome, Source, SourceReport, SourceState
from feeds.model.health import judge
from feeds.model.reports import find_since
from feeds.store.database import Transaction
from feeds.store.hub_words import explain_hub, explain_hubs
from feeds.store.polls import list_polls
from feeds.store.source_rows import find_origins
from feeds.store.sources import list_sources
from feeds.store.states import find_state, find_states, find_states_of
from feeds.text.urls import public_text, public_url


def report_source(db: Transaction, source: Source, now: datetime, polls: int = 0) -> SourceReport:
    """Return what is told of one source, with its last `polls` polls."""
    recent = list_polls(db, source, polls) if polls else ()
    report = _report(source, find_state(db, source), now, recent)
    return replace(report, hub=explain_hub(db, source, now))


def report_sources(db: Transaction, now: datetime) -> list[SourceReport]:
    """Return what is told of all sources, private and retired ones too, in the order of their titles."""
    states, hubs = find_states(db), explain_hubs(db, now)
    reports = (
        _report(source, states.get(source.number) or SourceState(), now) for source in list_sources(db)
    )
    return [replace(report, hub=hubs.get(report.source.number)) for report in reports]


def report_these(db: Transaction, numbers: Collection[int], now: datetime) -> list[SourceReport]:
    """Return what is told of the sources of these row numbers, in their order, but for their hubs."""
    found, states = find_origins(db, numbers), find_states_of(db, numbers)
    return [_report(found[number], states.get(number) or SourceState(), now) for number in numbers]


def _report(
    source: Source, state: SourceState, now: datetime, recent: Iterable[PollOutcome] = ()
) -> SourceReport:
    health = judge(source, state, now)
    shown = _show_source(source)
    return SourceReport(
        source=shown,
        state=_show_state(state, is_polled=source.is_polled),
        health=Health(health.word, public_text(health.reason)),
        since=find_since(source, state, health),
        polls=tuple(_show_poll(outcome, shown.url) for outcome in recent),
    )


@lru_cache(4096)
def _show_source(source: Source) -> Source:
    link = source.link and public_url(source.link)
    return replace(source, url=public_url(source.url), key=public_url(source.key), link=link)


def _show_state(state: SourceState, *, is_polled: bool) -> SourceState:
    return replace(
        state,
        next_poll=state.next_poll if is_polled else None,
        rule=state.rule if is_polled else None,
        last_error=state.last_error and public_text(state.last_error),
        previous_url=state.previous_url and public_url(state.previous_url),
        offers=tuple(map(public_url, state.offers)),
    )


def _show_poll(outcome: PollOutcome, address: str) -> PollOutcome:
    """Beside the source itself, its address need not stand in every error."""
    error = outcome.error and public_text(outcome.error).removeprefix(f"{address}: ")
    return replace(outcome, error=error, rule=outcome.rule and public_text(outcome.rule))
