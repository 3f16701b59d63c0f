"""The pages of the views, of entries, and of what there is to read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request

from feeds.model import ALL, StoredEntry, View
from feeds.store import Transaction
from feeds.store.entries import find_entry, list_versions
from feeds.store.sources import find_source, find_state, list_sources
from feeds.store.summary import count_by_source
from feeds.store.views import find_view, list_categories
from feeds.web.names import check_key, check_name, find_named_view
from feeds.web.paging import read_page, split_days
from feeds.web.service import get_service

blueprint = Blueprint("pages", __name__)

PAGE_LENGTH = 40  # entries


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
        return show_view(db, "source.html", view, source=source, state=find_state(db, source))


@blueprint.get("/categories/<name>/")
def show_category(name: str) -> str:
    with get_service().store.read() as db:
        return show_view(db, "category.html", find_named_view(db, "category", name))


def show_view(db: Transaction, template: str, view: View, **more: Any) -> str:
    """Render the page of a view, from the place on that the address asks for."""
    before = request.args.get("before")
    page = read_page(db, view, PAGE_LENGTH, before)
    days = list(split_days(page.entries, get_service().timezone))
    return render_template(template, view=view, days=days, older=page.older, before=before, **more)


@blueprint.get("/sources/")
def show_sources() -> str:
    with get_service().store.read() as db:
        public = [source for source in list_sources(db) if not source.private]
        counts = count_by_source(db)
    polled = [source for source in public if source.kind != "archive" and source.retired is None]
    archives = [source for source in public if source.kind == "archive"]
    retired = [source for source in public if source.kind != "archive" and source.retired is not None]
    return render_template("sources.html", polled=polled, archives=archives, retired=retired, counts=counts)


@blueprint.get("/categories/")
def show_categories() -> str:
    with get_service().store.read() as db:
        return render_template("categories.html", categories=list_categories(db))


@blueprint.get("/entries/<key>/")
def show_entry(key: str) -> str | tuple[str, int]:
    with get_service().store.read() as db:
        stored = find_public_entry(db, key)
    if stored.withdrawn is not None:
        return render_template("withdrawn.html", stored=stored), 410
    return render_template("entry.html", stored=stored)


@blueprint.get("/entries/<key>/history/")
def show_history(key: str) -> str | tuple[str, int]:
    with get_service().store.read() as db:
        stored = find_public_entry(db, key)
        versions = list_versions(db, key)
    if stored.withdrawn is not None:
        return render_template("withdrawn.html", stored=stored), 410
    return render_template("history.html", stored=stored, versions=versions)


def find_public_entry(db: Transaction, key: str) -> StoredEntry:
    """Return the entry, a withdrawn one too, or answer 404; the store keeps private ones to itself."""
    check_key(key)
    return find_entry(db, key) or abort(404, "There is no such entry.")


@blueprint.get("/about/")
def show_about() -> str:
    return render_template("about.html")
