"""How sources come in and go: the doors they were declared through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update

from feeds.model import NO_LONGER_DECLARED, Declaration, Source, SourceState, View
from feeds.store.categories import declare_category, entitle, name_category
from feeds.store.database import Transaction, insert
from feeds.store.history import insert_unseen
from feeds.store.known import Known
from feeds.store.places import find_numbers, find_views_of_source, of_source
from feeds.store.revisions import SOURCES, touch
from feeds.store.schema import doors, source_states, sources
from feeds.store.source_rows import FIELDS, PLACING, change_source, find_source_by_number, load_sources
from feeds.store.states import save_state
from feeds.text.slugs import slugify
from feeds.text.urls import find_twin

#: What the doors say of a source. The first door in alphabetical order that says anything wins:
#: the configuration, then what was added by hand, then the lists.
DECLARED = ("name", "category", "interval")


@dataclass(frozen=True, slots=True)
class DoorChanges:
    """What became of the sources of a door."""

    added: tuple[Source, ...] = ()  #: they had not been declared there before
    retired: tuple[Source, ...] = ()  #: it was the last door they had
    kept: tuple[Source, ...] = ()


def add_source(db: Transaction, declaration: Declaration, door: str, now: datetime) -> Source:
    """Return the source of the declared address, made or, if it was retired, taken up again as it was."""
    known = Known(db, [declaration])
    source = known.find(declaration)
    if source is not None and source.retired is not None:
        known.add(_take_up(db, source, declaration))
    return _declare(db, known, declaration, door, now)


def sync_door(db: Transaction, door: str, declarations: Iterable[Declaration], now: datetime) -> DoorChanges:
    """Make the sources of `door` exactly the declared ones; a source whose last door closes is retired."""
    declarations = list(declarations)
    known = Known(db, declarations)
    before = {source.number: source for source in _find_behind(db, door)}
    declared: dict[int, Source] = {}
    for declaration in declarations:
        source = known.find(declaration)
        if source is None or source.number not in declared:  # the first of two for one address counts
            source = _declare(db, known, declaration, door, now)
            declared[source.number] = source
    gone = [source for number, source in before.items() if number not in declared]
    closed = [close_door(db, source, door, now) for source in gone]
    return DoorChanges(
        added=tuple(source for number, source in declared.items() if number not in before),
        retired=tuple(source for source in closed if not source.doors),
        kept=tuple(source for number, source in declared.items() if number in before),
    )


def close_door(db: Transaction, source: Source, door: str, now: datetime) -> Source:
    """Return the source without this door; without any it is retired, and its entries stay."""
    db.execute(delete(doors).where(doors.c.source_number == source.number, doors.c.door == door))
    left = select(doors.c.door).where(doors.c.source_number == source.number).limit(1)
    if db.execute(left).first() is not None:
        return _agree(db, source, now)
    left_over = _reload(db, source.number)
    return left_over if left_over.retired else change_source(db, left_over, {"retired": NO_LONGER_DECLARED})


def find_declared(db: Transaction, source: Source, door: str) -> Declaration | None:
    """Return what a door says of a source; None where it says nothing."""
    is_this = doors.c.source_number == source.number, doors.c.door == door
    return db.scalar(select(doors.c.declaration).where(*is_this))


def amend(db: Transaction, source: Source, door: str, changes: Mapping[str, Any], now: datetime) -> Source:
    """Return the source as it is once a door that it has says this of it; what else it says stays."""
    declared = find_declared(db, source, door)
    if declared is None or not _hear(db, source, replace(declared, **changes), door, now):
        return source
    return _agree(db, source, now)


def list_doors(db: Transaction) -> list[str]:
    """Return every door through which some source is declared."""
    return list(db.scalars(select(doors.c.door).distinct().order_by(doors.c.door)))


def ensure_publishers(
    db: Transaction, declarations: Iterable[Declaration], now: datetime
) -> dict[str, Source]:
    """Return the sources, by address, of publishers whose documents we hold, making those that are new."""
    declarations = list(declarations)
    known = Known(db, declarations)
    found: dict[str, Source] = {}
    for declaration in declarations:
        source = known.find(declaration)
        if source is None:
            source = _create(db, replace(declaration, kind="archive"), now)
            known.add(source)
        found[declaration.url] = source
    return found


def ensure_publisher(db: Transaction, declaration: Declaration, now: datetime) -> Source:
    """Return the source of one publisher, made if it is new."""
    return ensure_publishers(db, [declaration], now)[declaration.url]


# --- One declaration --------------------------------------------------------------------------------


def _declare(db: Transaction, known: Known, declaration: Declaration, door: str, now: datetime) -> Source:
    source = known.find(declaration)
    if source is None:
        source = _create(db, declaration, now)
        _open(db, source, declaration, door, now)
        source = replace(source, doors=(door,))
    else:
        if source.url == find_twin(declaration.url) and declaration.url != source.key:
            source = _secure(db, source, declaration.url, now)
        if door not in source.doors:
            source = _take_up(db, source, declaration)
        if _hear(db, source, declaration, door, now):
            source = _agree(db, source, now)
    known.add(source)
    return source


def _create(db: Transaction, declaration: Declaration, now: datetime) -> Source:
    source = Source(
        number=0,
        key=declaration.key or declaration.url,
        slug=_find_free_slug(db, declaration),
        kind=declaration.kind,
        url=declaration.url,
        name=declaration.name,
        title=declaration.title,
        category=declaration.category,
        interval=declaration.interval,
        private=declaration.private,
        paused=declaration.paused,
        added=now,
    )
    row = {column.name: getattr(source, column.name) for column in FIELDS if column.name != "number"}
    row["category_name"] = declare_category(db, source.category)
    (number,) = db.execute(sources.insert().values(row).returning(sources.c.number)).one()
    source = replace(source, number=number)
    if not source.private:
        entitle(db, [row["category_name"]])
    save_state(db, source, SourceState())
    touch(db, [SOURCES])
    return source


def _take_up(db: Transaction, source: Source, declaration: Declaration) -> Source:
    """Poll again, and at once, what was retired or only an archive."""
    taken: dict[str, Any] = {"kind": declaration.kind} if source.kind == "archive" else {}
    if source.retired is not None:
        taken |= {"retired": None, "paused": False}
        db.execute(
            update(source_states)
            .where(source_states.c.source_number == source.number)
            .values(next_poll=None, rule=None, failures=0, failing_since=None, last_error=None)
        )
    return change_source(db, source, taken) if taken else source


def _secure(db: Transaction, source: Source, url: str, now: datetime) -> Source:
    """Return the source, asked with TLS from now on, unless its server has led it away from there."""
    was_there = func.coalesce(source_states.c.previous_url, "") == url
    if not url.startswith("https:"):
        return source
    changed = db.execute(
        update(source_states)
        .where(source_states.c.source_number == source.number, ~was_there)
        .values(previous_url=source.url, moved=now)
    )
    if not changed.rowcount:
        return source
    return change_source(db, source, {"url": url}, now)


def _hear(db: Transaction, source: Source, declaration: Declaration, door: str, now: datetime) -> bool:
    """Store what the door says; return whether it says anything new."""
    before = find_declared(db, source, door)
    if before == declaration:
        return False
    _open(db, source, declaration, door, now)
    # Paused or resumed by hand stays so until the declaration itself changes.
    if declaration.paused != (before is not None and before.paused):
        change_source(db, source, {"paused": declaration.paused})
    return True


def _open(db: Transaction, source: Source, declaration: Declaration, door: str, now: datetime) -> None:
    row = {"source_number": source.number, "door": door, "declaration": declaration}
    db.execute(
        insert(db, doors)
        .values(row | {"opened": now})
        .on_conflict_do_update(index_elements=[doors.c.source_number, doors.c.door], set_=row)
    )


def _agree(db: Transaction, source: Source, now: datetime) -> Source:
    """Make the source what its doors together say; its entries and their views follow."""
    agreed = _find_agreed(db, source.number)
    changed = {field: value for field, value in agreed.items() if getattr(source, field) != value}
    if not changed:
        return _reload(db, source.number)
    change_source(db, source, changed, now)
    if not PLACING.isdisjoint(changed):
        present = find_views_of_source(db, source.number)
        if "private" not in changed:
            present &= {View("category", name_category(agreed["category"]) or "").key}
        insert_unseen(db, present, find_numbers(db, of_source(source.number)))
    return _reload(db, source.number)


def _find_agreed(db: Transaction, number: int) -> dict[str, Any]:
    """Return what the doors of a source say, each field from the first that says anything of it."""
    statement = select(doors.c.declaration).where(doors.c.source_number == number).order_by(doors.c.door)
    said = list(db.scalars(statement))
    agreed: dict[str, Any] = {}
    for field in DECLARED:
        values = (getattr(declaration, field) for declaration in said)
        agreed[field] = next((value for value in values if value is not None), None)
    return agreed | {"private": any(declaration.private for declaration in said)}


def _find_behind(db: Transaction, door: str) -> list[Source]:
    return load_sources(
        db,
        select(*FIELDS)
        .join(doors, doors.c.source_number == sources.c.number)
        .where(doors.c.door == door)
        .order_by(sources.c.number),
    )


def _reload(db: Transaction, number: int) -> Source:
    source = find_source_by_number(db, number)
    assert source is not None  # noqa: S101 (rows of sources are never deleted)
    return source


def _find_free_slug(db: Transaction, declaration: Declaration) -> str:
    """Return a name in addresses that no source has ever had."""
    parts = urlsplit(declaration.url)
    place = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}"
    wanted = slugify(declaration.name or declaration.title or place)
    like = sources.c.slug.startswith(f"{wanted}-", autoescape=True)
    taken = set(db.scalars(select(sources.c.slug).where((sources.c.slug == wanted) | like)))
    slug, suffix = wanted, 1
    while slug in taken:
        suffix += 1
        slug = f"{wanted}-{suffix}"
    return slug
