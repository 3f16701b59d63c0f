"""An invented installation in which everything occurs: for screenshots, and for checks of the pages.

    python -m benchmarks.exhibit FOLDER [--kind full|empty|failing|huge]

makes one in a folder and serves it until Ctrl-C.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from benchmarks.exhibit_desk import add_desk_requests
from benchmarks.exhibit_entries import correct, list_odd, write_entries, write_odd
from benchmarks.exhibit_papers import ARCHIVE, PAPERS, Paper, find_state, list_polls
from benchmarks.installation import find_free_port
from benchmarks.pictures import showing_pictures
from benchmarks.seeds import environment
from feeds.curation.changes import find_hash
from feeds.daemon.composing import SEEDS
from feeds.model import (
    Changes,
    Declaration,
    Entry,
    FreshEntry,
    Placed,
    RefreshRequest,
    SeedFile,
    Source,
    SourceState,
)
from feeds.model.health import judge
from feeds.store import Store, Transaction, files, health, notices, open_store, polls, searches, sources
from feeds.store.entries import apply_changes, find_key, quarantine
from feeds.store.site import ensure_site
from feeds.store.source_rows import change_source

Kind = Literal["full", "empty", "failing", "huge"]

BASE_URL = "https://feeds.example"
SEARCHES = {"台湾": "台湾", "Bridges": "bridge"}
CONFIG = """[site]
title = "Riverside Reading"
subtitle = "What the papers by the water write"
base_url = "{base_url}"
timezone = "Asia/Shanghai"
[server]
port = {port}
token = "{token}"
[websub]
enabled = false
"""
TOKEN = "the token of the exhibit"
MANY = 2_000  # sources
START_WITHIN = 30.0  # seconds in which the server answers


@dataclass(frozen=True)
class Exhibit:
    """An installation that is served."""

    address: str  #: of the web server
    keys: dict[str, str]  #: of odd entries, by what is odd about them
    refreshes: dict[str, str]  #: ids, by state
    desk: dict[str, str]  #: ids of what was asked for at the desk, by its kind


@contextmanager
def showing(folder: Path, now: datetime, kind: Kind = "full") -> Iterator[Exhibit]:
    """Make an installation in a folder, serve it and its pictures, and hold the poller's place."""
    port = find_free_port()
    (folder / "seeds").mkdir(parents=True)
    (folder / "instance").mkdir()
    config = CONFIG.format(base_url=BASE_URL, port=port, token=TOKEN)
    saved = {} if kind == "empty" else SEARCHES
    config += "".join(f'[[searches]]\nname = "{name}"\nquery = "{saved[name]}"\n' for name in saved)
    (folder / "instance/config.toml").write_text(config, encoding="utf-8")
    with showing_pictures() as at, closing(open_store(f"sqlite:///{folder}/instance/feeds.db")) as store:
        keys, refreshes = build(store, now, at, kind)
        desk = add_desk_requests(store, now)
        with store.poller_lock(), _serving(folder, port) as address:
            yield Exhibit(address, keys, refreshes, desk)


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[str]:
    command = [sys.executable, "-m", "feeds", "serve", "--no-poll"]
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, folder: Path) -> None:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.05)
    raise RuntimeError((folder / "serve.log").read_text(encoding="utf-8"))


# --- What is in it ----------------------------------------------------------------------------------


def build(store: Store, now: datetime, at: str, kind: Kind) -> tuple[dict[str, str], dict[str, str]]:
    """Fill a store; return the keys of the odd entries, and the refreshes by state."""
    with store.write() as db:
        ensure_site(db, BASE_URL, now - timedelta(days=400))
        seeds = sources.add_source(db, SEEDS, "config", now - timedelta(days=400))
        if kind == "empty":
            return {}, {}
        searches.sync_searches(db, SEARCHES)
        if kind == "huge":
            _add_many(db, now)
        added = _add_papers(db, now, kind)
        keys = _add_entries(db, added, seeds, at, now)
        _become(db, added, now)
        return keys, _add_refreshes(db, added, now)


def _add_papers(db: Transaction, now: datetime, kind: Kind) -> list[tuple[Paper, Source]]:
    """Subscribe to the papers, two hundred days ago and later."""
    added = []
    for number, paper in enumerate(PAPERS):
        if kind == "failing" and paper.course != "new":
            paper = replace(paper, course="never" if number % 3 == 2 else "failing")
        moment = now - timedelta(days=200 - 10 * number)
        source = sources.add_source(db, paper.declaration, "hand", moment)
        told = {"link": paper.link, "language": paper.language, **paper.told}
        added.append((paper, change_source(db, source, told)))
    return added


def _add_entries(
    db: Transaction, added: list[tuple[Paper, Source]], seeds: Source, at: str, now: datetime
) -> dict[str, str]:
    """Store all entries in the order in which they came; return the keys of the odd ones."""
    papers = {paper.place: (paper, source) for paper, source in added}
    brought = [(source, one) for paper, source in added for one in write_entries(paper, at, now)]
    odd = {odd.name: (odd, *papers[odd.place]) for odd in list_odd(at)}
    written = {name: (source, write_odd(one, paper, now)) for name, (one, paper, source) in odd.items()}
    for source, entry in sorted([*brought, *written.values()], key=lambda one: _find_position(one[1], now)):
        _store(db, source, entry, _find_position(entry, now))
    _add_archive(db, seeds, at, now)
    _change_odd(db, written, now)
    return {name: find_key(entry.id) for name, (_, entry) in written.items()}


