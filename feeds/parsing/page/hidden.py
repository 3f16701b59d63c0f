"""What HTML holds and nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import Tag

from feeds.parsing.soup import open_soup

_ZERO = r"\s*:\s*(?:0+(?:\.0+)?|\.0+)(?:px|pt|r?em|%|vh)?\s*(?:[;!]|\Z)"
#: What a style says of an element that is not there.
GONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
#: How mail programs are kept from showing the text that they show beside a subject. Pages hide so what a
#: script or a reader will open.
HIDDEN = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![\w-])max-height{_ZERO}",
    re.IGNORECASE,
)
FLAT = re.compile(rf"(?<![\w-])height{_ZERO}", re.IGNORECASE)
CUT = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
#: The letters of what stands directly in it have no size; that of elements inside may be another.
SIZELESS = re.compile(rf"font-size{_ZERO}", re.IGNORECASE)
SIZED = re.compile(r"font(?:-size)?\s*:", re.IGNORECASE)
SIZES = re.compile(r"(?<![\w-])(width|height)\s*:\s*(\d+)(?:\.\d+)?(?:px)?\s*(?:[;!]|\Z)", re.IGNORECASE)
#: Elements that are never seen.
UNSEEN = frozenset({"script", "style", "title", "template"})


def style_of(tag: Tag) -> str:
    return str(tag.get("style") or "")


def is_counting(tag: Tag) -> bool:
    """Whether it is a picture too small to be seen, which tells a server that it was fetched."""
    if tag.name != "img":
        return False
    sizes = {name: str(tag.get(name) or "").strip().removesuffix("px") for name in ("width", "height")}
    sizes |= {name.lower(): size for name, size in SIZES.findall(style_of(tag))}
    return all(size in ("0", "1") for size in sizes.values())


def drop_hidden(html: str) -> str:
    """Return the HTML inside the body without what nobody sees, pictures that only count readers among it."""
    soup = open_soup(html)
    remove(soup.find_all(_is_hidden))
    return (soup.body or soup).decode_contents().strip()


def _is_hidden(tag: Tag) -> bool:
    if tag.name in UNSEEN or is_counting(tag):
        return True
    style = style_of(tag)
    return bool(style) and (HIDDEN.search(style) is not None or _is_flat(style) or _is_sizeless(tag, style))


def _is_flat(style: str) -> bool:
    return FLAT.search(style) is not None and CUT.search(style) is not None


def _is_sizeless(tag: Tag, style: str) -> bool:
    return SIZELESS.search(style) is not None and tag.find(_has_size) is None


def _has_size(tag: Tag) -> bool:
    return tag.name in ("font", "img", "table", "video") or SIZED.search(style_of(tag)) is not None


def remove(tags: Iterable[Tag]) -> None:
    """Take elements out: those of one parent in one go, for each would be looked for among its siblings."""
    doomed = {id(tag): tag for tag in tags}
    parents = {id(tag.parent): tag.parent for tag in doomed.values() if tag.parent is not None}
    for parent in parents.values():
        for place in range(len(parent.contents) - 1, -1, -1):
            if id(parent.contents[place]) in doomed:
                parent.contents[place].extract(_self_index=place)
