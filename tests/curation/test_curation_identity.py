"""Which guid is republished as it is, and what every other id is made of."""

from uuid import NAMESPACE_URL, uuid5

import pytest

from feeds.curation.identity import (
    document_identity,
    feed_entry_id,
    find_former_id,
    find_identifiers,
    seed_id,
)
from feeds.model import Link, ParsedEntry, Text

KEY = "https://blog.example/feed"
SITES = ("blog.example", None, "blog.example")


def hashed(text: str) -> str:
    return uuid5(NAMESPACE_URL, f"{KEY}\n{text}").urn


@pytest.mark.parametrize(
    "guid",
    [
        "https://blog.example/2026/one",
        "http://www.blog.example/?p=12",
        "https://archive.blog.example/one",
        "tag:blog.example,2026:one",
        "tag:editor@blog.example,2026-01-02:one",
        "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6",
    ],
)
def test_an_iri_of_the_own_site_is_republished_verbatim(guid):
    assert feed_entry_id(KEY, SITES, guid, "unused") == guid


@pytest.mark.parametrize(
    "guid",
    [
        "https://other.example/one",
        "https://notblog.example/one",
        "tag:other.example,2026:one",
        "tag:blog.example:one",
        "yt:video:abc",
        "12345",
        "/2026/one",
        "https://blog.example/with space",
        "https://blog.example/<b>",
        "https://blog.example/100%/%zz",
        "https://blog.example/?news[id]=1",
        "https://blog.example/#a#b",
        "https://blog.example/\ue000",
        "urn:x",
        "https://blog.example/" + "x" * 1000,
    ],
)
def test_every_other_guid_is_hashed_with_the_key_of_its_source(guid):
    assert feed_entry_id(KEY, SITES, guid, "unused") == hashed(guid)


@pytest.mark.parametrize(
    ("guid", "is_former"),
    [
        ("https://blog.example/?news[id]=100%", True),
        ("urn:x:a#b#c", True),
        ("https://other.example/?news[id]=1", False),
        ("https://blog.example/one", False),
        ("https://blog.example/with space", False),
        ("12345", False),
        (None, False),
    ],
)
def test_what_was_once_taken_for_an_iri_of_the_own_site_is_known(guid, is_former):
    assert find_former_id(SITES, guid) == (guid if is_former else None)


def test_without_a_guid_the_text_stands_in():
    assert feed_entry_id(KEY, SITES, None, "https://blog.example/one") == hashed("https://blog.example/one")


def test_the_site_of_the_entry_itself_counts_too():
    guid = "https://planet-member.example/one"

    assert feed_entry_id(KEY, ("blog.example", None, "planet-member.example"), guid, "") == guid


@pytest.mark.parametrize(("length", "is_kept"), [(600, True), (700, False)])
def test_a_guid_that_no_database_could_look_up_is_hashed(length, is_kept):
    guid = "https://blog.example/" + "\U00010400" * length

    assert (feed_entry_id(KEY, ("blog.example",), guid, "") == guid) == is_kept


def test_a_seed_is_known_by_its_identity_alone():
    assert seed_id("https://dw.com/a-64358959") == uuid5(NAMESPACE_URL, "https://dw.com/a-64358959").urn


@pytest.mark.parametrize(
    "guid",
    [
        "0b4ba1f2-6f6a-4a5e-9a0e-3c8f0f3f5d21",
        "0B4BA1F26F6A4A5E9A0E3C8F0F3F5D21",
        "urn:isbn:9780000000002",
        "tag:lamp.example,2026:17",
        "https://lamp.example/17",
        "17.2026@mail.lamp.example",
    ],
)
def test_an_article_is_known_by_an_id_that_nobody_else_gives(guid):
    assert document_identity(guid, "log/a.md") == guid


@pytest.mark.parametrize("guid", ["intro", "1", "202605011000", "lamp:17", "http//lamp", "a b@c", "@lamp"])
def test_any_other_id_of_an_article_is_one_of_its_folder(guid):
    assert document_identity(guid, "log/a.md") == document_identity(guid, "log/b.md")
    assert document_identity(guid, "log/a.md") != document_identity(guid, "log/old/a.md")
    assert document_identity(guid, "a.md") != document_identity(guid, "log/a.md")


def test_an_id_in_a_folder_is_no_path():
    assert document_identity("intro", "log/a.md") != document_identity(None, "log/intro")


def test_an_article_without_an_id_is_known_by_its_path():
    assert document_identity(None, "log/a.md") == "seed:log/a.md"
    assert document_identity("", "log/a.md") == "seed:log/a.md"


def test_a_path_may_be_no_text():
    assert seed_id("seed:caf\udce9.md") != seed_id("seed:caf\udce8.md")


def identified(*entries: dict) -> list:
    """What identifies entries given as guid, link, title, published and files."""
    written = [
        ParsedEntry(
            guid=entry.get("guid"),
            title=Text(entry["title"]) if "title" in entry else None,
            enclosures=tuple(Link(href) for href in entry.get("files", ())),
            published=entry.get("published"),
        )
        for entry in entries
    ]
    found = find_identifiers(written, [entry.get("link") for entry in entries])
    return [one.guid or one.text for one in found]


ONE, TWO = "https://a.example/1", "https://a.example/2"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"guid": "g", "link": ONE}, {"guid": "h", "link": ONE}, ["g", "h"]),
        ({"guid": "g", "link": ONE}, {"guid": "g", "link": TWO}, [ONE, TWO]),
        ({"guid": "g", "link": ONE}, {"guid": "g", "link": ONE, "title": "corrected"}, ["g", "g"]),
        ({"link": ONE}, {"link": ONE}, [ONE, ONE]),
    ],
    ids=["own guid", "one guid for several links", "one guid for one link", "repeated"],
)
def test_a_guid_or_link_identifies_what_it_alone_stands_for(first, second, expected):
    assert identified(first, second) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"guid": "g", "title": "One"}, {"guid": "g", "title": "Two"}),
        ({"link": ONE, "title": "One"}, {"link": ONE, "title": "Two"}),
        ({"guid": "g", "link": ONE, "title": "One"}, {"guid": "g", "title": "Two"}),
        ({"title": "One"}, {"title": "Two"}),
        ({"title": "Weather", "published": "Monday"}, {"title": "Weather", "published": "Tuesday"}),
        ({"files": ["/a.mp3"]}, {"files": ["/b.mp3"]}),
        ({"published": "Monday"}, {"published": "Tuesday"}),
    ],
)
def test_two_that_differ_are_never_taken_for_one(first, second):
    assert len(set(identified(first, second))) == 2


@pytest.mark.parametrize("entry", [{"guid": "g"}, {"title": "One"}, {"published": "Monday"}, {}])
def test_the_same_entry_twice_is_one(entry):
    assert len(set(identified(entry, dict(entry)))) == 1


def test_an_entry_is_known_by_the_same_whatever_stands_beside_it():
    [alone] = identified({"title": "One"})

    assert identified({"title": "One", "published": "Monday"}, {"title": "Two"})[0] == alone


def test_a_document_without_entries_identifies_none():
    assert identified() == []
