"""What a poll found, put into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from feeds.errors import StoreError
from feeds.model import Changes, FreshEntry, Placed, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_for
from feeds.store.doors import ensure_publishers
from feeds.store.filing import file_entries, file_new, inherit_categories, link_sources
from feeds.store.held import (
    Held,
    find_last_versions,
    find_signs,
    find_version_hashes,
    load_held,
    save_current,
    save_held,
)
from feeds.store.identifiers import find_key, find_tie
from feeds.store.languages import note_changed, note_new
from feeds.store.places import find_views_of, settle
from feeds.store.recording import Noted, record
from feeds.store.revisions import touch
from feeds.store.schema import entries, versions
from feeds.store.search import find_texts, index_changed, index_new
from feeds.store.source_rows import find_source_by_number
from feeds.store.standing import outrun, withdraw

NOTHING = Changes()


def apply_changes(db: Transaction, source: Source, changes: Changes, now: datetime) -> set[str]:
    """Store what a poll of `source` found; return the keys of the views touched.

    Only the first source that brought an entry, its owner, corrects or withdraws it; by any other the
    entry gains one more place where it is found. An owner that has become private or retired makes way.
    """
    if changes == NOTHING:
        return set()
    present = find_source_by_number(db, source.number)  # as a door may have changed it during the poll
    if present is None:
        raise StoreError(f"{source.url}: is no source of this store")
    applying = _Applying(db, present, now)
    applying.load(changes)
    applying.add(changes.new)
    for fresh in (*(placed.fresh for placed in changes.new), *changes.modified):
        applying.correct(fresh)
    applying.add_history(changes.older)
    for id in changes.seen:
        applying.confirm(id)
    applying.follow(changes.moved)
    applying.follow_found()
    touched = applying.write() | outrun(db, present, changes.outrun, now)
    gone, deleted = applying.own(changes.withdrawn), applying.own(changes.deleted)
    noted = applying.note([*gone, *deleted])
    members = noted.find_members(db, present)
    touched = touched.union(*members.values())
    touch(db, touched, now)
    record(db, noted, members, changes, now)
    return touched | withdraw(db, gone, now) | withdraw(db, deleted, now, is_deleted=True)


@cache
def _make_insert(dialect: str) -> Any:
    statement = insert_for(dialect, entries).on_conflict_do_nothing()
    return statement.returning(entries.c.number, entries.c.key)


class _Applying:
    """The changes of one poll: decided entry by entry, written together."""

    def __init__(self, db: Transaction, source: Source, now: datetime) -> None:
        self.db = db
        self.source = source
        self.now = now
        self._held: dict[str, Held] = {}
        self._publishers: dict[str, Source] = {}
        self._new: dict[int, Held] = {}
        self._changed: dict[int, Held] = {}
        self._links: dict[tuple[int, int], Held] = {}
        self._labels: dict[int, tuple[str, ...]] = {}
        self._languages: dict[int, str | None] = {}
        self._versions: list[dict[str, Any]] = []
        self._texts: dict[int, str] = {}
        self._last: dict[int, str] = {}
        self._found_again: list[FreshEntry] = []
        self._corrected: dict[int, Held] = {}

    def load(self, changes: Changes) -> None:
        """Read what is stored of everything the poll speaks of."""
        known = [*changes.modified, *changes.older]
        ids = {one.entry.id for one in known} | {*changes.seen, *changes.withdrawn, *changes.deleted}
        self._held = load_held(self.db, self.source, ids)
        modified = (self._held.get(find_key(one.entry.id)) for one in changes.modified)
        self._last = find_last_versions(self.db, [held for held in modified if held])
        fresh = [*(placed.fresh for placed in changes.new), *known]
        declared = {one.publisher.url: one.publisher for one in fresh if one.publisher}
        self._publishers = ensure_publishers(self.db, declared.values(), self.now)

    def add(self, new: Iterable[Placed]) -> None:
        """Insert the entries that are not stored; of two with one id the first."""
        fresh: dict[str, FreshEntry] = {}
        rows: dict[str, dict[str, Any]] = {}
        for placed in new:
            key = find_key(placed.fresh.entry.id)
            if key not in self._held and key not in rows:
                fresh[key], rows[key] = placed.fresh, self._entry_row(key, placed)
        if not rows:
            return
        statement = _make_insert(self.db.dialect.name)
        inserted = self.db.execute(statement, list(rows.values())).all()
        for number, key in inserted:
            self._hold_new(number, rows[key], fresh[key])
        # What another process has inserted meanwhile (PostgreSQL) is stored now like anything else.
        self._held |= load_held(
            self.db, self.source, [rows[key]["id"] for key in rows.keys() - self._held.keys()]
        )

    def correct(self, fresh: FreshEntry) -> None:
        """Make this the current version; a withdrawn entry is back in its old place."""
        held = self._held[find_key(fresh.entry.id)]
        if not self._speaks_for(held):
            self._link(held)
            return
        if fresh.hash == held.hash and held.withdrawn is None:
            return
        if fresh.hash != held.hash:
            if fresh.hash == self._last.get(held.number):  # it is there already, as an older one
                self._texts[held.number] = find_texts(fresh.entry).searched
                self._found_again.append(fresh)
            else:
                self._texts[held.number] = self._add_version(held, fresh)
            held.current, held.hash, held.quarantined = held.version_count, fresh.hash, None
            self._labels[held.number] = fresh.entry.categories
            held.take_signs(fresh)
            self._languages[held.number] = fresh.entry.language
        held.position = fresh.position or held.position
        held.withdrawn, held.deleted = None, False
        self._changed[held.number] = held
        self._corrected[held.number] = held

    def add_history(self, older: Iterable[FreshEntry]) -> None:
        """Keep versions that are not current, each once."""
        known = [(fresh, self._held[find_key(fresh.entry.id)]) for fresh in older]
        stored = find_version_hashes(self.db, {held.number for _, held in known})
        stored |= {(row["entry_number"], row["hash"]) for row in self._versions}
        for fresh, held in known:
            if self._speaks_for(held) and (held.number, fresh.hash) not in stored:
                stored.add((held.number, fresh.hash))
                self._add_version(held, fresh)
                self._changed[held.number] = held

    def confirm(self, id: str) -> None:
        """Note that the source brings an entry unchanged."""
        held = self._held.get(find_key(id))
        if held is not None:
            self._speaks_for(held)
            self._link(held)

    def follow_found(self) -> None:
        """Note the files of versions that became current once more, and what is said of them now."""
        self.follow(self._found_again)
        self._change_current(self._found_again, {"data": lambda fresh: fresh.entry})

    def follow(self, moved: Iterable[FreshEntry]) -> None:
        """Note in which file the current version of an entry lies now."""
        self._change_current(moved, {"path": lambda fresh: fresh.path, "rank": lambda fresh: fresh.rank})

    def _change_current(
        self, fresh: Iterable[FreshEntry], columns: Mapping[str, Callable[[FreshEntry], Any]]
    ) -> None:
        """Set these columns of the current versions of the source's own entries."""
        rows = [
            {"of_entry": held.number, "of_number": held.current}
            | {f"new_{name}": find(one) for name, find in columns.items()}
            for one in fresh
            if (held := self._held.get(find_key(one.entry.id))) and held.owner_number == self.source.number
        ]
        save_current(self.db, list(columns), rows)

    def own(self, ids: Iterable[str]) -> list[str]:
        """Return those of the entries that are the source's to withdraw and are not withdrawn yet."""
        found = ((id, self._held.get(find_key(id))) for id in ids)
        number = self.source.number
        return [id for id, held in found if held and held.owner_number == number and not held.withdrawn]

    def write(self) -> set[str]:
        """Write all of it; return the keys of the views in which it was or is to be seen."""
        touched = find_views_of(self.db, self._changed)
        if self._versions:
            self.db.execute(versions.insert(), self._versions)
        save_held(self.db, self._changed.values())
        link_sources(self.db, self._links)
        for chunk in chunks(self._changed):
            settle(self.db, entries.c.number.in_(chunk))
        changed = {number: labels for number, labels in self._labels.items() if number not in self._new}
        file_new(self.db, {number: self._labels[number] for number in self._new}, self._new)
        file_entries(self.db, changed)
        note_new(self.db, {number: self._languages[number] for number in self._new}, self._new)
        note_changed(self.db, {number: self._languages[number] for number in changed})
        self._write_texts()
        # A reader is told of no private source, so that an entry found there too looks as before.
        linked = [] if self.source.private else [number for number, _ in self._links]
        inherit_categories(self.db, [number for number in linked if number not in self._labels])
        return touched | find_views_of(self.db, {*self._new, *self._changed, *linked})

    def note(self, gone: Iterable[str]) -> Noted:
        """Return all of it for the histories of views; what is `gone` is still to be withdrawn."""
        changed = {*self._new, *(held.number for held in self._corrected.values())}
        return Noted(
            new=[*self._new.values()],
            corrected=[*self._corrected.values()],
            linked=[held for (number, _), held in self._links.items() if number not in changed],
            gone=[self._held[find_key(id)] for id in gone],
        )

    # --- One entry ----------------------------------------------------------------------------------

    def _entry_row(self, key: str, placed: Placed) -> dict[str, Any]:
        publisher = placed.fresh.publisher
        origin = self._publishers[publisher.url] if publisher else self.source
        is_visible = not (self.source.private or origin.private)
        return {
            "key": key,
            "id": placed.fresh.entry.id,
            "visible": is_visible,
            "live": is_visible and not placed.flooded,
            "flooded": placed.flooded,
            "deleted": False,
            "position": placed.position,
            "tie": find_tie(placed.fresh.entry.id),
            "first_seen": self.now,
            "origin_number": origin.number,
            "owner_number": self.source.number,
            "current": 1,
            "version_count": 1,
            **find_signs(placed.fresh),
        }

    def _hold_new(self, number: int, row: dict[str, Any], fresh: FreshEntry) -> None:
        held = Held.of_new(number, row, fresh.hash)
        self._held[row["key"]] = self._new[number] = held
        self._labels[number] = fresh.entry.categories
        self._languages[number] = fresh.entry.language
        self._texts[number] = self._write_version(held, fresh)
        for source_number in {self.source.number, held.origin_number}:
            self._links[number, source_number] = held

    def _add_version(self, held: Held, fresh: FreshEntry) -> str:
        held.version_count += 1
        return self._write_version(held, fresh)

    def _write_version(self, held: Held, fresh: FreshEntry) -> str:
        """Note a version; return the text it is found by."""
        texts = find_texts(fresh.entry)
        row = {
            "entry_number": held.number,
            "number": held.version_count,
            "seen": self.now,
            "source_number": self.source.number,
            "hash": fresh.hash,
            "rank": fresh.rank,
            "path": fresh.path,
            "excerpt": texts.excerpt,
            "data": fresh.entry,
        }
        self._versions.append(row)
        return texts.searched

    def _link(self, held: Held) -> None:
        if not held.is_linked:
            self._links[held.number, self.source.number] = held

    def _write_texts(self) -> None:
        index_new(self.db, {number: text for number, text in self._texts.items() if number in self._new})
        index_changed(
            self.db, {number: text for number, text in self._texts.items() if number not in self._new}
        )

    def _speaks_for(self, held: Held) -> bool:
        """Whether the source owns the entry, or does from now on because the owner makes way."""
        if held.owner_number == self.source.number:
            return True
        if not held.owner_makes_way or self.source.private or self.source.retired:
            return False
        if held.owner_private:  # a reader is told of no private source, and sees the entry from now on
            held.origin_number = self.source.number
            self._corrected[held.number] = held
        held.owner_number = self.source.number
        self._link(held)
        self._changed[held.number] = held
        return True
