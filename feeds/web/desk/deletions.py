"""The files that have vanished from the seeds directory and whose entries stay until somebody confirms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from feeds.store import Transaction
from feeds.store.attention import HeldFolder, count_held, count_held_entries, list_held
from feeds.store.sources import list_sources
from feeds.text.paths import show_path
from feeds.web.refreshing import record
from feeds.web.service import get_service

MOST_FOLDERS = 100  # shown


def register(blueprint: Blueprint) -> None:
    """Put the pages at their addresses, below that of the desk."""
    blueprint.add_url_rule("/deletions/", "show_deletions", show_deletions)
    blueprint.add_url_rule("/deletions/", "accept_deletions", accept, methods=["POST"])


def show_deletions() -> str:
    """The folders, how many files of each are missing, and since when."""
    with get_service().store.read() as db:
        folders = list_held(db)
        entries = count_held_entries(db)
    return render_template(
        "desk/deletions.html",
        folders=[_show(folder) for folder in folders[:MOST_FOLDERS]],
        more=max(0, len(folders) - MOST_FOLDERS),
        files=sum(folder.count for folder in folders),
        entries=entries,
    )


def _show(folder: HeldFolder) -> HeldFolder:
    """Return a folder with its names as they can be shown, whatever bytes they are."""
    return replace(folder, path=show_path(folder.path), examples=list(map(show_path, folder.examples)))


def accept() -> AnyResponse:
    """Ask the poller to look at the directory and to believe what it finds gone."""
    with get_service().store.read() as db:
        slugs = _find_directory(db) if count_held(db) else []
    if not slugs:
        abort(409, "Nothing waits to be confirmed any more.")
    refresh = record("page", slugs, datetime.now(UTC), accept_deletions=True)
    return redirect(url_for("status.show_refresh", id=refresh.id), 303)


def _find_directory(db: Transaction) -> list[str]:
    """Return the slug of the seeds directory; nothing where it is no source any more."""
    return [source.slug for source in list_sources(db, ["seeds"]) if source.retired is None]
