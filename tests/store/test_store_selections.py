"""What is selected from a view: by language, place and words, on both databases, and by which steps."""

import random
import shutil
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine
from store_plans import explain_all
from store_samples import NOW, Shelf, fresh, in_category, minutes, of_source, placed, walk

from feeds.errors import QueryError, TooSlowError
from feeds.model import ALL, Selection, View
from feeds.store import entries, open_store, schema, selections
from feeds.store.migrations.running import configuration
from feeds.store.patience import limited
from feeds.store.selections import list_selected
from feeds.store.twins import list_folded

LANGUAGES = ("zh-Hans", "zh-Hant", "zh-Hans-CN", "en", "en-GB", None, "EN-us", "no tag, at all", "-")


@pytest.fixture
def ids(db):
    """Return the ids that are selected, all at once and page by page."""

    def find(view=ALL, **selected):
        selection = Selection(**selected)
        found = [stored.entry.id for stored in list_selected(db, view, selection, 1000)]
        assert list(walk(db, view, selection)) == found
        return found

    return find


def put(shelf, source, *facts):
    """Put entries in, named by their number, each a minute before the last."""
    listed = enumerate(facts)
    shelf.poll(source, new=[placed(fresh(f"{n:03}", f"{n}", **fact), NOW - minutes(n)) for n, fact in listed])


# --- Languages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["000", "001", "002"]),
        ("zh-hans", ["000", "002"]),
        ("ZH-Hans", ["000", "002"]),
        ("zh-Hans-CN", ["002"]),
        ("zh-h", []),
        ("en", ["003", "004", "006"]),
        ("en-gb", ["004"]),
        ("de", []),
    ],
)
def test_a_language_takes_all_that_begin_with_it(shelf, ids, language, expected):
    put(shelf, shelf.add_source(), *({"language": one} for one in LANGUAGES))

    assert ids(language=language) == expected


def test_a_corrected_language_counts_from_then_on(shelf, ids):
    source = shelf.add_source()
    put(shelf, source, {"language": "en"}, {"language": "en"})
    shelf.poll(source, modified=[fresh("000", "new", language="fr-CA")])

    assert ids(language="en") == ["001"]
    assert ids(language="fr") == ["000"]


def test_what_is_withdrawn_or_private_is_in_no_language(shelf, ids):
    source, private = shelf.add_source(), shelf.add_source("https://b.example/", private=True)
    put(shelf, source, {"language": "en"}, {"language": "en"})
    shelf.poll(private, new=[fresh("hidden", language="en")])
    shelf.poll(source, withdrawn=["000"])

    assert ids(language="en") == ["001"]


def test_a_language_is_selected_within_a_view(shelf, ids):
    one, other = shelf.add_source(), shelf.add_source("https://b.example/")
    shelf.poll(one, new=[fresh("a", language="en", categories=("News",)), fresh("b", language="fr")])
    shelf.poll(other, new=[fresh("c", language="en"), fresh("d", language="fr", categories=("News",))])

    assert ids(of_source(one), language="en") == ["a"]
    assert ids(in_category("news"), language="fr") == ["d"]


# --- Places and words -------------------------------------------------------------------------------


def test_since_is_a_place_in_the_view_and_not_when_we_saw_it(shelf, ids):
    put(shelf, shelf.add_source(), {}, {}, {})

    assert ids(since=NOW - minutes(1)) == ["000", "001"]
    assert ids(since=NOW + minutes(1)) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("台灣", ["000", "001"]),
        ("灣 大選", ["000"]),
        ('"new york"', ["002"]),
        ("york new", ["002", "003"]),
        ("“new york”", ["002"]),
        ("(", ["003"]),
        ("nothing", []),
    ],
)
def test_words_and_phrases_are_looked_for_in_any_view(shelf, ids, query, expected):
    source = shelf.add_source()
    titles = ("臺灣大選", "台湾", "New York", "York (new)")
    put(shelf, source, *({"title": title, "categories": ("News",)} for title in titles))

    for view in (ALL, of_source(source), in_category("news")):
        assert ids(view, query=query) == expected
    assert ids(View("search", "s", query=query)) == expected
    assert ids(View("query", query, query=query)) == expected
    assert ids(in_category("nothing"), query=query) == []


