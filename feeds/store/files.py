"""The ledger of the seeds directory: which files were read, and what each brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, delete, func, or_, select, true, type_coerce, update

from feeds.model import SeedFile
from feeds.store.chunks import chunks
from feeds.store.columns import escape_path
from feeds.store.database import Transaction, insert
from feeds.store.ledger_schema import former_paths, late_arrivals, seed_file_entries, seed_files

#: The path as it is stored, and by which files are in order: plain text, without undecodable bytes.
stored_path = type_coerce(seed_files.c.path, String)
#: The time of a file that is to be read again, whatever it looks like.
UNKNOWN_TIME = -1
COLUMNS = tuple(column.name for column in seed_files.c)


class Stamp(NamedTuple):
    """What tells at a look whether a file is the one that was read."""

    key: str  #: the path as the ledger writes it (`escape_path`); files are in its order
    size: int
    mtime_ns: int
    inode: int
    is_missing: bool


def list_stamps(db: Transaction, place: str, after: str, limit: int) -> list[Stamp]:
    """Return files at or below a place, in order, from the first on that comes behind `after`."""
    stamp = seed_files.c.size, seed_files.c.mtime_ns, seed_files.c.inode
    statement = select(stored_path, *stamp, seed_files.c.missing_since.is_not(None))
    statement = statement.where(_at(place), stored_path > after).order_by(stored_path).limit(limit)
    return [Stamp(*row) for row in db.execute(statement)]


def find_files(db: Transaction, paths: Collection[str]) -> dict[str, SeedFile]:
    """Return what is known of these files, by path."""
    found = (file for chunk in chunks(paths) for file in _load(db, seed_files.c.path.in_(chunk)))
    return {file.path: file for file in found}


def missing_files(db: Transaction) -> list[str]:
    """Return the paths of the files that have vanished and were not given up."""
    return list(db.scalars(select(seed_files.c.path).where(seed_files.c.missing_since.is_not(None))))


def find_doubles(db: Transaction) -> list[str]:
    """Return the vanished files, lists aside, all of whose entries lie in files that are there, too."""
    other, place = seed_file_entries.alias(), seed_files.alias()
    elsewhere = (
        select(1)
        .join_from(other, place, place.c.path == other.c.path)
        .where(other.c.entry_id == seed_file_entries.c.entry_id, place.c.missing_since.is_(None))
    )
    lost = select(1).where(seed_file_entries.c.path == seed_files.c.path, ~elsewhere.exists())
    is_list = func.coalesce(seed_files.c.format, "") == "opml"
    vanished = select(seed_files.c.path).where(seed_files.c.missing_since.is_not(None), ~is_list)
    return list(db.scalars(vanished.where(~lost.exists())))


def count_files(db: Transaction, place: str) -> int:
    """Return how many files are known at or below a place; the empty one is the whole directory."""
    return db.execute(select(func.count()).select_from(seed_files).where(_at(place))).scalar_one()


def save_files(db: Transaction, files: Iterable[SeedFile]) -> None:
    """Enter the files, each in place of what was known of its path."""
    known = {file.path: file for file in files}
    if not known:
        return
    rows = [{name: getattr(file, name) for name in COLUMNS} for file in known.values()]
    brought = [
        {"path": file.path, "ordinal": ordinal, "entry_id": id}
        for file in known.values()
        for ordinal, id in enumerate(file.entry_ids)
    ]
    statement = insert(db, seed_files)
    fields = {name: statement.excluded[name] for name in COLUMNS if name != "path"}
    db.execute(statement.on_conflict_do_update(index_elements=[seed_files.c.path], set_=fields), rows)
    _forget_entries(db, known)
    if brought:
        db.execute(seed_file_entries.insert(), brought)


def forget_files(db: Transaction, paths: Collection[str]) -> None:
    """Strike the files out of the ledger; where a renamed one was first seen is kept for its return."""
    for file in find_files(db, paths).values():
        if file.first_path is not None:
            former = {"sha256": file.sha256, "first_path": file.first_path}
            statement = insert(db, former_paths).values(path=file.path, **former)
            db.execute(statement.on_conflict_do_update(index_elements=[former_paths.c.path], set_=former))
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


def files_with_digests(db: Transaction, digests: Collection[str]) -> list[SeedFile]:
    """Return the files with one of these SHA-256 digests, by path."""
    return [file for chunk in chunks(digests) for file in _load(db, seed_files.c.sha256.in_(chunk))]


def files_first_at(db: Transaction, paths: Collection[str]) -> list[SeedFile]:
    """Return the files that were first seen at one of these paths and lie elsewhere now."""
    return [file for chunk in chunks(paths) for file in _load(db, seed_files.c.first_path.in_(chunk))]


def find_former_paths(db: Transaction, looked: Collection[SeedFile]) -> dict[str, str]:
    """Return, by path, where those of these files were first seen that are back: by bytes or path."""
    found: dict[str, str] = {}
    by_path = {file.path: file for file in looked}
    by_digest = {file.sha256: file for file in looked if file.sha256}
    for column, known in ((former_paths.c.path, by_path), (former_paths.c.sha256, by_digest)):
        for chunk in chunks(known):
            for key, first in db.execute(select(column, former_paths.c.first_path).where(column.in_(chunk))):
                found[known[key].path] = first
    return found


def forget_stamps(db: Transaction) -> None:
    """Let every file with a problem be read again at the next look."""
    db.execute(update(seed_files).where(seed_files.c.problem.is_not(None)).values(mtime_ns=UNKNOWN_TIME))


def find_late(db: Transaction) -> list[str]:
    """Return the late arrivals of a poll that has not ended, by id."""
    return list(db.scalars(select(late_arrivals.c.entry_id)))


def keep_late(db: Transaction, ids: Collection[str]) -> None:
    """Note late arrivals until the poll has ended that brought them."""
    rows = [{"entry_id": id} for id in ids]
    if rows:
        db.execute(insert(db, late_arrivals).on_conflict_do_nothing(), rows)


def forget_late(db: Transaction) -> None:
    """Forget the late arrivals: their poll has ended."""
    db.execute(delete(late_arrivals))


def list_problems(db: Transaction) -> list[SeedFile]:
    """Return the files with something wrong, by path, each with its problem."""
    return _load(db, seed_files.c.problem.is_not(None))


def tell_problems(db: Transaction, limit: int | None = None) -> list[tuple[str, str]]:
    """Return (path, problem) of the files with something wrong, by path, at most `limit`."""
    told = select(seed_files.c.path, seed_files.c.problem).where(seed_files.c.problem.is_not(None))
    rows = db.execute(told.order_by(seed_files.c.path).limit(limit))
    return [(row.path, row.problem) for row in rows]


def _at(place: str) -> ColumnElement[bool]:
    if not place:
        return true()
    key = escape_path(place)
    # `0` is the character behind `/`: an index finds the range, in order.
    return and_(
        stored_path >= key, stored_path < f"{key}0", or_(stored_path == key, stored_path >= f"{key}/")
    )


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
