"""Texts, dates and names as they may be kept: legal characters, one line, safe HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from feeds.model import Text
from feeds.text import characters, dates, markup, urls

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # RFC 5646, the part in use
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
    return SPACES.sub(" ", characters.strip_illegal(text)).strip() or None


def clean_plain(text: Text | None) -> str | None:
    """Return a text construct as one line of plain text, or None where it is empty."""
    if text is None:
        return None
    return clean_line(markup.plain_text(text.value) if text.kind == "html" else text.value)


def clean_html(text: Text | None, base: str) -> str | None:
    """Return a text construct as safe HTML, or None where there is nothing to see."""
    if text is None or not text.value.strip():
        return None
    value = text.value if text.kind == "html" else markup.escape_text(text.value)
    base = urls.resolve(base, text.base) or base if text.base else base
    return markup.sanitize(value, base).strip() or None


def clean_date(text: str | None) -> datetime | None:
    """Return the moment in UTC, or None where the text gives none."""
    date = dates.parse_date(text) if text else None
    # The first day of year 1 is how several languages write that there is no date.
    return date if date and date.year > 1 else None


def clean_categories(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names once each, however they are capitalized, in their first spelling."""
    unique: dict[str, str] = {}
    for line in map(clean_line, names):
        if line:
            unique.setdefault(line.casefold(), line[:LONGEST_CATEGORY])
    return tuple(unique.values())[:MOST_CATEGORIES]


def clean_language(tag: str | None) -> str | None:
    """Return a declared language as BCP 47 writes it (`zh-cn` is `zh-CN`), or None."""
    tag = (tag or "").strip().replace("_", "-")
    if not LANGUAGE.fullmatch(tag):
        return None
    first, *rest = tag.split("-")
    shapes = {2: str.upper, 4: str.title}  # RFC 5646, section 2.1.1: regions and scripts
    return "-".join([first.lower(), *(shapes.get(len(part), str.lower)(part) for part in rest)])