def test_a_search_is_searched_within(shelf, ids):
    put(shelf, shelf.add_source(), {"title": "one two"}, {"title": "one"}, {"title": "two"})

    assert ids(View("search", "s", query="one"), query="two") == ["000"]


def test_a_query_that_cannot_be_read_is_refused(db):
    with pytest.raises(QueryError, match="empty"):
        list_selected(db, ALL, Selection(query=' "" '), 10)


@pytest.mark.parametrize("few", [0, 3, 10_000])
@pytest.mark.parametrize("steps", [(100, 100), (100, 10**6), (10**6, 10**6)])
def test_by_whatever_steps_the_same_is_found(shelf, ids, monkeypatch, few, steps):
    """Looked up, met on a walk, or on one that passes over the others: what is found is what a scan finds."""
    monkeypatch.setattr(selections, "FEW", few)
    monkeypatch.setattr(selections, "MANY", few)
    monkeypatch.setattr(selections, "WALK", steps[0])
    monkeypatch.setattr(selections, "LONG_WALK", steps[1])
    chance = random.Random(11)
    words = ("台灣", "大選", "news", "harbour", "night")
    facts = [
        {
            "title": " ".join(chance.choices(words, k=2)),
            "language": chance.choice(("en", "zh-Hant", "zh-Hans")),
            "categories": (chance.choice(("A", "B")),),
        }
        for _ in range(60)
    ]
    source = shelf.add_source()
    put(shelf, source, *facts)

    for query in ("news", "harbour night", "灣", "台灣 大選"):
        for view, in_view in ((ALL, "AB"), (in_category("a"), "A"), (of_source(source), "AB")):
            expected = [
                f"{n:03}"
                for n, fact in enumerate(facts)
                if all(word in fact["title"] for word in query.split())
                and fact["categories"][0] in in_view
                and fact["language"].startswith("zh")
            ]
            assert ids(view, query=query, language="zh") == expected


# --- What was stored before -------------------------------------------------------------------------

ROWS = (
    "INSERT INTO sources (number, key, slug, kind, url, private, paused, added)"
    " VALUES (1, 'https://a.example/', 'a', 'feed', 'https://a.example/', 0, 0, 0)",
    "INSERT INTO entries (number, key, id, visible, position, tie, first_seen, origin_number, owner_number,"
    " current, version_count) VALUES (1, 'k', 'urn:a', 1, 0, 'urn:a', 0, 1, 1, 2, 2),"
    " (2, 'l', 'urn:b', 1, 5, 'urn:b', 5, 1, 1, 1, 1)",
    "INSERT INTO versions (entry_number, number, seen, source_number, hash, excerpt, data) VALUES"
    ' (1, 1, 0, 1, \'x\', \'\', \'{"id": "urn:a", "language": "fr"}\'),'
    ' (1, 2, 0, 1, \'y\', \'\', \'{"id": "urn:a", "title": "台灣", "language": "zh-Hant"}\'),'
    ' (2, 1, 5, 1, \'z\', \'\', \'{"id": "urn:b", "title": "台湾"}\')',
)


