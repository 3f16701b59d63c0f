"""What a page says of itself for machines: meta elements, microdata, linked data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag

#: Kinds of things in linked data that are the article, in lower case; others are the site or a list of links.
ARTICLE_TYPES = (
    "article", "blogposting", "creativework", "liveblogposting", "newsarticle", "report", "scholarlyarticle",
    "socialmediaposting", "techarticle", "webpage",
)  # fmt: skip
#: The names of linked data (schema.org) that say what a reader asks for, in lower case.
LINKED = frozenset({
    "author", "creator", "datecreated", "datemodified", "datepublished", "description", "headline", "image",
    "keywords", "mainentityofpage", "publisher", "thumbnailurl", "url",
})  # fmt: skip
#: In the description of a thing, what it is called or where it is.
NAMES = ("name", "url", "@id")
MOST_OBJECTS = 200  # looked at in the linked data of a page


class Head:
    """The values of each name, in lower case: of meta elements first, then of microdata and linked data."""

    def __init__(self) -> None:
        self._values: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, name: str, value: str) -> None:
        if value.strip():
            self._values[name.strip().lower()].append(value.strip())

    def values(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def candidates(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield (name, value), the best name first."""
        return ((name, value) for name in names for value in self.values(name))


def read_head(soup: BeautifulSoup) -> Head:
    """Gather what a page says of itself."""
    head = Head()
    for tag in soup.find_all("meta", content=True):
        for name in ("property", "name", "itemprop"):
            if tag.get(name):
                head.add(str(tag[name]), str(tag["content"]))
                break
    for tag in soup.find_all(itemprop=True):
        if tag.name != "meta":
            head.add(str(tag["itemprop"]), _read_item(tag))
    for script in soup.find_all("script", type="application/ld+json"):
        for name, value in _read_linked(script.get_text()):
            head.add(name, value)
    return head


def _read_item(tag: Tag) -> str:
    """The value of an element of microdata; a body or a whole person is none."""
    if tag.get("itemprop") in ("articleBody", "text") or tag.find(itemprop=True) is not None:
        return ""
    value = tag.get("datetime") or tag.get("content") or tag.get("src") or ""
    return str(value) or (tag.get_text(" ") if tag.name not in ("div", "section") else "")


def _read_linked(text: str) -> Iterator[tuple[str, str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    for thing in _find_articles(found):
        for name, value in thing.items():
            if name.lower() in LINKED:
                for one in _texts(value):
                    yield ("author" if name == "creator" else name), one


def _find_articles(found: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [found], 0
    while waiting and seen < MOST_OBJECTS:
        thing = waiting.pop(0)
        seen += 1
        if isinstance(thing, list):
            waiting += thing
        elif isinstance(thing, dict):
            kinds = thing.get("@type")
            if any(
                str(kind).lower() in ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])
            ):
                yield thing
            waiting += [thing[key] for key in ("@graph", "mainEntity") if key in thing]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one) if not isinstance(one, list) else ()
    elif isinstance(value, dict):
        yield from (str(value[name]) for name in NAMES[:1] if isinstance(value.get(name), str))
        if not isinstance(value.get("name"), str):
            yield from (str(value[name]) for name in NAMES[1:] if isinstance(value.get(name), str))
