"""Which ids an entry may have had before: by the same guid, by a former address, by what else names it.

These are looked up by themselves, whatever has become of page and title since.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product

from feeds.curation.identity import find_guid_ids, find_hashed_id
from feeds.model import Entry
from feeds.text.likeness import find_place

#: An address that may be spelled otherwise: how it begins, and the rest.
ADDRESS = re.compile(r"(https?://[^/?#@]+)([/?].*)", re.IGNORECASE)
SPELLINGS = tuple(map("".join, product(("http://", "https://"), ("", "www."))))


def find_same(entry: Entry, source_key: str) -> tuple[str, ...]:
    """Return the other ids that its guid gives, none where it is not known by its guid.

    Whether a guid is republished as it is depends on the sites of feed and entry, which move.
    """
    ids = find_guid_ids(source_key, entry.guid) if entry.guid else ()
    return tuple(id for id in ids if id != entry.id) if entry.id in ids else ()


def find_other_names(entry: Entry, source_key: str) -> tuple[str, ...]:
    """Return the ids that it has where its guid is missing, or is its link, or is shared."""
    ids = find_guid_ids(source_key, entry.guid) if entry.guid else ()
    links = find_guid_ids(source_key, entry.link) if entry.link else ()
    others = links if entry.id in ids else (*ids, *links)
    return tuple(id for id in others if id != entry.id)


def find_start(entry: Entry) -> str | None:
    """Return scheme and host of the address that may name it: they change for a whole site."""
    found = ADDRESS.fullmatch(entry.guid or entry.link or "")
    return found[1] if found else None


def find_spelled(entry: Entry, source_key: str) -> tuple[str, ...]:
    """Return the ids of the address that names it with or without TLS and `www.`."""
    return _find_at(entry, source_key, lambda host: (host,))


def find_former(entry: Entry, source_key: str, find_hosts: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Return the ids of the address that names it on other hosts: those where its own may have been."""
    return _find_at(entry, source_key, lambda host: (one for one in find_hosts(host) if one != host))


def _find_at(entry: Entry, source_key: str, find_hosts: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    name = entry.guid or entry.link or ""
    found, place = ADDRESS.fullmatch(name), find_place(name)
    if found is None or place is None:
        return ()
    starts = (spelling + host for host in find_hosts(place.host) for spelling in SPELLINGS)
    addresses = (start + found[2] for start in starts)
    if entry.id == entry.guid:
        ids = addresses
    elif entry.id == find_hashed_id(source_key, name):
        ids = (find_hashed_id(source_key, address) for address in addresses)
    else:
        return ()
    return tuple(id for id in ids if id != entry.id)
