"""What a category is called when an entry no longer says what it is called by."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, exists

from feeds.store.categories import entitle, name_category
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.schema import categories, entry_categories, sources


def forget_labels(db: Transaction, labels: Iterable[str]) -> None:
    """Call the categories anew that entries gave these labels before.

    One that has become empty goes, as it would never have been.
    """
    names = {name for label in labels if (name := name_category(label))}
    entitle(db, names)
    is_empty = ~exists().where(entry_categories.c.name == categories.c.name)
    is_free = ~exists().where(sources.c.category_name == categories.c.name)
    for chunk in chunks(names):
        db.execute(delete(categories).where(categories.c.name.in_(chunk), is_empty, is_free))
