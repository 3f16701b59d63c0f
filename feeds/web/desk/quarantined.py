"""The entries that are kept out of the feeds, and why."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from feeds.store.attention import count_quarantined, page_quarantined
from feeds.web.desk.numbers import read_number
from feeds.web.service import get_service

PAGE_LENGTH = 100


def register(blueprint: Blueprint) -> None:
    """Put the page at its address, below that of the desk."""
    blueprint.add_url_rule("/quarantined/", "show_quarantined", show_quarantined)


def show_quarantined() -> str:
    """Those of private sources too, in the order in which they first came."""
    after = read_number(request.args.get("after"))
    with get_service().store.read() as db:
        found = page_quarantined(db, after or 0, PAGE_LENGTH + 1)
        count = count_quarantined(db)
    shown = found[:PAGE_LENGTH]
    following = shown[-1].number if len(found) > PAGE_LENGTH else None
    return render_template(
        "desk/quarantined.html", entries=shown, count=count, after=after, following=following
    )
