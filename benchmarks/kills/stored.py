"""The store of an installation that has come to rest, compared with the ledger."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.kills.articles import MARK, read_title
from benchmarks.kills.publisher import Publisher
from tests.running import Service

VERSIONS = """
SELECT id, current, version_count, withdrawn, versions.number, hash, json_extract(data, '$.title')
FROM entries JOIN versions ON entry_number = entries.number
ORDER BY entries.number, versions.number
"""
STATES = """
SELECT url, etag, last_modified, body_hash, failures, next_poll - last_poll, last_error
FROM sources LEFT JOIN source_states ON source_number = sources.number WHERE kind = 'feed'
"""
PLACES = """
SELECT id, url FROM entry_sources JOIN entries ON entries.number = entry_number
JOIN sources ON sources.number = source_number
"""
LONGEST_WAIT = 5_000_000  # microseconds until the next poll, by the settings of the installation
NONE_FOUND = {
    "damaged pages of the file": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "rows that refer to nothing": "SELECT * FROM pragma_foreign_key_check",
    "refreshes that were not carried out": "SELECT id FROM refreshes WHERE state <> 'done'",
    "refreshes with two polls of one source": (
        "SELECT refresh_number, source_number FROM polls WHERE refresh_number IS NOT NULL"
        " GROUP BY 1, 2 HAVING count(*) > 1"
    ),
    "entries without their text in the search index": (
        "SELECT id FROM entries LEFT JOIN search_texts ON entry_number = entries.number"
        " WHERE coalesce(text, '') NOT LIKE '%text%'"
    ),
    "files that are not there": "SELECT path FROM seed_files WHERE missing_since IS NOT NULL",
    "files with a problem": "SELECT path, problem FROM seed_files WHERE problem IS NOT NULL",
    "notices": "SELECT text FROM notices",
}


def find_faults(path: Path, publisher: Publisher) -> Iterator[str]:
    """Yield what is lost, doubled, invented or at odds in the store; nobody may have it open."""
    with closing(sqlite3.connect(path)) as db:
        for what, statement in NONE_FOUND.items():
            found = db.execute(statement).fetchall()
            if found:
                yield f"{what}: {found[:5]}"
        yield from _compare_entries(db, publisher)
        yield from _compare_states(db, publisher)
        yield from _compare_places(db, publisher)


def count_versions(path: Path) -> tuple[int, int]:
    """Return how many entries and how many versions are stored."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM versions)").fetchone()


def _compare_entries(db: sqlite3.Connection, publisher: Publisher) -> Iterator[str]:
    found: dict[str, list[tuple]] = {}
    for id, *version in db.execute(VERSIONS):
        found.setdefault(id, []).append(tuple(version))
    published = publisher.ledger.newest()
    yield from (f"{id}: is lost ({name})" for id, (name, _) in published.items() if id not in found)
    yield from (f"{id}: is invented" for id in found.keys() - published.keys())
    for id in found.keys() & published.keys():
        yield from _compare_versions(id, found[id], *published[id])


def _compare_versions(id: str, versions: list[tuple], name: str, newest: int) -> Iterator[str]:
    current, count, withdrawn = versions[0][:3]
    names, texts = zip(*(read_title(title) for *_, title in versions), strict=True)
    hashes = {hash for *_, hash, _ in versions}
    if set(names) != {name} or withdrawn:
        yield f"{id}: is {name}, stored as {names}, withdrawn {withdrawn}"
    if not current == count == len(versions) == versions[-1][3]:
        yield f"{id}: has {len(versions)} versions, {count} by its own account, and shows number {current}"
    if list(texts) != sorted(set(texts)) or len(hashes) < len(versions):
        yield f"{id}: has versions that are doubled or out of order: {texts}"
    if texts[-1] != newest:
        yield f"{id}: shows text {texts[-1]}, and {newest} was published"


def _compare_states(db: sqlite3.Connection, publisher: Publisher) -> Iterator[str]:
    rows = {url: row for url, *row in db.execute(STATES)}
    for feed in publisher.feeds.values():
        issue = feed.current
        etag, modified, body_hash, failures, wait, error = rows.pop(feed.url)
        given = {"ETag": etag, "Last-Modified": modified}
        if {name: value for name, value in given.items() if value} != dict(issue.headers):
            yield f"{feed.url}: validators {given}, and {issue.headers} are those of the newest document"
        if body_hash != hashlib.sha256(issue.body).hexdigest():
            yield f"{feed.url}: another body was stored last than the newest"
        if failures or error or not 0 < wait < LONGEST_WAIT:
            yield f"{feed.url}: {failures} failures ({error}), next poll in {wait} µs"
    if rows:
        yield f"sources nobody declared: {list(rows)}"


def _compare_places(db: sqlite3.Connection, publisher: Publisher) -> Iterator[str]:
    """Every entry is found at each feed that ever held it, and at no other."""
    found = {(id, url) for id, url in db.execute(PLACES) if url.startswith("http:")}
    held = {
        (id, feed.url) for feed in publisher.feeds.values() for issue in feed.issues for id in issue.texts
    }
    if found != held:
        yield f"places: {sorted(found - held)[:5]} too many, {sorted(held - found)[:5]} missing"


def find_differences(service: Service, publisher: Publisher) -> Iterator[str]:
    """Yield which entries of the feed as JSON, and of the pages after it, are not what was published."""
    shown: dict[str, str] = {}
    path = "/feed.json"
    while path:
        page = service.json(path)
        items = page["items"]
        if len({item["id"] for item in items}) != len(items):
            yield f"{path}: an entry is in it twice"
        shown = {item["id"]: item["title"] for item in items} | shown
        path = page.get("next_url", "").removeprefix(service.base_url)
    wanted = {id: f"{name}{MARK}{text}" for id, (name, text) in publisher.ledger.newest().items()}
    if shown != wanted:
        odd = {id: (shown.get(id), wanted.get(id)) for id in shown.keys() | wanted.keys()}
        yield f"served, published: {[pair for pair in odd.values() if pair[0] != pair[1]][:5]}"
