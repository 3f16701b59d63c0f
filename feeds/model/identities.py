"""What is known of how an entry came by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rekeying:
    """A guid under which an entry came later, and was recognized."""

    id: str  #: that it would else lead to
    guid: str | None  #: as written; else the link that stands in for it
    moment: datetime
    source_key: str


@dataclass(frozen=True, slots=True)
class IdFacts:
    """What the store holds of an entry that may have led to its id."""

    id: str
    key: str
    first_seen: datetime
    owner_slug: str
    source_keys: tuple[str, ...]  #: of the owner, then of others that bring it
    guids: tuple[str, ...] = ()  #: of its versions as written, the latest first
    links: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()  #: of the files that hold or held it, where first seen too
    pages: tuple[str, ...] = ()  #: addresses in lists of links that led to it
    rekeyings: tuple[Rekeying, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """What an id is made of; nothing is known of one with the rule `unknown`."""

    rule: str  #: one of `RULES`
    made_of: str | None = None  #: the text; of a hash of the document itself it is not kept
    source_key: str | None = None  #: where the key of a source is part of it


#: Every rule by which an id is given (docs/design.md, rule 1), in words.
RULES = {
    "guid": "its guid as written: an address, tag or URN of the source's or the entry's own site",
    "key and guid": "uuid5 of the key of its source and its guid",
    "key and link": "uuid5 of the key of its source and its link, which stands in for the guid",
    "key and words": "uuid5 of the key of its source and a hash of title and content as they were written",
    "link": "uuid5 of the normalized link of the document",
    "listed address": "uuid5 of the normalized address in a list of links",
    "own id": "uuid5 of the document's own id",
    "path": "uuid5 of the path where its file was first seen",
    "saved feed": "uuid5 of the address of a saved feed and a guid, link or hash in it",
    "unknown": "nothing that is stored",
}
