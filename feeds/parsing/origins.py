"""The feed an entry was copied from: Atom `source`, RSS `source`."""

from __future__ import annotations

from typing import NamedTuple

from feeds.model import Link, Origin, Person, Text
from feeds.parsing.constructs import find_name, read_construct, read_headline
from feeds.parsing.elements import Element, Ground, attributes, find_text, join
from feeds.parsing.fields import Field, Found, best, best_date, best_group, gather, make_table, ranked
from feeds.parsing.links import read_page
from feeds.parsing.people import read_person
from feeds.text.dates import parse_date
from feeds.text.markup import plain_text

ID = Field({"id": find_text})
TITLE = Field({"title": read_construct})
LINKS = Field({"link": read_page})
UPDATED = Field({"updated": find_text, "modified": find_text})
RIGHTS = Field({"rights": read_construct, "copyright": read_construct, "dc:rights": read_headline})
AUTHORS = Field({"author": read_person})
SOURCE = make_table(ID, TITLE, LINKS, UPDATED, RIGHTS, AUTHORS, homes=("atom", "rss"))


class Source(NamedTuple):
    """Where an entry came from, and whose it is where the entry does not say (RFC 4287, section 4.2.1)."""

    origin: Origin | None
    authors: tuple[Person, ...] = ()


def read_source(element: Element, ground: Ground) -> Source | None:
    """Return an atom:source (RFC 4287, section 4.2.11), or an RSS source: a title and an address."""
    here = ground.at(element)
    found = gather(element, here, SOURCE)
    if not found:
        return _read_rss_source(element, here)
    links = ranked(found, LINKS)
    updated = best_date(found, UPDATED)
    origin = Origin(
        title=_plain(found, TITLE),
        url=_first_address(links, "self"),
        link=_first_address(links, "alternate"),
        id=best(found, ID),
        updated=parse_date(updated) if updated else None,
        rights=_plain(found, RIGHTS),
    )
    return Source(None if origin == Origin() else origin, best_group(found, AUTHORS))


def _read_rss_source(element: Element, here: Ground) -> Source | None:
    given = attributes(element)
    url = given.get("url") or given.get("href")
    origin = Origin(title=find_name(element, here), url=join(here.base, url) if url else None)
    return None if origin == Origin() else Source(origin)


def _first_address(links: list[Link], rel: str) -> str | None:
    return next((join(link.base, link.href) for link in links if link.rel == rel), None)


def _plain(found: Found, field: Field[Text]) -> str | None:
    text = best(found, field)
    if text is None:
        return None
    return plain_text(text.value) if text.kind == "html" else text.value
