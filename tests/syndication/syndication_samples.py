"""Invented entries, sources and sites for the tests of this room."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from feeds.model import Enclosure, Entry, Person, Site, Source, StoredEntry, View

SITE = Site(
    id="5b9b6f0e-4c1c-5d8e-9a53-0d1f1a8c7b11",
    base_url="https://feeds.example",
    title="晨报",
    subtitle="Everything worth reading",
    started=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
)

SOURCE = Source(
    number=1,
    key="https://paper.example/feed.xml",
    slug="paper",
    kind="feed",
    url="https://paper.example/feed.xml",
    title="The Paper",
    link="https://paper.example/",
    guid="https://paper.example/",
    rights="© The Paper",
    updated=datetime(2024, 5, 1, tzinfo=UTC),
)

ARCHIVE = Source(
    number=2,
    key="https://radio.example/",
    slug="radio",
    kind="archive",
    url="https://radio.example/",
    name="电台",
)

PAPER = View("source", "paper", title="The Paper", subtitle="Daily", language="en")

FULL = Entry(
    id="https://paper.example/2024/bridge",
    link="https://paper.example/2024/bridge",
    title="The bridge & the <river>",
    authors=(Person("Ada Weaver", "ada@paper.example", "https://paper.example/ada"), Person("李白")),
    published=datetime(2024, 4, 30, 6, 30, tzinfo=UTC),
    updated=datetime(2024, 4, 30, 8, 0, 0, 250000, tzinfo=UTC),
    summary="<p>A bridge opens.</p>",
    content="<p>A <b>bridge</b> opens &amp; people cross it.</p>",
    enclosures=(
        Enclosure("https://paper.example/talk.mp3", "audio/mpeg", 1234),
        Enclosure("https://paper.example/bridge.jpg"),
    ),
    categories=("Towns", "桥"),
    language="en",
    rights="© 2024 The Paper",
    image="https://paper.example/bridge.jpg",
    comments="https://paper.example/2024/bridge#comments",
)

CHINESE = Entry(
    id="urn:uuid:6a1f6f58-6c0d-5f5e-8d0e-2f1f4d0a9c11",
    link="https://radio.example/zh/a-42",
    title="新桥通车，行人先过",
    published=datetime(2023, 1, 12, 4, 47, 5, tzinfo=UTC),
    content="<p>大桥今天通车。</p>",
    language="zh-Hans",
)

BARE = Entry(id="urn:uuid:0e6f3c0e-7f5e-5b7a-9a53-1d1f1a8c7b22")


def key_of(id: str) -> str:
    digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def stored(entry: Entry, source: Source = SOURCE, **changes) -> StoredEntry:
    first_seen = changes.pop("first_seen", datetime(2024, 6, 1, 12, tzinfo=UTC))
    return StoredEntry(
        entry=replace(entry, **changes),
        key=key_of(entry.id),
        position=entry.published or first_seen,
        first_seen=first_seen,
        source=source,
    )


ENTRIES = (stored(FULL), stored(CHINESE, ARCHIVE), stored(BARE))
