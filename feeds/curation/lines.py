"""Names and titles as they may be kept: on one line, of legal characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.text.characters import strip_illegal

MOST_CATEGORIES = 500
LONGEST_CATEGORY = 200  # characters

#: A run of what only lays out the source text. A no-break or an ideographic space is a character of the
#: text itself, and stays.
SPACES = re.compile("[ \t\n\r\f\v]+")


def clean_line(text: str | None) -> str | None:
    """Return `text` on one line without what XML forbids, or None where nothing is left."""
    if not text:
        return None
    if text.isprintable() and "  " not in text:  # nearly always, and told at once
        return text.strip() or None
    return SPACES.sub(" ", strip_illegal(text)).strip() or None


def clean_categories(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names once each, however they are capitalized, in their first spelling."""
    unique: dict[str, str] = {}
    for line in map(clean_line, names):
        if line:
            unique.setdefault(line.casefold(), line[:LONGEST_CATEGORY])
    return tuple(unique.values())[:MOST_CATEGORIES]
