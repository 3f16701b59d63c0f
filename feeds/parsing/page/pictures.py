"""The pictures of a page: each with the address it really has, once.

What a script would load stands in other attributes, or in the alternative for those without scripts. In a
page what stands there outranks `src`, which may be any stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from feeds.parsing.page.hidden import remove
from feeds.text.markup.pictures import LAZY_SOURCES, LAZY_SRCSETS, STAND_IN

#: The same attributes may say `true`, or hold what a script fills in.
ADDRESS = re.compile(r"[^\s{}<>]*[./][^\s{}<>]*")
CANDIDATE = re.compile(r"[\s,]*+(\S++)(?:(?<!,)([^,]*+))?+")
SIZE = re.compile(r"\d{1,5}(?:\.\d{1,3})?(?=[wx])")
LONGEST_SRCSET = 20_000
#: Where browsers put the pictures of a page that they save, beside it: nowhere on the web.
SAVED_BESIDE = re.compile(r"(?:\./)?[^/:?#]+_files/")


def settle_pictures(body: Tag, *, is_saved: bool) -> None:
    """Give each picture its address; `is_saved`: the page is a file, and its pictures may lie beside it."""
    pictures = body.find_all("img")
    remove([notice for picture in pictures for notice in _load(picture, is_saved)])
    fallbacks = [one for notice in body.find_all("noscript") for one in notice.find_all("img")]
    others = set(map(id, fallbacks))
    shown = {picture.get("src") for picture in pictures if id(picture) not in others}
    remove([one for one in fallbacks if one.get("src") in shown])


def _load(picture: Tag, is_saved: bool) -> Iterator[Tag]:
    """Set the address of a picture; yield what shows it to those without scripts."""
    sources = [str(picture.attrs.pop(name, "")) for name in LAZY_SOURCES]
    usable = (one for one in sources if ADDRESS.fullmatch(one) and not _stands_in(one, is_saved))
    source = next(usable, None)
    written = str(picture.get("src") or "")
    if source or any(picture.get(name) for name in LAZY_SRCSETS):
        beside = picture.find_next_sibling()
        if beside is not None and beside.name == "noscript" and len(beside.find_all("img", limit=2)) == 1:
            yield beside
    if source is None and _stands_in(written, is_saved):
        source = _best_candidate(picture, is_saved)
        if source is None and _is_local(written, is_saved):
            del picture["src"]
    if source:
        picture["src"] = source


def _stands_in(source: str, is_saved: bool) -> bool:
    is_none = not source or source.startswith(("data:", "blob:")) or _is_local(source, is_saved)
    return is_none or STAND_IN.search(f"/{source}") is not None


def _is_local(source: str, is_saved: bool) -> bool:
    return is_saved and SAVED_BESIDE.match(source) is not None


def _best_candidate(picture: Tag, is_saved: bool) -> str | None:
    """The largest of the addresses that are given with their sizes, here or beside it in `<picture>`."""
    holders = [picture]
    if picture.parent is not None and picture.parent.name == "picture":
        holders += picture.parent.find_all("source", recursive=False)
    for holder in holders:
        for name in ("srcset", *LAZY_SRCSETS):
            found = CANDIDATE.findall(str(holder.get(name) or "")[:LONGEST_SRCSET])
            sizes = {str(source).rstrip(","): _size(told) for source, told in found}
            usable = [source for source in sizes if not _stands_in(source, is_saved)]
            if usable:
                return max(usable, key=lambda source: sizes[source])
    return None


def _size(descriptor: str) -> float:
    """What a candidate is told to be: so many pixels wide, or so many for one of the screen's."""
    found = SIZE.match(descriptor.strip())
    return float(found[0]) if found else 1.0
