"""Floods: what a poll brings beyond twenty entries is in no live feed of everything or of a category.

A source that publishes its history anew, or an import, must not push everything else out of them
(docs/design.md, rule 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from feeds.model import Placed

MOST_LIVE = 20  # new entries of a poll in live feeds

#: Position and id of the entries that an earlier part of the same poll has brought and live feeds show.
Front: TypeAlias = Sequence[tuple[datetime, str]]


def mark_floods(new: Sequence[Placed], front: Front, *, is_storm: bool) -> tuple[list[Placed], Front]:
    """Return the new entries, those marked that are too many, and the front after them.

    The newest are shown; in a storm of late arrivals none of these, as they all stand in history.
    """
    shown = [one for one in new if not (one.late and is_storm)]
    places = [*front, *((one.position, one.fresh.entry.id) for one in shown)]
    kept = sorted(places, reverse=True)[:MOST_LIVE]
    ids = {id for _, id in kept}
    return [replace(one, flooded=one.fresh.entry.id not in ids) for one in new], kept


def find_outrun(front: Front, newer: Front) -> tuple[str, ...]:
    """Return the ids of the entries of an earlier front that newer ones have taken the place of."""
    ids = {id for _, id in newer}
    return tuple(id for _, id in front if id not in ids)
