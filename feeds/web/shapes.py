"""What the API answers with, as types: the documents are written, described and tested by them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from flask import Response

from feeds.model import (
    Enclosure,
    OutcomeKind,
    Person,
    Refresh,
    RefreshResult,
    RefreshState,
    Source,
    SourceKind,
    SourceState,
    StoredEntry,
    View,
)
from feeds.syndication import FORMATS
from feeds.text.urls import public_url
from feeds.web.presentation import absolute, explain, name_source


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of JSON object; addresses in it are absolute, times RFC 3339 in UTC."""


class Problem(Shape, frozen=True):
    """Why a request was refused, in one line."""

    error: str


class SourceShape(Shape, frozen=True):
    """A place documents come from."""

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
    paused: bool
    retired: str | None
    added: datetime | None
    last_poll: datetime | None
    last_success: datetime | None
    next_poll: datetime | None
    rule: str | None
    failures: int
    last_error: str | None


class SourceList(Shape, frozen=True):
    """All public sources, in the order of their titles."""

    sources: list[SourceShape]


class EntrySource(Shape, frozen=True):
    """Where an entry came from."""

    slug: str
    title: str


class EntryShape(Shape, frozen=True):
    """One entry in normal form; `summary` and `content` are safe HTML."""

    id: str
    key: str
    page: str
    source: EntrySource
    position: datetime
    title: str | None
    link: str | None
    guid: str | None
    authors: list[Person]
    published: datetime | None
    updated: datetime
    first_seen: datetime
    summary: str | None
    content: str | None
    excerpt: str
    enclosures: list[Enclosure]
    categories: list[str]
    language: str | None
    rights: str | None
    image: str | None
    comments: str | None
    versions: int


class EntryList(Shape, frozen=True):
    """Entries of a view, newest first; `next` is the address that continues them."""

    entries: list[EntryShape]
    next: str | None


class ResultShape(Shape, frozen=True):
    """What one source contributed to a refresh."""

    source: str
    title: str
    outcome: OutcomeKind
    new: int
    modified: int
    withdrawn: int
    error: str | None


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
    seed_problems: list[SeedProblem]
    quarantined: list[QuarantinedShape]
    refreshes: list[RefreshShape]


def answer(shape: Shape, status: int = 200) -> Response:
    """Return the JSON answer."""
    return Response(msgspec.json.encode(shape), status, content_type="application/json")


def shape_source(source: Source, state: SourceState) -> SourceShape:
    view = View("source", source.slug)
    return SourceShape(
        slug=source.slug,
        title=name_source(source),
        kind=source.kind,
        url=public_url(source.url),
        page=absolute(view.path),
        feeds={name: absolute(view.path + name) for name in FORMATS},
        link=source.link,
        subtitle=source.subtitle,
        language=source.language,
        category=source.category,
        paused=source.paused,
        retired=source.retired,
        added=source.added,
        last_poll=state.last_poll,
        last_success=state.last_success,
        next_poll=state.next_poll if source.is_polled else None,
        rule=state.rule if source.is_polled else None,
        failures=state.failures,
        last_error=state.last_error and explain(state.last_error),
    )


def shape_entry(stored: StoredEntry) -> EntryShape:
    entry = stored.entry
    return EntryShape(
        id=entry.id,
        key=stored.key,
        page=absolute(f"/entries/{stored.key}/"),
        source=EntrySource(slug=stored.source.slug, title=name_source(stored.source)),
        position=stored.position,
        title=entry.title,
        link=entry.link,
        guid=entry.guid,
        authors=list(entry.authors),
        published=entry.published,
        updated=stored.updated,
        first_seen=stored.first_seen,
        summary=entry.summary,
        content=entry.content,
        excerpt=stored.excerpt,
        enclosures=list(entry.enclosures),
        categories=list(entry.categories),
        language=entry.language,
        rights=entry.rights,
        image=entry.image,
        comments=entry.comments,
        versions=stored.versions,
    )


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
    outcome = result.outcome
    return ResultShape(
        source=result.slug,
        title=result.title,
        outcome=outcome.kind,
        new=outcome.new,
        modified=outcome.modified,
        withdrawn=outcome.withdrawn,
        error=outcome.error and explain(outcome.error),
    )
