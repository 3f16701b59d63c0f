"""The pages of entries: one entry, its versions, and those that were withdrawn."""

from __future__ import annotations

import re

from flask import Blueprint, abort, render_template, request

from feeds.model import StoredEntry
from feeds.store import Transaction
from feeds.store.entries import find_entry, list_versions
from feeds.store.neighbours import find_neighbours, list_twins
from feeds.store.views import view_of
from feeds.text.urls import is_web_url
from feeds.web.article import describe_article, make_unhurried
from feeds.web.names import check_key
from feeds.web.paging import read_withdrawn
from feeds.web.service import get_service
from feeds.web.versions import MOST_SHOWN, compare_versions

blueprint = Blueprint("entries", __name__)
blueprint.add_app_template_filter(make_unhurried, "unhurried")
blueprint.add_app_template_test(is_web_url, "web_address")

PAGE_LENGTH = 40  # entries
NUMBER = re.compile(r"[0-9]{1,9}")  # of a version


@blueprint.get("/entries/<key>/")
def show_entry(key: str) -> str | tuple[str, int]:
    with get_service().store.read() as db:
        stored = find_public_entry(db, key)
        if stored.withdrawn is not None:
            return show_gone(stored)
        latest = list_versions(db, key, 1) if stored.versions > 1 else []
        neighbours, twins = find_neighbours(db, stored), list_twins(db, stored)
    return render_template(
        "entry.html",
        stored=stored,
        source_view=view_of(stored.source),
        article=describe_article(stored),
        corrected=latest[0].seen if latest else None,
        neighbours=neighbours,
        twins=twins,
    )


@blueprint.get("/entries/<key>/history/")
def show_history(key: str) -> str | tuple[str, int]:
    before = request.args.get("before", "")
    number = int(before) if NUMBER.fullmatch(before) else None
    with get_service().store.read() as db:
        stored = find_public_entry(db, key)
        versions = list_versions(db, key, MOST_SHOWN + 1, number)
    if stored.withdrawn is not None:
        return show_gone(stored)
    older = versions[-2].number if len(versions) > MOST_SHOWN else None
    shown = compare_versions(versions)
    return render_template("history.html", stored=stored, versions=shown, older=older, before=number)


def show_gone(stored: StoredEntry) -> tuple[str, int]:
    """Say that an entry was withdrawn, and nothing of what it said."""
    return render_template("withdrawn.html", stored=stored), 410


def find_public_entry(db: Transaction, key: str) -> StoredEntry:
    """Return the entry, a withdrawn one too, or answer 404; the store keeps private ones to itself."""
    check_key(key)
    return find_entry(db, key) or abort(404, "There is no such entry.")


@blueprint.get("/withdrawn/")
def show_withdrawn() -> str:
    """The tombstones of everything."""
    before = request.args.get("before")
    with get_service().store.read() as db:
        page = read_withdrawn(db, PAGE_LENGTH, before)
    return render_template("tombstones.html", page=page, before=before)
