"""Numbers in addresses of the desk: where a page goes on."""

from __future__ import annotations

import re

from flask import abort

NUMBER = re.compile(r"[0-9]{1,18}")  # no more than a database can count


def read_number(text: str | None) -> int | None:
    """Return the number after which a page goes on; answers 400 to what is none."""
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        abort(400, "This is no place to go on from: it is a number.")
    return int(text)
