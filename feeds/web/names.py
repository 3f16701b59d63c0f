"""What stands in addresses: names to check, places to continue from."""

from __future__ import annotations

import re
from typing import NoReturn
from urllib.parse import quote

from flask import abort, redirect, request

from feeds.model import View, ViewKind
from feeds.store import Transaction
from feeds.store.views import find_view
from feeds.text.slugs import slugify

KEY = re.compile(r"[a-z2-7]{26}")
LEGAL = "/?:@!$&'()*+,;=-._~%"  # what may stand in the query of an address as it is (RFC 3986, section 3.4)


def check_name(name: str) -> None:
    """Answer 404 to a name that no slug can have, before a database is asked."""
    if not name.isprintable():
        abort(404)


def find_named_view(db: Transaction, kind: ViewKind, name: str, file: str = "") -> View:
    """Return a public view or answer 404; who knows a category by its label is led to its address."""
    check_name(name)
    view = find_view(db, kind, name)
    if view is None and kind == "category" and (meant := find_view(db, kind, slugify(name))):
        lead_to(f"{meant.path}{file}")
    return view or abort(404, f"There is no such {kind}.")


def check_key(key: str) -> None:
    """Answer 404 to what cannot be the key of an entry; base32 in capitals is led to its address."""
    if not KEY.fullmatch(key.lower()):
        abort(404)
    if key != key.lower():
        lead_to(request.path.replace(key, key.lower()))


def lead_to(path: str) -> NoReturn:
    """Answer with where it stands that was asked for, with the same parameters."""
    asked = quote(request.query_string, safe=LEGAL)
    abort(redirect(f"{request.script_root}{path}{f'?{asked}' if asked else ''}", 308))
