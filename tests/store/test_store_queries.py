"""What the operators of a query find and how many there are: what a plain scan finds, on both databases."""

import random
import shutil
from datetime import datetime, timedelta

import pytest
from store_plans import explain_all
from store_samples import NOW, Shelf, fresh, in_category, minutes, of_source, placed, walk

from feeds.model import ALL, Selection, View
from feeds.store import open_store, patience, selections
from feeds.store.naming import list_unknown
from feeds.store.selections import ask, count_selected, list_selected
from feeds.store.twins import list_folded
from feeds.text.query import Named, read_query
from feeds.text.search import fold

WORDS = ("台灣", "大選", "news", "harbour", "night", "灣", "x.y", "１２")
LANGUAGES = ("zh-Hans", "zh-Hant", "en", None)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A machine that is busy otherwise counts as well."""
    monkeypatch.setattr(selections, "COUNT_SECONDS", 30)


@pytest.fixture
def ids(db):
    """Return the ids that are found, all at once and page by page, having counted them."""

    def find(query, view=ALL, **selected):
        selection = Selection(query=query, **selected)
        found = [stored.entry.id for stored in list_selected(db, view, selection, 1000)]
        assert list(walk(db, view, selection)) == found
        assert count_selected(db, view, selection, 1001) == len(found)
        return found

    return find


@pytest.fixture
def papers(shelf):
    """Three entries of each of two papers, and of one that is private; all tell of a harbour."""
    made = {}
    facts = {"One": {}, "台灣日報": {"category": "News"}, "Secret": {"private": True}}
    for n, (name, fact) in enumerate(facts.items()):
        source = shelf.add_source(f"https://{n}.example/feed", name=name, **fact)
        shelf.poll(
            source,
            new=[
                placed(fresh(f"{name} {m}", "harbour", language="en"), NOW - minutes(10 * m + n))
                for m in range(3)
            ],
        )
        made[name] = source
    return made


# --- Sources and categories -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source:one", {"One"}),
        ("source:ONE harbour", {"One"}),
        ('source:"台湾日报"', {"台灣日報"}),
        ("source:台灣日報", {"台灣日報"}),
        ("source:on", set()),
        ("-source:one", {"台灣日報"}),
        ("-source:one -source:台灣日報", set()),
        ("source:one source:台灣日報", set()),
        ("category:news", {"台灣日報"}),
        ("category:News harbour", {"台灣日報"}),
        ("-category:news", {"One"}),
        ("category:nothing", set()),
        ("-category:nothing -source:nothing", {"One", "台灣日報"}),
    ],
)
def test_a_source_goes_by_slug_or_title_and_a_category_by_its_label(papers, ids, query, found):
    assert {id.rpartition(" ")[0] for id in ids(query)} == found


def test_a_private_source_is_as_one_that_does_not_exist(papers, db, ids):
    everything = ids("harbour")

    assert ids("source:secret") == ids("source:nothing") == []
    assert ids("-source:secret harbour") == ids("-source:nothing harbour") == everything
    assert list_unknown(db, [read_query("source:secret source:one category:news category:none lang:xx")]) == [
        Named("source", "secret"),
        Named("category", "none"),
    ]


def test_sources_of_one_title_are_all_meant(shelf, ids):
    for n in range(3):
        source = shelf.add_source(f"https://{n}.example/feed", name="Other" if n == 2 else "The Paper")
        shelf.poll(source, new=[f"{n}"])

    assert ids('source:"the paper"') == ["0", "1"]
    assert ids('-source:"the paper"') == ["2"]
    assert ids("source:the-paper") == ["0"]


def test_an_operator_narrows_a_view_and_a_saved_search(papers, ids):
    paper = papers["台灣日報"]

    assert ids("source:one", of_source(paper)) == []
    assert ids("category:news", of_source(paper)) == ids("", View("search", "s", query="category:news"))
    assert ids("source:台灣日報", in_category("news")) == ids("source:台灣日報")
    assert ids("harbour", View("search", "s", query="source:one -nothing")) == ids("source:one")


# --- Dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("after:2024-05-01", ["d", "c"]),
        ("before:2024-05-01", ["b", "a"]),
        ("after:2024-05 before:2024-06", ["c"]),
        ("before:2024", ["a"]),
        ("after:2025", []),
        ("after:2024 before:2024-05 text", ["b"]),
    ],
)
def test_a_date_is_where_a_year_month_or_day_begins(shelf, ids, query, found):
    days = {"a": (2023, 12, 31, 23, 59), "b": (2024, 4, 30, 23, 59), "c": (2024, 5, 1), "d": (2024, 6, 1)}
    new = [placed(fresh(id), datetime(*day, tzinfo=NOW.tzinfo)) for id, day in days.items()]
    shelf.poll(shelf.add_source(), new=new)

    assert ids(query) == found


def test_a_page_that_follows_a_later_entry_begins_at_the_date(shelf, db):
    shelf.poll(shelf.add_source(), new=[placed(f"{n}", NOW - timedelta(days=n)) for n in range(3)])

    found = list_selected(db, ALL, Selection(query="before:2024-05-01"), 10, (NOW, "0"))
    assert [stored.entry.id for stored in found] == ["1", "2"]


# --- All of it, as a plain scan finds it ------------------------------------------------------------


@pytest.mark.parametrize("few", [0, 3, 10_000])
@pytest.mark.parametrize("steps", [100, 10**6])
def test_whatever_is_asked_is_what_a_plain_scan_finds(shelf, ids, monkeypatch, few, steps):
    for name, value in {"FEW": few, "MANY": few, "WALK": steps, "LONG_WALK": steps}.items():
        monkeypatch.setattr(selections, name, value)
    monkeypatch.setattr("feeds.store.asking.FEW", few)
    chance = random.Random(few + steps)
    facts = put_all(shelf, chance)

    for _ in range(25):
        asked = [write_condition(chance) for _ in range(chance.randint(1, 4))]
        expected = [id for id, fact in facts if all(is_met(fact) for _, is_met in asked)]
        assert ids(" ".join(text for text, _ in asked)) == expected, asked


def put_all(shelf, chance):
    """Put entries into two sources, each a minute before the last; return (id, what it is) of each."""
    papers = [shelf.add_source(f"https://{n}.example/feed", name=f"Paper {n}") for n in range(2)]
    facts = []
    for n in range(60):
        fact = {
            "title": " ".join(chance.choices(WORDS, k=2)),
            "content": chance.choice(WORDS),
            "language": chance.choice(LANGUAGES),
            "categories": tuple(chance.sample(("A", "新聞"), k=chance.randint(0, 2))),
        }
        source = chance.randrange(2)
        place = NOW - timedelta(days=n)
        shelf.poll(papers[source], new=[placed(fresh(f"{n:03}", **fact), place)])
        text = fold(fact["title"]) + "\n" + fold(fact["content"])
        facts.append((f"{n:03}", fact | {"source": source, "place": place, "text": text}))
    return facts


def write_condition(chance):
    """Return a part of a query, and what tells whether an entry meets it."""
    kind = chance.choice(("word", "word", "word", "source", "category", "lang", "before", "after"))
    minus = chance.choice(("", "", "-")) if kind not in ("before", "after") else ""
    if kind == "word":
        word = chance.choice((*WORDS, "台湾 大选", "a", "选", "."))
        text, is_met = f'"{word}"', lambda fact: fold(word) in fact["text"]
    elif kind == "source":
        n = chance.randrange(2)
        name = chance.choice((f"paper-{n}", f'"PAPER {n}"'))
        text, is_met = f"source:{name}", lambda fact: fact["source"] == n
    elif kind == "category":
        label = chance.choice(("A", "新聞"))
        text, is_met = f"category:{label}", lambda fact: label in fact["categories"]
    elif kind == "lang":
        tag = chance.choice(("zh", "zh-hant", "en", "fr"))
        text, is_met = f"lang:{tag}", lambda fact: f"{fact['language']}-".lower().startswith(f"{tag}-")
    else:
        day = NOW.date() - timedelta(days=chance.randrange(60))
        start = datetime(day.year, day.month, day.day, tzinfo=NOW.tzinfo)
        text = f"{kind}:{day}"
        is_met = {
            "before": lambda fact: fact["place"] < start,
            "after": lambda fact: fact["place"] >= start,
        }[kind]
    return (f"-{text}", lambda fact: not is_met(fact)) if minus else (text, is_met)


def test_twins_are_folded_within_what_a_query_selects(shelf, db):
    one, other = (shelf.add_source(f"https://{n}.example/feed", name=f"Paper {n}") for n in range(2))
    for n, source in enumerate((one, other, other)):
        fact = {"title": "The same", "link": "https://c.example/story"}
        shelf.poll(source, new=[placed(fresh(f"{n}", f"{n}", **fact), NOW - minutes(n))])

    def fold_by(query):
        folded = list_folded(db, ALL, Selection(query=query), 10, None)
        return [stored.entry.id for stored in folded.entries]

    assert fold_by("same") == ["2"]
    assert fold_by("source:paper-0") == ["0"]
    assert fold_by("same -source:paper-1 before:2030") == ["0"]


# --- Counts -----------------------------------------------------------------------------------------


def test_no_more_are_counted_than_is_asked(shelf, db):
    shelf.poll(shelf.add_source(), new=[fresh(f"{n}", "lamp quay") for n in range(30)])

    assert [count_selected(db, ALL, Selection(query="lamp"), most) for most in (5, 30, 31)] == [5, 30, 30]
    assert count_selected(db, ALL, Selection(query='"lamp quay"'), 7) == 7
    assert count_selected(db, ALL, Selection(query="-quay"), 7) == 0


def test_what_takes_too_long_to_count_is_not_counted(shelf, db, monkeypatch):
    """The transaction goes on as before."""
    shelf.poll(shelf.add_source(), new=[fresh(f"{n}", "lamp quay") for n in range(300)])
    monkeypatch.setattr(selections, "COUNT", 100)
    monkeypatch.setattr(selections, "COUNT_SECONDS", 0.1)
    monkeypatch.setattr(selections, "make_count", endless_count)

    assert count_selected(db, ALL, Selection(query="lamp"), 1000) is None
    assert len(list_selected(db, ALL, Selection(query="lamp"), 1000)) == 300


def endless_count(dialect, form):
    from sqlalchemy import func, literal_column, select, text

    if dialect == "postgresql":
        return select(func.count()).select_from(text("pg_sleep(60)"))
    numbers = text("(WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n)")
    return select(func.count(literal_column("x"))).select_from(numbers)


# --- Steps ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory, made_store):
    """A transaction on a store with a large and a small source."""
    path = shutil.copy(made_store, tmp_path_factory.mktemp("filled") / "feeds.db")
    store = open_store(f"sqlite:///{path}")
    with store.write() as db:
        shelf = Shelf(db, NOW)
        large = shelf.add_source("https://0.example/", name="Large")
        small = shelf.add_source("https://1.example/", name="Small")
        for source, first, count in ((large, 0, 600), (small, 600, 60)):
            new = [
                placed(fresh(f"{n:03}", categories=("News",), language="en"), NOW - minutes(n))
                for n in range(first, first + count)
            ]
            shelf.poll(source, new=new)
        yield db
    store.close()


@pytest.mark.parametrize(
    ("query", "walked"),
    [
        ("-nothing", "entries"),
        ("source:large", "entry_sources"),
        ("source:small category:news lang:en", "entry_sources"),
        ("category:news before:2024-06", "entry_categories"),
        ("lang:en -source:large", "entry_languages"),
        ("-category:none after:2024-01 before:2024-06", "entries"),
    ],
)
def test_operators_walk_along_an_index(filled, query, walked):
    found = []
    selection = Selection(query=query)
    plans = explain_all(filled, lambda: found.extend(list_selected(filled, ALL, selection, 20, (NOW, ""))))
    steps = [step for plan in plans for step in plan]

    assert len(found) == 20
    assert not any("TEMP B-TREE" in step for step in steps), steps
    assert any(f"ix_{walked}_view (" in step and "position" in step for step in steps), "\n".join(steps)


def test_the_place_of_a_page_and_not_the_date_says_where_the_walk_begins(filled):
    question = ask(filled, ALL, Selection(query="before:2030"))
    question.follow((NOW, ""))

    assert (question.form.is_after, question.form.is_until) == (True, False)


def test_a_count_that_is_given_up_leaves_the_limit_in_force(db):
    told = pytest.raises(patience.ExhaustedError)
    with patience.limited(db, 60), told, patience.briefly(db, 100, 0.01):
        db.execute(endless_count(db.dialect.name, None))
    if db.dialect.name == "postgresql":
        assert db.exec_driver_sql("SHOW statement_timeout").scalar() == "1min"
