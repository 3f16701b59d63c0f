"""Linked data of a page (JSON-LD, schema.org): the things it describes, and those that are its article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any, TypeAlias, TypeGuard
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from feeds.parsing.json_reading import BROKEN, DECODER, SPARE_COMMA
from feeds.text.urls import is_web_url, normalize_link

Thing: TypeAlias = dict[str, Any]

#: The names (schema.org) that say what a reader asks for, in lower case.
LINKED = frozenset({
    "author", "creator", "datecreated", "datemodified", "datepublished", "description", "headline", "image",
    "keywords", "mainentityofpage", "publisher", "thumbnailurl", "url",
})  # fmt: skip
#: What holds the address of a picture, which is named by an `@id` that leads nowhere; and that of a page.
PICTURE_ADDRESSES = ("url", "contentUrl")
PAGE_ADDRESSES = ("url", "@id")
#: Where a thing tells its own.
OWN_ADDRESSES = ("url", "mainEntityOfPage", "mainentityofpage", "@id")
#: The names whose values are addresses.
PLACES = {
    "image": PICTURE_ADDRESSES,
    "mainentityofpage": PAGE_ADDRESSES,
    "thumbnailurl": PICTURE_ADDRESSES,
    "url": PAGE_ADDRESSES,
}

#: Kinds of things that are an article, beside all whose name ends so; a job that is offered is none.
ARTICLE_ENDS = ("article", "posting")
ARTICLE_TYPES = frozenset({"creativework", "recipe", "report"})
NO_ARTICLES = frozenset({"jobposting"})
PAGE_END = "page"
KINDS = ("article", "page")
LOCAL_NAME = re.compile(r"[^/:#]*\Z")

MOST_OBJECTS = 200  # looked at in the linked data of a page
MOST_TEXTS = 100  # of one name
#: What keeps old parsers from reading a script as markup.
WRAPPER = re.compile(r"\s*+(?:(?://|/\*)?\s*+<!(?:\[CDATA\[|--)\s*+(?:\*/)?)?\s*+")


def read_linked_data(soup: BeautifulSoup) -> list[Thing]:
    """Return the things in all scripts, at the top and in graphs; what refers to another one holds it."""
    things: list[Thing] = []
    for script in soup.find_all("script", type=_is_linked_data):
        things += _find_things(_decode(script.get_text()), MOST_OBJECTS - len(things))
        if len(things) >= MOST_OBJECTS:
            break
    known = {str(thing["@id"]): thing for thing in reversed(things) if "@id" in thing}
    return [{name: _look_up(value, known) for name, value in thing.items()} for thing in things]


def _is_linked_data(media_type: str | None) -> bool:
    return (media_type or "").partition(";")[0].strip().lower() == "application/ld+json"


def _decode(text: str) -> Any:
    start = WRAPPER.match(text)
    text = text[start.end() :] if start else text
    try:
        return DECODER.raw_decode(text)[0]
    except BROKEN:
        pass
    try:
        return DECODER.raw_decode(SPARE_COMMA.sub(lambda found: found[1] or "", text))[0]
    except BROKEN:
        return None


def _find_things(found: Any, most: int) -> list[Thing]:
    waiting, things = [found], []
    for _ in range(most):
        if not waiting:
            break
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting = [*thing[:MOST_OBJECTS], *waiting]
        elif isinstance(thing, dict):
            things.append(thing)
            waiting += [thing[key] for key in ("@graph", "mainEntity") if key in thing]
    return things


def _look_up(value: Any, known: dict[str, Thing]) -> Any:
    """The value; where it refers to a thing by its `@id` (JSON-LD 1.1, section 3.3), what is said of that."""
    if isinstance(value, list):
        return [_look_up(one, known) for one in value[:MOST_TEXTS] if not isinstance(one, list)]
    if isinstance(value, dict) and "@id" in value:
        return {**known.get(str(value["@id"]), {}), **value}
    return value


def find_own(things: Iterable[Thing], addresses: Iterable[str]) -> list[Thing]:
    """Return the article among the things and the page it stands on; stories it leads to are others.

    It is the one with an address of the page's, else the first that does not tell of another.
    """
    kinds = [(thing, _find_kind(thing)) for thing in things]
    described = [(thing, kind) for thing, kind in kinds if kind]
    own = {_fold(address) for address in addresses if _has_path(address)}
    if not own and described:
        own = next(filter(None, (_addresses_of(thing) for thing, _ in described)), set())
    chosen = [_choose([thing for thing, kind in described if kind == wanted], own) for wanted in KINDS]
    if chosen == [None, None]:  # known by a name of its own that the page does not tell
        return [thing for thing, _ in described[:1]]
    return [thing for thing in chosen if thing]


def _find_kind(thing: Thing) -> str | None:
    written = thing.get("@type")
    for one in written if isinstance(written, list) else [written]:
        found = LOCAL_NAME.search(str(one).strip().lower())
        name = found[0] if found else ""
        if (name.endswith(ARTICLE_ENDS) and name not in NO_ARTICLES) or name in ARTICLE_TYPES:
            return "article"
        if name.endswith(PAGE_END):
            return "page"
    return None


def _choose(things: list[Thing], own: set[str]) -> Thing | None:
    told = [(thing, _addresses_of(thing)) for thing in things]
    by_address = (thing for thing, addresses in told if addresses & own)
    by_place = (thing for thing, addresses in told if not addresses)
    return next(by_address, None) or next(by_place, None)


def _addresses_of(thing: Thing) -> set[str]:
    found = (one for name in OWN_ADDRESSES for one in _addresses(thing.get(name), PAGE_ADDRESSES))
    return {_fold(address) for address in found if is_web_url(address) and _has_path(address)}


def _has_path(address: str) -> bool:
    """Whether it is more than that of a site, which many pages give as their own."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.path.strip("/") or parts.query)


def _fold(address: str) -> str:
    return normalize_link(address).rstrip("/")


def texts_of(thing: Thing, name: str) -> Iterator[str]:
    """What a thing says by a name in lower case: names of people, addresses, texts."""
    for key, value in thing.items():
        if key.lower() == name:
            places = PLACES.get(name)
            yield from map(unescape, _names(value) if places is None else _addresses(value, places))


def _names(value: Any) -> Iterator[str]:
    for one in _list(value):
        yield from filter(_is_text, _list(one.get("name") if isinstance(one, dict) else one))


def _addresses(value: Any, places: tuple[str, ...]) -> Iterator[str]:
    for one in _list(value):
        found = (text for name in places for text in _list(one.get(name))) if isinstance(one, dict) else [one]
        yield from list(filter(_is_text, found))[:1]


def _list(value: Any) -> list[Any]:
    return value[:MOST_TEXTS] if isinstance(value, list) else [value]


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
