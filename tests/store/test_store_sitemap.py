"""What a map of the site lists, in parts."""

from datetime import timedelta

import pytest
from store_plans import explain_all
from store_samples import NOW, fresh, placed

from feeds.store import sitemap
from feeds.store.entries import find_key, quarantine


@pytest.fixture
def short(monkeypatch):
    """Parts of three pages."""
    monkeypatch.setattr(sitemap, "PART_LENGTH", 3)


def paths(pages):
    return [page.path for page in pages]


@pytest.mark.usefixtures("short")
def test_every_entry_to_be_seen_is_in_one_part(shelf, db):
    source = shelf.add_source()
    names = [f"{n}" for n in range(10)]
    for name in names:
        shelf.poll(source, new=[name])
    shelf.poll(source, withdrawn=["1"])
    quarantine(db, "2", "it is spoiled", NOW)
    listed = [sitemap.list_entry_pages(db, part) for part in sitemap.list_entry_parts(db)]

    assert [path for pages in listed for path in paths(pages)] == [
        f"/entries/{find_key(name)}/" for name in names if name not in ("1", "2")
    ]
    assert all(0 < len(pages) <= 3 for pages in listed)


@pytest.mark.usefixtures("short")
def test_a_part_in_which_nothing_is_to_be_seen_is_none(shelf, db):
    hidden = shelf.add_source("https://hidden.example/feed", private=True)
    shelf.poll(hidden, new=[f"h{n}" for n in range(9)])
    shelf.poll(shelf.add_source(), new=["seen"])
    parts = sitemap.list_entry_parts(db)

    assert [paths(sitemap.list_entry_pages(db, part)) for part in parts] == [
        [f"/entries/{find_key('seen')}/"]
    ]


def test_an_entry_is_as_new_as_the_version_that_is_shown(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b"])
    shelf.now = NOW + timedelta(days=1)
    shelf.poll(source, modified=[fresh("b", "corrected")])
    dates = [
        page.modified for part in sitemap.list_entry_parts(db) for page in sitemap.list_entry_pages(db, part)
    ]

    assert dates == [NOW, NOW + timedelta(days=1)]


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
def test_every_public_view_is_in_one_part(shelf, db, count):
    for n in range(count):
        source = shelf.add_source(f"https://{n}.example/feed", name=f"报 {n}")
        shelf.poll(source, new=[placed(fresh(f"{n}", categories=(f"topic {n}",)))])
    hidden = shelf.add_source("https://h.example/feed", name="Hidden", category="Hush", private=True)
    shelf.poll(hidden, new=[placed(fresh("h", categories=("Secret",)))])
    for kind, folder, name in (("source", "/sources", "%E6%8A%A5"), ("category", "/categories", "topic")):
        parts = sitemap.list_view_parts(db, kind)
        listed = [sitemap.list_view_pages(db, kind, after) for after in parts]

        assert [path for pages in listed for path in paths(pages)] == [
            f"{folder}/{name}-{n}/" for n in range(count)
        ]
        assert all(0 < len(pages) <= 3 for pages in listed)


def test_a_view_is_as_new_as_what_last_changed_in_it(shelf, db):
    shelf.poll(shelf.add_source(name="Paper"), new=[placed(fresh("a", categories=("News",)))])

    assert [page.modified for page in sitemap.list_view_pages(db, "source", "")] == [NOW]
    assert [page.modified for page in sitemap.list_view_pages(db, "category", "")] == [NOW]
    assert sitemap.find_touched(db, ["all", "source:nobody"]) == {"all": NOW}


def test_sqlite_reads_a_part_by_its_numbers(sqlite):
    with sqlite.write() as db:
        plans = explain_all(
            db,
            lambda: (
                sitemap.find_last_number(db),
                sitemap.list_entry_pages(db, 1),
                sitemap.list_view_pages(db, "source", ""),
            ),
        )
    steps = [step for plan in plans for step in plan]

    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]
    assert [step for step in steps if "entries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in step]
