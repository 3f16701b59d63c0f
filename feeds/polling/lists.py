"""Importing a list of subscriptions: by hand, on the command line or at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feeds.errors import DocumentError
from feeds.model import Declaration, Document
from feeds.model.declaring import HAND_DOOR, Imported, stays_private
from feeds.polling.reading import Job, Reader
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, sources

AT_ONCE = 100  # subscriptions in one transaction, so that polls get their turn in between
LIST = "list.opml"  # by its name it is known what it is to be read as, whatever it holds


def subscribe(db: Transaction, declaration: Declaration, now: datetime) -> bool:
    """Add one source of a list; return whether it is new to us.

    Lists call most sources what these call themselves: that is no name of the owner's, and may change. What
    no list says of a source stays as it was said by hand: whether it is private, and how often it is polled.
    """
    known = sources.find_subscribed(db, declaration)
    if known is not None and declaration.name == known.title:
        declaration = replace(declaration, name=None)
    if known is not None:
        interval = known.interval if HAND_DOOR in known.doors else None
        declaration = replace(declaration, private=stays_private(known), interval=interval)
    sources.add_source(db, declaration, HAND_DOOR, now)
    return known is None or known.retired is not None


def subscribe_all(db: Transaction, declarations: Sequence[Declaration], now: datetime) -> int:
    """Add sources of a list; return how many are new to us."""
    return sum(subscribe(db, declaration, now) for declaration in declarations)


async def import_list(reader: Reader, store: StoreThread, body: bytes, now: datetime) -> Imported:
    """Subscribe to all that a list names which somebody has sent: it is read where it can do no harm."""
    [reading] = await reader.read([Job(Document(url=LIST, body=body, path=LIST), LIST, LIST)])
    if isinstance(reading, DocumentError):
        return Imported(problem=reading.reason)
    if reading.format != "opml":
        return Imported(problem="the document is no OPML")
    listed = reading.subscriptions
    new = 0
    for start in range(0, len(listed), AT_ONCE):
        new += await store.write(subscribe_all, listed[start : start + AT_ONCE], now)
    return Imported(new, len(listed) - new, reading.problem)