def _find_position(entry: Entry, now: datetime) -> datetime:
    return entry.published or now - timedelta(hours=26)


def _store(db: Transaction, source: Source, entry: Entry, position: datetime) -> None:
    new = Placed(FreshEntry(entry, find_hash(entry)), position)
    apply_changes(db, source, Changes(new=(new,)), position + timedelta(minutes=9))


def _add_archive(db: Transaction, seeds: Source, at: str, now: datetime) -> None:
    publisher = Declaration(ARCHIVE.link, title=ARCHIVE.name, kind="archive")
    ledger = [SeedFile("notes/draft.txt", 12, 0, 1, problem="it is no document that is known here")]
    for number, entry in enumerate(write_entries(ARCHIVE, at, now)):
        path = f"jiyi/{number:03}.txt"
        fresh = FreshEntry(entry, find_hash(entry), path, path, publisher)
        position = _find_position(entry, now)
        apply_changes(db, seeds, Changes(new=(Placed(fresh, position),)), position + timedelta(minutes=1))
        ledger.append(SeedFile(path, 4096, 0, number + 2, "0" * 64, (entry.id,), path, format="seed"))
    files.save_files(db, ledger)
    sources.save_state(
        db, seeds, SourceState(last_poll=now, last_success=now, rule="the directory is watched")
    )


def _change_odd(db: Transaction, written: dict[str, tuple[Source, Entry]], now: datetime) -> None:
    source, entry = written["corrected"]
    for number in (1, 2):
        fresh = correct(entry, number)
        moment = now - timedelta(hours=30 - 3 * number)
        apply_changes(db, source, Changes(modified=(FreshEntry(fresh, find_hash(fresh)),)), moment)
    source, entry = written["withdrawn"]
    apply_changes(db, source, Changes(withdrawn=(entry.id,)), now - timedelta(hours=20))
    source, entry = written["deleted"]
    apply_changes(db, source, Changes(deleted=(entry.id,)), now - timedelta(hours=21))
    quarantine(db, written["quarantined"][1].id, "the link is no address: ‘http://[’", now)


def _become(db: Transaction, added: list[tuple[Paper, Source]], now: datetime) -> None:
    """Let their polls have gone as they did, and tell what that changed."""
    for paper, source in added:
        state = find_state(paper, now)
        sources.save_state(db, source, state)
        for outcome in list_polls(paper, now):
            polls.record_poll(db, source, outcome)
        if paper.course == "gone":
            source = change_source(db, source, {"retired": "its publisher says that it is gone (HTTP 410)"})
        if paper.course == "paused":
            source = change_source(db, source, {"paused": True})
        if paper.course not in ("healthy", "new"):
            health.record_change(
                db, source, judge(source, state, now), now - timedelta(hours=len(paper.name))
            )
    text = "12 files vanished from the seeds directory; their entries stay until that is confirmed."
    notices.set_notice(db, "seeds", text, now - timedelta(hours=2))


def _add_refreshes(db: Transaction, added: list[tuple[Paper, Source]], now: datetime) -> dict[str, str]:
    """Ask for three refreshes: one is done, one runs, one waits; return their ids by state."""
    polled = [(paper, source) for paper, source in added if paper.course not in ("new", "gone", "paused")]
    asked = (("done", 40, polled), ("running", 1, polled[:4]), ("queued", 0, []))
    ids: dict[str, str] = {}
    for state, minutes, results in asked:
        moment = now - timedelta(minutes=minutes)
        request = RefreshRequest("page", tuple(source.slug for _, source in polled[: minutes and None] or ()))
        ids[state] = polls.ask_refresh(db, request if state != "queued" else RefreshRequest("cli"), moment).id
        if state != "queued":
            polls.start_refresh(db, ids[state], len(polled), moment)
        for paper, source in results:
            last = list(list_polls(paper, now))[-1]
            polls.record_poll(db, source, replace(last, started=moment, ended=moment), ids[state])
        if state == "done":
            polls.end_refresh(db, ids[state], moment + timedelta(seconds=41))
    return ids


def _add_many(db: Transaction, now: datetime) -> None:
    """Subscribe to very many papers, some of which fail."""
    many = [
        replace(
            PAPERS[number % 9],
            place=f"paper{number}",
            name=f"{PAPERS[number % 9].name} {number}",
            category=f"Shelf {number % 60}",
        )
        for number in range(MANY)
    ]
    sources.sync_door(db, "list:many.opml", [paper.declaration for paper in many], now - timedelta(days=300))
    found = {source.url: source for source in sources.list_sources(db)}
    for paper in many:
        sources.save_state(db, found[paper.declaration.url], find_state(paper, now))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where it is made; a temporary one without it")
    parser.add_argument("--kind", choices=get_args(Kind), default="full")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            with showing(asked.folder or Path(folder) / "exhibit", datetime.now(UTC), asked.kind) as exhibit:
                print(exhibit.address, flush=True)
                while True:
                    time.sleep(60)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
