"""A store as large as one gets: two thousand sources and their polls, thousands of categories."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text, update

from benchmarks.views_store import SOURCES as FIRST_SOURCES
from benchmarks.views_store import build
from feeds.model import Declaration, Health, PollOutcome, RefreshRequest, SeedFile, Source, SourceState
from feeds.store import Store, Transaction, open_store, schema
from feeds.store.columns import EPOCH, MICROSECOND
from feeds.store.files import save_files
from feeds.store.health import record_change
from feeds.store.places import settle
from feeds.store.polls import ask_refresh, end_refresh, record_poll, start_refresh
from feeds.store.sources import add_source, list_sources, retire, save_state, set_paused

SOURCES = 2_000
TOPICS = 3_000
POLLS = 50  # of each source
REFRESHES = 5  # of all sources
SEED_FILES = 20_000
CORRECTED = 500  # entries that have three versions

HOUR = timedelta(hours=1)
RULE = "every hour: posts about every 40 minutes"
MESSAGE = "answered with HTTP 503 (Service Unavailable)"


def make_store(path: Path, entries: int) -> None:
    """Build the store from nothing, or widen one of `benchmarks.views`; one that is made is left alone."""
    if not path.exists():
        build(path, entries)
    store = open_store(f"sqlite:///{path}")
    with store.read() as db:
        is_made = len(list_sources(db)) >= SOURCES
    if not is_made:
        _widen(store)
    store.close()


def _widen(store: Store) -> None:
    steps: tuple[Callable[[Transaction], None], ...] = (
        _add_sources,
        _spread_entries,
        _bring_up_to_date,
        _add_topics,
        _withdraw_some,
        _correct_some,
        _poll_all,
        _add_seed_files,
    )
    for step in steps:
        began = time.perf_counter()
        with store.write() as db:
            step(db)
        print(f"{step.__name__}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def _add_sources(db: Transaction) -> None:
    for number in range(FIRST_SOURCES, SOURCES):
        url = f"https://paper{number}.example/feed"
        declared = Declaration(url, name=f"Paper {number}", category=f"Topic {number % 40}")
        add_source(db, declared, "hand", datetime.now(UTC))


def _spread_entries(db: Transaction) -> None:
    """Give half of the entries to the sources that were added."""
    more = SOURCES - FIRST_SOURCES
    for table, number, columns in (
        ("entries", "number", ("origin_number", "owner_number")),
        ("versions", "entry_number", ("source_number",)),
        ("entry_sources", "entry_number", ("source_number",)),
    ):
        chosen = f"{FIRST_SOURCES} + 1 + ({number} * 7919) % {more}"
        changed = ", ".join(f"{column} = {chosen}" for column in columns)
        db.execute(text(f"UPDATE {table} SET {changed} WHERE {number} % 2 = 1"))


def _bring_up_to_date(db: Transaction) -> None:
    """Let the newest entry be of today."""
    newest = db.scalar(text("SELECT max(position) FROM entries")) or 0
    later = (datetime.now(UTC) - EPOCH) // MICROSECOND - newest
    for table in ("entries", "entry_sources", "entry_categories", "entry_languages"):
        also = ", first_seen = first_seen + :later" if table == "entries" else ""
        db.execute(text(f"UPDATE {table} SET position = position + :later{also}"), {"later": later})


def _add_topics(db: Transaction) -> None:
    """File every third entry under one of thousands of categories."""
    names = [{"name": f"t{n}", "title": f"Topic number {n}"} for n in range(TOPICS)]
    db.execute(schema.categories.insert(), names)
    db.execute(
        text(
            "INSERT INTO entry_categories (entry_number, name, inherited, visible, live, position, tie)"
            " SELECT number, 't' || ((number * 7919) % :topics), 0, visible, live, position, tie"
            " FROM entries WHERE number % 3 = 0"
        ),
        {"topics": TOPICS},
    )


def _withdraw_some(db: Transaction) -> None:
    entries = schema.entries
    is_withdrawn = entries.c.number % 211 == 0
    db.execute(update(entries).where(is_withdrawn).values(withdrawn=datetime.now(UTC)))
    settle(db, is_withdrawn)
    is_kept_out = entries.c.number % 20_011 == 0
    db.execute(update(entries).where(is_kept_out).values(quarantined="its id is no IRI"))
    settle(db, is_kept_out)


def _correct_some(db: Transaction) -> None:
    """Give some of the newest entries three versions."""
    newest = f"SELECT number FROM entries WHERE visible ORDER BY position DESC LIMIT {CORRECTED}"
    for number in (2, 3):
        db.execute(
            text(
                "INSERT INTO versions (entry_number, number, seen, source_number, hash, excerpt, data)"
                f" SELECT entry_number, {number}, seen, source_number, hash || '-{number}', excerpt, data"
                f" FROM versions WHERE number = 1 AND entry_number IN ({newest})"
            )
        )
    db.execute(text(f"UPDATE entries SET current = 3, version_count = 3 WHERE number IN ({newest})"))


def _poll_all(db: Transaction) -> None:
    """Record the polls of every source, the last ones of them as results of refreshes."""
    now = datetime.now(UTC)
    sources = list_sources(db)
    for ago in reversed(range(POLLS)):
        moment = now - ago * HOUR
        id = None
        if ago < REFRESHES:
            id = ask_refresh(db, RefreshRequest("cli", sources=(f"round-{ago}",)), moment).id
            start_refresh(db, id, len(sources), moment)
        for source in sources:
            record_poll(db, source, _write_outcome(source, ago, moment), id)
        if id is not None:
            end_refresh(db, id, moment + timedelta(minutes=5))
    for source in sources:
        _settle_state(db, source, now)


def _write_outcome(source: Source, ago: int, moment: datetime) -> PollOutcome:
    ended = moment + timedelta(seconds=1)
    if _is_failing(source) and ago < source.number % POLLS:
        return PollOutcome("failed", moment, ended, error=MESSAGE, status=503, next_poll=ended, rule=RULE)
    if (source.number + ago) % 3 == 0:
        return PollOutcome("changed", moment, ended, new=2, status=200, size=20_000, rule=RULE)
    return PollOutcome("unchanged", moment, ended, status=304, next_poll=ended, rule=RULE)


def _is_failing(source: Source) -> bool:
    return source.number % 10 == 3


def _settle_state(db: Transaction, source: Source, now: datetime) -> None:
    number = source.number
    state = SourceState(last_poll=now, last_success=now, next_poll=now + HOUR, rule=RULE, newest=now)
    if _is_failing(source):
        failures = number % POLLS + 1
        since = now - failures * HOUR
        state = SourceState(
            last_poll=now,
            last_success=since if number % 20 == 3 else None,
            next_poll=now + 4 * HOUR,
            rule="in 4 hours: it has failed often",
            failures=failures,
            failing_since=since,
            last_error=MESSAGE,
        )
        record_change(db, source, Health("failing", f"failed {failures} times in a row: {MESSAGE}"), since)
    save_state(db, source, state)
    if number % 100 == 50:
        retire(db, source, "the publisher says it is gone for good (HTTP 410)")
    if number % 100 == 60:
        set_paused(db, source, True)


def _add_seed_files(db: Transaction) -> None:
    files = list(_list_seed_files())
    for first in range(0, SEED_FILES, 1000):
        save_files(db, files[first : first + 1000])


def _list_seed_files() -> Iterator[SeedFile]:
    for number in range(SEED_FILES):
        problem = "is empty" if number % 50 == 0 else None
        yield SeedFile(f"archive/{number // 100}/{number}.txt", 100, 1, number, problem=problem)
