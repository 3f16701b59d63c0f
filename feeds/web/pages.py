"""The pages of the views, and of what there is to read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, render_template, request

from feeds.model import ALL, Source, SourceReport, View
from feeds.store import Transaction
from feeds.store.reports import report_source, report_sources
from feeds.store.sources import find_source, list_sources
from feeds.store.summary import count_by_source, count_days
from feeds.store.views import find_view, list_categories, list_searches
from feeds.web import charts
from feeds.web.names import check_name, find_named_view
from feeds.web.parameters import read_asked_query
from feeds.web.river import show_view
from feeds.web.service import get_service
from feeds.web.state import LAST_POLLS

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> str:
    with get_service().store.read() as db:
        known = None if request.args else not list_sources(db)
        return show_view(db, "index.html", ALL, no_sources=known)


@blueprint.get("/sources/<slug>/")
def show_source(slug: str) -> str:
    check_name(slug)
    with get_service().store.read() as db:
        view = find_view(db, "source", slug)
        source = find_source(db, slug)
        if view is None or source is None:
            abort(404, "There is no such source.")
        return show_view(db, "source.html", view, **_describe(db, source, datetime.now(UTC)))


def _describe(db: Transaction, source: Source, now: datetime) -> dict[str, Any]:
    """Return what the page of a source shows beside its entries."""
    report = report_source(db, source, now, charts.POLLS)
    timezone = get_service().timezone
    today = now.astimezone(timezone).date()
    counts = count_days(db, source, charts.find_start(today, timezone), charts.DAYS)
    return {
        "report": report,
        "recent": report.polls[:LAST_POLLS],
        "polls": charts.draw_polls(report.polls),
        "posts": charts.draw_posts(today, counts),
    }


@blueprint.get("/categories/<name>/")
def show_category(name: str) -> str:
    with get_service().store.read() as db:
        return show_view(db, "category.html", find_named_view(db, "category", name))


@blueprint.get("/searches/<name>/")
def show_saved_search(name: str) -> str:
    with get_service().store.read() as db:
        return show_search_page(db, find_named_view(db, "search", name))


@blueprint.get("/search/")
def show_search() -> str:
    """What a reader searches for; without a query the form, and the searches that are saved."""
    with get_service().store.read() as db:
        if not request.args.get("q", "").strip():
            return render_template("search.html", view=None, searches=list_searches(db))
        query = read_asked_query(request.args["q"]) or ""
        return show_search_page(db, find_named_view(db, "query", query))


def show_search_page(db: Transaction, view: View) -> str:
    return show_view(db, "search.html", view, searches=list_searches(db))


@blueprint.get("/sources/")
def show_sources() -> str:
    with get_service().store.read() as db:
        reports = report_sources(db, datetime.now(UTC))
        counts = count_by_source(db)
    groups: dict[str, list[SourceReport]] = {"polled": [], "archives": [], "retired": []}
    for report in reports:
        if not report.source.private:
            groups[_find_group(report.source)].append(report)
    return render_template("sources.html", counts=counts, **groups)


def _find_group(source: Source) -> str:
    if source.kind == "archive":
        return "archives"
    return "polled" if source.retired is None else "retired"


@blueprint.get("/categories/")
def show_categories() -> str:
    with get_service().store.read() as db:
        return render_template("categories.html", categories=list_categories(db))


@blueprint.get("/about/")
def show_about() -> str:
    return render_template("about.html")
