"""What cannot be rendered: the entry that is to blame goes, else the last good edition is served."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from syndication_rules import CHECKS
from syndication_samples import CHINESE, FULL, SITE

from feeds.errors import EditionError
from feeds.model import ALL, Changes, Declaration, FreshEntry, Placed, Selection, View
from feeds.store import entries, notices, sources, views
from feeds.store.entries import EVERYTHING, find_key
from feeds.store.site import ensure_site, note_limit
from feeds.syndication import FORMATS
from feeds.syndication.editions import RETRY, Editions
from feeds.syndication.failures import MOST_PASSING, read_place
from feeds.syndication.places import find_work
from feeds.syndication.soundness import render_sound

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = find_key(FULL.id)
BAD = replace(FULL, id="urn:x:bad", title="the bad one")


def put(store, *entries_put):
    placed = tuple(
        Placed(FreshEntry(entry, hash=entry.id), position=entry.published or NOW) for entry in entries_put
    )
    with store.write() as db:
        source = sources.add_source(db, Declaration("https://paper.example/feed.xml"), "hand", NOW)
        entries.apply_changes(db, source, Changes(new=placed), NOW)


def touch(store):
    with store.write() as db:
        views.touch(db, [ALL.key], NOW)


def read_notices(store):
    with store.read() as db:
        return [notice.text for notice in notices.list_notices(db)]


def read_quarantined(store):
    with store.read() as db:
        return {one.id: one.reason for one in entries.list_quarantined(db)}


@pytest.fixture(params=FORMATS)
def name(request):
    return request.param


@pytest.fixture
def spoil(monkeypatch, name):
    """Change how the format is rendered, as an error in this program would."""

    def change(wrong):
        format = FORMATS[name]

        def render(view, site, shown, frame):
            return wrong(lambda: format.render(view, site, shown, frame), [one.entry.id for one in shown])

        monkeypatch.setitem(FORMATS, name, replace(format, render=render))

    yield change
    monkeypatch.undo()


def raise_for(*ids):
    def wrong(render, shown):
        if set(ids) & set(shown):
            raise ValueError("of this I\ncan make nothing: https://me:hush@paper.example/")
        return render()

    return wrong


def break_for(*ids):
    return lambda render, shown: render()[:-20] if set(ids) & set(shown) else render()


@pytest.mark.parametrize("wrong", [raise_for, break_for])
def test_an_entry_that_spoils_a_feed_is_found_out_and_the_feed_goes_on(store, editions, name, spoil, wrong):
    put(store, FULL, BAD, CHINESE, *(replace(FULL, id=f"urn:x:{number}") for number in range(20)))
    spoil(wrong(BAD.id))
    body = editions.find(ALL, name, NOW).body

    CHECKS[name](body)
    assert BAD.id.encode() not in body
    assert FULL.id.encode() in body
    assert CHINESE.id.encode() in body
    [(id, reason)] = read_quarantined(store).items()
    assert id == BAD.id
    assert "\n" not in reason
    assert "hush" not in reason
    assert read_notices(store) == []
    assert b"urn:x:19" in editions.find(ALL, name, NOW + SECOND).body


def test_an_entry_that_is_damaged_in_the_store_is_left_out_and_told(store, editions, name):
    put(store, FULL, BAD, CHINESE)
    with store.write() as db:
        db.exec_driver_sql("""UPDATE versions SET data = '{"id":' WHERE data LIKE '%urn:x:bad%'""")
    body = editions.find(ALL, name, NOW).body

    CHECKS[name](body)
    assert BAD.id.encode() not in body
    assert CHINESE.id.encode() in body
    assert read_quarantined(store) == {BAD.id: "what is stored of it is damaged and cannot be read"}


def test_a_single_entry_can_be_to_blame(store, editions, name, spoil):
    put(store, BAD)
    spoil(raise_for(BAD.id))

    CHECKS[name](editions.find(ALL, name, NOW).body)
    assert set(read_quarantined(store)) == {BAD.id}


@pytest.mark.parametrize(
    "wrong",
    [
        raise_for(FULL.id, CHINESE.id),
        lambda render, shown: b"",
        lambda render, shown: render()[:-20] if len(shown) > 1 else render(),
    ],
    ids=["each of them", "even without entries", "only together"],
)
def test_where_no_entry_is_to_blame_the_last_good_edition_is_served(
    store, editions, name, spoil, wrong, caplog, monkeypatch
):
    put(store, FULL, CHINESE)
    good = editions.find(ALL, name, NOW)
    spoil(wrong)
    touch(store)
    with caplog.at_level(logging.ERROR):
        assert editions.find(ALL, name, NOW) == good
        assert editions.find(ALL, name, NOW + SECOND) == good

    assert read_quarantined(store) == {}
    [told] = read_notices(store)
    assert told.startswith(f"The feed {name} of all cannot be made: it ")
    [record] = caplog.records  # tried once for the revision
    assert record.getMessage() == told
    assert "\n" not in told

    monkeypatch.undo()
    assert editions.find(ALL, name, NOW + RETRY) == good
    assert read_notices(store) == []


def test_a_notice_ends_with_a_new_edition(store, editions, name, spoil, monkeypatch):
    put(store, FULL)
    editions.find(ALL, name, NOW)
    spoil(lambda render, shown: b"")
    touch(store)
    editions.find(ALL, name, NOW)
    monkeypatch.undo()
    put(store, CHINESE)

    assert CHINESE.id.encode() in editions.find(ALL, name, NOW + SECOND).body
    assert read_notices(store) == []


def test_without_a_good_edition_it_is_said_that_there_is_none(store, editions, name, spoil, monkeypatch):
    tries = []
    put(store, FULL)
    spoil(lambda render, shown: tries.append(shown) or b"")
    for seconds in (0, 1, 2):
        with pytest.raises(EditionError, match=f"{name} of all cannot be made"):
            editions.find(ALL, name, NOW + seconds * SECOND)

    assert len(tries) == 2  # with its entries, and without any: once for the revision
    assert "none to serve" in read_notices(store)[0]
    monkeypatch.undo()
    assert FULL.id.encode() in editions.find(ALL, name, NOW + RETRY).body
    assert read_notices(store) == []


def test_a_restart_that_finds_it_well_again_takes_the_notice_back(store, editions, name, spoil, monkeypatch):
    put(store, FULL)
    good = editions.find(ALL, name, NOW)
    spoil(lambda render, shown: b"")
    touch(store)
    editions.find(ALL, name, NOW)
    monkeypatch.undo()

    assert Editions(store, lambda: SITE, "1").find(ALL, name, NOW) == good
    assert read_notices(store) == []


def test_a_store_that_cannot_be_written_keeps_nobody_from_the_last_good_edition(store, editions, name, spoil):
    put(store, FULL)
    good = editions.find(ALL, name, NOW)
    touch(store)
    spoil(lambda render, shown: b"")
    with store.write():
        assert editions.find(ALL, name, NOW) == good


def test_nothing_is_rendered_twice_nor_by_two_threads_at_once(store, editions, name, spoil):
    put(store, FULL)
    tries, at_work, most = [], [], []

    def watch(render, shown):
        at_work.append(shown)
        most.append(len(at_work))
        tries.append(shown)
        body = render()
        at_work.pop()
        return body

    spoil(watch)
    start = threading.Barrier(8)
    found = []

    def read():
        start.wait()
        found.append(editions.find(ALL, name, NOW))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(edition) for edition in found}) == 1
    assert (len(tries), max(most)) == (1, 1)


def test_the_changes_of_health_fall_back_likewise(store, editions, monkeypatch):
    good = editions.find_changes(NOW)
    put(store, FULL)
    with monkeypatch.context() as patch:
        patch.setattr("feeds.syndication.health.find_updated", lambda *_: 1 / 0)
        fallen = Editions(store, lambda: SITE, "1")
        with pytest.raises(EditionError):
            fallen.find_changes(NOW)

    assert "health" in read_notices(store)[0]
    assert fallen.find_changes(NOW + RETRY) == good
    assert read_notices(store) == []


# --- Selections -------------------------------------------------------------------------------------

NEWEST = Selection(limit=2, query="the", since=datetime(2020, 1, 1, tzinfo=UTC), is_full=False)


def test_a_selection_that_cannot_be_made_is_told_and_not_tried_for_each_request(
    store, editions, name, spoil, monkeypatch, caplog
):
    tries = []
    put(store, BAD)
    spoil(lambda render, shown: tries.append(shown) or b"")
    for seconds in range(3):
        with pytest.raises(EditionError, match="cannot be made"):
            editions.find(ALL, name, NOW + seconds * SECOND, NEWEST)

    assert len(tries) == 2  # with its entry, and without
    [told] = read_notices(store)
    assert told.startswith(f"The feed {name} of all?full=0&limit=2&q=the&since=2020-01-01")
    assert [record.getMessage() for record in caplog.records] == [told]
    monkeypatch.undo()
    editions.find(ALL, name, NOW + RETRY, NEWEST)
    assert read_notices(store) == []


def test_no_more_selections_are_told_of_than_a_person_can_read(store, editions, name, spoil):
    put(store, FULL)
    spoil(lambda render, shown: b"")
    for limit in range(1, MOST_PASSING + 9):
        with pytest.raises(EditionError):
            editions.find(ALL, name, NOW, Selection(limit=limit))
    assert len(read_notices(store)) == MOST_PASSING

    with pytest.raises(EditionError):
        editions.find(ALL, name, NOW)
    assert len(read_notices(store)) == MOST_PASSING + 1


# --- What is said for as long as it holds -----------------------------------------------------------


@pytest.mark.parametrize("selection", [EVERYTHING, NEWEST, Selection(is_folded=True, before=KEY)])
def test_what_is_well_again_is_found_out_without_a_reader(
    store, editions, name, spoil, monkeypatch, selection
):
    put(store, FULL, BAD)
    spoil(lambda render, shown: b"")
    with pytest.raises(EditionError):
        editions.find(ALL, name, NOW, selection)
    editions.review_failures(NOW + SECOND)
    assert len(read_notices(store)) == 1
    monkeypatch.undo()
    editions.review_failures(NOW + RETRY)

    assert read_notices(store) == []


def test_what_another_process_has_told_is_found_to_be_well(store, editions, name, spoil, monkeypatch):
    put(store, FULL)
    good = editions.find(ALL, name, NOW)
    spoil(lambda render, shown: b"")
    with pytest.raises(EditionError):
        Editions(store, lambda: SITE, "1").find(ALL, name, NOW)
    monkeypatch.undo()
    editions.review_failures(NOW)

    assert editions.find(ALL, name, NOW) is good
    assert read_notices(store) == []


@pytest.mark.parametrize("number", [None, 1])
def test_nothing_is_said_of_a_feed_that_is_served_no_more(store, editions, number, monkeypatch):
    with store.write() as db:
        ensure_site(db, SITE.base_url, NOW)
        note_limit(db, 1)
    put(store, FULL)
    with store.read() as db:
        [source] = [one for one in sources.list_sources(db) if one.url == "https://paper.example/feed.xml"]
    view = View("source", source.slug)
    with monkeypatch.context() as patch:
        patch.setattr("feeds.syndication.editions.render_sound", fail)
        with pytest.raises(EditionError):
            editions.find(view, "atom.xml", NOW) if number is None else editions.find_archive(view, 1, NOW)
        editions.review_failures(NOW)
    assert source.slug in read_notices(store)[0]
    with store.write() as db:
        sources.add_source(db, Declaration(source.url, private=True), "file", NOW)
        place = read_place(notices.list_notices(db)[0].name)
        assert find_work(db, place) is None
    editions.review_failures(NOW)

    assert read_notices(store) == []


def fail(*_):
    raise EditionError("it is wrong")


# --- Two processes ----------------------------------------------------------------------------------


def test_an_older_rendering_takes_nothing_from_what_is_newer(store, name, monkeypatch):
    put(store, FULL)
    slow, quick = (Editions(store, lambda: SITE, "1") for _ in range(2))
    found = []

    def render(work, site, content):
        rendered = render_sound(work, site, content)
        if not found:
            found.append(None)
            put(store, CHINESE)
            found[0] = quick.find(ALL, name, NOW + SECOND)
        return rendered

    monkeypatch.setattr("feeds.syndication.editions.render_sound", render)
    older = slow.find(ALL, name, NOW + 2 * SECOND)

    assert CHINESE.id.encode() not in older.body
    assert older.modified is None
    assert not older.is_lasting
    with store.read() as db:
        assert views.find_edition(db, "all", name) == (found[0].etag, found[0].modified)
    assert slow.find(ALL, name, NOW + 3 * SECOND) == found[0]
