"""A client that walks a view's history finds each entry once, as it is now, and nothing withdrawn."""

import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syndication_samples import SITE

from feeds.curation.changes import find_changes, find_hash
from feeds.model import ALL, Declaration, Entry, FreshEntry, View
from feeds.store import entries, open_store, rounds, sources, views
from feeds.store.entries import list_entries
from feeds.store.site import ensure_site, note_limit
from feeds.syndication.editions import Editions
from feeds.syndication.history import read_archive, read_live

START = datetime(2024, 6, 1, tzinfo=UTC)
CATEGORIES = ("Towns", "桥")
ARRIVING = ("new", "new", "flood", "old", "correct", "withdraw", "restore")
MOVING = ("share", "hide", "refile", "categorize")
# What goes wrong takes several steps, which seldom meet by chance.
STORIES = [
    *((kind,) for kind in (*ARRIVING, *MOVING)),
    ("hide", "withdraw", "hide"),
    ("hide", "new", "share"),
    ("categorize", "withdraw"),
    ("refile", "flood", "share"),
    ("flood", "withdraw", "restore"),
]
ADDRESSES = {"paper": "https://paper.example/feed.xml", "radio": "https://radio.example/feed.xml"}


class World:
    """Two sources whose documents change at random, polled into a store; one takes up what the other has."""

    def __init__(self, store, limit, seed):
        self.store = store
        self.site = replace(SITE, limit=limit)
        self.random = random.Random(seed)
        self.now = START
        self.written = {}  # id -> Entry, as its source has it
        self.brought = {name: set() for name in ADDRESSES}  # ids
        self.declared = {name: Declaration(address, name=name.title()) for name, address in ADDRESSES.items()}
        self.last_polls = {}
        with store.write() as db:
            ensure_site(db, "https://feeds.example", START)
            note_limit(db, limit)
        self.sources = {name: self.declare(name) for name in ADDRESSES}

    def declare(self, name, **changed):
        self.declared[name] = replace(self.declared[name], **changed)
        with self.store.write() as db:
            return sources.add_source(db, self.declared[name], "hand", self.now)

    def play(self, story):
        """Take these steps with one of the sources."""
        name = self.random.choice(sorted(ADDRESSES))
        for kind in story:
            self.step(kind, name)

    def step(self, kind, name=None):
        self.now += timedelta(hours=1)
        name = name or self.random.choice(sorted(ADDRESSES))
        brought = sorted(self.brought[name])
        some = set(self.random.sample(brought, min(len(brought), self.random.choice((1, 2, 30)))))
        withdrawn = self.find_withdrawn()
        if kind in ("new", "flood", "old"):
            self.write(self.random.choice((1, 3)) if kind != "flood" else 30, is_old=kind == "old", by=name)
        elif kind == "correct":
            self.change(some - withdrawn, by=name)
        elif kind == "withdraw":
            self.poll((), withdrawn=some - withdrawn, by=name)
        elif kind == "restore":
            self.poll(some & withdrawn, by=name)
        elif kind == "share":
            [other] = ADDRESSES.keys() - {name}
            self.poll(some, by=other)
        elif kind == "categorize":
            self.change(some - withdrawn, by=name, categories=(self.random.choice(CATEGORIES),))
        elif kind == "hide":
            self.declare(name, private=not self.declared[name].private)
        else:
            self.declare(name, category=self.random.choice((None, "News", "Towns")))

    def write(self, count, *, is_old, by="paper", categories=None):
        fresh = []
        for _ in range(count):
            id = f"https://{by}.example/{len(self.written)}"
            date = self.now - timedelta(days=200) * self.random.random() if is_old else None
            labels = tuple(self.random.sample(CATEGORIES, self.random.randrange(3)))
            labels = labels if categories is None else categories
            self.written[id] = Entry(id=id, link=id, title=id, published=date, categories=labels)
            fresh.append(id)
        self.poll(fresh, by=by)

    def change(self, ids, by="paper", **fields):
        for id in ids:
            title = f"{self.written[id].title} again"
            self.written[id] = replace(self.written[id], title=title, **fields)
        self.poll(ids, by=by)

    def poll(self, ids, withdrawn=(), by="paper"):
        self.brought[by] |= set(ids)
        with self.store.write() as db:
            source = sources.find_source_by_number(db, self.sources[by].number)
            fresh = [FreshEntry(self.written[id], find_hash(self.written[id])) for id in sorted(ids)]
            known = entries.known_entries(db, ids, source)
            changes = find_changes(known, fresh, now=self.now, previous_poll=self.last_polls.get(by))
            changes = replace(changes, withdrawn=tuple(sorted(withdrawn)))
            entries.apply_changes(db, source, changes, self.now)
            if by not in self.last_polls:
                end_round(db, self.now)
        self.last_polls[by] = self.now

    def find_withdrawn(self):
        with self.store.read() as db:
            known = entries.known_entries(db, self.written)
        return {id for id, entry in known.items() if entry.withdrawn}

    def list_views(self):
        """Return the views that are served, by name."""
        with self.store.read() as db:
            found = [views.find_view(db, kind, name) for kind, name in VIEWS]
        return {view.name: view for view in (ALL, *found) if view}

    def visible(self, view):
        with self.store.read() as db:
            return {one.entry.id: one.entry.title for one in list_entries(db, view, 10_000)}

    def read(self, view, number=None):
        """Return (id -> title, ids of tombstones, number of the archive document before)."""
        with self.store.read() as db:
            if number is None:
                shown, faults = read_live(db, view, "atom.xml", self.site)
                assert not faults
            else:
                shown = read_archive(db, view, number, self.site)
        ids = [one.entry.id for one in shown.entries]
        gone = [stone.id for stone in shown.frame.tombstones]
        assert len({*ids, *gone}) == len(ids) + len(gone)
        before = shown.frame.prev_archive
        number = int(before.split("/")[-2]) if before else None
        return {one.entry.id: one.entry.title for one in shown.entries}, gone, number

    def walk(self, view, meanwhile=()):
        """Read the live feed and every archive document, the first occurrence of an id counts."""
        found, number, meanwhile = {}, None, list(meanwhile)
        while True:
            shown, gone, number = self.read(view, number)
            for id in gone:
                found.setdefault(id, None)
            for id, title in shown.items():
                found.setdefault(id, title)
            if number is None:
                return {id: title for id, title in found.items() if title is not None}
            if meanwhile:
                self.step(meanwhile.pop())

    def check(self):
        """A walk of any view finds what that shows, as it is now, and nothing that was withdrawn."""
        everything = self.visible(ALL)
        for view in self.list_views().values():
            found, there = self.walk(view), self.visible(view)
            assert {id: title for id, title in found.items() if id in there} == there, view.key
            # What has only changed its category is not withdrawn: whoever has it keeps it.
            kept = everything.keys() if view.kind == "category" else set()
            assert found.keys() - there.keys() <= kept, view.key


