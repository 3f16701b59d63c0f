"""Which id an entry has, for ever (docs/design.md, rule 1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast
from uuid import NAMESPACE_URL, uuid5

from feeds.curation.lines import clean_line
from feeds.model import ParsedEntry, ParsedFeed
from feeds.text import urls
from feeds.text.characters import join_words
from feeds.text.uri import is_iri, is_nearly_iri

TAG = re.compile(r"tag:(?:[^@,/]*@)?(?P<host>[^@,/:]+),\d{4}(?:-\d\d){0,2}:", re.IGNORECASE)  # RFC 4151, 2.1
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE)  # RFC 8141, section 2


#: What nobody else gives as an id: a UUID, a URN, a tag, an address, a Message-ID.
UNIVERSAL = re.compile(
    rf"[0-9a-f]{{8}}(?:-?[0-9a-f]{{4}}){{3}}-?[0-9a-f]{{12}}|{URN.pattern}|{TAG.pattern}.*|https?://\S+|\S+@\S+",
    re.IGNORECASE,
)


def seed_id(identity: str) -> str:
    """Return the id of a seed by its identity: the normalized link, else what stands for it."""
    # A path may hold bytes that are no text.
    return uuid5(NAMESPACE_URL, identity.encode("utf-8", "backslashreplace").decode()).urn


def document_identity(guid: str | None, path: str | None) -> str:
    """Return what an article without a link is known by: its own id, else its path.

    An id as short as `intro` is only one of its folder's: with it a document may be renamed there.
    """
    if not guid:
        return f"seed:{path}"
    if UNIVERSAL.fullmatch(guid):
        return guid
    return f"seed:{(path or '').rpartition('/')[0]}//{guid}"  # no path has two slashes in a row


#: A longer guid is hashed: PostgreSQL could not look it up.
LONGEST_GUID = 800  # characters
MOST_BYTES = 2600


def feed_entry_id(source_key: str, sites: Iterable[str | None], guid: str | None, text: str) -> str:
    """Return the id of an entry of a feed.

    `sites` are the hosts of its source and of the entry itself, `text` is what stands in for a missing
    guid (see `find_identifiers`).
    """
    if guid and is_iri(guid) and _is_own(guid, sites):
        return guid
    return find_hashed_id(source_key, guid or text)


def find_guid_ids(source_key: str, guid: str) -> tuple[str, ...]:
    """Return the ids that a guid can give at a source: as it is, where it may be so at all, and hashed.

    Which of them it gives depends on where its feed and its entry are, and these move.
    """
    host = _find_named_host(guid)
    found = [feed_entry_id(source_key, sites, guid, "") for sites in ((host,), ())]
    return tuple(dict.fromkeys([*found, find_former_id((host,), guid) or found[0]]))


def find_hashed_id(source_key: str, name: str) -> str:
    """Return the id of an entry by what names it at its source, where that is not republished as it is."""
    return uuid5(NAMESPACE_URL, f"{source_key}\n{name}").urn


def find_former_id(sites: Iterable[str | None], guid: str | None) -> str | None:
    """Return a guid that is no IRI and was once republished as it is, else None.

    An entry that is stored under it keeps it (`store/rekeyings.py`): `http://a.example/?x[1]=100%` was taken.
    """
    return guid if guid and not is_iri(guid) and is_nearly_iri(guid) and _is_own(guid, sites) else None


def find_feed_key(parsed: ParsedFeed, path: str) -> str:
    """Return what stands for the source of a feed that was saved as a file.

    That is its address, its page, its own id, its title; else the path where it was first seen.
    """
    ranks = {"self": 0, "alternate": 1}
    links = sorted((link for link in parsed.links if link.rel in ranks), key=lambda link: ranks[link.rel])
    addresses = (link.href.strip() for link in links if urls.is_web_url(link.href.strip()))
    title = parsed.title.value.strip() if parsed.title else ""
    return next(addresses, None) or (parsed.guid or "").strip() or title or f"seed:{path}"


@dataclass(frozen=True, slots=True)
class Identifier:
    """What an entry is known by within its source: its guid, else a text that stands in for one."""

    guid: str | None
    text: str


def find_identifiers(entries: Sequence[ParsedEntry], pages: Sequence[str | None]) -> list[Identifier]:
    """Return what identifies each entry of one document; `pages` are their links, made absolute.

    The guid, else the link, else title and content, else these with the dates: the first that does not
    stand for several things in the document. A guid that a publisher gives to several links identifies none
    of them, nor does a link that several texts have in common; only the very same entry comes once.
    """
    guids = [clean_line(entry.guid) for entry in entries]
    if all(guids) and len(set(guids)) == len(guids):  # as in nearly every document
        return [Identifier(guid, "") for guid in guids]
    ladders = [_find_ladder(*one) for one in zip(entries, guids, pages, strict=True)]
    shared = [_find_shared(ladders, rung) for rung in range(len(ladders[0]) - 1)]
    return [_climb(ladder, shared) for ladder in ladders]


#: Guid, link, words, words with dates: each names an entry less surely for ever than the one before.
Ladder: TypeAlias = tuple[Hashable | None, ...]


def _find_ladder(entry: ParsedEntry, guid: str | None, page: str | None) -> Ladder:
    """Texts are taken as written: a better sanitizer must not give old entries new ids."""
    body = entry.content or entry.summary
    files = (link.href for link in entry.enclosures)
    words = (entry.title.value if entry.title else "", body.value if body else "", *files)
    dated = (*words, entry.published or "", entry.updated or "")
    return guid, page, words if any(words) else None, dated


def _find_shared(ladders: Sequence[Ladder], rung: int) -> frozenset[Hashable]:
    """Return what stands for more than one thing on this rung: the thing is what stands next above."""
    things: dict[Hashable, Hashable] = {}
    shared = set()
    for ladder in ladders:
        identifier = ladder[rung]
        if identifier:
            thing = next(filter(None, ladder[rung + 1 :]))
            if things.setdefault(identifier, thing) != thing:
                shared.add(identifier)
    return frozenset(shared)


def _climb(ladder: Ladder, shared: Sequence[frozenset[Hashable]]) -> Identifier:
    for rung, others in zip(ladder, shared, strict=False):
        if rung and rung not in others:
            break
    else:
        rung = ladder[-1]
    if isinstance(rung, str):
        return Identifier(rung, "") if rung is ladder[0] else Identifier(None, rung)
    lines = "\n".join(join_words(text) for text in cast(tuple[str, ...], rung))
    return Identifier(None, hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest())


def _is_own(guid: str, sites: Iterable[str | None]) -> bool:
    """Whether an IRI may be republished as it is: one of the source's or the entry's own site."""
    if len(guid) > LONGEST_GUID or len(guid.encode("utf-8", "replace")) > MOST_BYTES:
        return False
    return URN.fullmatch(guid) is not None or is_at_home(guid, sites)


def is_at_home(guid: str, sites: Iterable[str | None]) -> bool:
    """Whether a guid names the host, or the domain around it, of one of these sites."""
    host = _find_named_host(guid)
    return host is not None and any(site is not None and urls.same_site(host, site) for site in sites)


def _find_named_host(guid: str) -> str | None:
    tag = TAG.match(guid)
    return urls.find_host(f"http://{tag['host']}/" if tag else guid)
