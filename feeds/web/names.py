"""What stands in addresses: names to check, places to continue from."""

from __future__ import annotations

import re

from flask import abort, redirect, request

from feeds.model import View, ViewKind
from feeds.store import Transaction
from feeds.store.views import find_view
from feeds.text.slugs import slugify

KEY = re.compile(r"[a-z2-7]{26}")


def check_name(name: str) -> None:
    """Answer 404 to a name that no slug can have, before a database is asked."""
    if not name.isprintable():
        abort(404)


def find_named_view(db: Transaction, kind: ViewKind, name: str, file: str = "") -> View:
    """Return a public view or answer 404; who knows a category by its label is led to its address."""
    check_name(name)
    view = find_view(db, kind, name)
    if view is None and kind == "category" and (meant := find_view(db, kind, slugify(name))):
        abort(redirect(f"{request.script_root}{meant.path}{file}", 308))
    return view or abort(404, f"There is no such {kind}.")


def check_key(key: str) -> None:
    """Answer 404 to what cannot be the key of an entry; base32 in capitals is led to its address."""
    if not KEY.fullmatch(key.lower()):
        abort(404)
    if key != key.lower():
        abort(redirect(f"{request.script_root}{request.path.replace(key, key.lower())}", 308))
