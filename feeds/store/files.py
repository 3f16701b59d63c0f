"""The ledger of the seeds directory: which files were read, and what each brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict

from sqlalchemy import ColumnElement, delete, select, true

from feeds.model import SeedFile
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert
from feeds.store.schema import seed_file_entries, seed_files


def known_files(db: Transaction) -> dict[str, SeedFile]:
    """Return the whole ledger by path."""
    return {file.path: file for file in _load(db, true())}


def save_files(db: Transaction, files: Iterable[SeedFile]) -> None:
    """Enter the files, each in place of what was known of its path."""
    known = {file.path: file for file in files}
    if not known:
        return
    rows = [asdict(file) for file in known.values()]
    brought = [
        {"path": row["path"], "ordinal": ordinal, "entry_id": id}
        for row in rows
        for ordinal, id in enumerate(row.pop("entry_ids"))
    ]
    statement = insert(db, seed_files)
    fields = {name: statement.excluded[name] for name in rows[0] if name != "path"}
    db.execute(statement.on_conflict_do_update(index_elements=[seed_files.c.path], set_=fields), rows)
    _forget_entries(db, known)
    if brought:
        db.execute(seed_file_entries.insert(), brought)


def forget_files(db: Transaction, paths: Collection[str]) -> None:
    """Strike the files out of the ledger."""
    _forget_entries(db, paths)
    for chunk in chunks(paths):
        db.execute(delete(seed_files).where(seed_files.c.path.in_(chunk)))


def files_with_entries(db: Transaction, ids: Collection[str]) -> dict[str, list[SeedFile]]:
    """Return the files that bring each of these entries, by path; an entry without any is not in it."""
    found: dict[str, list[SeedFile]] = defaultdict(list)
    for chunk in chunks(ids):
        paths = select(seed_file_entries.c.path).where(seed_file_entries.c.entry_id.in_(chunk))
        for file in _load(db, seed_files.c.path.in_(paths)):
            for id in {*file.entry_ids}.intersection(chunk):
                found[id].append(file)
    return dict(found)


def entry_ids_with_files(db: Transaction) -> set[str]:
    """Return the ids of all entries that some file brings."""
    return set(db.scalars(select(seed_file_entries.c.entry_id).distinct()))


def list_problems(db: Transaction) -> list[SeedFile]:
    """Return the files that nothing came of, by path, each with its problem."""
    return _load(db, seed_files.c.problem.is_not(None))


def _load(db: Transaction, where: ColumnElement[bool]) -> list[SeedFile]:
    chosen = select(seed_files.c.path).where(where)
    ids: dict[str, list[str]] = defaultdict(list)
    for path, id in db.execute(
        select(seed_file_entries.c.path, seed_file_entries.c.entry_id)
        .where(seed_file_entries.c.path.in_(chosen))
        .order_by(seed_file_entries.c.path, seed_file_entries.c.ordinal)
    ):
        ids[path].append(id)
    rows = db.execute(select(seed_files).where(where).order_by(seed_files.c.path))
    return [SeedFile(**row._mapping, entry_ids=tuple(ids[row.path])) for row in rows]


def _forget_entries(db: Transaction, paths: Collection[str]) -> None:
    for chunk in chunks(paths):
        db.execute(delete(seed_file_entries).where(seed_file_entries.c.path.in_(chunk)))
