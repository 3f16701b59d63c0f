"""What is done to a source at the desk: edited, paused, resumed, removed, as the commands do it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feeds.model import Source
from feeds.model.declaring import HAND_DOOR
from feeds.store.sources import amend, close_door, set_paused
from feeds.web.desk.fields import FieldError, check_fields, read_fields
from feeds.web.desk.sources import find_asked, render_source, tell_refusal
from feeds.web.service import get_service


def register(blueprint: Blueprint) -> None:
    """Put what is done at its addresses, below that of the desk."""
    for address, name, view in (
        ("/sources/<slug>/", "save_source", save),
        ("/sources/<slug>/pause", "pause_source", pause),
        ("/sources/<slug>/resume", "resume_source", resume),
        ("/sources/<slug>/remove", "remove_source", remove),
    ):
        blueprint.add_url_rule(address, name, view, methods=["POST"])


def save(slug: str) -> AnyResponse:
    """Take what the form says of a source that was added by hand."""
    fields = read_fields(request.form)
    try:
        changes = check_fields(fields)
    except FieldError as error:
        return Response(render_source(slug, fields=fields, problem=str(error)), 400)
    with get_service().store.write() as db:
        source = find_asked(db, slug)
        refusal = tell_refusal(source, "change")
        if refusal is None:
            amend(db, source, HAND_DOOR, changes, datetime.now(UTC))
    return _refuse(slug, refusal) if refusal else _lead_back(slug, "saved")


def pause(slug: str) -> AnyResponse:
    """Poll a source no more for now."""
    return _set_paused(slug, paused=True)


def resume(slug: str) -> AnyResponse:
    """Poll a paused source again."""
    return _set_paused(slug, paused=False)


def _set_paused(slug: str, *, paused: bool) -> AnyResponse:
    with get_service().store.write() as db:
        source = find_asked(db, slug)
        _check_polled(source)
        set_paused(db, source, paused)
    return _lead_back(slug, "paused" if paused else "resumed")


def _check_polled(source: Source) -> None:
    if source.kind == "archive" or source.retired is not None:
        abort(409, f"‘{source.slug}’ is not polled anyway.")


def remove(slug: str) -> AnyResponse:
    """Unsubscribe from a source that was added by hand; its entries stay."""
    with get_service().store.write() as db:
        source = find_asked(db, slug)
        refusal = tell_refusal(source, "remove")
        if refusal is None:
            close_door(db, source, HAND_DOOR, datetime.now(UTC))
    return _refuse(slug, refusal) if refusal else _lead_back(slug, "removed")


def _refuse(slug: str, reason: str) -> AnyResponse:
    return Response(render_source(slug, problem=reason), 409)


def _lead_back(slug: str, done: str) -> AnyResponse:
    return redirect(url_for("desk.show_source", slug=slug, done=done), 303)
