"""What an edition costs beside feedgen used plainly for the same entries.

    python -m benchmarks.rendering [ENTRIES…] [--max-ratio NUMBER]

An edition is asked for, of a store that holds so many entries (20, 100 and 1,000 unless told otherwise)
and of editions that have none at hand: it is read, rendered, checked and compressed. By turns with it
feedgen renders the same entries, which it is given, with the same fields, and that is all: nothing is
read, made fit, checked or compressed. (What Atom says of an origin, and the link to the comments, feedgen
has no word for: a small extension adds them.) Printed are the medians in milliseconds of processor time
and their ratio. JSON Feed, which feedgen does not write, is compared with its Atom. With `--max-ratio`
the status is 1 where one edition of RSS or Atom costs more than so many times.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from benchmarks.archive import ENGLISH, SIMPLIFIED, Piece
from feeds.model import (
    ALL,
    Changes,
    Declaration,
    Enclosure,
    Entry,
    FreshEntry,
    Person,
    Placed,
    Site,
    StoredEntry,
)
from feeds.store import Store, entries, open_store, sources
from feeds.syndication.editions import Editions

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SITE = Site(
    "5b9b6f0e-4c1c-5d8e-9a53-0d1f1a8c7b11", "https://feeds.example", "Feeds", "All of it", started=NOW
)
SIZES = (20, 100, 1000)
SECONDS = 4  # that the turns for one format last
FEWEST = 5  # turns
FEED = "https://paper.example/feed.xml"


class Plain(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """What Atom says of an origin, and the link to the comments."""

    stored: StoredEntry

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        source = etree.SubElement(entry, "source")
        etree.SubElement(source, "id").text = FEED
        etree.SubElement(source, "title").text = "The Paper"
        etree.SubElement(source, "updated").text = self.stored.updated.isoformat()
        etree.SubElement(source, "link", rel="self", href=FEED)
        etree.SubElement(
            entry, "link", rel="replies", href=self.stored.entry.comments or "", type="text/html"
        )
        return entry


def invent_entry(number: int) -> Entry:
    """Return an entry with every field and about 3 KB of content; the same number gives the same."""
    words = SIMPLIFIED if number % 3 == 0 else ENGLISH
    piece = Piece(number, random.Random(number), words, NOW - timedelta(minutes=63 * number))
    link = f"https://paper.example/{piece.moment:%Y/%m}/{number}?a=1&b=2"
    return Entry(
        id=link if number % 2 else f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        link=link,
        title=piece.title(),
        authors=(Person("Ada Weaver", "ada@paper.example", "https://paper.example/ada"),),
        published=piece.moment,
        updated=piece.moment + timedelta(minutes=10),
        summary=f"<p>{piece.sentence()}</p>",
        content="".join(f"<p>{piece.paragraph()}</p>" for _ in range(7)),
        enclosures=(Enclosure(f"https://paper.example/{number}.mp3", "audio/mpeg", 12_345),)
        * (number % 4 == 0),
        categories=("Towns", piece.words[number % 9]),
        language="zh-Hans" if words is SIMPLIFIED else "en",
        rights="© The Paper",
        image=f"https://paper.example/{number}.jpg",
        comments=f"{link}#comments",
    )


def fill(store: Store, count: int) -> None:
    """Store so many entries of one source."""
    placed = tuple(
        Placed(FreshEntry(entry, hash=entry.id), position=entry.published or NOW)
        for entry in map(invent_entry, range(count))
    )
    with store.write() as db:
        source = sources.add_source(db, Declaration(FEED, name="The Paper"), "hand", NOW)
        for start in range(0, count, 500):
            entries.apply_changes(db, source, Changes(new=placed[start : start + 500]), NOW)


def render_plainly(shown: Sequence[StoredEntry], format: str) -> bytes:
    """Return the document feedgen writes of these entries by itself."""
    feed = FeedGenerator()
    feed.id(f"urn:uuid:{SITE.id}")
    feed.title(SITE.title)
    feed.link(href=f"{SITE.base_url}/{format}", rel="self")
    feed.link(href=SITE.base_url, rel="alternate")
    feed.description(SITE.subtitle)
    feed.updated(NOW)
    if format == "rss.xml":
        feed.load_extension("media", atom=False)
        feed.load_extension("dc", atom=False)
    else:
        feed.register_extension("plain", BaseExtension, Plain)
    for stored in shown:
        (add_item if format == "rss.xml" else add_entry)(feed.add_entry(order="append"), stored)
    return feed.rss_str(pretty=True) if format == "rss.xml" else feed.atom_str(pretty=True)


def add_both(element: Any, stored: StoredEntry) -> None:
    """Set what both formats have."""
    entry = stored.entry
    element.title(entry.title)
    element.link(href=entry.link, rel="alternate")
    element.summary(entry.summary, type="html")
    element.content(entry.content, type="html")
    element.published(entry.published)
    for name in entry.categories:
        element.category(term=name)


def add_item(element: Any, stored: StoredEntry) -> None:
    entry = stored.entry
    add_both(element, stored)
    element.source(url=FEED, title="The Paper")
    element.guid(entry.id, permalink=entry.id == entry.link)
    element.comments(entry.comments)
    element.dc.dc_creator([person.name for person in entry.authors])
    element.dc.dc_rights(entry.rights)
    element.dc.dc_language(entry.language)
    element.media.content(url=entry.image, medium="image", group=None)
    element.media.thumbnail(url=entry.image, group=None)
    for enclosure in entry.enclosures:
        element.enclosure(enclosure.url, enclosure.length, enclosure.media_type)


def add_entry(element: Any, stored: StoredEntry) -> None:
    entry = stored.entry
    add_both(element, stored)
    element.plain.stored = stored
    element.id(entry.id)
    element.updated(entry.updated)
    element.rights(entry.rights)
    for person in entry.authors:
        element.author(name=person.name, email=person.email, uri=person.url)
    for enclosure in entry.enclosures:
        element.link(
            href=enclosure.url, rel="enclosure", type=enclosure.media_type, length=str(enclosure.length)
        )


def measure(tasks: Sequence[Callable[[], object]]) -> list[float]:
    """Return the median time of each task in milliseconds, all run by turns."""
    times: list[list[float]] = [[] for _ in tasks]
    end = perf_counter() + SECONDS
    while perf_counter() < end or len(times[0]) < FEWEST:
        for task, mine in zip(tasks, times, strict=True):
            start = process_time()
            task()
            mine.append((process_time() - start) * 1000)
    return [median(mine) for mine in times]


def compare(store: Store, count: int) -> dict[str, float]:
    """Print what each format costs; return the ratios."""
    site = replace(SITE, limit=count)
    with store.read() as db:
        shown = entries.list_entries(db, ALL, count)
    ratios = {}
    for format in ("rss.xml", "atom.xml", "feed.json"):
        plain = "rss.xml" if format == "rss.xml" else "atom.xml"
        ours, theirs = measure(
            [
                lambda format=format: (
                    Editions(store, lambda: site, "1").find(ALL, format, NOW).encode("gzip")
                ),
                lambda plain=plain: render_plainly(shown, plain),
            ]
        )
        size = len(Editions(store, lambda: site, "1").find(ALL, format, NOW).body)
        ratios[format] = ours / theirs
        print(
            f"{count:6,} entries  {format:9}  {size / 1000:8,.0f} KB  {ours:8.1f} ms"
            f"  feedgen {theirs:8.1f} ms  {ratios[format]:5.2f} x"
        )
    return ratios


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("entries", nargs="*", type=int, default=SIZES)
    arguments.add_argument("--max-ratio", type=float, metavar="NUMBER")
    options = arguments.parse_args()
    worst = 0.0
    for count in options.entries:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{Path(folder) / 'feeds.db'}")
            try:
                fill(store, count)
                ratios = compare(store, count)
            finally:
                store.close()
        worst = max(worst, ratios["rss.xml"], ratios["atom.xml"])
    sys.exit(options.max_ratio is not None and worst > options.max_ratio)


if __name__ == "__main__":
    main()
