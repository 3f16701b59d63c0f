"""Texts, dates and languages as they may be kept: legal characters, safe HTML."""

from __future__ import annotations

import re
from datetime import datetime

from feeds.curation.lines import clean_line
from feeds.model import Text
from feeds.text import dates, markup, urls

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # RFC 5646, the part in use


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


def clean_language(tag: str | None) -> str | None:
    """Return a declared language as BCP 47 writes it (`zh-cn` is `zh-CN`), or None."""
    tag = (tag or "").strip().replace("_", "-")
    if not LANGUAGE.fullmatch(tag):
        return None
    first, *rest = tag.split("-")
    shapes = {2: str.upper, 4: str.title}  # RFC 5646, section 2.1.1: regions and scripts
    return "-".join([first.lower(), *(shapes.get(len(part), str.lower)(part) for part in rest)])
