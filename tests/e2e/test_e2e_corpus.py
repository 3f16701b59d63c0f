"""The main job on real input: every document and every feed of the corpus, through the real service."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from hashlib import sha256
from itertools import count, takewhile
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
from e2e_corpus import configure, copy_seeds, read_feeds
from running import Publisher, Service, publishing

MODEL = "000_41fbbedb92d21fcb.txt"


@pytest.fixture(scope="module")
def publisher(shared):
    with publishing(read_feeds(shared)) as server:
        yield server


@pytest.fixture
def fill(shared, publisher, install):
    """Make an installation that reads the whole corpus."""

    def make(name: str, base_url: str | None = None) -> Service:
        service = install(name, configure(publisher), base_url)
        copy_seeds(shared, service)
        return service

    return make


CURRENT = """
select id, hash, path from entries
join versions on entry_number = entries.number and versions.number = current
order by id
"""


def stored(service: Service) -> list[tuple[str, str, str | None]]:
    """Return (id, hash, file) of the current version of every entry."""
    with sqlite3.connect(service.folder / "instance" / "feeds.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        return db.execute(CURRENT).fetchall()


def expected_feed_entries(publisher: Publisher) -> int:
    """Return how many different entries an independent parser sees in the feeds."""
    found = set()
    for path, body in publisher.files.items():
        for entry in feedparser.parse(body).entries:
            found.add(
                (path, entry.get("id"), entry.get("link"), None if entry.get("link") else entry.get("title"))
            )
    return len(found)


def test_everything_is_stored_once_and_a_second_refresh_changes_nothing(fill, publisher):
    service = fill("corpus")
    first = service.command("refresh")
    rows = stored(service)
    seeds = [row for row in rows if row[2]]

    assert "0 failed" in first.stdout
    assert len(seeds) == 71
    assert len(rows) == 71 + expected_feed_entries(publisher)

    publisher.requests.clear()
    second = service.command("refresh")
    assert f"{len(publisher.files) + 1} polled: 0 changed, " in second.stdout
    assert {status for _, status, _ in publisher.requests} == {304}
    assert stored(service) == rows


def test_two_articles_have_two_versions(fill):
    service = fill("corpus")
    service.command("refresh")
    with sqlite3.connect(service.folder / "instance" / "feeds.db") as db:
        versions = "select entry_number from versions group by entry_number having count(*) > 1"

        assert len(db.execute(versions).fetchall()) == 2


def test_the_model_seed_comes_out_as_the_grammar_says(shared, install):
    service = install()
    shutil.copy2(shared / "corpus/seeds" / MODEL, service.seeds)
    service.command("refresh")
    service.start()
    [entry] = feedparser.parse(service.get("/atom.xml")[1]).entries
    [item] = service.json("/feed.json")["items"]
    html = entry.content[0].value

    assert entry.title == "美日2+2會談 加強軍事合作抗中"
    assert entry.link.startswith("https://www.dw.com/zh/")
    assert entry.link.endswith("/a-64358959")
    assert item["date_published"] == "2023-01-12T04:47:05Z"
    assert "authors" not in item
    assert "author" not in entry
    assert item["language"] == "zh-Hant"
    for number in ("64358664", "63385957", "64280095"):
        assert f'src="https://static.dw.com/image/{number}_303.jpg"' in html
    assert html.count("<figcaption>") == 3
    assert "weserv" not in html
    assert entry.rights.startswith("© 2023年德國之聲版權聲明")
    assert "版權聲明" not in html


def test_a_rebuilt_store_serves_the_same_bytes(fill):
    # Entries without a date of their own stand at the moment they were first seen: not everything, then.
    paths = (
        "/sources/seeds/atom.xml",
        f"/sources/{quote('德国之声')}/atom.xml",
        "/categories/mysql/atom.xml",
    )
    bodies = []
    for name in ("one", "two"):
        service = fill(name, base_url="https://feeds.example")
        service.command("refresh")
        service.start("--no-poll")
        answers = {path: service.get(path) for path in paths}
        service.stop()
        assert {status for status, _ in answers.values()} == {200}
        bodies.append({path: sha256(body).hexdigest() for path, (_, body) in answers.items()})
        assert all(b"<entry" in body for _, body in answers.values())

    assert bodies[0] == bodies[1]


def list_archives(service: Service) -> list[str]:
    """Return where the archive documents of everything are."""
    paths = (f"/archive/{number}/atom.xml" for number in count(1))
    return list(takewhile(lambda path: service.get(path)[0] == 200, paths))


def test_a_store_rebuilt_from_seeds_serves_the_same_feed_of_everything(shared, install):
    bodies = []
    for name in ("one", "two"):
        service = install(name, base_url="https://feeds.example")
        copy_seeds(shared, service)
        service.command("refresh")
        service.start("--no-poll")
        paths = ["/atom.xml", "/rss.xml", "/feed.json", *list_archives(service)]
        bodies.append({path: service.get(path)[1] for path in paths})
        service.stop()

    assert bodies[0] == bodies[1]
    assert len(feedparser.parse(bodies[0]["/atom.xml"]).entries) == 20
    documents = [feedparser.parse(body) for path, body in bodies[0].items() if path.endswith("atom.xml")]
    assert len({entry.id for document in documents for entry in document.entries}) == 71


def test_kill_9_at_any_moment_loses_and_doubles_nothing(fill, publisher):
    whole = fill("whole")
    whole.command("refresh")
    expected = stored(whole)
    interrupted = fill("interrupted")
    moments = random.Random(7)
    publisher.delay = 0.02
    try:
        for _ in range(8):
            process = subprocess.Popen(
                [sys.executable, "-m", "feeds", "refresh"],
                cwd=interrupted.folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(moments.uniform(0.4, 3.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        publisher.delay = 0.0
    interrupted.command("refresh")

    assert stored(interrupted) == expected
