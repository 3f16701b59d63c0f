"""Pages of a view, followed towards what is newer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, or_

from feeds.model import Selection, StoredEntry, View
from feeds.store.database import Transaction
from feeds.store.entries import find_entry
from feeds.store.fetching import write_moment
from feeds.store.identifiers import find_key, find_tie
from feeds.store.schema import entries, versions
from feeds.store.selections import MOST_TEXT, Place, ask, weigh
from feeds.store.shelves import (
    IS_CURRENT,
    POSITION,
    TABLES,
    Form,
    find_stored,
    list_conditions,
    read_stored,
    select_stored,
)
from feeds.store.twins import find_stands, list_family


def find_page_before(
    db: Transaction, view: View, selection: Selection, length: int, place: Place
) -> StoredEntry | None:
    """Return the entry behind which the page begins that ends with the one at `place`.

    None where that is the first page, which begins with the newest. Raises QueryError.
    """
    newer = _list_newer(db, view, selection, length, place)
    last = find_entry(db, find_key(place[1]))
    room = MOST_TEXT - (weigh(last) if last else 0)
    for number, stored in enumerate(newer, 1):
        if number == length or room < weigh(stored):
            return stored
        room -= weigh(stored)
    return None


def _list_newer(
    db: Transaction, view: View, selection: Selection, limit: int, place: Place
) -> Sequence[StoredEntry]:
    """Return the selected entries that come before `place`, the nearest first.

    Of a folded selection those that are folded into no other.
    """
    if not selection.is_folded:
        return list_newer(db, view, selection, limit, place)
    standing: list[StoredEntry] = []
    while len(standing) < limit:
        wanted = limit - len(standing)
        listed = list_newer(db, view, selection, wanted, place)
        stands_for = find_stands(list_family(db, view, selection, listed))
        standing += [one for one in listed if stands_for[one.number] == one.number]
        if len(listed) < wanted:
            break
        place = listed[-1].position, listed[-1].entry.id
    return standing


def list_newer(
    db: Transaction, view: View, selection: Selection, limit: int, place: Place
) -> list[StoredEntry]:
    """Return at most `limit` selected entries that come before `place`, the nearest first.

    Raises QueryError.
    """
    question = ask(db, view, selection)
    if question.is_void:
        return []
    position = {"position": write_moment(place[0]), "tie": find_tie(place[1]), "limit": limit}
    statement = _make_statement(db.dialect.name, question.form)
    return read_stored(find_stored(db, statement, question.asked | position))


@lru_cache(64)
def _make_statement(dialect: str, form: Form) -> Select[Any]:
    table = TABLES[form.spot.shelf]
    place = table.c
    statement = select_stored().select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == place.entry_number)
    is_newer = or_(place.position > POSITION, place.tie < bindparam("tie"))
    conditions = list_conditions(dialect, form._replace(terms="none", is_after=False))
    statement = statement.join(versions, IS_CURRENT).where(*conditions, place.position >= POSITION, is_newer)
    return statement.order_by(place.position, place.tie.desc()).limit(bindparam("limit"))
