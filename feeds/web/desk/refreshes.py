"""The log of refreshes: who asked, what came of each."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from feeds.store.refresh_tallies import list_tallies
from feeds.web.desk.numbers import read_number
from feeds.web.service import get_service

PAGE_LENGTH = 20  # of all sources each, they are many thousand records to add up


def register(blueprint: Blueprint) -> None:
    """Put the page at its address, below that of the desk."""
    blueprint.add_url_rule("/refreshes/", "list_refreshes", show_log)


def show_log() -> str:
    """The refreshes, newest first."""
    before = read_number(request.args.get("before"))
    with get_service().store.read() as db:
        found = list_tallies(db, PAGE_LENGTH + 1, before)
    shown = found[:PAGE_LENGTH]
    older = shown[-1].number if len(found) > PAGE_LENGTH else None
    return render_template("desk/refreshes.html", refreshes=shown, before=before, older=older)
