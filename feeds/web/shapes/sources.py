"""Sources as the API gives them: how they are, when they are polled next and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feeds.model import (
    HealthChange,
    HealthWord,
    OutcomeKind,
    PollOutcome,
    SourceKind,
    SourceReport,
    View,
)
from feeds.syndication import FORMATS
from feeds.text.urls import public_text
from feeds.web.presentation import absolute
from feeds.web.shapes.base import Shape


class SourceShape(Shape, frozen=True):
    """A place documents come from; `state` is how it is, in one word."""

    slug: str
    title: str
    kind: SourceKind
    url: str
    page: str
    feeds: dict[str, str]
    link: str | None
    subtitle: str | None
    language: str | None
    category: str | None
    state: HealthWord
    paused: bool
    retired: str | None
    added: datetime | None
    last_poll: datetime | None
    last_success: datetime | None
    next_poll: datetime | None
    rule: str | None
    failures: int
    last_error: str | None
    hub: str | None


class HealthShape(Shape, frozen=True):
    """How a source is, why, and since when as far as is known."""

    state: HealthWord
    reason: str
    since: datetime | None


class OutcomeShape(Shape, frozen=True):
    """How a poll ended, and what was decided then about the next one, by which rule.

    `told` is what came of it in words; `new`, `modified` and `withdrawn` count entries; `status` and
    `bytes` are of the HTTP answer and its body.
    """

    outcome: OutcomeKind
    told: str
    started: datetime
    new: int
    modified: int
    withdrawn: int
    error: str | None
    status: int | None
    bytes: int
    seconds: float
    next_poll: datetime | None
    rule: str | None


class SourceDetail(SourceShape, frozen=True):
    """A source with its health and its last polls, the latest first.

    `offered` are addresses of feeds found behind a page that stands in its place, `address_before` is where
    it was before it moved; `entries` counts those to be seen.
    """

    entries: int
    health: HealthShape
    polls: list[OutcomeShape]
    offered: list[str]
    address_before: str | None
    moved: datetime | None


class SourceList(Shape, frozen=True):
    """All public sources, in the order of their titles."""

    sources: list[SourceShape]


class ChangeShape(Shape, frozen=True):
    """A source's health became another."""

    source: str
    title: str
    state: HealthWord
    reason: str
    moment: datetime


def shape_source(report: SourceReport) -> SourceShape:
    return SourceShape(**_describe(report))


def shape_detail(report: SourceReport, entries: int) -> SourceDetail:
    state = report.state
    return SourceDetail(
        **_describe(report),
        entries=entries,
        health=HealthShape(state=report.health.word, reason=report.health.reason, since=report.since),
        polls=[OutcomeShape(**describe_outcome(outcome)) for outcome in report.polls],
        offered=list(state.offers),
        address_before=state.previous_url,
        moved=state.moved,
    )


def shape_change(change: HealthChange) -> ChangeShape:
    return ChangeShape(
        source=change.source.slug,
        title=change.source.display_title,
        state=change.health.word,
        reason=public_text(change.health.reason),
        moment=change.moment,
    )


def describe_outcome(outcome: PollOutcome) -> dict[str, Any]:
    """Return the fields of an OutcomeShape."""
    return {
        "outcome": outcome.kind,
        "told": public_text(outcome.told),
        "started": outcome.started,
        "new": outcome.new,
        "modified": outcome.modified,
        "withdrawn": outcome.withdrawn,
        "error": outcome.error and public_text(outcome.error),
        "status": outcome.status,
        "bytes": outcome.size,
        "seconds": outcome.seconds,
        "next_poll": outcome.next_poll,
        "rule": outcome.rule,
    }


def _describe(report: SourceReport) -> dict[str, Any]:
    """Return the fields of a SourceShape."""
    source, state = report.source, report.state
    view = View("source", source.slug)
    own = ("slug", "kind", "url", "link", "subtitle", "language", "category", "paused", "retired", "added")
    polled = ("last_poll", "last_success", "next_poll", "rule", "failures", "last_error")
    return {
        **{name: getattr(source, name) for name in own},
        **{name: getattr(state, name) for name in polled},
        "title": source.display_title,
        "page": absolute(view.path),
        "feeds": {name: absolute(view.path + name) for name in FORMATS},
        "state": report.health.word,
        "hub": report.hub,
    }
