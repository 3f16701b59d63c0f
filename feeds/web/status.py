"""The pages on how the service is, and the answer for machines that only ask whether it is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, render_template

from feeds.errors import StoreError
from feeds.model import OutcomeKind
from feeds.store.refresh_tallies import list_tallies
from feeds.store.site import find_site_id
from feeds.web.service import get_service
from feeds.web.sessions import find_access
from feeds.web.state import find_public_tally, list_told_results, read_state

blueprint = Blueprint("status", __name__)

MOST_TOLD = 25  # of one kind on the status page, which leads to where all are
MOST_SHOWN = 100  # polls of a refresh that ended alike
REFRESHES = 3  # the last ones, each of which may be of thousands of sources
KINDS: tuple[OutcomeKind, ...] = ("failed", "held", "changed", "unchanged")  # in this order
FOLLOW_RUNNING = 2  # seconds until a browser looks at a running refresh again
FOLLOW_WAITING = 10  # while there is no poller to carry it out


@blueprint.get("/status/")
def show_status() -> str:
    service = get_service()
    now = datetime.now(UTC)
    service.editions.review_failures(now)
    has_hub = service.settings.own_hub is not None
    state = read_state(service.store, service.problem, now, has_hub=has_hub, most=MOST_TOLD)
    with service.store.read() as db:
        refreshes = list_tallies(db, REFRESHES)
    return render_template("status.html", state=state, refreshes=refreshes, most=MOST_TOLD)


@blueprint.get("/refreshes/<id>/")
def show_refresh(id: str) -> str:
    """The progress of a refresh, or its result; the page follows it until it is done.

    Who is signed in is told of private sources, too.
    """
    store = get_service().store
    poller_running = store.is_poller_running()
    is_signed = find_access() == "signed"
    with store.read() as db:
        refresh = find_public_tally(db, id) or abort(404, "There is no such refresh.")
        results = [(kind, list_told_results(db, id, kind, MOST_SHOWN, is_signed=is_signed)) for kind in KINDS]
    follow = FOLLOW_RUNNING if poller_running else FOLLOW_WAITING
    return render_template(
        "refresh.html",
        refresh=refresh,
        poller_running=poller_running,
        results=results,
        most=MOST_SHOWN,
        is_signed=is_signed,
        follow=None if refresh.state == "done" else follow,
    )


@blueprint.get("/healthz")
def show_health() -> Response:
    """200 as long as the process answers and the database can be read, else 503."""
    try:
        with get_service().store.read() as db:
            find_site_id(db)
    except StoreError:
        return Response("the database cannot be read\n", 503, content_type="text/plain; charset=utf-8")
    return Response("ok\n", content_type="text/plain; charset=utf-8")
