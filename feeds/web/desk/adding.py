"""Adding a source by the address of a page: the poller looks what is there, a person confirms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from feeds.errors import TooSlowError
from feeds.model import Declaration, DeskRequest, Preview, Source
from feeds.store import Transaction
from feeds.store.by_hand import subscribe
from feeds.store.desk_requests import find_request, read_answer, record_request
from feeds.store.sources import find_subscribed
from feeds.text.characters import is_written
from feeds.text.urls import public_typed, typed_address
from feeds.web.presentation import local
from feeds.web.service import get_service
from feeds.web.translation import gettext as _

FOLLOW = {"waiting": 2, "stalled": 10}  # seconds until a browser without JavaScript looks again
LONGEST_NAME = 200  # characters
MOST_MINUTES = 365 * 24 * 60
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds

#: What the page shows: stalled: there is no poller that could carry it out.
Shown: TypeAlias = Literal["waiting", "stalled", "done"]


class Rhythm(NamedTuple):
    """How often something comes, as one says it: every so many minutes, hours or days."""

    number: int
    unit: Literal["minutes", "hours", "days"]


class FieldError(ValueError):
    """A field of the form that cannot be taken as it is; says why."""


def register(blueprint: Blueprint) -> None:
    """Put the pages at their addresses, below that of the desk."""
    blueprint.add_url_rule("/add/", "ask_address", ask_address)
    blueprint.add_url_rule("/add/", "ask_preview", ask_preview, methods=["POST"])
    blueprint.add_url_rule("/add/<id>/", "show_preview", show_preview)
    blueprint.add_url_rule("/add/<id>/", "confirm", confirm, methods=["POST"])
    blueprint.add_url_rule("/add/<id>/state.json", "tell_state", tell_state)


def ask_address() -> Response:
    """The form that an address is typed in; `?url=` fills it in."""
    return _render("desk/add.html", typed=request.args.get("url", ""), problem=None)


def ask_preview() -> AnyResponse:
    """Record that somebody wants to see what is at an address, and lead to where that will be shown."""
    typed = request.form.get("url", "").strip()
    address = _find_offered() if "of" in request.form else typed_address(typed)
    if address is None:
        shown = public_typed(typed)
        problem = f"{shown[:LONGEST_NAME]}: is no http(s) address"
        return _render("desk/add.html", status=400, typed=shown, problem=problem)
    try:
        with get_service().store.write() as db:
            recorded = record_request(db, "preview", address.encode(), datetime.now(UTC))
    except TooSlowError as error:
        raise TooManyRequests(f"{str(error).capitalize()}. Try again shortly.", retry_after=10) from error
    return redirect(url_for("desk.show_preview", id=recorded.id), 303)


def show_preview(id: str) -> Response:
    """What a subscription would bring; until that is known the page follows by itself."""
    with get_service().store.read() as db:
        found = _find(db, id)
    return _render_preview(found)


def tell_state(id: str) -> Response:
    """How it stands, for the script of that page."""
    with get_service().store.read() as db:
        found = _find(db, id)
    return _keep_private(
        Response(msgspec.json.encode({"shown": _find_shown(found)}), content_type="application/json")
    )


def confirm(id: str) -> AnyResponse:
    """Subscribe to what was previewed, as `feeds add` does; the poller polls it at its next look."""
    with get_service().store.read() as db:
        found = _find(db, id)
    try:
        declaration = _read_declaration(found)
    except FieldError as error:
        return _render_preview(found, str(error), 400)
    with get_service().store.write() as db:
        source, _is_new = subscribe(db, declaration, datetime.now(UTC))
    if source.private:  # it has no page of its own: this one says that it is subscribed to
        return redirect(url_for("desk.show_preview", id=id), 303)
    return redirect(local(f"/sources/{source.slug}/"), 303)


# --- The form ---------------------------------------------------------------------------------------


def _find_offered() -> str | None:
    """Return the address of another feed that a preview has found; the browser does not know it whole."""
    with get_service().store.read() as db:
        preview = _read(_find(db, request.form["of"]))
    number = request.form.get("feed", "")
    known = dict(enumerate(preview.feeds if preview else ()))
    feed = known.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 4 else None
    return feed.url if feed else None


def _read_declaration(found: DeskRequest) -> Declaration:
    """Return the source that the form declares: the feed that was previewed and no other."""
    preview = _read(found)
    if preview is None or not preview.feeds:
        raise FieldError(_("There is nothing to subscribe to here."))
    return Declaration(
        url=preview.feeds[0].url,
        title=preview.title,
        name=_read_text("name"),
        category=_read_text("category"),
        interval=_read_interval(),
        private="private" in request.form,
    )


def _read_text(field: str) -> str | None:
    text = " ".join(request.form.get(field, "").split())
    if len(text) > LONGEST_NAME:
        raise FieldError(_("A name or a category has 200 characters at most."))
    if not is_written(text):
        raise FieldError(_("There are characters in a name or a category that cannot be written."))
    return text or None


def _read_interval() -> int | None:
    text = request.form.get("minutes", "").strip()
    if not text:
        return None
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if not 0 < minutes <= MOST_MINUTES:
        raise FieldError(_("Between two polls there are from 1 to 525600 minutes (a year)."))
    return minutes * MINUTE


# --- The pages --------------------------------------------------------------------------------------


def _find(db: Transaction, id: str) -> DeskRequest:
    found = find_request(db, id) if id.isascii() and id.isalnum() else None
    if found is None or found.kind != "preview":
        abort(404, _("There is no such preview. Each is kept for an hour only."))
    return found


def _read(found: DeskRequest) -> Preview | None:
    return read_answer(found, Preview) if found.state == "done" else None


def _find_shown(found: DeskRequest) -> Shown:
    if found.state == "done":
        return "done"
    return "waiting" if get_service().store.is_poller_running() else "stalled"


def _render_preview(found: DeskRequest, problem: str | None = None, status: int = 200) -> Response:
    preview, shown = _read(found), _find_shown(found)
    return _render(
        "desk/preview.html",
        status=status,
        id=found.id,
        shown=shown,
        follow=FOLLOW.get(shown),
        asked=preview.asked if preview else found.body.decode("utf-8", "replace"),
        preview=preview,
        rhythm=_find_rhythm(preview.gap) if preview else None,
        known=_find_known(preview) if preview and preview.feeds else None,
        problem=problem,
        fields=request.form,
    )


def _find_known(preview: Preview) -> Source | None:
    """Return the source that is subscribed to at this address by now."""
    with get_service().store.read() as db:
        source = find_subscribed(db, Declaration(preview.feeds[0].url))
    return source if source is not None and source.retired is None and source.doors else None


def _find_rhythm(gap: int | None) -> Rhythm | None:
    if not gap:
        return None
    if gap < 90 * MINUTE:
        return Rhythm(max(round(gap / MINUTE), 1), "minutes")
    return Rhythm(round(gap / HOUR), "hours") if gap < 20 * HOUR else Rhythm(round(gap / DAY), "days")


def _render(template: str, *, status: int = 200, **values: object) -> Response:
    return _keep_private(Response(render_template(template, **values), status))


def _keep_private(response: Response) -> Response:
    """Let nobody on the way keep an answer of the desk."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
