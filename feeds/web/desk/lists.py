"""Lists of subscriptions: sent to the desk and imported by the poller, and given away."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from feeds.errors import TooSlowError
from feeds.model.declaring import Imported
from feeds.store.attention import count_subscriptions
from feeds.store.desk_requests import find_request, read_answer, record_request
from feeds.store.sources import list_sources
from feeds.syndication.opml import OPML_TYPE, render_opml
from feeds.web.service import get_service
from feeds.web.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024 + 64 * 1024  # of a form: the list, and what stands around it
LONGEST_NAME = 100  # characters
FOLLOW_RUNNING = 2  # seconds until a browser without JavaScript looks again
FOLLOW_WAITING = 10  # while there is no poller to carry it out


def register(blueprint: Blueprint) -> None:
    """Put the pages at their addresses, below that of the desk."""
    blueprint.add_url_rule("/lists/", "show_lists", show_lists)
    blueprint.add_url_rule("/lists/", "import_list", import_list, methods=["POST"])
    blueprint.add_url_rule("/lists/<id>/", "show_import", show_import)
    blueprint.add_url_rule("/export.opml", "export", export)


def show_lists() -> str:
    """The form that a list is sent with, and what a list of ours holds."""
    return _render_lists(None)


def import_list() -> AnyResponse:
    """Record a list, for the poller to import, and lead to where its result will be shown."""
    sent = request.files.get("list")
    body = sent.read() if sent is not None else b""
    if sent is None or not body.strip():
        return Response(_render_lists(_("Choose a file: none was sent, or it is empty.")), 400)
    name = "".join(filter(str.isprintable, sent.filename or ""))[-LONGEST_NAME:] or None
    try:
        with get_service().store.write() as db:
            recorded = record_request(db, "import", body, datetime.now(UTC), name)
    except TooSlowError as error:
        raise TooManyRequests(f"{str(error).capitalize()}. Try again shortly.", retry_after=10) from error
    return redirect(url_for("desk.show_import", id=recorded.id), 303)


def show_import(id: str) -> str:
    """What came of a list; until that is known the page follows by itself."""
    store = get_service().store
    poller_running = store.is_poller_running()
    with store.read() as db:
        found = find_request(db, id) if id.isascii() and id.isalnum() else None
    if found is None or found.kind != "import":
        abort(404, "There is no such list. What came of one is kept for an hour.")
    is_done = found.state == "done"
    return render_template(
        "desk/import.html",
        name=found.name,
        result=read_answer(found, Imported) if is_done else None,
        poller_running=poller_running,
        follow=None if is_done else FOLLOW_RUNNING if poller_running else FOLLOW_WAITING,
    )


def export() -> Response:
    """The subscriptions as `feeds export` writes them: without private ones, and without secrets."""
    service = get_service()
    with service.store.read() as db:
        listed = list_sources(db)
    response = Response(render_opml(service.site(), listed), content_type=OPML_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename="subscriptions.opml")
    return response


def _render_lists(problem: str | None) -> str:
    with get_service().store.read() as db:
        told, private = count_subscriptions(db)
    return render_template("desk/lists.html", problem=problem, told=told, private=private)
