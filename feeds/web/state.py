"""How the service is, gathered for the status page and the API alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.model import Refresh, RefreshResult, Source, SourceState, StoredEntry
from feeds.store import Store, Transaction
from feeds.store.entries import find_entry, list_quarantined
from feeds.store.files import list_problems
from feeds.store.notices import Notice, list_notices
from feeds.store.pages import explain_page, list_page_problems
from feeds.store.polls import find_refresh, list_refreshes
from feeds.store.sources import find_state, list_sources
from feeds.store.summary import store_summary
from feeds.text.paths import show_path
from feeds.text.urls import public_url

LAST_REFRESHES = 5


@dataclass(frozen=True, slots=True)
class PolledSource:
    """A source that is asked again and again, and how that went."""

    source: Source
    state: SourceState

    @property
    def is_failing(self) -> bool:
        return self.state.failures > 0


@dataclass(frozen=True, slots=True)
class State:
    """What the status page shows."""

    poller_running: bool
    configuration_problem: str | None
    summary: Mapping[str, int]
    notices: Sequence[Notice]
    sources: Sequence[PolledSource]  #: public ones; the failing first, then by title
    hidden: int  #: private sources, not listed
    seed_problems: Sequence[tuple[str, str]]  #: (path, what is wrong with the file or a page it names)
    quarantined: Sequence[tuple[StoredEntry, str]]
    refreshes: Sequence[Refresh]

    @property
    def failing(self) -> list[PolledSource]:
        return [polled for polled in self.sources if polled.is_failing]

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


def read_state(store: Store, configuration_problem: str | None) -> State:
    """Gather it in one snapshot of the store; raises StoreError."""
    poller_running = store.is_poller_running()
    with store.read() as db:
        asked = [source for source in list_sources(db) if source.kind != "archive" and source.retired is None]
        polled = [PolledSource(source, find_state(db, source)) for source in asked if not source.private]
        return State(
            poller_running=poller_running,
            configuration_problem=configuration_problem,
            summary=store_summary(db),
            notices=[notice for notice in list_notices(db) if notice.text != configuration_problem],
            sources=sorted(polled, key=lambda each: not each.is_failing),
            hidden=len(asked) - len(polled),
            seed_problems=_list_seed_problems(db),
            quarantined=_list_public_quarantined(db),
            refreshes=list_public_refreshes(db, LAST_REFRESHES),
        )


def _list_seed_problems(db: Transaction) -> list[tuple[str, str]]:
    found = [(show_path(file.path), file.problem or "") for file in list_problems(db)]
    found += [
        (show_path(path), f"{public_url(page.url)}: {explain_page(page)}")
        for path, page in list_page_problems(db)
    ]
    return sorted(found)


def _list_public_quarantined(db: Transaction) -> list[tuple[StoredEntry, str]]:
    found = ((find_entry(db, one.key), one.reason) for one in list_quarantined(db))
    return [(stored, reason) for stored, reason in found if stored is not None]


def list_public_refreshes(db: Transaction, limit: int) -> list[Refresh]:
    """Return the last refreshes, newest first, without the names of private sources."""
    private = _find_private(db)
    return [_hide(refresh, private) for refresh in list_refreshes(db, limit)]


def find_public_refresh(db: Transaction, id: str) -> Refresh | None:
    """Return a refresh without the names of private sources."""
    refresh = find_refresh(db, id) if id.isascii() and id.isalnum() else None
    return refresh and _hide(refresh, _find_private(db))


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
    return RefreshResult("", "A private source", replace(outcome, error=error))
