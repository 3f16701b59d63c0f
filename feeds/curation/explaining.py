"""What an id was made of, worked out anew from what is stored of its entry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product

from feeds.curation.identity import document_identity, feed_entry_id, seed_id
from feeds.model.identities import Explained, IdFacts
from feeds.text.urls import normalize_link

#: What we make ourselves: uuid5 as a URN.
MADE = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def explain_id(facts: IdFacts, shared: Collection[str] = ()) -> Explained:
    """Return the rule that gives the id.

    `shared` are those of its guids and links that other entries of its source have, too. A hash of what a
    document said is told by its form alone: so it is believed only of what nothing else names.
    """
    for id, explained in _try_all(facts):
        if id == facts.id:
            return explained
    if not MADE.fullmatch(facts.id):
        return Explained("unknown")
    if facts.paths:
        return Explained("saved feed")
    is_nameless = not {*facts.guids, *facts.links}.difference(shared)
    return Explained("key and words", None, facts.source_keys[0]) if is_nameless else Explained("unknown")


def _try_all(facts: IdFacts) -> Iterator[tuple[str, Explained]]:
    yield from ((guid, Explained("guid", guid)) for guid in facts.guids)
    # Without a site no guid is taken verbatim: these are the hashes.
    for key, guid in product(facts.source_keys, facts.guids):
        yield feed_entry_id(key, (), guid, ""), Explained("key and guid", guid, key)
    for key, link in product(facts.source_keys, facts.links):
        yield feed_entry_id(key, (), None, link), Explained("key and link", link, key)
    for url in facts.pages:
        yield seed_id(normalize_link(url)), Explained("listed address", normalize_link(url))
    for link in facts.links:
        yield seed_id(normalize_link(link)), Explained("link", normalize_link(link))
    for guid, path in product(facts.guids, facts.paths):
        yield seed_id(document_identity(guid, path)), Explained("own id", guid)
    for path in facts.paths:
        yield seed_id(document_identity(None, path)), Explained("path", path)
