"""The pages of the views, and of what there is to read."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from feeds.model import ALL
from feeds.store.sources import has_sources
from feeds.store.views import MOST_COUNTED, list_categories
from feeds.web.names import check_name, find_named_view
from feeds.web.river import show_view
from feeds.web.service import get_service

blueprint = Blueprint("pages", __name__)

CATEGORIES = 100  # of a page


@blueprint.get("/")
def index() -> str:
    with get_service().store.read() as db:
        known = None if request.args else not has_sources(db)
        return show_view(db, "index.html", ALL, no_sources=known)


@blueprint.get("/categories/<name>/")
def show_category(name: str) -> str:
    with get_service().store.read() as db:
        return show_view(db, "category.html", find_named_view(db, "category", name))


@blueprint.get("/categories/")
def show_categories() -> str:
    """The categories that have entries, from the place on that the address asks for."""
    after = request.args.get("after")
    if after is not None:
        check_name(after)
    with get_service().store.read() as db:
        listed = list_categories(db, CATEGORIES + 1, after)
    shown = listed[:CATEGORIES]
    following = shown[-1][0].name if len(listed) > CATEGORIES else None
    return render_template(
        "categories.html", categories=shown, after=after, following=following, most=MOST_COUNTED
    )


@blueprint.get("/about/")
def show_about() -> str:
    return render_template("about.html")
