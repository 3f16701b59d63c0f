"""How the service is, as the API gives it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from feeds.model import Refresh
from feeds.text.urls import public_text
from feeds.web.shapes.base import Shape
from feeds.web.shapes.refreshes import RefreshShape, shape_refresh
from feeds.web.shapes.sources import ChangeShape, SourceShape, shape_change, shape_source
from feeds.web.state import State


class NoticeShape(Shape, frozen=True):
    """A condition that a person should know of."""

    name: str
    text: str
    since: datetime


class SeedProblem(Shape, frozen=True):
    """A file of the seeds directory with something wrong in it, or in a page it names."""

    path: str
    reason: str


class QuarantinedShape(Shape, frozen=True):
    """An entry kept out of every view."""

    key: str
    title: str | None
    reason: str


class StatusShape(Shape, frozen=True):
    """How the service is."""

    version: str
    poller_running: bool
    state: Literal["ok", "attention"]
    counts: dict[str, int]
    configuration_problem: str | None
    notices: list[NoticeShape]
    failing: list[SourceShape]
    changes: list[ChangeShape]
    seed_problems: list[SeedProblem]
    quarantined: list[QuarantinedShape]
    refreshes: list[RefreshShape]
    announcing: list[str]


def shape_state(state: State, refreshes: Iterable[Refresh], version: str) -> StatusShape:
    return StatusShape(
        version=version,
        poller_running=state.poller_running,
        state="ok" if state.is_well else "attention",
        counts=dict(state.summary),
        configuration_problem=state.configuration_problem and public_text(state.configuration_problem),
        notices=[
            NoticeShape(name=one.name, text=public_text(one.text), since=one.since) for one in state.notices
        ],
        failing=[shape_source(report) for report in state.failing],
        changes=[shape_change(change) for change in state.changes],
        seed_problems=[
            SeedProblem(path=path, reason=public_text(reason)) for path, reason in state.seed_problems
        ],
        quarantined=[
            QuarantinedShape(key=stored.key, title=stored.entry.title, reason=reason)
            for stored, reason in state.quarantined
        ],
        refreshes=[shape_refresh(refresh) for refresh in refreshes],
        announcing=list(state.announcing),
    )
