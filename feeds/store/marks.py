"""What is noted of entries beside themselves so that they can be selected, made for those stored before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update

from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.filing import find_places
from feeds.store.languages import note_new
from feeds.store.schema import entries, search_state, versions
from feeds.text.twins import MARKING, find_marks


def note_all(db: Transaction) -> None:
    """Note languages and marks of every entry; none is noted yet."""
    for rows in _read_all(db):
        _mark(db, rows)
        languages = {row.number: row.data.language for row in rows}
        note_new(db, languages, find_places(db, list(languages)))
    _note_marking(db)


def are_marks_current(db: Transaction) -> bool:
    """Whether the marks of all entries were made as this program makes them."""
    return MARKING in db.scalars(select(search_state.c.folding)).all()


def remake_marks(db: Transaction) -> None:
    """Mark every entry anew."""
    for rows in _read_all(db):
        _mark(db, rows)
    _note_marking(db)


def _read_all(db: Transaction) -> Iterator[Sequence[Any]]:
    """Yield number, marks and data of every entry, some hundreds at a time."""
    current = select(entries.c.number, entries.c.link_mark, entries.c.title_mark, versions.c.data).join(
        versions,
        and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current),
    )
    for numbers in chunks(db.scalars(select(entries.c.number)).all()):
        yield db.execute(current.where(entries.c.number.in_(numbers))).all()


def _mark(db: Transaction, rows: Sequence[Any]) -> None:
    marks = {row.number: find_marks(row.data.link, row.data.title) for row in rows}
    changed = [
        {"of": row.number, "link_mark": marks[row.number].link, "title_mark": marks[row.number].title}
        for row in rows
        if (row.link_mark, row.title_mark) != marks[row.number]
    ]
    if changed:
        db.execute(update(entries).where(entries.c.number == bindparam("of")), changed)


def _note_marking(db: Transaction) -> None:
    db.execute(delete(search_state).where(search_state.c.folding.startswith("marks ")))
    db.execute(search_state.insert().values(folding=MARKING))
