"""How the service is, gathered for the status page and the API alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.model import (
    HealthChange,
    OutcomeKind,
    Refresh,
    RefreshResult,
    RefreshTally,
    Source,
    SourceReport,
    StoredEntry,
)
from feeds.model.health import HealthWord
from feeds.store import Store, Transaction
from feeds.store.entries import list_kept_out
from feeds.store.files import tell_problems
from feeds.store.health import list_changes
from feeds.store.notices import Notice, list_notices
from feeds.store.overview import count_hidden, list_troubled, tally_words
from feeds.store.pages import explain_page, list_page_problems
from feeds.store.polls import find_refresh, list_refreshes
from feeds.store.refresh_tallies import find_tally, list_results
from feeds.store.reports import report_these
from feeds.store.sources import list_private
from feeds.store.subscriber_words import explain_announcing
from feeds.store.summary import store_summary
from feeds.syndication.failures import read_place
from feeds.syndication.places import find_work
from feeds.text.paths import show_path
from feeds.text.urls import public_url

LAST_REFRESHES = 5
LAST_CHANGES = 10
LAST_POLLS = 20  # that are told of one source


@dataclass(frozen=True, slots=True)
class State:
    """How the service is."""

    poller_running: bool
    configuration_problem: str | None
    summary: Mapping[str, int]
    notices: Sequence[Notice]
    tally: Mapping[HealthWord, int]  #: how many public sources are in each state, the most urgent first
    troubled: Sequence[SourceReport]  #: public ones that fail, are gone or wait, the most urgent first
    hidden: int  #: private sources, not listed
    changes: Sequence[HealthChange]  #: the last ones of public sources, newest first
    seed_problems: Sequence[tuple[str, str]]  #: (path, what is wrong with the file or a page it names)
    quarantined: Sequence[tuple[StoredEntry, str]]
    announcing: Sequence[str]  #: how it goes with telling subscribers and hubs what is new

    @property
    def failing(self) -> list[SourceReport]:
        return [report for report in self.troubled if report.health.word == "failing"]

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a person's attention."""
        return self.poller_running and not (
            self.configuration_problem
            or self.notices
            or "failing" in self.tally
            or self.seed_problems
            or self.quarantined
        )


def read_state(
    store: Store, configuration_problem: str | None, now: datetime, *, has_hub: bool, most: int | None = None
) -> State:
    """Gather it in one snapshot of the store, at most so much of each kind; raises StoreError.

    `has_hub`: whether ours is switched on.
    """
    poller_running = store.is_poller_running()
    with store.read() as db:
        return State(
            poller_running=poller_running,
            configuration_problem=configuration_problem,
            summary=store_summary(db),
            notices=[notice for notice in _list_public_notices(db) if notice.text != configuration_problem],
            tally=tally_words(db, now),
            troubled=report_these(db, list_troubled(db, now, most), now),
            hidden=count_hidden(db),
            changes=list_changes(db, LAST_CHANGES),
            seed_problems=_list_seed_problems(db, most),
            quarantined=list_kept_out(db, most),
            announcing=explain_announcing(db, has_hub=has_hub),
        )


def _list_seed_problems(db: Transaction, most: int | None) -> list[tuple[str, str]]:
    found = [(show_path(path), problem) for path, problem in tell_problems(db, most)]
    found += [
        (show_path(path), f"{public_url(page.url)}: {explain_page(page)}")
        for path, page in list_page_problems(db, most)
    ]
    return sorted(found)[:most]


def _list_public_notices(db: Transaction) -> list[Notice]:
    """Return what holds; of a feed that is served no more nothing: it may name a private source."""
    told = ((notice, read_place(notice.name)) for notice in list_notices(db))
    return [notice for notice, place in told if place is None or find_work(db, place) is not None]


def list_public_refreshes(db: Transaction, limit: int) -> list[Refresh]:
    """Return the last refreshes, newest first, without the names of private sources."""
    private = list_private(db)
    return [_hide(refresh, private) for refresh in list_refreshes(db, limit)]


def find_public_refresh(db: Transaction, id: str) -> Refresh | None:
    """Return a refresh without the names of private sources."""
    refresh = find_refresh(db, id) if id.isascii() and id.isalnum() else None
    return refresh and _hide(refresh, list_private(db))


def find_public_tally(db: Transaction, id: str) -> RefreshTally | None:
    """Return what came of a refresh so far."""
    return find_tally(db, id) if id.isascii() and id.isalnum() else None


def list_told_results(
    db: Transaction, id: str, kind: OutcomeKind, limit: int, *, is_signed: bool
) -> list[tuple[Source | None, RefreshResult]]:
    """Return polls of a refresh that ended so, each with its source.

    Of a private one nobody is told which it is, but who is signed in.
    """
    return [
        (None, _hide_name(result)) if source.private and not is_signed else (source, result)
        for source, outcome in list_results(db, id, kind, limit)
        for result in [RefreshResult(source.slug, source.display_title, outcome)]
    ]


def _hide(refresh: Refresh, private: Collection[str]) -> Refresh:
    """Keep the numbers of a private source, not its name nor what its publisher said."""
    if not private:
        return refresh
    return replace(
        refresh,
        request=replace(
            refresh.request,
            sources=tuple("" if slug in private else slug for slug in refresh.request.sources),
        ),
        results=tuple(_hide_name(one) if one.slug in private else one for one in refresh.results),
    )


def _hide_name(result: RefreshResult) -> RefreshResult:
    outcome = result.outcome
    error = "it failed" if outcome.error else None
    hidden = replace(outcome, error=error, status=None, next_poll=None, rule=None)
    return RefreshResult("", "A private source", hidden)
