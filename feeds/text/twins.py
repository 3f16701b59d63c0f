"""What tells that two entries are one story: the same page, or the same title."""

from __future__ import annotations

import hashlib
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.text.search import fold
from feeds.text.urls import normalize_link


class Marks(NamedTuple):
    """Numbers that twins have in common: 64 bits with sign, as both databases keep them."""

    link: int | None  #: of the page; None where it is the front page of a site, which many entries share
    title: int | None


def find_marks(link: str | None, title: str | None) -> Marks:
    """Return the marks of an entry."""
    page = normalize_link(link) if link else None
    folded = fold(title) if title else None
    return Marks(
        _number(page) if page and not _is_front_page(page) else None, _number(folded) if folded else None
    )


def _is_front_page(page: str) -> bool:
    parts = urlsplit(page)
    return parts.path in ("", "/") and not parts.query


def _number(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
