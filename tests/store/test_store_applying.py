"""What a poll found, as readers of the store see it afterwards."""

from dataclasses import replace

import pytest
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import Declaration, Enclosure, Entry, FreshEntry, Origin, Person
from feeds.store import entries, sources, views


def test_a_new_entry_is_stored_whole_and_read_back_the_same(shelf, db):
    source = shelf.add_source()
    entry = Entry(
        id="tag:a.example,2024:1",
        guid="1",
        link="https://a.example/1",
        title="標題 & title",
        authors=(Person("Ann", "ann@a.example", "https://a.example/ann"),),
        published=NOW - minutes(5),
        updated=NOW - minutes(4),
        summary="<p>short</p>",
        content="<p>long</p>",
        enclosures=(Enclosure("https://a.example/1.mp3", "audio/mpeg", 12),),
        categories=("News",),
        language="zh-Hant",
        rights="© Ann",
        image="https://a.example/1.png",
        comments="https://a.example/1#comments",
        origin=Origin(title="Elsewhere", updated=NOW),
    )
    shelf.poll(source, new=[placed(FreshEntry(entry, "h"), NOW - minutes(5))])

    stored = shelf.find(entry.id)

    assert stored.entry == entry
    assert stored.position == NOW - minutes(5)
    assert stored.first_seen == NOW
    assert stored.source == source
    assert stored.versions == 1
    assert stored.excerpt == "long"
    assert stored.withdrawn is None


def test_the_key_is_26_lower_case_base32_characters_of_the_sha_256_of_the_id(shelf, db):
    shelf.poll(shelf.add_source(), new=["urn:uuid:6ba7b811-9dad-11d1-80b4-00c04fd430c8"])

    (stored,) = entries.list_entries(db, views.find_view(db, "all", ""), 10)

    assert stored.key == "4hkaxpst3e67vt23myv22xi6pc"


def test_entries_are_numbered_in_the_order_they_came(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=["b", "a"])
    shelf.poll(source, new=["c"])

    assert sorted("abc", key=lambda id: shelf.find(id).number) == ["b", "a", "c"]


def test_an_excerpt_is_of_the_content_or_else_of_the_summary(shelf):
    bare = replace(fresh("s").entry, content=None, summary="<p>only a summary</p>")
    shelf.poll(shelf.add_source(), new=[placed(FreshEntry(bare, "h"))])

    assert shelf.find("s").excerpt == "only a summary"


def test_a_correction_becomes_the_current_version_in_the_old_place(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[placed("a", NOW - minutes(9)), placed("b", NOW - minutes(5))])
    shelf.poll(source, modified=[fresh("a", "corrected")])

    assert shelf.ids() == ["b", "a"]
    assert shelf.find("a").entry.content == "<p>corrected</p>"
    assert shelf.find("a").excerpt == "corrected"
    assert shelf.find("a").versions == 2


def test_a_correction_that_has_a_place_moves_there(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=[placed("a", NOW - minutes(9)), placed("b", NOW - minutes(5))])
    shelf.poll(source, modified=[fresh("a", "corrected", position=NOW)])

    assert shelf.ids() == ["a", "b"]
    assert shelf.ids(of_source(source)) == ["a", "b"]


