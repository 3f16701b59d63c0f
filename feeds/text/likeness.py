"""What two entries have in common that may be one under two guids: a page and a title, folded.

What is stored of it is worked out by these rules: whoever changes them has a migration work it out anew.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.text import urls

#: Most addresses need no parser: a path without anything that is folded.
PLAIN = re.compile(r"https?://(?:www\.)?([a-z0-9.-]+)((?:/[A-Za-z0-9._~!$'()*+,;=:@%-]+)+)/?")
DW = "dw.com"  # whose pages are known by their numbers


class Place(NamedTuple):
    """Where a page is, however its address is spelled.

    Scheme, `www.`, a default port, tracking parameters and the slash at the end are left out.
    """

    host: str
    path: str  #: with query and fragment; empty for the first page of a host


def find_place(url: str | None) -> Place | None:
    """Return where a page is, None for what is no web address."""
    if not url:
        return None
    plain = PLAIN.fullmatch(url)
    if plain and DW not in plain[1]:
        return Place(plain[1], plain[2])
    host = urls.find_host(url)
    if host is None:
        return None
    fragment = urlsplit(url).fragment
    # A fragment may be all that tells two entries apart (comments below one article).
    kept = f"#{fragment}" if fragment and not urls.TRACKING.match(fragment) else ""
    parts = urlsplit(urls.normalize_link(url))
    query = f"?{parts.query}" if parts.query else ""
    return Place(parts.netloc, parts.path.rstrip("/") + query + kept)


def fold_title(title: str | None) -> str:
    """Return the letters and digits of a title: without capitals, spaces and signs."""
    text = title or ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, text.casefold()))


def find_likeness(link: str | None, title: str | None) -> int | None:
    """Return what entries with one page and one title have in common, a number of 64 bits with a sign.

    The host is left out, for a site may move. None for an entry that cannot be told by these: without a
    title, without a link, or with the first page of a site as its link.
    """
    folded = fold_title(title)
    place = find_place(link) if folded else None
    if place is None or not place.path:
        return None
    text = f"{place.path}\n{folded}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)
