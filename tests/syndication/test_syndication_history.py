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
from feeds.store import entries, open_store, sources
from feeds.store.entries import list_entries
from feeds.store.site import ensure_site, note_limit
from feeds.syndication.editions import Editions
from feeds.syndication.history import read_archive, read_live

START = datetime(2024, 6, 1, tzinfo=UTC)
CATEGORIES = ("Towns", "桥")
STEPS = ("new", "new", "flood", "old", "correct", "withdraw", "restore", "refile", "categorize")


class World:
    """One source whose documents change at random, polled into a store."""

    def __init__(self, store, limit, seed):
        self.store = store
        self.site = replace(SITE, limit=limit)
        self.random = random.Random(seed)
        self.now = START
        self.written = {}  # id -> Entry, as the source has it
        self.withdrawn = set()
        self.last_poll = None
        with store.write() as db:
            ensure_site(db, "https://feeds.example", START)
            note_limit(db, limit)
            self.source = sources.add_source(db, self.declare(None), "hand", START)

    def declare(self, category):
        return Declaration("https://paper.example/feed.xml", name="Paper", category=category)

    def step(self, kind):
        self.now += timedelta(hours=1)
        some = self.random.sample(
            sorted(self.written), min(len(self.written), self.random.choice((1, 2, 30)))
        )
        if kind in ("new", "flood", "old"):
            self.write(self.random.choice((1, 3)) if kind != "flood" else 30, is_old=kind == "old")
        elif kind == "correct":
            for id in set(some) - self.withdrawn:
                title = f"{self.written[id].title} again"
                self.written[id] = replace(self.written[id], title=title)
            self.poll(set(some) - self.withdrawn)
        elif kind == "withdraw":
            self.poll((), withdrawn=set(some) - self.withdrawn)
            self.withdrawn |= set(some)
        elif kind == "restore":
            back = set(some) & self.withdrawn
            self.withdrawn -= back
            self.poll(back)
        elif kind == "categorize":
            for id in set(some) - self.withdrawn:
                self.written[id] = replace(
                    self.written[id], categories=(self.random.choice(CATEGORIES),), title=f"filed {id}"
                )
            self.poll(set(some) - self.withdrawn)
        else:
            with self.store.write() as db:
                sources.add_source(db, self.declare(self.random.choice((None, "News"))), "hand", self.now)

    def write(self, count, *, is_old):
        fresh = []
        for _ in range(count):
            id = f"https://paper.example/{len(self.written)}"
            date = self.now - timedelta(days=200) * self.random.random() if is_old else None
            labels = tuple(self.random.sample(CATEGORIES, self.random.randrange(3)))
            self.written[id] = Entry(id=id, link=id, title=id, published=date, categories=labels)
            fresh.append(id)
        self.poll(fresh)

    def poll(self, ids, withdrawn=()):
        with self.store.write() as db:
            fresh = [FreshEntry(self.written[id], find_hash(self.written[id])) for id in sorted(ids)]
            known = entries.known_entries(db, ids, self.source)
            changes = find_changes(known, fresh, now=self.now, previous_poll=self.last_poll)
            changes = replace(changes, withdrawn=tuple(sorted(withdrawn)))
            entries.apply_changes(db, self.source, changes, self.now)
        self.last_poll = self.now

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


VIEWS = [
    ALL,
    View("source", "paper"),
    View("category", "towns"),
    View("category", "桥"),
    View("category", "news"),
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
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=14),
    limit=st.sampled_from((3, 10, 100)),
    seed=st.integers(0, 2**32),
)
def test_a_walk_finds_what_is_there_and_nothing_else(open_world, steps, limit, seed):
    world = open_world(limit, seed)
    for step in steps:
        world.step(step)
    left = {}
    for view in VIEWS:
        found, there = world.walk(view), world.visible(view)
        left[view.name] = found.keys() - there.keys()
        assert {id: title for id, title in found.items() if id in there} == there
    # An entry that has only changed its category is not withdrawn: whoever has it keeps it.
    assert not left[""]
    assert not left["paper"]


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=10),
    meanwhile=st.lists(st.sampled_from(STEPS[:-2]), min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
)
def test_a_walk_while_entries_arrive_misses_nothing_that_was_there(open_world, steps, meanwhile, seed):
    world = open_world(3, seed)
    for step in steps:
        world.step(step)
    before, gone = world.visible(ALL), set(world.withdrawn)
    found = world.walk(ALL, meanwhile)

    assert before.keys() <= found.keys()
    assert not (gone - world.written.keys()) & found.keys()
    assert all(id in before or id not in gone for id in found)


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
