"""The page of every feed there is to subscribe to."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, render_template, request

from feeds.model import View, ViewKind
from feeds.store import Transaction
from feeds.store.catalogue import list_kinds, list_views
from feeds.web.names import check_name
from feeds.web.service import get_service

blueprint = Blueprint("catalogue", __name__)

PAGE_LENGTH = 100  # views

NOWHERE = "This is no place to continue from: ‘after’ takes the value of a link on the page before."


@blueprint.get("/feeds/")
def show_feeds() -> str:
    """List the views with their feeds, from the place on that the address asks for."""
    after = request.args.get("after")
    with get_service().store.read() as db:
        listed = _list_views(db, after)
        kinds = list_kinds(db)
    shown = listed[:PAGE_LENGTH]
    groups = [(kind, list(views)) for kind, views in groupby(shown, _find_kind)]
    return render_template(
        "feeds.html",
        groups=groups,
        places=_find_places(kinds, groups, after),
        after=after,
        following=shown[-1].key if len(listed) > PAGE_LENGTH else None,
    )


def _find_places(
    kinds: list[ViewKind], groups: list[tuple[ViewKind, list[View]]], after: str | None
) -> list[tuple[ViewKind, str]]:
    """Return (kind, query and fragment of the address where the views of that kind begin)."""
    begun = {kind for kind, _ in groups}
    if after is not None:  # the first group of a page may go on from the one before
        begun -= {groups[0][0]} if groups else set()
    return [
        (kind, f"#kind-{kind}" if kind in begun else "" if kind == "all" else f"?after={kind}:")
        for kind in kinds
    ]


def _list_views(db: Transaction, after: str | None) -> list[View]:
    """Return those of one page, and one more where others follow; answers 400 to a bad cursor."""
    if after is not None:
        check_name(after)
    try:
        return list_views(db, PAGE_LENGTH + 1, after)
    except ValueError:
        abort(400, NOWHERE)


def _find_kind(view: View) -> ViewKind:
    return view.kind
