"""Categories: their names in addresses, and what they are called.

A category has the label of the first public source that declares it, else of those of its public entries the
first in the order of characters, whichever came first: a rebuilt store calls it the same. What is private has
no say in what others see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
    update,
)

from feeds.store.chunks import chunks
from feeds.store.columns import storable
from feeds.store.database import Transaction, insert_for
from feeds.store.places import is_public, of_source
from feeds.store.schema import categories, entries, entry_categories, sources, versions
from feeds.text.slugs import slugify

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

ROWS = 100  # read at a time, where the first may do

#: Of the row that an insertion meets. (As a column of its table it would bring in all rows of that.)
_NAME: ColumnElement[str] = literal_column("categories.name")


def name_category(label: str | None) -> str | None:
    """Return the name in addresses of a label; None for one that says nothing."""
    return slugify(storable(label)) if label and label.strip() else None


def name_categories(db: Transaction, labels: Mapping[str, bool]) -> dict[str, str]:
    """Return the name in addresses of each label of entries, stored with what it is called now.

    Beside a label stands whether anybody may see it.
    """
    names = {label: name for label in labels if (name := name_category(label))}
    for is_seen in (True, False):
        titles: dict[str, str] = {}
        for label in sorted(names):
            if labels[label] is is_seen:
                titles.setdefault(names[label], label.strip())
        if titles:
            rows = [{"name": name, "title": title} for name, title in titles.items()]
            db.execute(_make_title(db.dialect.name, is_seen), rows)
    return names


def declare_category(db: Transaction, label: str | None) -> str | None:
    """Return the name in addresses of a label of a source, stored; `entitle` says what it is called."""
    return name_categories(db, {label: False}).get(label) if label else None


def entitle(db: Transaction, names: Iterable[str | None]) -> None:
    """Call these categories what they are to be called, after what sources say of them has changed."""
    for name in sorted(name for name in names if name):
        _call(db, name, _find_owners_label(db, name) or min(_list_labels(db, name), default=None))


def entitle_of_entries(db: Transaction, source_number: int) -> None:
    """Do so for the categories that the entries of a source name, after it became private or public."""
    own: dict[str, set[str]] = {}
    for label in _read_labels(db, _CURRENT.where(of_source(source_number))):
        own.setdefault(name_category(label) or "", set()).add(label)
    is_seen = db.scalar(select(sources.c.private).where(sources.c.number == source_number)) is False
    titles = select(categories.c.title)
    for name in sorted(own):
        title = db.scalar(titles.where(categories.c.name == name, ~_has_owner(name)))
        if title and title in _list_labels(db, name):  # soon found, as most labels are spelled alike
            _call(db, name, min(title, *own[name]) if is_seen else title)
        elif title:
            _call(db, name, min(_list_labels(db, name), default=None))


def forget_labels(db: Transaction, labels: Iterable[str]) -> None:
    """Call the categories anew that entries, which say something else now, gave these labels.

    One that has become empty goes, as it would never have been.
    """
    names = {name for label in labels if (name := name_category(label))}
    entitle(db, names)
    is_empty = ~exists().where(entry_categories.c.name == categories.c.name)
    is_free = ~exists().where(sources.c.category_name == categories.c.name)
    for chunk in chunks(names):
        db.execute(delete(categories).where(categories.c.name.in_(chunk), is_empty, is_free))


def is_told(name: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Whether anything public is, or was, in the category, so that anybody may know of it."""
    of_entries = exists().where(
        entry_categories.c.name == name, entries.c.number == entry_categories.c.entry_number, is_public()
    )
    return or_(of_entries, _has_owner(name))


def _has_owner(name: ColumnElement[str] | str) -> ColumnElement[bool]:
    return exists().where(sources.c.category_name == name, sources.c.private == false())


@cache
def _make_title(dialect: str, is_seen: bool) -> sqlite.Insert:
    statement = insert_for(dialect, categories)
    title = statement.excluded.title
    is_free = and_(~_has_owner(_NAME), or_(title < categories.c.title, ~is_told(_NAME)))
    is_better = is_free if is_seen else and_(title < categories.c.title, ~is_told(_NAME))
    # What costs nothing is asked first: nearly every label is the title.
    is_better = and_(title != categories.c.title, is_better)
    return statement.on_conflict_do_update(
        index_elements=[categories.c.name], set_={"title": title}, where=is_better
    )


def _find_owners_label(db: Transaction, name: str) -> str | None:
    declared = select(sources.c.category).where(sources.c.category_name == name, sources.c.private == false())
    return db.scalar(declared.order_by(sources.c.number).limit(1))


def _call(db: Transaction, name: str, title: str | None) -> None:
    if title and title.strip():
        is_other = categories.c.name == name, categories.c.title != title.strip()
        db.execute(update(categories).where(*is_other).values(title=title.strip()))


def _list_labels(db: Transaction, name: str) -> Iterator[str]:
    """Yield the labels that entries to be seen give a category, of the newest first."""
    filed = _CURRENT.join(entry_categories, entry_categories.c.entry_number == entries.c.number).where(
        entry_categories.c.name == name,
        entry_categories.c.visible == true(),
        entry_categories.c.inherited == false(),
    )
    found = _read_labels(db, filed.order_by(entry_categories.c.position.desc()))
    return (label for label in found if name_category(label) == name)


def _read_labels(db: Transaction, current: Select[tuple[Any]]) -> Iterator[str]:
    with db.scalars(current, execution_options={"yield_per": ROWS}) as found:
        for entry in found:
            yield from filter(None, map(str.strip, entry.categories))


_CURRENT = select(versions.c.data).join(
    entries, and_(entries.c.number == versions.c.entry_number, entries.c.current == versions.c.number)
)
