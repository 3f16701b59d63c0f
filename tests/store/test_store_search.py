"""What a search finds: exactly what a scan of the folded texts finds, on both databases."""

import random

import pytest
from alembic import command
from sqlalchemy import create_engine
from store_samples import NOW, fresh, minutes, placed

from feeds.store import entries, open_store, schema
from feeds.store.migrations.running import configuration
from feeds.store.search import find_index_damage, is_current, rebuild
from feeds.text.markup import plain_text
from feeds.text.search import fold

PIECES = (
    "台灣", "台湾", "臺北", "大選", "北京", "东京", "新竹", "選舉", "g7", "G20", "Taiwan",
    "Taiwanese", "ＡＢＣ", "New York", "York", "東京タワー", "서울", "서울시", "é", "É", "3.14",
    "，", "。", " ", "%", "_", '"', "'", "*", "ﬁ", "😀",
)  # fmt: skip


@pytest.fixture
def found(shelf, db):
    """Put articles into the store; return what finds ids."""
    source = shelf.add_source()

    def put(*articles):
        new = [
            placed(fresh(f"{n:03}", content, title=title), NOW - minutes(n))
            for n, (title, content) in enumerate(articles)
        ]
        shelf.poll(source, new=new)
        return lambda *queries: [
            stored.entry.id for stored in entries.search_entries(db, queries, limit=1000)
        ]

    return put


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("台湾", ["000", "001"]),
        ("台灣", ["000", "001"]),
        ("湾", ["000", "001"]),
        ("海", ["001"]),
        ("東京", ["002"]),
        ("京タ", ["002"]),
        ("서", ["003"]),
        ("서울", ["003"]),
        ("taiwan", ["003"]),
        ("AIW", ["003"]),
        ("t", ["003"]),
        ("ta", ["003"]),
        ("タワー 台", []),
        ("&", ["004"]),
        ("strong", []),
        ("😀", ["004"]),
        ("", ["000", "001", "002", "003", "004"]),
    ],
)
def test_words_and_parts_of_words_are_found(found, query, ids):
    search = found(
        ("臺灣大選", "選舉"),
        ("台海", "台湾的<strong>海</strong>峡"),
        ("東京タワー", "とうきょう"),
        ("서울", "Taiwanese"),
        ("R&amp;D", "Fish &amp; chips 😀"),
    )

    assert search(query) == ids


def test_what_is_found_is_what_a_scan_finds(found):
    chance = random.Random(7)
    articles = [
        ("".join(chance.choices(PIECES, k=3)), f"{''.join(chance.choices(PIECES, k=12))}<br>x")
        for _ in range(120)
    ]
    search = found(*((t, c.replace("'", "’")) for t, c in articles))
    texts = {
        f"{n:03}": [fold(t), fold(plain_text(f"<p>{c.replace(chr(39), '’')}</p>"))]
        for n, (t, c) in enumerate(articles)
    }
    queries = ["".join(chance.choices(PIECES, k=chance.randint(1, 3))) for _ in range(300)]

    for query in queries:
        folded = fold(query)
        assert search(query) == [id for id, parts in texts.items() if any(folded in part for part in parts)]


def test_all_queries_must_be_held(found):
    search = found(("台湾", "大选"), ("台湾", "海峡"))

    assert search("台湾", "大选") == ["000"]
    assert search("大选", "海峡") == []


def test_a_corrected_entry_is_found_by_what_it_says_now(found, shelf, db):
    search = found(("Title", "before"))
    source = shelf.add_source()

    shelf.poll(source, modified=[fresh("000", "afterwards", title="Title")])

    assert search("before") == []
    assert search("afterwards") == ["000"]


def test_a_withdrawn_entry_is_not_found_and_one_that_is_back_is(found, shelf, db):
    search = found(("Title", "words"))
    source = shelf.add_source()

    shelf.poll(source, withdrawn=["000"])
    assert search("words") == []

    shelf.poll(source, modified=[fresh("000", "words", title="Title")])
    assert search("words") == ["000"]


def test_a_private_entry_is_not_found(shelf, db):
    shelf.poll(shelf.add_source(private=True), new=[placed(fresh("a", "words"))])

    assert entries.search_entries(db, ["words"], 10) == []


def test_page_after_page_gives_every_hit_once(found, db):
    found(*(("words", str(n)) for n in range(7)))
    seen, after = [], None
    while page := entries.search_entries(db, ["words"], 3, after):
        seen += [stored.entry.id for stored in page]
        after = page[-1].position, page[-1].entry.id

    assert seen == [f"{n:03}" for n in range(7)]


def test_what_no_database_takes_is_neither_in_a_text_nor_in_a_query(found):
    search = found(("alp\0ha", "beta"))

    assert search("alpha") == search("\0alpha") == search("be\ud800ta") == ["000"]


def test_how_a_word_is_read_does_not_part_it(found):
    search = found(("Title", "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>"))

    assert search("漢字") == ["000"]


def test_many_queries_are_one(found):
    search = found(("Title", "台湾大选"), ("Title", "大选"))

    assert search(*["大选"] * 300, *(f"{'大选'[n % 2]}" for n in range(500)), "台") == ["000"]


def test_an_index_made_by_other_rules_is_made_anew(found, db):
    search = found(("台灣", "words"))
    db.execute(schema.search_state.delete())
    db.execute(schema.search_state.insert().values(folding="0"))
    db.execute(schema.search_texts.update().values(text="台灣"))
    assert not is_current(db)
    assert search("台湾") == []

    rebuild(db)
    assert is_current(db)
    assert search("台湾") == search("words") == ["000"]


def test_an_index_that_is_damaged_is_told_and_made_anew(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    with store.write() as db:
        assert not find_index_damage(db)
        db.exec_driver_sql("INSERT INTO search_terms (rowid, terms) VALUES (1, 'lamp quay')")
    with store.write() as db:
        db.exec_driver_sql("DELETE FROM search_terms_data WHERE id > 10")
    store.close()

    told = []
    for reindex in (False, True):
        store = open_store(f"sqlite:///{tmp_path}/feeds.db", reindex=reindex)
        with store.write() as db:
            told.append(find_index_damage(db))
        store.close()

    assert told == [True, False]


def test_an_enormous_query_is_no_error(found):
    search = found(("Title", "台湾" * 2000))

    assert search("台湾" * 1999) == ["000"]
    assert search("台湾" * 2001) == []


ROWS = (
    "INSERT INTO sources (number, key, slug, kind, url, private, paused, added)"
    " VALUES (1, 'https://a.example/', 'a', 'feed', 'https://a.example/', 0, 0, 0)",
    "INSERT INTO entries (number, key, id, visible, position, tie, first_seen, origin_number, owner_number,"
    " current, version_count) VALUES (1, 'k', 'urn:a', 1, 0, 'urn:a', 0, 1, 1, 2, 2)",
    "INSERT INTO versions (entry_number, number, seen, source_number, hash, excerpt, data)"
    ' VALUES (1, 1, 0, 1, \'x\', \'\', \'{"id": "urn:a", "title": "before"}\'),'
    ' (1, 2, 0, 1, \'y\', \'\', \'{"id": "urn:a", "title": "台灣"}\')',
)


def test_a_store_of_the_first_version_gets_an_index(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/feeds.db")
    with engine.begin() as db:
        config = configuration()
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        for statement in ROWS:
            db.exec_driver_sql(statement)
    engine.dispose()

    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    with store.read() as db:
        found = [entries.search_entries(db, [query], 10) for query in ("台湾", "before")]
    store.close()

    assert [[stored.entry.id for stored in hits] for hits in found] == [["urn:a"], []]
