"""Which ids an entry may have had before, and what tells that a guid stands for another one."""

from datetime import UTC, datetime

import pytest

from feeds.curation.exchanges import find_exchanged, is_doubtful
from feeds.curation.guids import find_former, find_other_names, find_same, find_spelled
from feeds.curation.identity import find_guid_ids, find_hashed_id
from feeds.curation.rekeying import Grounds
from feeds.model import Entry, KnownEntry

KEY = "https://feeds.example/feed"
LINK = "http://a.example/1"
GROUNDS = Grounds.of(before=["http://a.example/"], now=["http://b.example/"], pages=[])


def hashed(name):
    return find_hashed_id(KEY, name)


@pytest.mark.parametrize("guid", ["http://a.example/?p=1", "tag:a.example,2026:1"])
def test_a_guid_of_a_site_gives_two_ids(guid):
    assert find_guid_ids(KEY, guid) == (guid, hashed(guid))
    assert find_same(Entry(guid, guid), KEY) == (hashed(guid),)
    assert find_same(Entry(hashed(guid), guid), KEY) == (guid,)


@pytest.mark.parametrize(
    ("guid", "id"), [("urn:x:1", "urn:x:1"), ("plain", hashed("plain")), ("mailto:a@b", hashed("mailto:a@b"))]
)
def test_any_other_gives_one(guid, id):
    assert find_guid_ids(KEY, guid) == (id,)
    assert find_same(Entry(id, guid), KEY) == ()


def test_what_is_known_by_its_link_has_no_other_id_of_its_guid_but_may_have_been_known_by_that():
    entry = Entry(hashed(LINK), "http://a.example/shared", LINK)

    assert find_same(entry, KEY) == ()
    guids = "http://a.example/shared", hashed("http://a.example/shared")
    assert find_other_names(entry, KEY) == (*guids, LINK)
    assert find_other_names(Entry(hashed("words"), None, LINK), KEY) == (LINK, hashed(LINK))
    assert find_other_names(Entry("urn:x:1", "urn:x:1", LINK), KEY) == (LINK, hashed(LINK))


@pytest.mark.parametrize("is_hashed", [True, False])
def test_an_address_may_have_been_spelled_otherwise_or_on_another_host(is_hashed):
    def make(address):
        return hashed(address) if is_hashed else address

    address = "https://www.b.example/1?p=2"
    entry = Entry(make(address), address, LINK)
    spelled = ["http://b.example/1?p=2", "http://www.b.example/1?p=2", "https://b.example/1?p=2"]
    former = [f"{start}a.example/1?p=2" for start in ("http://", "http://www.", "https://", "https://www.")]

    assert find_spelled(entry, KEY) == tuple(map(make, spelled))
    assert find_former(entry, KEY, GROUNDS.find_former_hosts) == tuple(map(make, former))


@pytest.mark.parametrize(
    "entry",
    [
        Entry(hashed("plain"), "plain", LINK),
        Entry(hashed("words"), None, LINK),
        Entry(hashed(LINK), "plain", LINK),
        Entry(hashed("words")),
        Entry("http://b.example", "http://b.example"),
    ],
)
def test_what_no_address_names_has_no_other_spelling(entry):
    assert find_spelled(entry, KEY) == find_former(entry, KEY, GROUNDS.find_former_hosts) == ()


def test_a_part_of_a_domain_was_a_part_of_the_former_one():
    assert GROUNDS.find_former_hosts("b.example") == {"b.example", "a.example"}
    assert GROUNDS.find_former_hosts("x.b.example") == {"x.b.example", "x.a.example"}
    assert GROUNDS.find_former_hosts("xb.example") == {"xb.example"}
    assert GROUNDS.find_former_hosts("c.example") == {"c.example"}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (Entry("x", link=LINK, title="One"), False),
        (Entry("x", link="https://www.a.example/1/", title="ONE!"), False),
        (Entry("x", link=LINK, title="Two"), True),
        (Entry("x", link="http://a.example/2", title="One"), True),
        (Entry("x", link=None, title="One"), True),
    ],
)
def test_a_guid_is_in_doubt_where_page_or_title_is_another(new, expected):
    assert is_doubtful(Entry("x", link=LINK, title="One"), new) == expected


def number(n, guid=None, **fields):
    told = {
        "link": f"http://a.example/{n}",
        "title": f"Title {n}",
        "published": datetime(2026, 1, n, tzinfo=UTC),
    }
    return Entry(f"id {guid or n}", f"{guid or n}", **{**told, **fields})


def exchange(doubtful, others=(), staying=()):
    """`doubtful` are (entry, what is stored under its guid), `others` (entry, what it may be)."""
    known = {entry.id: KnownEntry(entry.id, "", entry) for pair in (*doubtful, *others) for entry in pair[1:]}
    ids = {entry.id: entry.id for entry in (*(entry for entry, _ in doubtful), *staying)}
    pairs = [[(entry, known[stored.id]) for entry, stored in some] for some in (doubtful, others)]
    return find_exchanged(pairs[0], ids, pairs[1], KEY, GROUNDS)


def test_an_entry_with_page_and_title_of_another_is_that_one():
    entry = number(2, guid=1)

    assert exchange([(entry, number(1))], [(entry, number(2))]) == {"id 1": "id 2"}
    assert exchange([(entry, number(1))]) == {}


@pytest.mark.parametrize(
    "other",
    [number(2, published=datetime(2025, 1, 1, tzinfo=UTC)), number(2, link="http://c.example/2")],
    ids=["another-date", "another-host"],
)
def test_what_speaks_against_it_leaves_it_where_it_is(other):
    entry = number(2, guid=1)

    assert exchange([(entry, number(1))], [(entry, other)]) == {}


def test_what_is_there_itself_is_taken_by_no_other():
    entry = number(2, guid=1)

    assert exchange([(entry, number(1))], [(entry, number(2))], staying=[number(2)]) == {}


def test_two_that_would_be_one_are_two():
    one, two = number(3, guid=1), number(3, guid=2)

    assert exchange([(one, number(1)), (two, number(2))], [(one, number(3)), (two, number(3))]) == {}


def test_who_has_to_make_way_is_known_by_its_link():
    moved, pushed = number(2, guid=1), number(3, guid=2)
    found = exchange([(moved, number(1)), (pushed, number(2))], [(moved, number(2))])

    assert found == {"id 1": "id 2", "id 2": hashed("http://a.example/3")}


def test_where_one_has_no_link_to_be_known_by_nothing_is_exchanged():
    moved, pushed = number(2, guid=1), number(3, guid=2, link=None)

    assert exchange([(moved, number(1)), (pushed, number(2))], [(moved, number(2))]) == {}