def end_round(db, now):
    for keys in rounds.list_put_off(db):
        rounds.take_up(db, keys, now)


VIEWS = [
    *(("source", name) for name in ADDRESSES),
    *(("category", name) for name in ("towns", "桥", "news")),
]


@pytest.fixture(scope="module")
def open_world(tmp_path_factory, made_store):
    """Open a world in a store of its own."""
    stores = []

    def open_one(limit, seed=1):
        path = tmp_path_factory.mktemp("history") / "feeds.db"
        shutil.copy(made_store, path)
        stores.append(open_store(f"sqlite:///{path}"))
        return World(stores[-1], limit, seed)

    yield open_one
    for store in stores:
        store.close()


@settings(max_examples=25, deadline=None)
@given(
    stories=st.lists(st.sampled_from(STORIES), min_size=1, max_size=15),
    limit=st.sampled_from((3, 10, 100)),
    seed=st.integers(0, 2**32),
)
def test_a_walk_finds_what_is_there_and_nothing_else(open_world, stories, limit, seed):
    world = open_world(limit, seed)
    for story in stories:
        world.play(story)
    world.check()


def test_what_was_withdrawn_while_its_source_was_private_does_not_come_back(open_world):
    world = open_world(3)
    world.write(6, is_old=False)
    world.declare("paper", private=True)
    [gone, *_] = sorted(world.written)
    world.poll((), withdrawn={gone})
    assert world.read(ALL)[1] == []  # nobody is told of what is private
    world.declare("paper", private=False)

    world.check()
    assert len(world.walk(ALL)) == 5


def test_who_has_read_the_documents_meanwhile_is_told_of_it_too(open_world):
    world = open_world(3)
    world.write(6, is_old=False)
    world.declare("paper", private=True)
    [gone, *_] = sorted(world.written)
    world.poll((), withdrawn={gone})
    world.write(6, is_old=False, by="radio")
    last_read = world.read(ALL)[2]
    world.declare("paper", private=False)

    _, told, number = world.read(ALL)
    while number > last_read:
        _, stones, number = world.read(ALL, number)
        told += stones
    assert told == [gone]


def test_what_was_withdrawn_does_not_come_back_from_a_category_that_it_had_left(open_world):
    world = open_world(3)
    world.write(6, is_old=False, categories=("Towns",))
    [gone, *_] = sorted(world.written)
    world.change({gone}, categories=("桥",))
    assert gone in world.walk(world.list_views()["towns"])
    world.poll((), withdrawn={gone})

    world.check()
    assert gone in world.read(world.list_views()["towns"])[1]


def test_an_entry_of_a_flood_is_shown_where_another_source_brings_it_into_a_category(open_world):
    world = open_world(100)
    world.write(50, is_old=False)
    world.declare("radio", category="News")
    flooded = sorted(world.visible(ALL).keys() - world.read(ALL)[0].keys())
    world.write(1, is_old=False, by="radio")  # what a first poll brings is put off, as it is then
    world.poll(flooded[:2], by="radio")

    world.check()
    assert world.read(world.list_views()["news"])[0].keys() > {*flooded[:2]}
    assert not world.read(ALL)[0].keys() & {*flooded}