def test_what_was_stored_before_can_be_selected_and_folded(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/feeds.db")
    with engine.begin() as db:
        config = configuration()
        config.attributes["connection"] = db
        command.upgrade(config, "0010")
        for statement in ROWS:
            db.exec_driver_sql(statement)
    engine.dispose()

    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    with store.read() as db:
        selected = [list_selected(db, ALL, Selection(language=one), 10) for one in ("zh", "fr")]
        folded = list_folded(db, ALL, Selection(), 10, None)
    store.close()

    assert [[stored.entry.id for stored in found] for found in selected] == [["urn:a"], []]
    assert [stored.entry.id for stored in folded.entries] == ["urn:a"]


# --- Steps ------------------------------------------------------------------------------------------

SELECTIONS = {
    "plain": {},
    "since": {"since": NOW - timedelta(days=1)},
    "language": {"language": "en"},
    "query of many": {"query": "common"},
    "query of few": {"query": "rare"},
    "all of it": {"query": "common", "language": "en", "since": NOW - timedelta(days=1)},
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory, made_store):
    """A transaction on a store with sources and entries in it."""
    path = shutil.copy(made_store, tmp_path_factory.mktemp("filled") / "feeds.db")
    store = open_store(f"sqlite:///{path}")
    with store.write() as db:
        shelf = Shelf(db, NOW)
        shelf.add_source("https://0.example/", name="Source 0")
        others = (
            {"key": f"https://{n}.example/", "slug": f"{n}", "url": "", "kind": "feed"}
            for n in range(1, 2000)
        )
        common = {"private": False, "paused": False, "added": NOW}
        db.execute(schema.sources.insert(), [other | common for other in others])
        facts = (
            {
                "title": "rare common" if n % 300 == 7 else "common",
                "language": "en" if n % 2 else "fr",
                "categories": ("News",),
            }
            for n in range(950)
        )
        put(shelf, shelf.add_source("https://0.example/"), *facts)
        yield db
    store.close()


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("selected", SELECTIONS.values(), ids=SELECTIONS)
@pytest.mark.parametrize("kind", ["all", "source", "category", "search"])
def test_every_selection_is_a_walk_along_an_index(filled, kind, selected, analyzed):
    """Only the few that the index of terms has found are put in order; nothing is gone through."""
    filled.exec_driver_sql("SAVEPOINT before")
    if analyzed:
        filled.exec_driver_sql("ANALYZE")
    view = {
        "all": ALL,
        "source": View("source", "source-0"),
        "category": in_category("news"),
        "search": View("search", "s", query="common"),
    }[kind]
    found = []
    plans = explain_all(
        filled, lambda: found.extend(list_selected(filled, view, Selection(**selected), 50, (NOW, "")))
    )
    filled.exec_driver_sql("ROLLBACK TO before")

    assert found
    steps = [step for plan in plans for step in plan]
    assert [step for step in steps if step.startswith("SCAN") and not is_small(step)] == []
    if selected.get("query") != "rare":
        assert not any("TEMP B-TREE" in step for step in steps), steps
        assert any("_view (" in step for step in steps), steps


def is_small(step: str) -> bool:
    """The terms, what they have found, and a list that is a parameter."""
    return any(name in step for name in ("search_terms", "subquery", "anon", "json_each"))


# --- Bounds -----------------------------------------------------------------------------------------

ENDLESS = {
    "sqlite": "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_what_takes_too_long_is_broken_off(store):
    told = pytest.raises(TooSlowError, match=r"longer than 0\.2 seconds")
    with told, store.read() as db, limited(db, 0.2):
        db.exec_driver_sql(ENDLESS[db.dialect.name])
    with store.read() as db:
        assert entries.list_entries(db, ALL, 10) == []


def test_a_walk_that_is_given_up_leaves_the_limit_in_force(sqlite):
    with sqlite.read() as db, limited(db, 0.1):
        with pytest.raises(selections.ExhaustedError), selections.spending(db, 1000):
            db.exec_driver_sql(ENDLESS["sqlite"])
        with pytest.raises(TooSlowError), limited(db, 0.2):
            db.exec_driver_sql(ENDLESS["sqlite"])


def test_steps_are_counted_for_one_run_of_a_statement_and_not_for_its_life(sqlite):
    """SQLite counts on where the last run of the same statement ended."""
    counting = (
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 500) SELECT max(x) FROM n"
    )
    with sqlite.read() as db:
        for _ in range(50):
            with selections.spending(db, 20_000):
                assert db.connection.driver_connection.execute(counting).fetchall() == [(500,)]
