"""What holds for every format: independent readers agree on it, and any text gives a valid document."""

import subprocess
import sys
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syndication_rules import CHECKS
from syndication_samples import BARE, CHINESE, ENTRIES, FULL, SITE, SOURCE, key_of

from feeds.model import (
    ALL,
    Enclosure,
    Entry,
    Frame,
    Origin,
    Person,
    Related,
    Site,
    Source,
    StoredEntry,
    Tombstone,
    View,
)
from feeds.syndication import FORMATS
from feeds.syndication.checking import check
from feeds.syndication.faults import find_fault
from feeds.text.characters import strip_illegal

XML_FORMATS = ["rss.xml", "atom.xml"]


def read(name, entries=ENTRIES):
    feed = feedparser.parse(FORMATS[name].render(ALL, SITE, entries))
    assert not feed.bozo
    return feed


@pytest.mark.parametrize("name", XML_FORMATS)
def test_feedparser_reads_what_was_written(name):
    feed = read(name)
    entry = feed.entries[0]

    assert feed.feed.title == "晨报"
    assert feed.feed.link == "https://feeds.example/"
    assert feed.feed.updated_parsed[:5] == (2024, 6, 1, 12, 0)
    assert [entry.id for entry in feed.entries] == [FULL.id, CHINESE.id, BARE.id]
    assert entry.link == FULL.link
    assert entry.published_parsed[:5] == (2024, 4, 30, 6, 30)
    assert entry.summary == FULL.summary
    assert entry.content[0].value == FULL.content
    assert [author.name for author in entry.authors] == ["Ada Weaver", "李白"]
    assert [tag.term for tag in entry.tags] == ["Towns", "桥"]
    assert entry.rights == FULL.rights
    assert entry.source.title == SOURCE.title
    enclosure = entry.enclosures[0]
    assert (enclosure.href, enclosure.type, enclosure.length) == (
        "https://paper.example/talk.mp3",
        "audio/mpeg",
        "1234",
    )


def test_the_chinese_entry_reads_alike_in_both():
    rss, atom = (read(name).entries[1] for name in XML_FORMATS)

    assert rss.title == atom.title == CHINESE.title
    assert rss.published_parsed == atom.published_parsed
    assert rss.summary == atom.content[0].value == CHINESE.content


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_served_under_its_name(name):
    format = FORMATS[name]

    assert format.name == name
    assert format.media_type.startswith("application/")
    assert f"https://feeds.example/{name}".encode() in format.render(ALL, SITE, ENTRIES)


@pytest.mark.parametrize("name", FORMATS)
def test_a_paragraph_in_the_content_of_a_document_is_never_markup_of_the_feed(name):
    entry = StoredEntry(
        Entry(id="urn:x:1", title="]]></title><entry/>", content="]]></content><script>&"),
        key=key_of("urn:x:1"),
        position=datetime(2024, 1, 1, tzinfo=UTC),
        first_seen=datetime(2024, 1, 1, tzinfo=UTC),
        source=SOURCE,
    )

    CHECKS[name](FORMATS[name].render(ALL, SITE, [entry]))


def test_the_room_can_be_the_first_thing_imported():
    """feedgen uses `lxml.etree` without importing it: whether it works depends on the order."""
    subprocess.run([sys.executable, "-c", "import feeds.syndication"], check=True)


# --- Anything at all --------------------------------------------------------------------------------

#: Also what Python strings can hold and documents cannot: lone surrogates, controls, noncharacters.
anything = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.lists(
        st.sampled_from(
            ["]]>", "&", "<", "\x00", "\x0b", "\ud800", "\ufffe", "\uffff", "\r", "\n", "😀", "桥", " "]
        )
    ).map("".join),
)
addresses = st.one_of(anything, anything.map("https://a.example/".__add__), st.just("https://a.example/桥"))
moments = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
)
#: Ids that are alike: one letter apart, in its size or in what cannot be seen of it.
ids = st.sampled_from(
    ["urn:x:1", "urn:x:1 ", "URN:x:1", "urn:x:1\x00", "urn:x:é", "urn:x:e\u0301", "https://a.example/1"]
)


