"""Microdata of a page (HTML, section 5): the things it describes, as linked data gives them."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag

from feeds.parsing.page.linked_data import LINKED, MOST_OBJECTS, MOST_TEXTS, PLACES, Thing
from feeds.text.characters import collapse

NAMES = LINKED | {"name"}
#: Attributes that hold the value of an element; what is seen of it is taken where it has none.
VALUES = ("datetime", "content")
ADDRESSES = ("content", "href", "src", "data")
LONGEST = 1000  # characters: of what is meant for machines


def read_microdata(soup: BeautifulSoup) -> list[Thing]:
    """Return the things at the top; last the one whose properties stand alone, which is the page."""
    page: Thing = {"@type": "WebPage"}
    things: list[Thing] = []
    scopes: dict[int, Thing] = {}
    for tag in soup.find_all(True):
        outer = scopes[id(tag)] = scopes.get(id(tag.parent), page)
        names = NAMES.intersection(str(tag.get("itemprop") or "").lower().split())
        value: Any = None
        if tag.get("itemscope") is not None:
            value = scopes[id(tag)] = {"@type": str(tag.get("itemtype") or "WebPage")}
            if not names and len(things) < MOST_OBJECTS:
                things.append(value)
        for name in names:
            values = outer.setdefault(name, [])
            if len(values) < MOST_TEXTS:
                values.append(_read(tag, name) or value)
    return [*things, page]


def _read(tag: Tag, name: str) -> str | None:
    for attribute in ADDRESSES if name in PLACES else VALUES:
        if value := tag.get(attribute):
            return str(value)
    if name in PLACES or tag.find(itemprop=True) is not None:
        return None
    return collapse(tag.get_text(" "))[:LONGEST]