def test_an_entry_of_a_flood_that_comes_back_is_shown_like_any_other(open_world):
    world = open_world(100)
    world.write(50, is_old=False)
    [back, *_] = sorted(world.visible(ALL).keys() - world.read(ALL)[0].keys())
    world.poll((), withdrawn={back})
    world.poll({back})

    world.check()
    assert back in world.read(ALL)[0]


def test_what_a_second_source_makes_public_is_in_the_history_of_everything_and_of_its_labels(open_world):
    world = open_world(3)
    world.declare("paper", private=True)
    world.write(7, is_old=False, categories=("Towns",))
    world.poll(world.written, by="radio")

    world.check()
    assert len(world.walk(ALL)) == len(world.walk(world.list_views()["towns"])) == 7


def test_a_document_shows_nothing_that_a_source_said_before_it_became_private(open_world):
    world = open_world(3)
    world.write(3, is_old=False)
    [known, *others] = sorted(world.written)
    assert known in world.read(ALL, 1)[0]
    world.declare("paper", private=True)
    world.written[known] = replace(world.written[known], title="as the radio has it")
    world.poll({known, others[0]}, by="radio")

    # Of what the radio says likewise the document shows what anybody may read.
    assert world.read(ALL, 1)[0] == {others[0]: others[0]}
    assert world.walk(ALL) == {known: "as the radio has it", others[0]: others[0]}


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(st.sampled_from((*ARRIVING, *MOVING)), min_size=3, max_size=10),
    meanwhile=st.lists(st.sampled_from(ARRIVING), min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_a_walk_while_entries_arrive_misses_nothing_that_was_there(open_world, steps, meanwhile, seed):
    world = open_world(3, seed)
    for step in steps:
        world.step(step)
    before, gone = world.visible(ALL), world.find_withdrawn()
    found = world.walk(ALL, meanwhile)

    assert before.keys() <= found.keys()
    assert not gone & found.keys()


def test_an_archive_document_stays_as_it_was_cut(open_world):
    world = open_world(3)
    for step in ("new", "flood", "new", "new", "new"):
        world.step(step)
    editions = Editions(world.store, lambda: world.site, "1")
    first = editions.find_archive(ALL, 1, world.now).body
    for step in ("correct", "withdraw", "flood", "old", "categorize", "withdraw"):
        world.step(step)

    assert Editions(world.store, lambda: world.site, "1").find_archive(ALL, 1, world.now).body == first
    assert editions.find_archive(ALL, 1_000, world.now) is None
    assert editions.find_archive(ALL, 0, world.now) is None


def test_a_flood_pushes_nothing_out_of_the_live_feeds_but_is_in_that_of_its_source(open_world):
    world = open_world(100)
    with world.store.write() as db:
        other = sources.add_source(db, Declaration("https://radio.example/feed", name="Radio"), "hand", START)
        calm = Entry(
            id="https://radio.example/1", link="https://radio.example/1", title="calm", published=START
        )
        changes = find_changes({}, [FreshEntry(calm, find_hash(calm))], now=START, previous_poll=None)
        entries.apply_changes(db, other, changes, START)
    world.now += timedelta(hours=1)
    world.write(500, is_old=False)

    everything, _, archives = world.read(ALL)
    assert calm.id in everything
    assert len(everything) == 1 + 20
    assert len(world.read(View("source", "paper"))[0]) == 100
    assert len(world.walk(ALL)) == len(world.visible(ALL)) == 501
    assert archives == 10


def test_a_small_feed_says_that_it_is_complete_and_a_large_one_where_the_rest_is(open_world):
    world = open_world(10)
    world.write(9, is_old=False)
    with world.store.read() as db:
        small, _ = read_live(db, ALL, "rss.xml", world.site)
    world.write(9, is_old=False)
    with world.store.read() as db:
        large, _ = read_live(db, ALL, "atom.xml", world.site)
        elsewhere, _ = read_live(db, ALL, "rss.xml", world.site)

    assert small.frame.is_complete
    assert small.frame.prev_archive is None
    assert not large.frame.is_complete
    assert large.frame.prev_archive == "https://feeds.example/archive/1/atom.xml"
    assert elsewhere.frame.prev_archive is None  # archive documents are Atom


def test_a_tombstone_waits_in_the_live_feed_until_a_document_holds_it(open_world):
    world = open_world(3)
    world.write(3, is_old=False)
    [first, *_] = sorted(world.written)
    world.poll((), withdrawn={first})
    assert world.read(ALL)[1] == [first]

    world.write(3, is_old=False)
    _, gone, number = world.read(ALL)
    assert not gone
    assert world.read(ALL, number)[1] == [first]
