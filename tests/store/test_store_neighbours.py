"""What stands around an entry: before and after it at its source, and the same story at others."""

import random
from datetime import timedelta

import pytest
from store_plans import explain_all
from store_samples import NOW, Shelf, fresh, minutes, of_source, placed

from feeds.store.entries import quarantine
from feeds.store.neighbours import MOST_TWINS, find_neighbours, list_twins

HOUR = timedelta(hours=1)


def ids(*found):
    return tuple(one and one.entry.id for one in found)


@pytest.mark.parametrize("seed", range(6))
def test_the_neighbours_are_those_that_a_scan_of_the_view_finds(shelf, db, seed):
    """Entries of few moments, so that many share one, at two sources, some withdrawn, some quarantined."""
    chance = random.Random(seed)
    sources = [shelf.add_source(f"https://{name}.example/feed") for name in "ab"]
    for source in sources:
        names = [f"{source.number}-{chance.randrange(10**6):06}" for _ in range(20)]
        shelf.poll(source, new=[placed(name, NOW + minutes(chance.randrange(6))) for name in names])
        shelf.poll(source, withdrawn=chance.sample(names, 3))
        quarantine(db, chance.choice(names), "it is spoiled", NOW)
        listed = shelf.ids(of_source(source))
        beside = {id: pair for id, *pair in zip(listed, [None, *listed], [*listed[1:], None], strict=False)}

        assert {id: list(ids(*find_neighbours(db, shelf.find(id)))) for id in listed} == beside


def test_an_entry_that_is_not_to_be_seen_stands_between_those_that_are(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(name, NOW + minutes(n)) for n, name in enumerate("abc")])
    quarantine(db, "b", "it is spoiled", NOW)

    assert ids(*find_neighbours(db, shelf.find("b"))) == ("c", "a")


def test_an_id_of_any_length_has_neighbours(shelf, db):
    source = shelf.add_source()
    long = ["x" * 500 + name for name in "abc"]
    shelf.poll(source, new=[placed(name) for name in long])
    listed = shelf.ids(of_source(source))

    assert ids(*find_neighbours(db, shelf.find(listed[1]))) == (listed[0], listed[2])


def test_sqlite_finds_neighbours_and_twins_by_an_index(sqlite):
    with sqlite.write() as db:
        shelf = Shelf(db, NOW)
        shelf.poll(shelf.add_source(), new=[placed(name, NOW + minutes(n)) for n, name in enumerate("abc")])
        stored = shelf.find("b")
        plans = explain_all(db, lambda: (find_neighbours(db, stored), list_twins(db, stored)))

    steps = [step for plan in plans for step in plan]
    assert not [step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
    assert len([step for step in steps if "ix_entry_sources_view (source_number=?" in step]) == 2


# --- The same story elsewhere -----------------------------------------------------------------------


@pytest.fixture
def told(shelf, db):
    """Tell of one entry which others are the same story."""

    def told(**fields):
        ours, theirs = shelf.add_source(), shelf.add_source("https://b.example/feed")
        shelf.poll(ours, new=[placed(fresh("ours", title="A title", link="https://a.example/1"))])
        position = fields.pop("position", NOW)
        facts = {"title": "Another", "link": "https://b.example/1", **fields}
        shelf.poll(theirs, new=[placed(fresh("theirs", **facts), position)])
        return [twin.entry.id for twin in list_twins(db, shelf.find("ours"))]

    return told


def test_the_same_page_is_the_same_story_whenever(told):
    assert told(link="https://a.example/1?utm_source=x", position=NOW - 1000 * HOUR) == ["theirs"]


@pytest.mark.parametrize(("hours", "is_same"), [(-49, False), (-48, True), (48, True), (49, False)])
def test_the_same_title_is_the_same_story_within_two_days(told, hours, is_same):
    assert bool(told(title="a  TITLE", position=NOW + hours * HOUR)) is is_same


def test_anything_else_is_not(told):
    assert told() == []


def test_what_its_own_source_tells_again_is_no_story_elsewhere(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(fresh(name, title="Same")) for name in "ab"])

    assert list_twins(db, shelf.find("a")) == []


def test_of_the_episodes_at_one_page_the_first_counts_by_it(shelf, db):
    """As where twins are folded: what a source tells in several entries is several things to it."""
    link = "https://a.example/programme"
    for name in "ab":
        source = shelf.add_source(f"https://{name}.example/feed")
        told = [fresh(f"{name}{n}", title=f"{name}{n}", link=link) for n in range(3)]
        shelf.poll(source, new=[placed(one, NOW + minutes(n)) for n, one in enumerate(told)])

    assert [twin.entry.id for twin in list_twins(db, shelf.find("a0"))] == ["b0"]
    assert list_twins(db, shelf.find("a1")) == []


def test_of_one_source_one_entry_is_told(shelf, db):
    shelf.poll(shelf.add_source(), new=[placed(fresh("ours", title="Same"))])
    other = shelf.add_source("https://b.example/feed")
    shelf.poll(other, new=[placed(fresh(f"{n}", title="Same"), NOW + minutes(n)) for n in range(3)])

    assert [twin.entry.id for twin in list_twins(db, shelf.find("ours"))] == ["2"]


def test_what_is_private_or_not_to_be_seen_is_told_to_nobody(shelf, db):
    for name, facts in (("a", {}), ("b", {"private": True}), ("c", {}), ("d", {})):
        source = shelf.add_source(f"https://{name}.example/feed", **facts)
        shelf.poll(source, new=[placed(fresh(name, title="Same"))])
    quarantine(db, "c", "it is spoiled", NOW)
    shelf.poll(source, withdrawn=["d"])

    assert list_twins(db, shelf.find("a")) == []


def test_of_many_the_newest_are_told_newest_first(shelf, db):
    for n in range(MOST_TWINS + 3):
        source = shelf.add_source(f"https://{n}.example/feed")
        shelf.poll(source, new=[placed(fresh(f"{n:02}", title="Same"), NOW + minutes(n))])
    found = [twin.entry.id for twin in list_twins(db, shelf.find("00"))]

    assert found == [f"{n:02}" for n in range(MOST_TWINS + 2, 2, -1)]
