"""The first page of the desk: what needs attention, and the way to everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from feeds.model import RefreshTally, SourceReport
from feeds.store import Transaction
from feeds.store.attention import count_held, count_quarantined, list_failing
from feeds.store.files import list_problems
from feeds.store.notices import Notice, list_notices
from feeds.store.pages import list_page_problems
from feeds.store.refresh_tallies import list_tallies
from feeds.store.reports import report_these
from feeds.web.service import get_service

MOST_FAILING = 10  # shown; the list of sources has the others
LAST_REFRESHES = 3

#: Told of by the numbers of this page.
COUNTED = frozenset({"seeds-held"})


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows; private sources are among it."""

    poller_running: bool
    configuration_problem: str | None
    notices: list[Notice]
    failing: list[SourceReport]  #: the first of them
    failing_count: int
    quarantined: int
    held: int  #: files whose deletion is not believed
    seed_problems: int
    refreshes: list[RefreshTally]

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a person's attention."""
        return self.poller_running and not (
            self.configuration_problem
            or self.notices
            or self.failing_count
            or self.quarantined
            or self.held
            or self.seed_problems
        )


def register(blueprint: Blueprint) -> None:
    """Put the page at its address, that of the desk."""
    blueprint.add_url_rule("/", "show_overview", show_overview)


def show_overview() -> str:
    """What needs attention, the last refreshes, and links to the parts of the desk."""
    service = get_service()
    poller_running = service.store.is_poller_running()
    with service.store.read() as db:
        overview = _read(db, service.problem, datetime.now(UTC), poller_running=poller_running)
    return render_template("desk/overview.html", overview=overview)


def _read(db: Transaction, problem: str | None, now: datetime, *, poller_running: bool) -> Overview:
    failing = list_failing(db)
    told = (notice for notice in list_notices(db) if notice.name not in COUNTED and notice.text != problem)
    return Overview(
        poller_running=poller_running,
        configuration_problem=problem,
        notices=list(told),
        failing=report_these(db, failing[:MOST_FAILING], now),
        failing_count=len(failing),
        quarantined=count_quarantined(db),
        held=count_held(db),
        seed_problems=len(list_problems(db)) + len(list_page_problems(db)),
        refreshes=list_tallies(db, LAST_REFRESHES),
    )
