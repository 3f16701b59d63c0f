"""Feed readers that people use agree with our store on ids, titles, links and dates, in Atom and in RSS."""

from __future__ import annotations

import mailbox
import os
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import ANY
from urllib.parse import unquote

import pytest
from e2e_corpus import configure, copy_seeds, read_feeds
from e2e_shapes import SHAPES, fill, list_stored
from reader import make_reader
from running import Service, publishing

from feeds.model import StoredEntry

Seen = dict[str, Any]  # by id: what a program knows of an entry, or is to know

#: RSS does not say whether a title is text or HTML: feedparser takes what looks like HTML for it.
LIKE_HTML = re.compile(r"</?\w[^>]*>|&#?\w+;")


def fill_with_corpus(service: Service, shared: Path) -> None:
    with publishing(read_feeds(shared)) as publisher:
        config = service.folder / "instance" / "config.toml"
        config.write_text(config.read_text(encoding="utf-8") + configure(publisher), encoding="utf-8")
        copy_seeds(shared, service)
        service.command("refresh")


@pytest.fixture(scope="module", params=["invented", "corpus"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("readers"))
    if request.param == "invented":
        fill(service)
    else:
        fill_with_corpus(service, request.getfixturevalue("shared"))
    try:
        service.start("--no-poll")
        yield service
    finally:
        if service.process is not None:
            service.stop()


@pytest.fixture(scope="module")
def stored(service: Service) -> list[StoredEntry]:
    found = list_stored(service)
    assert len(found) == len(SHAPES) or len(found) > 400  # of each source no more than twenty are live
    return found


@pytest.fixture(params=["atom.xml", "rss.xml"])
def file(request: pytest.FixtureRequest) -> str:
    return request.param


def run(*command: str | Path, home: Path, given: bytes | None = None) -> bytes:
    """Run a program that has all its files in `home`; return what it prints."""
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run(command, env=environment, cwd=home, input=given, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    return done.stdout


# --- What a program is to see -----------------------------------------------------------------------


def title_of(stored: StoredEntry) -> str:
    """The title with plain spaces: programs write every kind of white space as they like."""
    return " ".join((stored.entry.title or "").split())


def link_of(stored: StoredEntry, service: Service) -> str:
    return stored.entry.link or f"{service.base_url}/entries/{stored.key}/"


def date_of(stored: StoredEntry, file: str) -> datetime | None:
    """When it was published or, where nobody knows, changed; Atom wants a date: there it is first_seen."""
    entry = stored.entry
    return whole(entry.published or entry.updated or (stored.first_seen if file == "atom.xml" else None))


def whole(moment: datetime | None) -> datetime | None:
    """The moment without the fractions of a second that Atom can tell, and no program keeps."""
    return moment and moment.replace(microsecond=0)


def compare(seen: Seen, expected: Seen) -> None:
    """Fail with those entries alone that differ."""
    wrong = {id: (seen.get(id), wanted) for id, wanted in expected.items() if seen.get(id) != wanted}
    assert wrong == {}
    assert seen.keys() == expected.keys()


# --- newsboat ---------------------------------------------------------------------------------------


def read_with_newsboat(newsboat: str, url: str, home: Path) -> Seen:
    (home / "urls").write_text(f"{url}\n")
    command = [newsboat, "-q", "-u", home / "urls", "-c", home / "cache.db", "-C", os.devnull]
    run(*command, "-x", "reload", home=home)
    with sqlite3.connect(home / "cache.db") as db:
        rows = db.execute("select guid, title, url, pubDate from rss_item").fetchall()
    return {id: (" ".join(title.split()), unquote(link), date) for id, title, link, date in rows}


def test_newsboat_agrees_with_the_store(service, stored, file, program, tmp_path):
    """It has 32 bits for a date, and escapes what is not ASCII in a link."""
    newsboat = program("newsboat")
    expected = {}
    for one in stored:
        date = date_of(one, file)
        expected[one.entry.id] = (
            title_of(one) or ("" if file == "atom.xml" else ANY),  # in RSS it makes one up from the link
            unquote(link_of(one, service)),
            int(date.timestamp()) % 2**32 if date else ANY,  # it takes the moment of its own poll
        )
    for _ in range(2):  # nothing comes twice
        compare(read_with_newsboat(newsboat, f"{service.base_url}/{file}", tmp_path), expected)


# --- sfeed ------------------------------------------------------------------------------------------


def read_with_sfeed(sfeed: str, service: Service, file: str, home: Path) -> Seen:
    document = service.get(f"/{file}")[1]
    lines = (
        run(sfeed, f"{service.base_url}/{file}", home=home, given=document)
        .decode()
        .removesuffix("\n")
        .split("\n")
    )
    seen = {}
    for line in lines:
        date, title, link, _content, _kind, id, *_more = line.split("\t")
        seen[id] = (" ".join(title.split()), link, int(date) if date else None)
    assert len(seen) == len(lines)
    return seen


def test_sfeed_agrees_with_the_store(service, stored, file, program, tmp_path):
    expected = {}
    for one in stored:
        date = date_of(one, file)
        expected[one.entry.id] = (title_of(one), link_of(one, service), date and int(date.timestamp()))
    compare(read_with_sfeed(program("sfeed"), service, file, tmp_path), expected)


# --- rss2email --------------------------------------------------------------------------------------


def read_with_r2e(r2e: str, url: str, home: Path) -> Seen:
    """Subscribe, have the entries mailed into a folder, and read the mail."""
    command = [r2e, "-c", home / "config", "-d", home / "data.json"]
    run(*command, "new", "me@reader.example", home=home)
    (home / "mail").mkdir()
    config = (home / "config").read_text()
    for name, value in {
        "date-header": "True",
        "email-protocol": "maildir",
        "maildir-path": str(home / "mail"),
    }.items():
        config, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", config, flags=re.MULTILINE)
        assert count == 1
    (home / "config").write_text(config)
    run(*command, "add", "feed", url, home=home)
    run(*command, "run", home=home)
    run(*command, "run", home=home)  # a second time, when nothing is new: nothing is mailed twice
    return read_mail(home / "mail" / "INBOX")


def read_mail(folder: Path) -> Seen:
    seen = {}
    box: mailbox.Maildir = mailbox.Maildir(
        folder, factory=lambda file: message_from_binary_file(file, policy=policy.default), create=False
    )
    for message in box:
        date = parsedate_to_datetime(message["Date"]).replace(tzinfo=UTC)
        title = " ".join((message["Subject"] or "").split())
        assert message["X-RSS-ID"] not in seen
        seen[message["X-RSS-ID"]] = (title, message["X-RSS-URL"], date)
    return seen


def test_rss2email_agrees_with_the_store(service, stored, file, program, tmp_path):
    """It dates mail by the last change, where that is told, and writes HTML in titles as plain text."""
    expected = {}
    for one in stored:
        title = title_of(one)
        if file == "rss.xml" and (not title or LIKE_HTML.search(title)):
            title = ANY  # without one it takes the beginning of the text
        date = whole(one.updated) if file == "atom.xml" else date_of(one, file)
        expected[one.entry.id] = (title, link_of(one, service), date or ANY)  # else the moment of mailing
    compare(read_with_r2e(program("r2e"), f"{service.base_url}/{file}", tmp_path), expected)


# --- reader -----------------------------------------------------------------------------------------


def read_with_reader(url: str) -> Seen:
    with make_reader(":memory:") as reader:
        reader.add_feed(url)
        reader.update_feed(url)
        again = reader.update_feed(url)
        assert again is None  # not modified
        return {
            entry.id: (
                unescape(" ".join((entry.title or "").split())),
                entry.link,
                entry.published,
                entry.updated,
            )
            for entry in reader.get_entries()
        }


def test_reader_agrees_with_the_store(service, stored, file):
    """In RSS it keeps references in what looks like HTML, and so they are resolved on both sides."""
    expected = {}
    for one in stored:
        published = whole(one.entry.published)
        updated = whole(one.updated) if file == "atom.xml" else None if published else date_of(one, file)
        expected[one.entry.id] = (unescape(title_of(one)), link_of(one, service), published, updated)
    compare(read_with_reader(f"{service.base_url}/{file}"), expected)


# --- Lists ------------------------------------------------------------------------------------------


def import_with_newsboat(program: Callable[[str], str], file: Path, home: Path) -> str:
    command = [program("newsboat"), "-q", "-u", home / "urls", "-c", home / "cache.db", "-C", os.devnull]
    run(*command, "-i", file, home=home)
    return (home / "urls").read_text()


def import_with_sfeed(program: Callable[[str], str], file: Path, home: Path) -> str:
    return run(program("sfeed_opml_import"), home=home, given=file.read_bytes()).decode()


def import_with_r2e(program: Callable[[str], str], file: Path, home: Path) -> str:
    command = [program("r2e"), "-c", home / "config", "-d", home / "data.json"]
    run(*command, "new", "me@reader.example", home=home)
    run(*command, "opmlimport", file, home=home)
    return (home / "config").read_text()


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (import_with_newsboat, "opml.xml"),
        (import_with_newsboat, "feeds.opml"),
        (import_with_sfeed, "opml.xml"),
        (import_with_sfeed, "feeds.opml"),
        (import_with_r2e, "opml.xml"),  # it refuses a list in which two categories are called alike in ASCII
    ],
)
def test_a_reader_imports_our_lists(service, program, tmp_path, read, name):
    file = tmp_path / "list.opml"
    file.write_bytes(service.get(f"/{name}")[1])
    told = re.findall(r'xmlUrl="([^"]+)"', file.read_text(encoding="utf-8"))
    imported = read(program, file, tmp_path)

    assert told
    assert [url for url in told if unescape(url) not in imported] == []
