"""What is noted of entries beside themselves so that they can be selected, made for those stored before."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, select, update

from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.filing import find_places
from feeds.store.languages import note_new
from feeds.store.schema import entries, versions
from feeds.text.twins import find_marks


def note_all(db: Transaction) -> None:
    """Note languages and marks of every entry; none is noted yet."""
    current = select(entries.c.number, versions.c.data).join(
        versions,
        and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current),
    )
    change = update(entries).where(entries.c.number == bindparam("of"))
    for numbers in chunks(db.scalars(select(entries.c.number)).all()):
        found = {row.number: row.data for row in db.execute(current.where(entries.c.number.in_(numbers)))}
        rows = [
            {"of": number, **_name_marks(*find_marks(entry.link, entry.title))}
            for number, entry in found.items()
        ]
        db.execute(change, rows)
        note_new(
            db, {number: entry.language for number, entry in found.items()}, find_places(db, list(found))
        )


def _name_marks(link: int | None, title: int | None) -> dict[str, int | None]:
    return {"link_mark": link, "title_mark": title}
