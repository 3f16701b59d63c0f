"""Invented entries of every shape that a feed reader may stumble over, in the store of an installation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from running import Service

from feeds.model import ALL, Changes, Declaration, Enclosure, Entry, FreshEntry, Person, Placed, StoredEntry
from feeds.store import open_store
from feeds.store.entries import apply_changes, list_entries
from feeds.store.sources import add_source

SEEN = datetime(2025, 6, 1, 12, 0, 0, 500000, tzinfo=UTC)  # when all of it came
PAPER = "https://paper.example"


def day(number: int) -> datetime:
    return datetime(2025, 3, number, 6, 30, 5, tzinfo=UTC)


SHAPES = {
    "Chinese": Entry(
        id="tag:paper.example,2025:新桥",
        link=f"{PAPER}/zh/1",
        title="新橋通車：“行人先過”，《晨報》報道",
        authors=(Person("李白"), Person("Ada Weaver", "ada@paper.example", f"{PAPER}/ada")),
        published=day(1),
        content="<p>大橋今天通車。</p>",
        language="zh-Hant",
    ),
    "without a title": Entry(
        id="urn:uuid:6a1f6f58-6c0d-5f5e-8d0e-2f1f4d0a9c11",
        link=f"{PAPER}/notes/2",
        published=day(2),
        content="<p>Only a note.</p>",
    ),
    "without a date": Entry(
        id="urn:uuid:6a1f6f58-6c0d-5f5e-8d0e-2f1f4d0a9c12", link=f"{PAPER}/3", title="Some day", summary="s"
    ),
    "with signs of markup in its title": Entry(
        id=f"{PAPER}/4",
        link=f"{PAPER}/4",
        title='AT&T: 3 < 4 > 2, <b>bold</b> &amp; "R&D" &lt;i&gt; &eacute; &#8212; it’s',
        published=day(4),
        content="<p>3 &lt; 4</p>",
    ),
    "with files": Entry(
        id="tag:paper.example,2025-03-05:talk",
        link=f"{PAPER}/5",
        title="A talk",
        published=day(5),
        enclosures=(
            Enclosure(f"{PAPER}/talk.mp3", "audio/mpeg", 1234),
            Enclosure(f"{PAPER}/talk.pdf", "application/pdf"),
        ),
        categories=("Towns", "桥"),
    ),
    "first of two at one link": Entry(
        id="urn:uuid:6a1f6f58-6c0d-5f5e-8d0e-2f1f4d0a9c16",
        link=f"{PAPER}/live",
        title="Live: noon",
        published=day(6),
    ),
    "second of two at one link": Entry(
        id="urn:uuid:6a1f6f58-6c0d-5f5e-8d0e-2f1f4d0a9c17",
        link=f"{PAPER}/live",
        title="Live: night",
        published=day(7),
    ),
    "without a link": Entry(
        id="tag:paper.example,2025:8", title="Nowhere else", published=day(8), content="<p>Here only.</p>"
    ),
    "with an address as its id and another as its link": Entry(
        id=f"{PAPER}/?p=9&lang=en",
        link=f"{PAPER}/2025/03/09/河?a=1&b=2#top",
        title="Two addresses",
        published=day(9),
    ),
    "corrected": Entry(
        id=f"{PAPER}/10",
        link=f"{PAPER}/10",
        title="Corrected",
        published=day(10),
        updated=day(12) + timedelta(microseconds=250000),
        content="<p>Better.</p>",
    ),
    "only updated": Entry(id=f"{PAPER}/11", link=f"{PAPER}/11", title="Only updated", updated=day(11)),
    "announced": Entry(
        id=f"{PAPER}/12", link=f"{PAPER}/12", title="Tomorrow", published=datetime(2060, 1, 1, tzinfo=UTC)
    ),
    "old": Entry(
        id=f"{PAPER}/13",
        link=f"{PAPER}/13",
        title="Moon",
        published=datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC),
    ),
    "with odd characters": Entry(
        id="tag:paper.example,2025:14",
        link=f"{PAPER}/14",
        title="مرحبا\u3000👩‍👩‍👧 e\u0301\u00a0— “x”",
        published=day(14),
        language="ar",
    ),
}


def fill(service: Service) -> None:
    """Put them into the store of an installation that does not run."""
    store = open_store(f"sqlite:///{service.folder}/instance/feeds.db")
    placed = tuple(
        Placed(FreshEntry(entry, hash=name), min(entry.published or entry.updated or SEEN, SEEN))
        for name, entry in SHAPES.items()
    )
    with store.write() as db:
        source = add_source(db, Declaration(f"{PAPER}/feed.xml", name="The Paper"), "hand", SEEN)
        apply_changes(db, source, Changes(new=placed), SEEN)
    store.close()


def list_stored(service: Service) -> list[StoredEntry]:
    """Return what the feed of everything holds, newest first."""
    store = open_store(f"sqlite:///{service.folder}/instance/feeds.db")
    with store.read() as db:
        found = list_entries(db, ALL, 1000, only_live=True)
    store.close()
    return found
