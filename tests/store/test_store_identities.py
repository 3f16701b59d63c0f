"""The ledger of ids: what leads to an entry, and which one is looked at for another guid."""

from store_samples import NOW, fresh, minutes, placed

from feeds.model import Rekeyed
from feeds.store import entries, identities, rekeyings
from feeds.text.likeness import find_likeness
from feeds.text.twins import find_marks

LINK = "http://a.example/1"
ALIKE = find_likeness(LINK, "One")


def one(id, **fields):
    return fresh(id, **{"title": "One", "link": LINK, "guid": f"guid of {id}", **fields})


def test_the_only_entry_of_a_source_with_a_page_and_a_title_is_found(shelf, db):
    mine, other = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(mine, new=[placed(one("a"))])
    shelf.poll(other, new=[placed(one("b"))])
    found = rekeyings.find_alike(db, mine, {ALIKE, 7})
    assert {alike: known.id for alike, known in found.items()} == {ALIKE: "a"}

    shelf.poll(mine, seen=["b"])
    assert rekeyings.find_alike(db, mine, {ALIKE}) == {}


def test_a_correction_is_looked_for_by_what_it_says_now(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(one("a"))])
    shelf.poll(source, modified=[one("a", title="Two", content="new")])

    assert rekeyings.find_alike(db, source, {ALIKE}) == {}
    assert list(rekeyings.find_alike(db, source, {find_likeness(LINK, "Two")})) != []


def test_what_was_recognized_leads_to_the_entry_until_it_is_given_up(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(one("a"))])
    rekeyings.remember(db, source, [Rekeyed("x", "a", "later"), Rekeyed("y", "never seen", "y")], NOW)
    rekeyings.remember(db, source, [Rekeyed("x", "a", "again")], NOW + minutes(1))
    assert rekeyings.find_kept(db, source, ["x", "y", "a"]) == {"x": "a"}

    rekeyings.forget(db, ["x"])
    assert rekeyings.find_kept(db, source, ["x"]) == {}


def test_only_so_many_guids_of_an_entry_are_remembered(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(one("a")), placed(one("b", link="http://a.example/2"))])
    for n in range(rekeyings.MOST_GUIDS + 2):
        rekeyings.remember(db, source, [Rekeyed(f"x{n}", "a", None), Rekeyed(f"y{n}", "b", None)], NOW)

    assert len(rekeyings.find_kept(db, source, [f"x{n}" for n in range(99)])) == rekeyings.MOST_GUIDS


def test_the_guids_of_an_entry_are_counted_for_each_source(shelf, db):
    first, second = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(first, new=[placed(one("a"))])
    for n in range(rekeyings.MOST_GUIDS + 2):
        rekeyings.remember(db, second, [Rekeyed(f"x{n}", "a", None)], NOW)
    rekeyings.remember(db, first, [Rekeyed("y", "a", None)], NOW)

    assert rekeyings.find_kept(db, first, ["y"]) == {"y": "a"}


def test_what_another_source_has_recognized_counts_only_where_that_speaks_for_the_entry(shelf, db):
    owner, second, third = (shelf.add_source(f"https://{name}.example/feed") for name in "abc")
    shelf.poll(owner, new=[placed(one("a"))])
    rekeyings.remember(db, owner, [Rekeyed("of owner", "a", None)], NOW)
    rekeyings.remember(db, second, [Rekeyed("of second", "a", None)], NOW)
    asked = ["of owner", "of second"]

    assert rekeyings.find_kept(db, owner, asked) == {"of owner": "a"}
    assert rekeyings.find_kept(db, second, asked) == dict.fromkeys(asked, "a")
    assert rekeyings.find_kept(db, third, asked) == {"of owner": "a"}

    rekeyings.remember(db, third, [Rekeyed("of second", "a", None)], NOW)
    assert rekeyings.find_kept(db, third, asked) == {"of owner": "a"}
    rekeyings.remember(db, owner, [Rekeyed("of second", "a", None)], NOW)
    assert rekeyings.find_kept(db, third, asked) == dict.fromkeys(asked, "a")


def test_what_a_source_has_brought_is_found_by_its_id_and_by_its_page(shelf, db):
    mine, other = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(mine, new=[placed(one("a")), placed(one("b", link="http://a.example/2"))])
    shelf.poll(other, new=[placed(one("c"))], seen=["b"])
    mark = find_marks(LINK, None).link

    assert rekeyings.find_brought(db, other, ["a", "b", "c", "d"]) == {"b", "c"}
    assert {key: known.id for key, known in rekeyings.find_linked(db, mine, {mark, 7}).items()} == {mark: "a"}
    shelf.poll(mine, seen=["c"])
    assert rekeyings.find_linked(db, mine, {mark}) == {}


def test_guids_and_links_that_other_entries_of_a_source_have_too_are_told(shelf, db):
    first, second = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(first, new=[placed(one("a", guid="g")), placed(one("b", guid="g", link="http://a.example/2"))])
    shelf.poll(first, modified=[one("b", guid="h", link=LINK, content="new")])
    shelf.poll(second, new=[placed(one("c", guid="g", link="http://c.example/"))])
    facts = identities.list_facts(db, map(entries.find_key, "abc"))

    assert identities.find_shared(db, facts) == {"a": {"g", LINK}, "b": {"g", LINK}, "c": frozenset()}


def test_an_entry_is_found_by_all_it_was_ever_known_by(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(one("a")), placed(one("b_1", guid="100%", link="http://a.example/2"))])
    shelf.poll(source, modified=[one("a", link="http://a.example/new", content="new")])
    rekeyings.remember(db, source, [Rekeyed("x", "a", "later")], NOW)
    key = entries.find_key("a")
    names = ("a", key, "x", "later", "guid of a", LINK, "http://a.example/new")

    assert {name: identities.find_keys(db, name) for name in names} == {name: [key] for name in names}
    assert identities.find_keys(db, "100%") == [entries.find_key("b_1")]
    assert identities.find_keys(db, "guid") == identities.find_keys(db, "10%%") == []


def test_all_that_is_known_of_an_id_is_told(shelf, db):
    first, second = shelf.add_source(), shelf.add_source("https://b.example/feed")
    shelf.poll(second, new=[placed(one("a"))])
    shelf.poll(first, seen=["a"])
    rekeyings.remember(db, second, [Rekeyed("x", "a", "later")], NOW)
    [facts] = identities.list_facts(db, [entries.find_key("a")])

    assert list(identities.list_all_facts(db)) == [facts]
    assert (facts.id, facts.first_seen, facts.owner_slug) == ("a", NOW, second.slug)
    assert facts.source_keys == (second.key, first.key)
    assert (facts.guids, facts.links, facts.titles) == (("guid of a",), (LINK,), ("One",))
    assert [(one.id, one.guid, one.moment, one.source_key) for one in facts.rekeyings] == [
        ("x", "later", NOW, second.key)
    ]
