"""Pages of a view, followed towards what is newer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from feeds.model import Selection, View
from feeds.store.database import Transaction
from feeds.store.fetching import fetch, write_moment
from feeds.store.identifiers import find_tie
from feeds.store.schema import entries
from feeds.store.selections import Place, ask
from feeds.store.shelves import POSITION, TABLES, Form, list_conditions


def list_newer_keys(db: Transaction, view: View, selection: Selection, limit: int, place: Place) -> list[str]:
    """Return the keys of at most `limit` selected entries that come before `place`, the nearest first.

    Raises QueryError.
    """
    question = ask(db, view, selection)
    if question.is_void:
        return []
    asked = question.asked | {
        "position": write_moment(place[0]),
        "tie": find_tie(place[1]),
        "limit": limit,
    }
    return [key for [key] in fetch(db, _make_statement(db.dialect.name, question.form), asked)]


@lru_cache(64)
def _make_statement(dialect: str, form: Form) -> Select[Any]:
    place = TABLES[form.spot.shelf].c
    statement = select(entries.c.key).select_from(TABLES[form.spot.shelf])
    if form.spot.shelf != "all":
        statement = statement.join(entries, entries.c.number == place.entry_number)
    is_newer = or_(place.position > POSITION, place.tie < bindparam("tie"))
    conditions = list_conditions(dialect, form._replace(terms="none", is_after=False))
    statement = statement.where(*conditions, place.position >= POSITION, is_newer)
    return statement.order_by(place.position, place.tie.desc()).limit(bindparam("limit"))
