"""Entries that come under another guid: what is the same one keeps its id, and what is not is its own."""

import pytest
from polling_former import store_under_guid
from polling_publisher import OTHER_DAY, Publisher, feed, item
from polling_server import redirect, response

from feeds.store import rekeyings

# --- The same entry ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(item("new"), id="the-same-date"),
        pytest.param(item("new", title=" ONE. "), id="title-spelled-otherwise"),
        pytest.param(item("new", link="https://www.a.example/1/?utm_source=x"), id="link-spelled-anew"),
        pytest.param(item("new", text="Corrected"), id="corrected-at-once"),
        pytest.param(item(None), id="no-guid-any-more"),
    ],
)
def test_a_new_guid_for_the_same_page_title_and_date_keeps_the_id(publisher, again):
    publisher.poll(item("old"))
    before = publisher.ids()
    outcome = publisher.poll(again)

    assert publisher.ids() == before
    assert outcome.new == 0


@pytest.mark.parametrize("text", ["Text", None])
def test_without_dates_the_text_has_to_be_the_same(publisher, text):
    publisher.poll(item("old", date=None, text=text))
    before = publisher.ids()
    publisher.poll(item("new", date=None, text=text))
    assert publisher.ids() == before

    publisher.poll(item("newer", date=None, text="Something else"))
    assert len(publisher.ids()) == 2


def test_what_was_recognized_is_remembered_whatever_becomes_of_the_entry(publisher):
    publisher.poll(item("old"))
    before = publisher.ids()
    publisher.poll(item("new"))
    outcome = publisher.poll(item("new", title="Another", link="http://a.example/2", date=OTHER_DAY))
    assert (publisher.ids(), outcome.modified) == (before, 1)

    publisher.poll(item("old"))
    assert publisher.ids() == before
    assert publisher.ledger() == [["new"]]


def test_a_new_guid_alone_is_no_correction(publisher):
    publisher.poll(item("old"))
    outcome = publisher.poll(item("new"))
    [stored] = publisher.here.entries()

    assert (outcome.kind, stored.versions, stored.entry.guid) == ("unchanged", 1, "old")


def test_guids_made_up_anew_at_every_poll_fill_no_disk(publisher):
    for number in range(rekeyings.MOST_GUIDS + 3):
        publisher.poll(item(f"guid {number}"))

    assert len(publisher.ids()) == 1
    assert [len(guids) for guids in publisher.ledger()] == [rekeyings.MOST_GUIDS]


def test_a_whole_site_that_moves_keeps_its_ids_and_is_not_new(publisher):
    def articles(site):
        return [item(f"{site}/{n}", f"Title {n}", f"{site}/{n}", file=f"{site}/{n}.mp3") for n in range(30)]

    publisher.poll(*articles("http://a.example"))
    before = {stored.entry.id: stored.updated for stored in publisher.here.entries()}
    outcome = publisher.poll(*articles("https://b.example"), link="https://b.example/")
    after = publisher.here.entries()

    assert {stored.entry.id: stored.updated for stored in after} == before
    assert {stored.entry.link[:17] for stored in after} == {"https://b.example"}
    assert (outcome.new, outcome.modified) == (0, 30)
    assert publisher.poll(*articles("https://b.example"), link="https://b.example/").kind == "unchanged"


def test_a_site_that_moves_may_date_its_articles_anew(publisher):
    publisher.poll(item("http://a.example/1"))
    before = publisher.ids()
    publisher.poll(item("https://www.a.example/1/", link="https://a.example/1", date=OTHER_DAY))

    assert publisher.ids() == before


def test_a_feed_that_moves_with_all_its_guids_is_recognized_by_its_entries(here, serve):
    moved = item("https://b.example/1", link="https://b.example/1")
    new = serve(response(body=feed(moved, link="https://b.example/", id="2").encode()))
    answers = [response(body=feed(item("http://a.example/1")).encode()), redirect(301, new.url)]
    old = serve(lambda asked: answers.pop(0))
    here.subscribe(old.url)
    here.poll(old.url)
    before = {stored.entry.id for stored in here.entries()}
    here.pass_time(hours=1)
    here.poll(old.url)

    assert here.source(old.url).url == new.url
    assert {stored.entry.id for stored in here.entries()} == before


def test_another_source_with_the_new_guid_brings_the_same_entry(publisher, here, serve):
    publisher.poll(item("http://a.example/1"))
    publisher.poll(item("https://a.example/1"))
    before = publisher.ids()
    other = Publisher(here, serve)
    other.poll(item("https://a.example/1"))

    assert publisher.ids() == before


