"""What keeps an entry out of every edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from feeds.model import Entry, StoredEntry
from feeds.text import urls

# RFC 3987, section 2.2: a scheme, and none of the characters that no IRI may hold.
IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\uffff]+"
)


LONGEST_KEPT = 500  # characters of an address that is remembered


def is_iri(text: str) -> bool:
    """Whether `text` may stand where a format asks for an absolute address or an id."""
    return IRI.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether `text` may stand where a reader will follow it: an absolute http(s) address."""
    return _is_known_address(text) if len(text) <= LONGEST_KEPT else _is_address(text)


def _is_address(text: str) -> bool:
    return is_iri(text) and urls.is_web_url(text)


# The addresses of an entry are looked at whenever a feed is made that holds it, and in the document again.
_is_known_address = lru_cache(maxsize=8192)(_is_address)


FAULTS: tuple[tuple[Callable[[Entry], bool], str], ...] = (
    (lambda entry: not is_iri(entry.id), "its id is no IRI (RFC 4287, section 4.2.6)"),
    (
        lambda entry: entry.link is not None and not is_address(entry.link),
        "its link is no absolute http(s) address",
    ),
)


DAMAGED = "what is stored of it is damaged and cannot be read"

Faults = dict[str, str]  #: by id of an entry: why it cannot be rendered


def find_fault(stored: StoredEntry) -> str | None:
    """Return why an entry cannot be rendered validly, or None where nothing is in the way."""
    if not stored.is_readable:
        return DAMAGED
    return next((reason for is_so, reason in FAULTS if is_so(stored.entry)), None)


def find_faults(listed: Iterable[StoredEntry]) -> Faults:
    """Return why those of the entries cannot be rendered that cannot."""
    found = ((stored.entry.id, find_fault(stored)) for stored in listed)
    return {id: fault for id, fault in found if fault}