def test_every_version_is_kept_and_the_latest_arrival_comes_first(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    shelf.poll(source, modified=[fresh("a", "second")])
    shelf.poll(source, modified=[fresh("a")])  # back to the words of the first

    versions = entries.list_versions(db, entries.find_key("a"))

    assert [(v.number, v.entry.content, v.is_current) for v in versions] == [
        (3, "<p>text</p>", True),
        (2, "<p>second</p>", False),
        (1, "<p>text</p>", False),
    ]


def test_an_older_version_goes_into_the_history_only(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=[fresh("a", rank="2")], older=[fresh("a", "older", rank="1")])

    assert shelf.find("a").entry.content == "<p>text</p>"
    assert [(v.number, v.is_current) for v in entries.list_versions(db, entries.find_key("a"))] == [
        (2, False),
        (1, True),
    ]


def test_an_older_version_that_is_read_again_is_kept_once(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    for _ in range(2):
        shelf.poll(source, older=[fresh("a", "older"), fresh("a", "older"), fresh("a")])

    assert shelf.find("a").versions == 2


def test_what_is_known_of_an_entry_is_of_its_current_version(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    shelf.poll(source, modified=[fresh("a", "second", rank="7", path="x/é.txt")], older=[fresh("a", "third")])

    known = entries.known_entries(db, ["a", "never seen"])

    assert list(known) == ["a"]
    second = fresh("a", "second")
    assert (known["a"].entry, known["a"].hash) == (second.entry, second.hash)
    assert (known["a"].rank, known["a"].path, known["a"].withdrawn) == ("7", "x/é.txt", False)


def test_an_unchanged_entry_touches_nothing(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    before = views.revision(db, "all"), shelf.find("a")

    assert shelf.poll(source, seen=["a"]) == set()
    assert (views.revision(db, "all"), shelf.find("a")) == before


def test_a_withdrawn_entry_leaves_every_view_and_is_still_found_by_its_key(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=[fresh("a", categories=("News",)), "b"])
    touched = shelf.poll(source, withdrawn=["a"])

    assert touched == {"all", f"source:{source.slug}", "category:news"}
    assert shelf.ids() == shelf.ids(of_source(source)) == ["b"]
    assert shelf.ids(in_category("news")) == []
    assert shelf.find("a").withdrawn == NOW


def test_an_entry_is_withdrawn_once(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=["a"])
    shelf.poll(source, withdrawn=["a"])
    shelf.now += minutes(1)

    assert shelf.poll(source, withdrawn=["a", "never seen"]) == set()
    assert shelf.find("a").withdrawn == NOW


@pytest.mark.parametrize("content", ["text", "corrected"])
@pytest.mark.parametrize("kind", ["new", "modified"])
def test_a_withdrawn_entry_comes_back_with_its_key_number_and_place(shelf, kind, content):
    source = shelf.add_source()
    shelf.poll(source, new=[placed(fresh("a", categories=("News",)), NOW - minutes(9)), "b"])
    before = shelf.find("a")
    shelf.poll(source, withdrawn=["a"])
    touched = shelf.poll(source, **{kind: [fresh("a", content, categories=("News",))]})

    after = shelf.find("a")
    assert (after.key, after.number, after.position) == (before.key, before.number, before.position)
    assert after.withdrawn is None
    assert after.versions == (1 if content == "text" else 2)
    assert shelf.ids() == shelf.ids(of_source(source)) == ["b", "a"]
    assert shelf.ids(in_category("news")) == ["a"]
    assert "category:news" in touched


def test_a_poll_touches_the_views_its_entries_are_in(shelf, db):
    source = shelf.add_source()
    touched = shelf.poll(source, new=[fresh("a", categories=("World News", "經濟"))])

    assert touched == {"all", f"source:{source.slug}", "category:world-news", "category:經濟"}
    assert {views.revision(db, key) for key in touched} == {1}


def test_a_correction_touches_the_categories_it_leaves_and_those_it_enters(shelf):
    source = shelf.add_source()
    shelf.poll(source, new=[fresh("a", categories=("Old", "Both"))])
    touched = shelf.poll(source, modified=[fresh("a", "second", categories=("Both", "New"))])

    assert touched == {"all", f"source:{source.slug}", "category:old", "category:both", "category:new"}
    assert [shelf.ids(in_category(name)) for name in ("old", "both", "new")] == [[], ["a"], ["a"]]


def test_a_seed_has_its_publisher_as_origin_and_is_in_the_views_of_both(shelf, db):
    seeds = shelf.add_source("seeds:", kind="seeds", name="Seeds")
    publisher = Declaration("https://news.example/", name="News", kind="archive")
    touched = shelf.poll(seeds, new=[fresh("a", publisher=publisher), fresh("b", publisher=publisher)])

    (archive,) = sources.list_sources(db, ["archive"])
    assert (archive.key, archive.slug, archive.is_polled) == ("https://news.example/", "news", False)
    assert shelf.find("a").source == archive
    assert touched == {"all", "source:seeds", "source:news"}
    assert shelf.ids(of_source(archive)) == shelf.ids(of_source(seeds)) == ["a", "b"]


def test_a_seed_is_corrected_and_withdrawn_by_the_directory_that_brought_it(shelf):
    seeds = shelf.add_source("seeds:", kind="seeds", name="Seeds")
    publisher = Declaration("https://news.example/", name="News", kind="archive")
    shelf.poll(seeds, new=[fresh("a", publisher=publisher)])
    shelf.poll(seeds, modified=[fresh("a", "second", publisher=publisher)])

    assert shelf.find("a").entry.content == "<p>second</p>"
    assert shelf.poll(seeds, withdrawn=["a"]) == {"all", "source:seeds", "source:news"}


def test_late_arrivals_move_up_in_every_view(shelf, db):
    source = shelf.add_source()
    late = placed(fresh("late", categories=("News",)), NOW - minutes(99))
    shelf.poll(source, new=[late, placed(fresh("b", categories=("News",)), NOW - minutes(5))])

    touched = entries.promote_late(db, ["late"], NOW, 20)

    assert touched == {"all", f"source:{source.slug}", "category:news"}
    for view in (of_source(source), in_category("news")):
        assert shelf.ids(view) == shelf.ids() == ["late", "b"]


def test_a_quarantined_entry_is_kept_out_with_its_reason_until_it_is_corrected(shelf, db):
    source = shelf.add_source()
    shelf.poll(source, new=["a", "b"])

    assert entries.quarantine(db, "a", "no link", NOW) == {"all", f"source:{source.slug}"}
    assert [(one.id, one.reason) for one in entries.list_quarantined(db)] == [("a", "no link")]
    assert shelf.ids() == shelf.ids(of_source(source)) == ["b"]

    shelf.poll(source, modified=[fresh("a", "corrected")])
    assert entries.list_quarantined(db) == []
    assert shelf.ids() == ["a", "b"]


def test_characters_no_database_takes_are_left_out_and_the_poll_goes_on(shelf, db):
    source = shelf.add_source()
    broken = fresh("id\x00\ud800", title="ti\x00tle\udfff", content="a\x00b", categories=("c\x00at",))
    shelf.poll(source, new=[FreshEntry(broken.entry, "h\x00", rank="\x00")])

    (stored,) = entries.list_entries(db, views.find_view(db, "all", ""), 10)
    assert (stored.entry.id, stored.entry.title, stored.entry.content) == ("id", "title", "<p>ab</p>")
    assert shelf.ids(in_category("cat")) == ["id"]
    assert list(entries.known_entries(db, ["id\x00\ud800"])) == ["id\x00\ud800"]


def test_an_enclosure_may_claim_any_length(shelf):
    claimed = (Enclosure("https://a.example/x", None, 10**30),)
    shelf.poll(shelf.add_source(), new=[fresh("a", enclosures=claimed)])

    assert shelf.find("a").entry.enclosures == claimed


def test_an_enormous_id_is_stored_and_found(shelf, db):
    enormous = ["https://a.example/" + "".join(f"{n:x}{end}" for n in range(9000)) for end in "xy"]
    shelf.poll(shelf.add_source(), new=enormous)

    assert shelf.find(enormous[0]).entry.id == enormous[0]
    assert shelf.ids() == enormous
    after = entries.list_entries(db, views.find_view(db, "all", ""), 10, after=(NOW, enormous[0]))
    assert [stored.entry.id for stored in after] == enormous[1:]


def test_a_poll_may_bring_more_entries_than_a_statement_takes_values(shelf, db):
    source = shelf.add_source()
    many = [f"{number:05}" for number in range(1200)]
    shelf.poll(source, new=many)
    shelf.poll(source, seen=many[:600], modified=[fresh(id, "second") for id in many[600:]])
    shelf.poll(source, withdrawn=many[:700])

    assert shelf.ids() == many[700:]
    assert len(entries.known_entries(db, many)) == 1200


def test_of_two_new_entries_with_one_id_the_later_is_the_correction(shelf, db):
    shelf.poll(shelf.add_source(), new=[fresh("a"), fresh("a", "second")])

    assert shelf.find("a").entry.content == "<p>second</p>"
    assert len(entries.list_versions(db, entries.find_key("a"))) == 2


def test_a_category_label_without_a_name_files_the_entry_nowhere(shelf, db):
    shelf.poll(shelf.add_source(), new=[fresh("a", categories=("", "  "))])

    assert views.list_categories(db) == []
