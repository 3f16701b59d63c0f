"""Which guid is republished as it is, and what every other id is made of."""

from uuid import NAMESPACE_URL, uuid5

import pytest

from feeds.curation.identity import feed_entry_id, find_shared, seed_id

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
        "urn:x",
        "https://blog.example/" + "x" * 1000,
    ],
)
def test_every_other_guid_is_hashed_with_the_key_of_its_source(guid):
    assert feed_entry_id(KEY, SITES, guid, "unused") == hashed(guid)


def test_without_a_guid_the_text_stands_in():
    assert feed_entry_id(KEY, SITES, None, "https://blog.example/one") == hashed("https://blog.example/one")


def test_the_site_of_the_entry_itself_counts_too():
    guid = "https://planet-member.example/one"

    assert feed_entry_id(KEY, ("blog.example", None, "planet-member.example"), guid, "") == guid


def test_a_seed_is_known_by_its_identity_alone():
    assert seed_id("https://dw.com/a-64358959") == uuid5(NAMESPACE_URL, "https://dw.com/a-64358959").urn


def test_a_guid_that_stands_for_several_links_identifies_none():
    pairs = [("same", "https://a.example/1"), ("same", "https://a.example/2"), ("own", "https://a.example/3")]

    assert find_shared(pairs) == {"same"}


def test_a_repeated_entry_does_not_make_its_guid_shared():
    assert find_shared([("one", "https://a.example/1"), ("one", "https://a.example/1")]) == frozenset()