# --- Another entry ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({}, {"title": "Two"}, id="another-title"),
        pytest.param({}, {"link": "http://a.example/2"}, id="another-page"),
        pytest.param({}, {"link": "http://other.example/1"}, id="another-site"),
        pytest.param({}, {"link": "http://a.example/1#comment-2"}, id="another-part-of-the-page"),
        pytest.param({}, {"date": OTHER_DAY}, id="a-column-with-one-page"),
        pytest.param({}, {"date": None, "text": "Other"}, id="no-date-any-more"),
        pytest.param({"link": "http://a.example/"}, {"link": "http://a.example/"}, id="the-page-of-the-feed"),
        pytest.param({"link": None}, {"link": None}, id="no-page"),
        pytest.param({"title": None}, {"title": None}, id="no-title"),
        pytest.param(
            {"link": "http://x.a.example/1", "guid": "http://x.a.example/1"},
            {"link": "http://y.a.example/1", "guid": "http://y.a.example/1"},
            id="two-blogs-of-one-domain",
        ),
        pytest.param(
            {"file": "http://a.example/1.mp3"}, {"file": "http://a.example/2.mp3"}, id="another-episode"
        ),
    ],
)
def test_two_entries_never_share_an_id(publisher, old, new):
    publisher.poll(item(**{"guid": "old", **old}))
    publisher.poll(item(**{"guid": "new", **new}))

    assert len(publisher.ids()) == 2


def test_where_the_old_guid_is_still_there_the_new_one_is_another_entry(publisher):
    publisher.poll(item("old"))
    publisher.poll(item("old"), item("new"))

    assert len(publisher.ids()) == 2


def test_of_several_that_look_alike_none_is_recognized(publisher):
    publisher.poll(item("1"), item("2"))
    publisher.poll(item("3"))
    assert len(publisher.ids()) == 3

    publisher.poll(item("4", "Two"))
    publisher.poll(item("5", "Two"), item("6", "Two"))
    assert len(publisher.ids()) == 6


def test_two_that_turn_out_to_be_two_are_two_from_then_on(publisher):
    publisher.poll(item("old"))
    publisher.poll(item("new"))
    assert len(publisher.ids()) == 1

    publisher.poll(item("old", "One, corrected"), item("new"))
    both = publisher.ids()
    publisher.poll(item("new", "Another title"))

    assert len(both) == 2
    assert publisher.ids() == both
    assert {stored.entry.title for stored in publisher.here.entries()} == {"One, corrected", "Another title"}


def test_another_source_has_nothing_to_recognize(publisher, here, serve):
    publisher.poll(item("old"))
    other = Publisher(here, serve)
    other.poll()
    other.poll(item("new"))

    assert len(publisher.ids()) == 2


# --- Guids that were once taken for IRIs ------------------------------------------------------------

#: A bracket in a query, as a well-known system for pages writes it: RFC 3987 has none there.
NO_IRI = "http://a.example/?news[id]=100%"


def test_an_entry_keeps_an_id_that_is_no_iri_and_no_new_one_gets_such(publisher):
    publisher.poll(item(NO_IRI))
    assert publisher.ids() != {NO_IRI}
    store_under_guid(publisher.here, NO_IRI)

    same = publisher.poll(item(NO_IRI), item(None, "Two", "http://a.example/2"))
    corrected = publisher.poll(
        item(NO_IRI, text="Corrected"), item(f"{NO_IRI}2", "Three", "http://a.example/3")
    )

    assert (same.new, same.modified) == (1, 0)
    assert (corrected.new, corrected.modified) == (1, 1)
    assert len(publisher.ids()) == 3
    assert [id for id in publisher.ids() if not id.startswith("urn:uuid:")] == [NO_IRI]
    assert publisher.ledger() == [[], [], []]


def test_another_source_that_gives_such_a_guid_finds_the_entry(publisher, here, serve):
    publisher.poll(item(NO_IRI))
    store_under_guid(here, NO_IRI)
    Publisher(here, serve).poll(item(NO_IRI))

    assert publisher.ids() == {NO_IRI}


def test_a_saved_feed_keeps_such_ids(here):
    def save(*items):
        (here.seeds / "saved.xml").write_text(feed(*items), encoding="utf-8")
        return here.poll_seeds()

    save(item(NO_IRI))
    store_under_guid(here, NO_IRI)
    outcome = save(item(NO_IRI, text="Corrected"), item(f"{NO_IRI}2", "Two", "http://a.example/2"))

    assert (outcome.new, outcome.modified, outcome.withdrawn) == (1, 1, 0)
    assert NO_IRI in {stored.entry.id for stored in here.entries()}
