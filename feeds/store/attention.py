"""What waits for whoever runs the service: failing sources, vanished files, entries kept out of the feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, false, func, or_, select

from feeds.store.database import Transaction
from feeds.store.ledger_schema import seed_file_entries, seed_files
from feeds.store.schema import doors, entries, source_states, sources, versions
from feeds.store.shelves import IS_CURRENT
from feeds.store.states import IS_POLLED
from feeds.text.urls import public_url

EXAMPLES = 5  # files that are named of a folder

_HELD = (
    select(seed_files.c.path, seed_files.c.missing_since)
    .where(seed_files.c.missing_since.is_not(None))
    .order_by(seed_files.c.path)
)
_HELD_PATHS = select(seed_files.c.path).where(seed_files.c.missing_since.is_not(None))
_HELD_ENTRIES = select(func.count(func.distinct(seed_file_entries.c.entry_id))).where(
    seed_file_entries.c.path.in_(_HELD_PATHS)
)
#: Polled in vain, or gone by its publisher's own word while somebody still declares it.
_FAILING = (
    select(sources.c.number)
    .join(source_states, source_states.c.source_number == sources.c.number)
    .where(
        or_(
            and_(IS_POLLED, source_states.c.failures > 0),
            and_(sources.c.retired.is_not(None), exists().where(doors.c.source_number == sources.c.number)),
        )
    )
    .order_by(source_states.c.failing_since.asc().nulls_first(), sources.c.number)
)
#: By the index of what is in no view: few entries are, of all there are.
_KEPT_OUT = select(entries.c.number).where(entries.c.visible == false(), entries.c.quarantined.is_not(None))
_QUARANTINED = (
    select(
        entries.c.number,
        entries.c.key,
        entries.c.quarantined.label("reason"),
        versions.c.data.label("entry"),
        sources.c.slug,
        sources.c.private,
    )
    .join(versions, IS_CURRENT)
    .join(sources, sources.c.number == entries.c.origin_number)
    .where(entries.c.number.in_(_KEPT_OUT), entries.c.number > bindparam("after"))
    .order_by(entries.c.number)
    .limit(bindparam("limit"))
)


_NAMES = select(*(sources.c[name] for name in ("number", "slug", "name", "title", "category", "url")))


class SourceName(NamedTuple):
    """What a source is called, and is found by."""

    number: int
    slug: str
    own_name: str | None
    own_title: str | None
    category: str | None
    url: str

    @property
    def title(self) -> str:
        """What it is sorted by."""
        named = (self.own_name or "").strip() or (self.own_title or "").strip()
        return (named or self.shown_url).casefold()

    @property
    def shown_url(self) -> str:
        """Its address, without the passwords and keys in it."""
        return public_url(self.url) if "@" in self.url or "?" in self.url else self.url


@dataclass(slots=True)
class HeldFolder:
    """A folder of the seeds directory out of which files have vanished, that are not given up."""

    path: str  #: empty: the directory itself
    count: int
    since: datetime  #: when the first of them was missed
    examples: list[str]  #: names of some of the files


class QuarantinedEntry(NamedTuple):
    """An entry that is kept out of every view, a private one too."""

    number: int
    key: str
    title: str | None
    language: str | None
    reason: str
    slug: str  #: of its source
    private: bool


def list_failing(db: Transaction) -> list[int]:
    """Return by number which sources bring nothing although somebody wants them to; the longest first."""
    return list(db.scalars(_FAILING))


def list_names(db: Transaction) -> list[SourceName]:
    """Return what every source is called, private and retired ones too, in the order of their titles."""
    return sorted((SourceName(*row) for row in db.execute(_NAMES)), key=lambda one: (one.title, one.slug))


def count_subscriptions(db: Transaction) -> tuple[int, int]:
    """Return how many subscriptions there are that may be told of, and how many are private."""
    is_one = sources.c.kind.in_(("feed", "page")), sources.c.retired.is_(None)
    counted = select(sources.c.private, func.count()).where(*is_one).group_by(sources.c.private)
    counts: dict[bool, int] = {bool(row[0]): row[1] for row in db.execute(counted)}
    return counts.get(False, 0), counts.get(True, 0)


def count_held(db: Transaction) -> int:
    """Return how many vanished files are held."""
    return db.execute(select(func.count()).select_from(_HELD_PATHS.subquery())).scalar_one()


def count_held_entries(db: Transaction) -> int:
    """Return how many entries those files have brought."""
    return db.execute(_HELD_ENTRIES).scalar_one()


def list_held(db: Transaction) -> list[HeldFolder]:
    """Return the folders of the vanished files, by path."""
    folders: dict[str, HeldFolder] = {}
    for path, since in db.execute(_HELD):
        parent, _, name = path.rpartition("/")
        folder = folders.setdefault(parent, HeldFolder(parent, 0, since, []))
        folder.count += 1
        folder.since = min(folder.since, since)
        if len(folder.examples) < EXAMPLES:
            folder.examples.append(name)
    return sorted(folders.values(), key=lambda folder: folder.path)


def count_quarantined(db: Transaction) -> int:
    """Return how many entries are kept out of every view."""
    return db.execute(select(func.count()).select_from(_KEPT_OUT.subquery())).scalar_one()


def page_quarantined(db: Transaction, after: int, limit: int) -> list[QuarantinedEntry]:
    """Return the quarantined entries behind that one, by number, in the order in which they first came."""
    return [
        QuarantinedEntry(
            row.number,
            row.key,
            row.entry.title,
            row.entry.language,
            row.reason,
            row.slug,
            row.private,
        )
        for row in db.execute(_QUARANTINED, {"after": after, "limit": limit})
    ]
