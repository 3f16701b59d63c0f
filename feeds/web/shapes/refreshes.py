"""Refreshes as the API gives them: who asked, how far it is, and what each source brought."""

from __future__ import annotations

from datetime import datetime

from feeds.model import Refresh, RefreshResult, RefreshState
from feeds.web.presentation import absolute
from feeds.web.shapes.base import Shape
from feeds.web.shapes.sources import OutcomeShape, describe_outcome


class ResultShape(OutcomeShape, frozen=True):
    """What one source contributed to a refresh."""

    source: str
    title: str


class RefreshShape(Shape, frozen=True):
    """A round of polls that a person asked for; no `sources` means all.

    `new`, `modified` and `withdrawn` count entries; `changed`, `unchanged`, `failed` and
    `held` sources.
    """

    id: str
    state: RefreshState
    asked_by: str
    sources: list[str]
    asked: datetime
    started: datetime | None
    ended: datetime | None
    total: int
    polled: int
    new: int
    modified: int
    withdrawn: int
    changed: int
    unchanged: int
    failed: int
    held: int
    results: list[ResultShape]
    page: str
    api: str


class RefreshList(Shape, frozen=True):
    """The last refreshes, newest first."""

    refreshes: list[RefreshShape]


def shape_refresh(refresh: Refresh) -> RefreshShape:
    return RefreshShape(
        id=refresh.id,
        state=refresh.state,
        asked_by=refresh.request.asked_by,
        sources=list(refresh.request.sources),
        asked=refresh.asked,
        started=refresh.started,
        ended=refresh.ended,
        total=refresh.total,
        polled=refresh.polled,
        new=refresh.new,
        modified=refresh.modified,
        withdrawn=refresh.withdrawn,
        changed=sum(result.outcome.kind == "changed" for result in refresh.results),
        unchanged=refresh.unchanged,
        failed=len(refresh.failed),
        held=refresh.held,
        results=[_shape_result(result) for result in refresh.results],
        page=absolute(f"/refreshes/{refresh.id}/"),
        api=absolute(f"/api/v1/refreshes/{refresh.id}"),
    )


def _shape_result(result: RefreshResult) -> ResultShape:
    return ResultShape(source=result.slug, title=result.title, **describe_outcome(result.outcome))
