"""Bring a store's tables to what this program knows."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

from feeds.errors import StoreError
from feeds.store import marks, search
from feeds.store.migrations import HEAD, REVISION_TABLE

#: Any number that is always the same: two processes that open a new store wait for each other.
UPGRADE_KEY = 0x66656564 << 8


def upgrade(engine: Engine, name: str, *, reindex: bool = False) -> None:
    """Run the migrations that are missing, all or none; raises StoreError.

    The search index and the marks of twins are made anew where they were made by other rules than this
    program's, or on demand.
    """
    with engine.connect() as db, db.begin():
        if not reindex and _find_revision(db) == HEAD and _is_current(db):
            return
    with engine.connect() as db:
        db = db.execution_options(writes=True)
        with db.begin():
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_KEY})
            revision = _find_revision(db)
            if revision != HEAD:  # or another process was quicker
                _migrate(db, revision, name)
            if reindex or not search.is_current(db):
                search.rebuild(db)
            if not marks.are_marks_current(db):
                marks.remake_marks(db)


def _is_current(db: Connection) -> bool:
    return search.is_current(db) and marks.are_marks_current(db)


def _find_revision(db: Connection) -> str | None:
    if not inspect(db).has_table(REVISION_TABLE):
        return None
    found: str | None = db.scalar(text(f"SELECT version_num FROM {REVISION_TABLE}"))  # noqa: S608 (a constant)
    return found


def _migrate(db: Connection, revision: str | None, name: str) -> None:
    from feeds.store.migrations.running import find_revisions, run  # only here: alembic is slow to import

    if revision is not None and revision not in find_revisions():
        raise StoreError(f"{name}: was written by a newer feeds (revision {revision}); this one knows {HEAD}")
    run(db)
