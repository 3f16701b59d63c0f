"""Refreshing by hand: a request is recorded here and carried out by the poller."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from feeds.model import Refresh, RefreshRequest, Source
from feeds.store import Transaction
from feeds.store.polls import ask_refresh, join_refresh, last_ended
from feeds.store.sources import find_source
from feeds.web.forms import check_form, is_form
from feeds.web.security import check_bearer
from feeds.web.service import get_service
from feeds.web.sessions import find_access
from feeds.web.shapes import answer, shape_refresh

blueprint = Blueprint("refreshing", __name__)

COOL_DOWN = timedelta(seconds=5)  # from the end of a refresh until another may begin over HTTP


@blueprint.get("/refresh")
def ask() -> str:
    """The page with the form, for whoever needs the token to send it."""
    slugs = request.args.getlist("source")
    with get_service().store.read() as db:
        sources = [find_source(db, slug) for slug in slugs if slug.isprintable()]
    sees_private = find_access() == "signed"
    shown = [source for source in sources if source is not None and (sees_private or not source.private)]
    return render_template("ask.html", sources=shown)


@blueprint.post("/refresh")
def refresh() -> AnyResponse:
    """Record a refresh: 303 to its page for the form, 202 for a program with the token."""
    if not is_form():
        return refresh_by_token()
    check_form()
    refresh = record("page", request.form.getlist("source"), datetime.now(UTC))
    return redirect(url_for("status.show_refresh", id=refresh.id), 303)


def refresh_by_token() -> Response:
    """Record a refresh for a program and say where to follow it (RFC 9110, section 15.3.3)."""
    check_bearer()
    refresh = record("http", _read_slugs(), datetime.now(UTC))
    body = shape_refresh(refresh)
    response = answer(body, 202)
    response.headers["Location"] = body.api
    return response


def record(asked_by: str, slugs: list[str], now: datetime, *, accept_deletions: bool = False) -> Refresh:
    """Ask for a refresh of the named sources, or of all; one that waits or runs is joined.

    Answers 400 or 404 to a name it cannot take, 429 while the last refresh has only just ended.
    """
    with get_service().store.write() as db:
        for slug in slugs:
            _check_polled(_find_source(db, slug))
        named = tuple(dict.fromkeys(slugs))
        request = RefreshRequest(asked_by, sources=named, accept_deletions=accept_deletions)
        return join_refresh(db, request) or _begin(db, request, now)


def _begin(db: Transaction, request: RefreshRequest, now: datetime) -> Refresh:
    seconds = find_wait(last_ended(db), now)
    if seconds:
        when = "in a second" if seconds == 1 else f"in {seconds} seconds"
        raise TooManyRequests(f"The last refresh has only just ended; ask again {when}.", retry_after=seconds)
    return ask_refresh(db, request, now)


def find_wait(ended: datetime | None, now: datetime) -> int:
    """Return the whole seconds until a refresh may begin (RFC 9110, section 10.2.3), 0 where it may now.

    An end that lies in the future holds nobody up: the clock was set back since.
    """
    if ended is None or not timedelta() <= now - ended < COOL_DOWN:
        return 0
    return math.ceil((ended + COOL_DOWN - now).total_seconds())


def _find_source(db: Transaction, slug: str) -> Source:
    source = find_source(db, slug) if slug.isprintable() else None
    return source or abort(404, f"There is no source called ‘{slug[:100]}’.")


def _check_polled(source: Source) -> None:
    if source.kind == "archive":
        abort(400, f"‘{source.slug}’ stands for seed documents: it is never polled.")
    if source.retired is not None:
        abort(400, f"‘{source.slug}’ is retired: {source.retired}.")


def _read_slugs() -> list[str]:
    """Read `source` from a form (repeatable) or from JSON (a text or a list of them)."""
    if not request.is_json:
        return request.form.getlist("source")
    try:
        fields = request.get_json()
    except BadRequest:
        abort(400, "The body is not JSON.")
    slugs = fields.get("source", []) if isinstance(fields, dict) else None
    slugs = [slugs] if isinstance(slugs, str) else slugs
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        abort(400, "‘source’ takes the slug of a source, or a list of them.")
    return slugs
