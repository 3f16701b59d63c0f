"""How the service is, gathered for the status page and the API alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.model import HealthChange, Refresh, RefreshResult, SourceReport, StoredEntry
from feeds.store import Store, Transaction
from feeds.store.entries import find_entry, list_quarantined
from feeds.store.files import list_problems
from feeds.store.health import list_changes
from feeds.store.notices import Notice, list_notices
from feeds.store.pages import explain_page, list_page_problems
from feeds.store.polls import find_refresh, list_refreshes
from feeds.store.reports import report_sources
from feeds.store.sources import list_sources
from feeds.store.subscriber_words import explain_announcing
from feeds.store.summary import store_summary
from feeds.syndication.failures import read_place
from feeds.syndication.places import find_work
from feeds.text.paths import show_path
from feeds.text.urls import public_url

LAST_REFRESHES = 5
LAST_CHANGES = 10
LAST_POLLS = 20  # that are told of one source

#: What comes first among the sources.
URGENCY = ("failing", "gone", "held")


@dataclass(frozen=True, slots=True)
class State:
    """What the status page shows."""

    poller_running: bool
    configuration_problem: str | None
    summary: Mapping[str, int]
    notices: Sequence[Notice]
    sources: Sequence[SourceReport]  #: public ones; the failing first, then by title
    hidden: int  #: private sources, not listed
    changes: Sequence[HealthChange]  #: the last ones of public sources, newest first
    seed_problems: Sequence[tuple[str, str]]  #: (path, what is wrong with the file or a page it names)
    quarantined: Sequence[tuple[StoredEntry, str]]
    refreshes: Sequence[Refresh]
    announcing: Sequence[str]  #: how it goes with telling subscribers and hubs what is new

    @property
    def failing(self) -> list[SourceReport]:
        return [report for report in self.sources if report.health.word == "failing"]

    @property
    def tally(self) -> list[tuple[str, int]]:
        """How many sources are in each state, the most urgent first."""
        return list(Counter(report.health.word for report in self.sources).items())

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a person's attention."""
        return self.poller_running and not (
            self.configuration_problem
            or self.notices
            or self.failing
            or self.seed_problems
            or self.quarantined
        )


def read_state(store: Store, configuration_problem: str | None, now: datetime, *, has_hub: bool) -> State:
    """Gather it in one snapshot of the store; `has_hub`: whether ours is switched on. Raises StoreError."""
    poller_running = store.is_poller_running()
    with store.read() as db:
        declared = [report for report in report_sources(db, now) if _is_declared(report)]
        public = [report for report in declared if not report.source.private]
        return State(
            poller_running=poller_running,
            configuration_problem=configuration_problem,
            summary=store_summary(db),
            notices=[notice for notice in _list_public_notices(db) if notice.text != configuration_problem],
            sources=sorted(public, key=_find_urgency),
            hidden=len(declared) - len(public),
            changes=list_changes(db, LAST_CHANGES),
            seed_problems=_list_seed_problems(db),
            quarantined=_list_public_quarantined(db),
            refreshes=list_public_refreshes(db, LAST_REFRESHES),
            announcing=explain_announcing(db, has_hub=has_hub),
        )


def _is_declared(report: SourceReport) -> bool:
    """Whether somebody wants it to be polled, be it that its publisher says that it is gone."""
    source = report.source
    return source.kind != "archive" and (source.retired is None or bool(source.doors))


def _find_urgency(report: SourceReport) -> int:
    word = report.health.word
    return URGENCY.index(word) if word in URGENCY else len(URGENCY)


def _list_seed_problems(db: Transaction) -> list[tuple[str, str]]:
    found = [(show_path(file.path), file.problem or "") for file in list_problems(db)]
    found += [
        (show_path(path), f"{public_url(page.url)}: {explain_page(page)}")
        for path, page in list_page_problems(db)
    ]
    return sorted(found)


def _list_public_notices(db: Transaction) -> list[Notice]:
    """Return what holds; of a feed that is served no more nothing: it may name a private source."""
    told = ((notice, read_place(notice.name)) for notice in list_notices(db))
    return [notice for notice, place in told if place is None or find_work(db, place) is not None]


def _list_public_quarantined(db: Transaction) -> list[tuple[StoredEntry, str]]:
    found = ((find_entry(db, one.key), one.reason) for one in list_quarantined(db))
    return [(stored, reason) for stored, reason in found if stored is not None]


def list_public_refreshes(db: Transaction, limit: int) -> list[Refresh]:
    """Return the last refreshes, newest first, without the names of private sources."""
    private = _find_private(db)
    return [_hide(refresh, private) for refresh in list_refreshes(db, limit)]


def find_public_refresh(db: Transaction, id: str) -> Refresh | None:
    """Return a refresh without the names of private sources."""
    refresh = find_any_refresh(db, id)
    return refresh and _hide(refresh, _find_private(db))


def find_any_refresh(db: Transaction, id: str) -> Refresh | None:
    """Return a refresh with all of its names, for who may see them."""
    return find_refresh(db, id) if id.isascii() and id.isalnum() else None


def _find_private(db: Transaction) -> set[str]:
    return {source.slug for source in list_sources(db) if source.private}


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
