"""The desk: what whoever runs the service does on pages."""

from __future__ import annotations

from flask import Blueprint, abort

from feeds.web.desk import adding
from feeds.web.security import HOW_TO_SET_TOKEN, find_access

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
adding.register(blueprint)


@blueprint.before_request
def check_access() -> None:
    """Answer 403 to whoever may not write."""
    if find_access() != "open":
        abort(403, HOW_TO_SET_TOKEN)
