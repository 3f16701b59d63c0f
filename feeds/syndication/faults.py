"""What keeps an entry out of every edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from feeds.model import Entry, StoredEntry
from feeds.text import uri, urls

LONGEST_KEPT = 500  # characters of an address that is remembered


def is_id(text: str) -> bool:
    """Whether `text` may stand where a format asks for the id of an entry.

    What was given once by looser rules is served for ever (`text/uri.py`).
    """
    return uri.is_nearly_iri(text)


def is_address(text: str) -> bool:
    """Whether `text` may stand where a reader will follow it: an absolute http(s) address."""
    return _is_known_address(text) if len(text) <= LONGEST_KEPT else _is_address(text)


def _is_address(text: str) -> bool:
    return uri.is_iri(text) and urls.is_web_url(text)


# The addresses of an entry are looked at whenever a feed is made that holds it, and in the document again.
_is_known_address = lru_cache(maxsize=8192)(_is_address)


FAULTS: tuple[tuple[Callable[[Entry], bool], str], ...] = (
    (lambda entry: not is_id(entry.id), "its id is no IRI (RFC 4287, section 4.2.6)"),
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
