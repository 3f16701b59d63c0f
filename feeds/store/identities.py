"""How entries came by their ids: what is stored of it, of one entry or of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import product
from typing import Any

import msgspec
from sqlalchemy import String, or_, select, type_coerce

from feeds.model.identities import IdFacts, Rekeying
from feeds.store.chunks import CHUNK, chunks
from feeds.store.database import Transaction
from feeds.store.identifiers import find_key
from feeds.store.ledger_schema import former_paths, pages, rekeyings, seed_file_entries, seed_files
from feeds.store.schema import entries, entry_sources, sources, versions

#: An entry as the JSON that is stored.
_STORED_DATA = type_coerce(versions.c.data, String)


def list_facts(db: Transaction, keys: Collection[str]) -> list[IdFacts]:
    """Return what is known of the entries with these keys, in the order they first came."""
    found = [
        facts
        for chunk in chunks(keys)
        for facts in _load(db, select(entries).where(entries.c.key.in_(chunk)))
    ]
    return sorted(found, key=lambda facts: (facts.first_seen, facts.id))


def list_all_facts(db: Transaction) -> Iterator[IdFacts]:
    """Yield what is known of every entry, some hundreds in memory at once."""
    after = 0
    while True:
        place = select(entries.c.number).where(entries.c.number > after).order_by(entries.c.number)
        numbers = list(db.scalars(place.limit(CHUNK)))
        if not numbers:
            return
        yield from _load(db, select(entries).where(entries.c.number.in_(numbers)))
        after = numbers[-1]


def find_shared(db: Transaction, some: Collection[IdFacts]) -> dict[str, frozenset[str]]:
    """Return, by id, the guids and links of these entries that others of one of their sources have, too.

    Goes through all entries.
    """
    wanted = {(key, name) for facts in some for key, name in _list_names(facts)}
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for facts in list_all_facts(db) if wanted else ():
        for named in wanted.intersection(_list_names(facts)):
            bearers[named].add(facts.id)
    return {
        facts.id: frozenset(named[1] for named in _list_names(facts) if len(bearers[named]) > 1)
        for facts in some
    }


def _list_names(facts: IdFacts) -> list[tuple[str, str]]:
    return list(product(facts.source_keys, (*facts.guids, *facts.links)))


def find_keys(db: Transaction, name: str) -> list[str]:
    """Return the keys of the entries that have `name` as id, key, guid or link, now or before.

    Where it is neither an id nor a key, every version is looked through.
    """
    direct = select(entries.c.key).where(or_(entries.c.key == name, entries.c.key == find_key(name)))
    later = (
        select(entries.c.key)
        .join(rekeyings, rekeyings.c.entry_number == entries.c.number)
        .where(or_(rekeyings.c.key == find_key(name), rekeyings.c.guid == name))
    )
    found = [*db.scalars(direct), *db.scalars(later)]
    return list(dict.fromkeys(found)) or _search(db, name)


def _search(db: Transaction, name: str) -> list[str]:
    written = msgspec.json.encode(name).decode()
    told = (f'"{field}":{written}' for field in ("guid", "link"))
    statement = (
        select(entries.c.key)
        .join(versions, versions.c.entry_number == entries.c.number)
        .where(or_(*(_STORED_DATA.contains(text, autoescape=True) for text in told)))
        .order_by(entries.c.number)
    )
    return list(dict.fromkeys(db.scalars(statement)))


def _load(db: Transaction, chosen: Any) -> list[IdFacts]:
    rows = {row.number: row for row in db.execute(chosen.order_by(entries.c.number))}
    said = _find_said(db, rows.keys())
    keys = _find_source_keys(db, rows.values())
    paths = _find_paths(db, {row.id for row in rows.values()})
    listed = _find_pages(db, {row.id for row in rows.values()})
    later = _find_rekeyings(db, rows.keys())
    return [
        IdFacts(
            id=row.id,
            key=row.key,
            first_seen=row.first_seen,
            owner_slug=keys[number][0],
            source_keys=tuple(dict.fromkeys(keys[number][1])),
            guids=_told(entry.guid for entry, _ in said[number]),
            links=_told(entry.link for entry, _ in said[number]),
            titles=_told(entry.title for entry, _ in said[number]),
            paths=_told((*paths[row.id], *(path for _, path in said[number]))),
            pages=tuple(listed[row.id]),
            rekeyings=tuple(later[number]),
        )
        for number, row in rows.items()
    ]


def _told(texts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _find_said(db: Transaction, numbers: Collection[int]) -> dict[int, list[tuple[Any, str | None]]]:
    """Return (entry, path) of each version, the latest first."""
    found: dict[int, list[tuple[Any, str | None]]] = defaultdict(list)
    for chunk in chunks(numbers):
        statement = select(versions.c.entry_number, versions.c.data, versions.c.path)
        statement = statement.where(versions.c.entry_number.in_(chunk)).order_by(versions.c.number.desc())
        for row in db.execute(statement):
            found[row.entry_number].append((row.data, row.path))
    return found


def _find_source_keys(db: Transaction, rows: Collection[Any]) -> dict[int, tuple[str, list[str]]]:
    """Return (slug of the owner, keys of all sources with its own first) of each entry."""
    owners = {row.number: row.owner_number for row in rows}
    found: dict[int, tuple[str, list[str]]] = {}
    columns = entry_sources.c.entry_number, sources.c.number, sources.c.key, sources.c.slug
    for chunk in chunks(owners):
        statement = select(*columns).join(sources, sources.c.number == entry_sources.c.source_number)
        statement = statement.where(entry_sources.c.entry_number.in_(chunk)).order_by(sources.c.number)
        brought = db.execute(statement).all()
        for row in sorted(brought, key=lambda row: row.number != owners[row.entry_number]):
            found.setdefault(row.entry_number, (row.slug, []))[1].append(row.key)
    return found


def _find_paths(db: Transaction, ids: Collection[str]) -> dict[str, list[str]]:
    """Return where the files of each entry were first seen, and where they are."""
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in chunks(ids):
        held = (
            select(
                seed_file_entries.c.entry_id,
                seed_files.c.first_path,
                seed_files.c.path,
                former_paths.c.first_path.label("former"),
            )
            .join(seed_files, seed_files.c.path == seed_file_entries.c.path)
            .outerjoin(former_paths, former_paths.c.path == seed_files.c.path)
            .where(seed_file_entries.c.entry_id.in_(chunk))
            .order_by(seed_files.c.path)
        )
        for row in db.execute(held):
            found[row.entry_id] += filter(None, (row.first_path, row.former, row.path))
    return found


def _find_pages(db: Transaction, ids: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for chunk in chunks(ids):
        statement = select(pages.c.entry_id, pages.c.url).where(pages.c.entry_id.in_(chunk))
        for row in db.execute(statement):
            found[row.entry_id].append(row.url)
    return found


def _find_rekeyings(db: Transaction, numbers: Collection[int]) -> dict[int, list[Rekeying]]:
    found: dict[int, list[Rekeying]] = defaultdict(list)
    columns = rekeyings.c.id, rekeyings.c.guid, rekeyings.c.moment, sources.c.key
    for chunk in chunks(numbers):
        statement = select(rekeyings.c.entry_number, *columns)
        statement = statement.join(sources, sources.c.number == rekeyings.c.source_number)
        statement = statement.where(rekeyings.c.entry_number.in_(chunk))
        for number, *rest in db.execute(statement.order_by(rekeyings.c.moment, rekeyings.c.key)):
            found[number].append(Rekeying(*rest))
    return found
