"""What tells that two entries are one story: the same page, or the same title."""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.text.search import FOLDING, fold
from feeds.text.urls import TRACKING, normalize_link

#: How marks are made here: others would tell no twin. The number counts changes of this module.
MARKING = f"marks 2, folding {FOLDING}"

#: Fragments that lead to what belongs to every page, or say how a reader came there: they name no part of it.
NO_PART = re.compile(
    rf"{TRACKING.pattern}|(?:ref|source|ftag|intcid)=|\.|(?:rss|comments?|respond|reply|disqus_thread"
    r"|top|more(?:-\d+)?|content|main|article|start)?$",
    re.IGNORECASE,
)


class Marks(NamedTuple):
    """Numbers that twins have in common: 64 bits with sign, as both databases keep them."""

    link: int | None  #: of the page or the part of it; None for the front page of a site, which many share
    title: int | None


def find_marks(link: str | None, title: str | None) -> Marks:
    """Return the marks of an entry."""
    page = _find_page(link) if link else None
    folded = fold(title) if title else None
    return Marks(_number(page) if page else None, _number(folded) if folded else None)


def _find_page(link: str) -> str | None:
    """Return the page a link leads to, with the part that it names; None for the front page of a site."""
    page = normalize_link(link)
    parts = urlsplit(page)
    if parts.path in ("", "/") and not parts.query:
        return None
    part = link.partition("#")[2].partition(":~:")[0]  # what follows is a text to look for on the page
    return page if page == link or NO_PART.match(part) else f"{page}#{part}"


def _number(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
