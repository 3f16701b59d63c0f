"""Which id an entry has, for ever (docs/design.md, rule 1)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from uuid import NAMESPACE_URL, uuid5

from feeds.text import urls

# RFC 3987, section 2.2: what may stand in an IRI at all; anything else is no identifier to republish.
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f]+")
TAG = re.compile(r"tag:(?:[^@,/]*@)?(?P<host>[^@,/:]+),\d{4}(?:-\d\d){0,2}:", re.IGNORECASE)  # RFC 4151, 2.1
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE)  # RFC 8141, section 2
LONGEST_GUID = 1000  # characters; a longer one is hashed like any other text


def seed_id(identity: str) -> str:
    """Return the id of a seed by its identity: the normalized link, else what stands for it."""
    return uuid5(NAMESPACE_URL, identity).urn


def feed_entry_id(source_key: str, sites: Iterable[str | None], guid: str | None, text: str) -> str:
    """Return the id of an entry of a feed.

    `sites` are the hosts of its source and of the entry itself, `text` is what stands in for a missing
    guid: the link, else a hash of title and content.
    """
    if guid and _is_own(guid, sites):
        return guid
    return uuid5(NAMESPACE_URL, f"{source_key}\n{guid or text}").urn


def content_identity(title: str | None, content: str | None) -> str:
    """Return what identifies an entry that has neither guid nor link."""
    return hashlib.sha256(f"{title or ''}\n{content or ''}".encode("utf-8", "replace")).hexdigest()


def find_shared(pairs: Iterable[tuple[str | None, object]]) -> frozenset[str]:
    """Return what stands for more than one thing in the (identifier, thing) pairs of one document.

    A guid that a publisher gives to several links identifies none of them, nor does a link that several
    entries without a guid have in common.
    """
    things = Counter(identifier for identifier, thing in set(pairs) if identifier and thing)
    return frozenset(identifier for identifier, count in things.items() if identifier and count > 1)


def _is_own(guid: str, sites: Iterable[str | None]) -> bool:
    """Whether a guid may be republished as it is: an IRI of the source's or the entry's own site."""
    if len(guid) > LONGEST_GUID or not IRI.fullmatch(guid):
        return False
    if URN.fullmatch(guid):
        return True
    tag = TAG.match(guid)
    host = urls.find_host(f"http://{tag['host']}/") if tag else urls.find_host(guid)
    if host is None or not (tag or urls.is_web_url(guid)):
        return False
    return any(site is not None and urls.same_site(host, site) for site in sites)
