"""Addresses made absolute, and what has one: pages, people, files, origins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from feeds.curation.lines import clean_line
from feeds.curation.wishes import find_number
from feeds.model import MOST_HUBS, Enclosure, Link, Origin, ParsedEntry, Person
from feeds.text import characters, urls

#: An address that lacks its scheme: no folder is called so.
BARE_HOST = re.compile(r"\s*www\.[a-z0-9-]+\.", re.IGNORECASE)
PAGE_TYPES = ("", "text/html", "application/xhtml+xml")


def find_page(links: Iterable[Link], base: str) -> str | None:
    """Return the address of the page: the first `alternate` that is HTML, else the first at all."""
    alternates = [link for link in links if link.rel == "alternate"]
    if len(alternates) > 1:
        alternates.sort(key=lambda link: not _is_page(link.media_type))
    return next(filter(None, (clean_address(link, base) for link in alternates)), None)


def find_hubs(links: Iterable[Link], base: str) -> tuple[str, ...]:
    """Return the hubs a feed advertises, each once, in its order (WebSub, section 4)."""
    hubs = (clean_address(link, base) for link in links if link.rel == "hub")
    return tuple(dict.fromkeys(filter(None, hubs)))[:MOST_HUBS]


def find_topic(links: Iterable[Link], base: str) -> str | None:
    """Return the address a feed gives for itself, by which hubs know it."""
    itself = (clean_address(link, base) for link in links if link.rel == "self")
    return next(filter(None, itself), None)


def _is_page(media_type: str | None) -> bool:
    """Whether a browser shows it, or nothing is said (RFC 2045, section 5.1: in any capitals)."""
    return (media_type or "").partition(";")[0].strip().lower() in PAGE_TYPES


def find_guid_link(written: ParsedEntry, base: str) -> str | None:
    """Return the address that the guid is, where the document calls it one."""
    if not (written.guid and written.guid_is_link):
        return None
    return clean_address(Link(written.guid), base) if urls.is_web_url(written.guid.strip()) else None


def clean_address(link: Link | None, base: str) -> str | None:
    """Return an absolute http(s) address, or None."""
    if link is None or not link.href.strip():
        return None
    start = urls.resolve(base, link.base) or base if link.base else base
    href = characters.strip_illegal(link.href)
    address = urls.resolve(start, f"//{href.strip()}" if BARE_HOST.match(href) else href)
    return address if address and urls.is_web_url(address) else None


def clean_public_address(link: Link | None, base: str) -> str | None:
    """Return the same as it may be shown: without user and password.

    A key among its parameters stays: its publisher wrote it for everybody, and it may not work without.
    """
    return hide_user(clean_address(link, base))


def hide_user(address: str | None) -> str | None:
    """Return an address without the user and the password in it."""
    return urls.hide_user(address) if address else None


def clean_people(people: Iterable[Person], base: str) -> tuple[Person, ...]:
    """Return each person once; an e-mail address has an `@`, a web address is absolute."""
    cleaned = (
        Person(
            name=clean_line(person.name),
            email=clean_line(person.email) if person.email and "@" in person.email else None,
            url=hide_user(urls.resolve(base, person.url)) if person.url else None,
        )
        for person in people
    )
    return tuple(dict.fromkeys(person for person in cleaned if person != NOBODY))


NOBODY = Person()


def clean_enclosures(links: Iterable[Link], base: str) -> tuple[Enclosure, ...]:
    """Return each file once, as it is described first."""
    found: dict[str, Enclosure] = {}
    for link in links:
        url = clean_public_address(link, base)
        if url and url not in found:
            found[url] = Enclosure(url, clean_line(link.media_type), find_number(link.length))
    return tuple(found.values())


def clean_origin(origin: Origin | None, base: str) -> Origin | None:
    """Return the feed that an entry was copied from, or None where nothing is said of it."""
    if origin is None:
        return None
    cleaned = replace(
        origin,
        title=clean_line(origin.title),
        url=clean_address(Link(origin.url), base) if origin.url else None,
        link=clean_address(Link(origin.link), base) if origin.link else None,
        id=clean_line(origin.id),
        rights=clean_line(origin.rights),
    )
    return cleaned if cleaned != Origin() else None
