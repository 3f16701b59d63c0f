"""The desk: what whoever runs the service does on pages, signed in with the token."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feeds.web.bodies import SlowBodies
from feeds.web.desk import (
    adding,
    deletions,
    editing,
    lists,
    overview,
    quarantined,
    refreshes,
    signing,
    sources,
)
from feeds.web.forms import FORM_HEADERS, SIGNED, check_signed_form
from feeds.web.sessions import find_access

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

#: Who is not signed in may call these.
OUTSIDE = frozenset({"desk.ask_token", "desk.sign_in"})
#: Lists that are sent take longer than forms.
UPLOADS = SlowBodies(at_once=1, seconds=60.0, retry_after=30)

for part in (signing, overview, sources, adding, editing, lists, quarantined, deletions, refreshes):
    part.register(blueprint)


@blueprint.before_request
def let_in() -> str | AnyResponse | None:
    """Let in who is signed in and sends forms of ours; show others how to get there."""
    if request.endpoint in OUTSIDE:
        return None
    if request.method == "POST":
        is_upload = request.endpoint == "desk.import_list"
        request.max_content_length = lists.MOST_BYTES if is_upload else request.max_content_length
        check_signed_form(UPLOADS if is_upload else SIGNED)
        return None
    access = find_access()
    if access == "signed":
        return None
    if access != "token":
        return render_template("desk/closed.html")
    asked = request.full_path.rstrip("?") if request.query_string else request.path
    return redirect(url_for("desk.ask_token", next=asked))


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Let nobody on the way keep an answer of the desk, nor a search engine find it."""
    response.headers.update(FORM_HEADERS)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
