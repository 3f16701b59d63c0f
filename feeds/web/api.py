"""The API: what the pages show, as JSON, described by its own openapi.json."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, abort, request

from feeds.model import ALL, View, ViewKind
from feeds.store import Transaction
from feeds.store.entries import count_entries
from feeds.store.patience import limited
from feeds.store.reports import report_source, report_sources
from feeds.store.sources import find_source
from feeds.store.views import find_view
from feeds.syndication.selecting import MOST_SECONDS, is_costly
from feeds.web import shapes
from feeds.web.entries import find_public_entry
from feeds.web.names import check_name
from feeds.web.openapi import describe_api
from feeds.web.paging import Page, read_page, read_withdrawn
from feeds.web.parameters import read_limit, read_selection
from feeds.web.presentation import absolute
from feeds.web.refreshing import refresh_by_token
from feeds.web.service import get_service
from feeds.web.state import LAST_POLLS, find_public_refresh, list_public_refreshes, read_state

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

DEFAULT_LIMIT = 40  # entries
MOST_ENTRIES = 200
LAST_REFRESHES = 20

NAMED: tuple[ViewKind, ...] = ("source", "category", "search")
KEPT = ("lang", "limit", "q", "since")  # from page to page


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
    selection = read_selection(request.args, DEFAULT_LIMIT, MOST_ENTRIES)
    limit = selection.limit or DEFAULT_LIMIT
    service = get_service()
    is_search = "search" in request.args or is_costly(ALL, selection)
    turn = service.editions.turns.take() if is_search else nullcontext()
    with turn, service.store.read() as db, limited(db, MOST_SECONDS):
        page = read_page(db, _find_asked_view(db), limit, selection.before, selection)
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
    limit = read_limit(request.args.get("limit"), MOST_ENTRIES) or DEFAULT_LIMIT
    with get_service().store.read() as db:
        page = read_withdrawn(db, limit, request.args.get("before"))
    found = [shapes.shape_withdrawn(stored) for stored in page.entries]
    return shapes.answer(shapes.WithdrawnList(withdrawn=found, next=_next_address(page, "withdrawn")))


@blueprint.get("/status")
def show_status() -> Response:
    service = get_service()
    now = datetime.now(UTC)
    service.editions.review_failures(now)
    has_hub = service.settings.own_hub is not None
    state = read_state(service.store, service.problem, now, has_hub=has_hub)
    with service.store.read() as db:
        refreshes = list_public_refreshes(db, LAST_REFRESHES)
    return shapes.answer(shapes.shape_state(state, refreshes, service.version))


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
    """Return the view that `source`, `category` or `search` names, else everything."""
    asked = [kind for kind in NAMED if kind in request.args]
    if len(asked) > 1:
        abort(400, f"‘{asked[0]}’ and ‘{asked[1]}’ cannot be asked for together.")
    if not asked:
        return ALL
    [kind] = asked
    name = request.args[kind]
    check_name(name)
    return find_view(db, kind, name) or abort(404, f"There is no such {kind}.")


def _next_address(page: Page, list_name: str = "entries") -> str | None:
    """The address that continues a page: the same question, from its last entry on."""
    if page.older is None:
        return None
    kept = [(name, request.args[name]) for name in (*NAMED, *KEPT) if name in request.args]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in [*kept, ("before", page.older)])
    return absolute(f"/api/v1/{list_name}?{query}")
