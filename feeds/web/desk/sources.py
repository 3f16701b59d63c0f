"""The sources at the desk, private ones too: the list, and the page of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from feeds.errors import SourceError
from feeds.model import Source
from feeds.model.declaring import refuse_declared
from feeds.store import Transaction
from feeds.store.attention import SourceName, list_failing, list_names
from feeds.store.reports import report_source, report_these
from feeds.store.sources import find_source
from feeds.web.desk.fields import SourceFields, show_fields
from feeds.web.names import check_name
from feeds.web.service import get_service
from feeds.web.state import LAST_POLLS

PAGE_LENGTH = 100

#: What has just been done to a source: the last word of the address that its page is led to.
DONE = frozenset({"saved", "paused", "resumed", "removed"})


def register(blueprint: Blueprint) -> None:
    """Put the pages at their addresses, below that of the desk."""
    blueprint.add_url_rule("/sources/", "list_sources", show_list)
    blueprint.add_url_rule("/sources/<slug>/", "show_source", show_source)
    blueprint.add_url_rule("/sources/<slug>/remove", "ask_removal", ask_removal)


def show_list() -> str:
    """Sources by title, a hundred on a page; `?q=` are words of their names or addresses."""
    query = " ".join(request.args.get("q", "").split())[:200]
    is_failing = request.args.get("state") == "failing"
    after = request.args.get("after")
    with get_service().store.read() as db:
        words = query.casefold().split()
        found = [name for name in _list_names(db, is_failing=is_failing) if _has_all(name, words)]
        start = _find_start(found, after)
        shown = found[start : start + PAGE_LENGTH]
        reports = report_these(db, [name.number for name in shown], datetime.now(UTC))
    following = shown[-1].slug if start + PAGE_LENGTH < len(found) else None
    return render_template(
        "desk/sources.html",
        reports=reports,
        count=len(found),
        query=query,
        is_failing=is_failing,
        after=after,
        following=following,
    )


def _list_names(db: Transaction, *, is_failing: bool) -> list[SourceName]:
    names = list_names(db)
    if not is_failing:
        return names
    known = {name.number: name for name in names}
    return [known[number] for number in list_failing(db)]


def _has_all(name: SourceName, words: Sequence[str]) -> bool:
    """Whether a source has each of the words in its names, its category, its slug or its address."""
    if not words:
        return True
    told = (name.own_name, name.own_title, name.category, name.slug, name.shown_url)
    text = " ".join(filter(None, told)).casefold()
    return all(word in text for word in words)


def _find_start(found: Sequence[SourceName], after: str | None) -> int:
    """Return where the page begins: behind the source that the last one ended with."""
    if after is None:
        return 0
    places = (number for number, source in enumerate(found, 1) if source.slug == after)
    return next(places, 0)


def show_source(slug: str) -> str:
    """How a source is, and what can be changed of it."""
    done = request.args.get("done")
    return render_source(slug, done=done if done in DONE else None)


def ask_removal(slug: str) -> str | Response:
    """What will happen when a source is removed, and the button for it."""
    with get_service().store.read() as db:
        source = find_asked(db, slug)
    problem = tell_refusal(source, "remove")
    if problem is not None:
        return Response(render_source(slug, problem=problem), 409)
    return render_template("desk/remove.html", source=source)


def render_source(
    slug: str, *, fields: SourceFields | None = None, problem: str | None = None, done: str | None = None
) -> str:
    """Render the page of a source; `fields` are as they were sent, where they cannot be taken."""
    with get_service().store.read() as db:
        source = find_asked(db, slug)
        report = report_source(db, source, datetime.now(UTC), LAST_POLLS)
    values: dict[str, Any] = {"refusal": tell_refusal(source, "change")}
    return render_template(
        "desk/source.html",
        report=report,
        fields=fields or show_fields(source),
        problem=problem,
        done=done,
        **values,
    )


def find_asked(db: Transaction, slug: str) -> Source:
    """Return a source, a private one too, or answer 404."""
    check_name(slug)
    return find_source(db, slug) or abort(404, "There is no such source.")


def tell_refusal(source: Source, verb: str) -> str | None:
    """Return why a source cannot be changed here, in the words of the commands; None where it can."""
    try:
        refuse_declared(source, get_service().path, verb)
    except SourceError as error:
        return str(error)
    return None
