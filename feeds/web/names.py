"""What stands in addresses: names to check, places to continue from."""

from __future__ import annotations

import re

from flask import abort

KEY = re.compile(r"[a-z2-7]{26}")


def check_name(name: str) -> None:
    """Answer 404 to a name that no slug can have, before a database is asked."""
    if not name.isprintable():
        abort(404)


def check_key(key: str) -> None:
    """Answer 404 to what cannot be the key of an entry."""
    if not KEY.fullmatch(key):
        abort(404)
