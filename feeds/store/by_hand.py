"""Subscribing by hand: on the command line, and at the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from feeds.model import Declaration, Source
from feeds.model.declaring import HAND_DOOR, stays_private
from feeds.store.database import Transaction
from feeds.store.doors import add_source
from feeds.store.known import find_subscribed


def subscribe(db: Transaction, declaration: Declaration, now: datetime) -> tuple[Source, bool]:
    """Return the source that is subscribed to, and whether it was not before."""
    known = find_subscribed(db, declaration)
    source = add_source(db, _complete(declaration, known), HAND_DOOR, now)
    return source, known is None or known.retired is not None


def _complete(declaration: Declaration, known: Source | None) -> Declaration:
    """Keep what was said by hand before and is not said anew; what was private stays so."""
    if known is None:
        return declaration
    declaration = replace(declaration, private=declaration.private or stays_private(known))
    if HAND_DOOR not in known.doors:
        return declaration
    return replace(
        declaration,
        name=declaration.name or known.name,
        category=declaration.category or known.category,
        interval=declaration.interval or known.interval,
    )
