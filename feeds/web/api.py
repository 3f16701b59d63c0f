"""The API: what the pages show, as JSON, described by its own openapi.json."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, abort, request

from feeds.model import ALL, View, ViewKind
from feeds.store import Transaction
from feeds.store.entries import count_entries
from feeds.store.reports import report_source, report_sources
from feeds.store.sources import find_source
from feeds.store.views import find_view
from feeds.web import shapes
from feeds.web.names import check_name
from feeds.web.openapi import describe_api
from feeds.web.pages import find_public_entry
from feeds.web.paging import Page, read_page, read_withdrawn
from feeds.web.presentation import absolute
from feeds.web.refreshing import refresh_by_token
from feeds.web.service import get_service
from feeds.web.state import LAST_POLLS, find_public_refresh, list_public_refreshes, read_state

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

DEFAULT_LIMIT = 40  # entries
MOST_ENTRIES = 200
LAST_REFRESHES = 20


@blueprint.get("/openapi.json")
def show_description() -> Response:
    """This description."""
    service = get_service()
    document = describe_api(service.settings.base_url, service.version)
    return Response(msgspec.json.encode(document), content_type="application/json")


@blueprint.get("/sources")
def show_sources() -> Response:
    with get_service().store.read() as db:
        reports = report_sources(db, datetime.now(UTC))
    found = [shapes.shape_source(report) for report in reports if not report.source.private]
    return shapes.answer(shapes.SourceList(sources=found))


@blueprint.get("/sources/<slug>")
def show_source(slug: str) -> Response:
    check_name(slug)
    with get_service().store.read() as db:
        source = find_source(db, slug)
        if source is None or source.private:
            abort(404, "There is no such source.")
        report = report_source(db, source, datetime.now(UTC), LAST_POLLS)
        count = count_entries(db, View("source", slug))
    return shapes.answer(shapes.shape_detail(report, count))


@blueprint.get("/entries")
def show_entries() -> Response:
    limit = _read_limit()
    with get_service().store.read() as db:
        page = read_page(db, _find_asked_view(db), limit, request.args.get("before"))
    entries = [shapes.shape_entry(stored) for stored in page.entries]
    return shapes.answer(shapes.EntryList(entries=entries, next=_next_address(page)))


@blueprint.get("/entries/<key>")
def show_entry(key: str) -> Response:
    with get_service().store.read() as db:
        stored = find_public_entry(db, key)
    if stored.withdrawn is not None:
        abort(410, "This entry was withdrawn by its source.")
    return shapes.answer(shapes.shape_entry(stored))


@blueprint.get("/withdrawn")
def show_withdrawn() -> Response:
    limit = _read_limit()
    with get_service().store.read() as db:
        page = read_withdrawn(db, limit, request.args.get("before"))
    found = [shapes.shape_withdrawn(stored) for stored in page.entries]
    return shapes.answer(shapes.WithdrawnList(withdrawn=found, next=_next_address(page, "withdrawn")))


@blueprint.get("/status")
def show_status() -> Response:
    service = get_service()
    state = read_state(service.store, service.problem, datetime.now(UTC))
    return shapes.answer(shapes.shape_state(state, service.version))


@blueprint.get("/refreshes")
def show_refreshes() -> Response:
    with get_service().store.read() as db:
        found = list_public_refreshes(db, LAST_REFRESHES)
    return shapes.answer(shapes.RefreshList(refreshes=[shapes.shape_refresh(one) for one in found]))


@blueprint.get("/refreshes/<id>")
def show_refresh(id: str) -> Response:
    with get_service().store.read() as db:
        refresh = find_public_refresh(db, id) or abort(404, "There is no such refresh.")
    return shapes.answer(shapes.shape_refresh(refresh))


@blueprint.post("/refreshes")
def ask_refresh() -> Response:
    return refresh_by_token()


def _find_asked_view(db: Transaction) -> View:
    """Return the view that `source` or `category` names, else everything."""
    slug, category = request.args.get("source"), request.args.get("category")
    if slug is not None and category is not None:
        abort(400, "‘source’ and ‘category’ cannot be asked for together.")
    if slug is None and category is None:
        return ALL
    kind: ViewKind = "category" if slug is None else "source"
    name = slug or category or ""
    check_name(name)
    return find_view(db, kind, name) or abort(404, f"There is no such {kind}.")


def _read_limit() -> int:
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST_ENTRIES):
        abort(400, f"‘limit’ is a number from 1 to {MOST_ENTRIES}.")
    return int(text)


def _next_address(page: Page, name: str = "entries") -> str | None:
    """The address that continues a page: the same question, from its last entry on."""
    if page.older is None:
        return None
    kept = [(each, request.args[each]) for each in ("source", "category", "limit") if each in request.args]
    query = "&".join(f"{each}={quote(value, safe='')}" for each, value in [*kept, ("before", page.older)])
    return absolute(f"/api/v1/{name}?{query}")