def maybe(strategy):
    return st.none() | strategy


people = st.builds(Person, maybe(anything), maybe(anything), maybe(addresses))
origins = st.builds(Origin, *map(maybe, (anything, addresses, addresses, addresses, moments, anything)))
enclosures = st.builds(Enclosure, addresses, maybe(anything), maybe(st.integers(-1, 2**40)))
entries = st.builds(
    Entry,
    id=st.one_of(anything, anything.map("tag:a.example,2024:".__add__), ids),
    link=maybe(addresses),
    title=maybe(anything),
    authors=st.lists(people, max_size=2).map(tuple),
    published=maybe(moments),
    updated=maybe(moments),
    summary=maybe(anything),
    content=maybe(anything),
    enclosures=st.lists(enclosures, max_size=2).map(tuple),
    categories=st.lists(anything, max_size=2).map(tuple),
    language=maybe(anything | st.just("zh-Hant")),
    rights=maybe(anything),
    image=maybe(addresses),
    comments=maybe(addresses),
    origin=maybe(origins),
)
sources = st.builds(
    Source,
    number=st.just(1),
    key=addresses,
    slug=anything,
    kind=st.sampled_from(["feed", "page", "seeds", "archive"]),
    url=addresses,
    name=maybe(anything),
    title=maybe(anything),
    link=maybe(addresses),
    guid=maybe(addresses),
    rights=maybe(anything),
)
views = st.builds(
    View,
    kind=st.sampled_from(["source", "category"]),
    name=st.sampled_from(["paper", "桥"]),
    title=maybe(anything),
    subtitle=maybe(anything),
    language=maybe(anything),
) | st.just(ALL)
sites = st.builds(
    Site,
    id=st.just(SITE.id),
    base_url=st.just(SITE.base_url),
    title=anything,
    subtitle=anything,
    language=maybe(anything),
    started=moments,
    hubs=st.lists(addresses, max_size=2).map(tuple),
)
frames = st.builds(
    Frame,
    url=maybe(addresses),
    next=maybe(addresses),
    current=maybe(addresses),
    prev_archive=maybe(addresses),
    next_archive=maybe(addresses),
    is_archive=st.booleans(),
    is_complete=st.booleans(),
    tombstones=st.lists(st.builds(Tombstone, ids | anything, moments), max_size=3).map(tuple),
    is_full=st.booleans(),
)
relatives = st.builds(Related, addresses, maybe(anything), maybe(anything))


@st.composite
def stored_entries(draw):
    entry = draw(entries)
    moment = draw(moments)
    return StoredEntry(
        entry,
        key_of(entry.id),
        position=moment,
        first_seen=moment,
        source=draw(sources),
        excerpt=draw(anything),
        related=tuple(draw(st.lists(relatives, max_size=1))),
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)
@given(views, sites, st.lists(stored_entries(), max_size=3, unique_by=lambda stored: stored.entry.id), frames)
def test_any_text_gives_a_valid_document_and_always_the_same(name, view, site, entries, frame):
    format = FORMATS[name]
    body = format.render(view, site, entries, frame)

    CHECKS[name](body)
    check(body, format.media_type)
    assert format.render(view, site, entries, frame) == body


@pytest.mark.parametrize(
    ("name", "title_of"),
    [
        ("rss.xml", lambda channel: channel.findtext("item/title")),
        ("atom.xml", lambda feed: feed.findtext("{*}entry/{*}title")),
        ("feed.json", lambda feed: feed["items"][0].get("title")),
    ],
)
@settings(deadline=None)
@given(title=anything)
def test_a_title_arrives_without_loss(name, title_of, title):
    entry = Entry(id="urn:x:1", title=title, content="x")
    stored = StoredEntry(entry, key_of("urn:x:1"), SITE.started, SITE.started, SOURCE)
    legal = strip_illegal(title)

    arrived = title_of(CHECKS[name](FORMATS[name].render(ALL, SITE, [stored])))
    assert (arrived or "").strip() == legal.strip()


@given(stored_entries())
def test_a_fault_is_one_line(stored):
    fault = find_fault(stored)

    assert fault is None or (fault and "\n" not in fault)
