"""Editions on a real store: rendered once, dated by their bytes, never without an answer."""

import gzip
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from syndication_rules import CHECKS
from syndication_samples import CHINESE, FULL, SITE

from feeds.errors import StoreError
from feeds.model import ALL, Changes, Declaration, FreshEntry, Health, Placed, Selection
from feeds.store import entries, sources, views
from feeds.store.catalogue import list_views
from feeds.store.health import record_change
from feeds.store.site import ensure_site, note_limit
from feeds.syndication import FORMATS
from feeds.syndication.edition import CODINGS, strip_coding
from feeds.syndication.editions import RETRY, Editions
from feeds.syndication.lists import LISTS

NOW = datetime(2024, 6, 1, 12, 0, 0, 500000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def put(store, *entries_put, now=NOW):
    """Store entries as a poll of one source brings them."""
    placed = tuple(
        Placed(FreshEntry(entry, hash=entry.id), position=entry.published or now) for entry in entries_put
    )
    with store.write() as db:
        declaration = Declaration("https://paper.example/feed.xml", name="The Paper")
        source = sources.add_source(db, declaration, "hand", now)
        entries.apply_changes(db, source, Changes(new=placed), now)


def run(store, statement):
    with store.write() as db:
        db.exec_driver_sql(statement)


@pytest.mark.parametrize("name", FORMATS)
def test_an_edition_is_the_view_in_the_format_asked_for(store, editions, name):
    put(store, FULL, CHINESE)
    edition = editions.find(ALL, name, NOW)

    CHECKS[name](edition.body)
    assert edition.body.index(FULL.id.encode()) < edition.body.index(CHINESE.id.encode())
    assert edition.media_type == FORMATS[name].media_type
    assert edition.modified == NOW.replace(microsecond=0)


def test_every_coding_unpacks_to_the_body(store, editions):
    put(store, FULL)
    edition = editions.find(ALL, "atom.xml", NOW)

    assert edition.encode("identity") is edition.body
    assert gzip.decompress(edition.encode("gzip")) == edition.body
    assert brotli.decompress(edition.encode("br")) == edition.body


def test_the_codings_have_strong_tags_of_their_own(editions):
    edition = editions.find(ALL, "rss.xml", NOW)
    tags = [edition.tag(coding) for coding in ("identity", *CODINGS)]

    assert len(set(tags)) == 3
    assert tags[0] == edition.etag
    for tag in tags:
        assert tag[0] == tag[-1] == '"'
        assert tag[1:-1].replace("-", "").isalnum()
        assert strip_coding(tag) == edition.etag


def test_a_coding_is_made_when_it_is_first_asked_for_and_never_twice(editions, monkeypatch):
    made = []

    def pack(body):
        made.append(body)
        time.sleep(0.05)
        return b"packed"

    monkeypatch.setitem(CODINGS, "gzip", pack)
    edition = editions.find(ALL, "rss.xml", NOW)
    assert not made

    threads = [threading.Thread(target=edition.encode, args=("gzip",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert edition.encode("gzip") == b"packed"
    assert made == [edition.body]


def test_a_view_of_a_source_holds_its_entries(store, editions):
    put(store, FULL)
    with store.read() as db:
        view = views.find_view(db, "source", "the-paper")

    assert FULL.id.encode() in editions.find(view, "atom.xml", NOW).body


def test_an_edition_is_limited_as_the_site_is(store):
    with store.write() as db:
        ensure_site(db, SITE.base_url, NOW)
        note_limit(db, 1)
    put(store, FULL, CHINESE)
    editions = Editions(store, lambda: replace(SITE, limit=1), "1")

    body = editions.find(ALL, "rss.xml", NOW).body
    assert FULL.id.encode() in body
    assert CHINESE.id.encode() not in body


def test_an_edition_that_is_up_to_date_is_not_rendered_again(store, editions):
    put(store, FULL)

    assert editions.find(ALL, "rss.xml", NOW) is editions.find(ALL, "rss.xml", NOW + 99 * SECOND)


def test_an_edition_that_is_up_to_date_is_served_while_another_writes(store, editions):
    put(store, FULL)
    edition = editions.find(ALL, "rss.xml", NOW)

    with store.write():
        assert editions.find(ALL, "rss.xml", NOW) is edition


def test_a_new_entry_makes_a_new_edition(store, editions):
    put(store, CHINESE)
    before = editions.find(ALL, "rss.xml", NOW)
    put(store, FULL)
    after = editions.find(ALL, "rss.xml", NOW + 60 * SECOND)

    assert FULL.id.encode() in after.body
    assert after.etag != before.etag
    assert after.modified == before.modified + 60 * SECOND


def test_last_modified_moves_even_within_a_second(store, editions):
    put(store, CHINESE)
    before = editions.find(ALL, "rss.xml", NOW)
    put(store, FULL)

    at_once = editions.find(ALL, "rss.xml", NOW)
    assert at_once.modified is None  # RFC 9110, section 8.8.2.1: none that is still to come
    assert (at_once.is_lasting, at_once.dated_from) == (True, before.modified + SECOND)
    assert editions.find(ALL, "rss.xml", NOW + SECOND).modified == before.modified + SECOND


def test_a_touch_that_changes_no_byte_changes_no_validator(store, editions):
    put(store, FULL)
    before = editions.find(ALL, "rss.xml", NOW)
    with store.write() as db:
        views.touch(db, [ALL.key], NOW)

    assert editions.find(ALL, "rss.xml", NOW + 60 * SECOND) == before


def test_a_restart_changes_nothing(store, editions):
    put(store, FULL)
    before = editions.find(ALL, "atom.xml", NOW)

    assert Editions(store, lambda: SITE, "1").find(ALL, "atom.xml", NOW + 3600 * SECOND) == before


def test_a_restart_writes_nothing_where_nothing_has_changed(store, editions):
    put(store, FULL)
    before = editions.find(ALL, "atom.xml", NOW)

    with store.write():  # a second writer would wait
        assert Editions(store, lambda: SITE, "1").find(ALL, "atom.xml", NOW) == before


def test_new_settings_of_the_site_make_a_new_edition(store):
    site = SITE
    editions = Editions(store, lambda: site, "1")
    before = editions.find(ALL, "rss.xml", NOW)
    site = replace(SITE, title="Evening")

    assert b"Evening" in editions.find(ALL, "rss.xml", NOW).body
    assert b"Evening" not in before.body


def test_a_new_name_of_a_view_makes_a_new_edition(store, editions):
    put(store, FULL)
    with store.read() as db:
        view = views.find_view(db, "source", "the-paper")
    editions.find(view, "rss.xml", NOW)

    assert "The Journal" in editions.find(replace(view, title="The Journal"), "rss.xml", NOW).body.decode()


def test_readers_who_come_at_once_share_one_rendering(store, editions):
    put(store, *(replace(FULL, id=f"urn:x:{number}") for number in range(100)))
    start = threading.Barrier(8)
    found = []

    def read():
        start.wait()
        found.append(editions.find(ALL, "atom.xml", NOW))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({id(edition) for edition in found}) == 1


def test_editions_take_no_more_memory_than_allowed(store):
    put(store, FULL)
    size = sum(len(Editions(store, lambda: SITE, "1").find(ALL, name, NOW).body) for name in FORMATS)
    editions = Editions(store, lambda: SITE, "1", most_bytes=size - 1)
    rss, atom, json = (editions.find(ALL, name, NOW) for name in FORMATS)

    assert editions.find(ALL, "feed.json", NOW) is json
    assert editions.find(ALL, "atom.xml", NOW) is atom
    assert editions.find(ALL, "rss.xml", NOW) is not rss


def test_codings_count_as_what_is_kept(store):
    put(store, FULL)
    every = Editions(store, lambda: SITE, "1")
    size = sum(len(every.find(ALL, name, NOW).body) for name in FORMATS)
    editions = Editions(store, lambda: SITE, "1", most_bytes=size)
    rss, atom, json = (editions.find(ALL, name, NOW) for name in FORMATS)
    json.encode("gzip")

    assert editions.find(ALL, "feed.json", NOW) is json
    assert editions.find(ALL, "atom.xml", NOW) is atom
    assert editions.find(ALL, "rss.xml", NOW) is not rss


def test_an_edition_larger_than_the_memory_allowed_is_kept_until_the_next_such(store):
    put(store, FULL)
    editions = Editions(store, lambda: SITE, "1", most_bytes=10)
    rss = editions.find(ALL, "rss.xml", NOW)
    assert editions.find(ALL, "rss.xml", NOW) is rss
    editions.find(ALL, "atom.xml", NOW)

    assert editions.find(ALL, "rss.xml", NOW) is not rss


def test_an_edition_larger_than_the_memory_allowed_pushes_out_no_other(store):
    put(store, FULL, replace(CHINESE, content="<p>街道</p>" * 2000))
    small = Selection(limit=1, is_full=False)
    editions = Editions(store, lambda: SITE, "1", most_bytes=20_000)
    kept = editions.find(ALL, "rss.xml", NOW, small)
    large = editions.find(ALL, "rss.xml", NOW, Selection(limit=2))

    assert len(large.body) > 20_000
    assert editions.find(ALL, "rss.xml", NOW, small) is kept
    assert editions.find(ALL, "rss.xml", NOW, Selection(limit=2)) is large


def test_an_entry_that_cannot_be_rendered_is_quarantined_and_its_place_taken(store):
    faulty = replace(FULL, id="urn:x:bad", link="javascript:alert(1)")
    put(store, replace(faulty, published=FULL.published + SECOND), FULL, CHINESE)
    editions = Editions(store, lambda: replace(SITE, limit=2), "1")
    before = editions.find(ALL, "atom.xml", NOW)

    assert b"urn:x:bad" not in before.body
    assert FULL.id.encode() in before.body
    assert CHINESE.id.encode() in before.body
    with store.read() as db:
        (quarantined,) = entries.list_quarantined(db)
    assert quarantined.id == "urn:x:bad"
    assert "link" in quarantined.reason
    assert editions.find(ALL, "atom.xml", NOW + 60 * SECOND) == before


def test_a_store_that_cannot_be_written_keeps_no_reader_waiting(store, editions):
    put(store, FULL)
    run(store, "CREATE TRIGGER full BEFORE INSERT ON editions BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    edition = editions.find(ALL, "rss.xml", NOW)

    assert FULL.id.encode() in edition.body
    assert edition.modified == NOW.replace(microsecond=0)
    assert editions.find(ALL, "rss.xml", NOW + SECOND) is edition


def test_new_bytes_get_a_new_date_even_where_it_cannot_be_stored(store, editions):
    put(store, CHINESE)
    before = editions.find(ALL, "rss.xml", NOW)
    run(store, "CREATE TRIGGER full BEFORE INSERT ON editions BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    put(store, FULL)
    editions.find(ALL, "rss.xml", NOW)

    assert editions.find(ALL, "rss.xml", NOW + SECOND).modified == before.modified + SECOND


def test_every_change_moves_the_date_also_where_none_can_be_stored(store, editions, monkeypatch):
    """Whoever knows a date alone must never be told that new bytes are what it has."""
    put(store, CHINESE)
    found = [editions.find(ALL, "rss.xml", NOW)]
    write = store.write

    def refuse(patience=None):
        raise StoreError("the store is busy")

    for number in range(3):
        put(store, replace(FULL, id=f"https://paper.example/{number}"))
        monkeypatch.setattr(store, "write", refuse)
        editions.find(ALL, "rss.xml", NOW + SECOND)
        found.append(editions.find(ALL, "rss.xml", NOW + 9 * SECOND))
        monkeypatch.setattr(store, "write", write)
    put(store, FULL)
    editions.find(ALL, "rss.xml", NOW + SECOND)
    found.append(editions.find(ALL, "rss.xml", NOW + 9 * SECOND))

    assert len({edition.etag for edition in found}) == 5
    dates = [edition.modified for edition in found]
    assert dates == [dates[0] + number * SECOND for number in range(5)]
    with store.read() as db:
        assert views.find_edition(db, "all", "rss.xml") == (found[-1].etag, dates[-1])


def test_what_could_not_be_stored_is_stored_later(store, editions):
    put(store, FULL)
    run(store, "CREATE TRIGGER full BEFORE INSERT ON editions BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    editions.find(ALL, "rss.xml", NOW)
    run(store, "DROP TRIGGER full")
    later = editions.find(ALL, "rss.xml", NOW + RETRY)

    with store.read() as db:
        assert views.find_edition(db, ALL.key, "rss.xml") == (later.etag, later.modified)
    assert editions.find(ALL, "rss.xml", NOW + 2 * RETRY) is later


@pytest.mark.quiet
def test_a_reader_does_not_wait_for_a_long_transaction_of_the_poller(store, editions):
    put(store, FULL)
    with store.write():
        started = time.monotonic()
        first = editions.find(ALL, "atom.xml", NOW)
        assert time.monotonic() - started < 2
    later = editions.find(ALL, "atom.xml", NOW + RETRY)

    assert (later.modified, later.etag) == (first.modified, first.etag)
    with store.read() as db:
        assert views.find_edition(db, "all", "atom.xml") == (first.etag, first.modified)


def test_an_unknown_format_is_a_key_error(editions):
    with pytest.raises(KeyError):
        editions.find(ALL, "rdf", NOW)


# --- Changes of health ------------------------------------------------------------------------------


def change(store, word, moment):
    """Record that the health of the one source has become another."""
    with store.write() as db:
        [source] = sources.list_sources(db)
        record_change(db, source, Health(word, f"it is {word}"), moment)


def test_the_changes_of_health_are_an_edition_that_moves_with_them(store, editions):
    put(store, FULL)
    empty = editions.find_changes(NOW)
    change(store, "failing", NOW)
    first = editions.find_changes(NOW + 60 * SECOND)

    CHECKS["atom.xml"](first.body)
    assert (empty.modified, first.modified) == (
        NOW.replace(microsecond=0),
        (NOW + 60 * SECOND).replace(microsecond=0),
    )
    assert editions.find_changes(NOW + 3600 * SECOND) is first
    assert Editions(store, lambda: SITE, "1").find_changes(NOW + 3600 * SECOND) == first


def test_the_latest_changes_come_first_and_there_are_fifty_at_most(store, editions):
    put(store, FULL)
    for number in range(51):
        change(store, "failing" if number % 2 else "healthy", NOW + number * SECOND)
    body = editions.find_changes(NOW).body

    assert body.count(b"<entry>") == 50
    assert body.index(f"{NOW + 50 * SECOND:%H:%M:%S}".encode()) < body.index(b"<entry>")
    assert f"{NOW:%H:%M:%S}.5".encode() not in body


def test_a_source_that_has_become_private_leaves_the_changes_at_once(store, editions):
    put(store, FULL)
    change(store, "failing", NOW)
    assert b"The Paper" in editions.find_changes(NOW).body
    run(store, "UPDATE sources SET private = 1")

    assert b"The Paper" not in editions.find_changes(NOW).body


def test_no_feed_of_entries_tells_of_health(store, editions):
    put(store, FULL)
    before = [editions.find(ALL, name, NOW) for name in FORMATS]
    change(store, "failing", NOW)

    assert [editions.find(ALL, name, NOW) for name in FORMATS] == before


def subscribe(store, url, **fields):
    with store.write() as db:
        return sources.add_source(db, Declaration(url, **fields), "hand", NOW)


def test_a_list_of_feeds_is_an_edition_that_moves_with_what_it_lists(store, editions):
    subscribe(store, "https://paper.example/feed.xml", name="The Paper")
    first = editions.find_list("opml.xml", NOW)
    put(store, FULL)  # an entry is in no list of subscriptions
    assert editions.find_list("opml.xml", NOW + SECOND) is first
    subscribe(store, "https://other.example/feed.xml")
    second = editions.find_list("opml.xml", NOW + 5 * SECOND)

    assert second.etag != first.etag
    assert second.modified == (NOW + 5 * SECOND).replace(microsecond=0)
    assert gzip.decompress(second.encode("gzip")) == second.body
    assert b"https://other.example/feed.xml" in second.body
    assert b"https://other.example/feed.xml" not in first.body


def test_the_list_of_what_is_served_follows_new_categories(store, editions):
    subscribe(store, "https://paper.example/feed.xml", name="The Paper")
    before = editions.find_list("feeds.opml", NOW)
    put(store, FULL)
    after = editions.find_list("feeds.opml", NOW + SECOND)
    put(store, replace(CHINESE, categories=FULL.categories))
    again = editions.find_list("feeds.opml", NOW + 5 * SECOND)

    assert b"/categories/towns/atom.xml" not in before.body
    assert b"/categories/towns/atom.xml" in after.body
    assert (again.etag, again.modified) == (after.etag, after.modified)  # another entry is nothing new to it


def test_the_lists_follow_the_address_and_the_name_of_the_site(store):
    site = SITE
    editions = Editions(store, lambda: site, "1")
    before = editions.find_list("feeds.opml", NOW)
    site = replace(SITE, base_url="https://moved.example", title="Moved")
    after = editions.find_list("feeds.opml", NOW + SECOND)

    assert b"https://moved.example/atom.xml" in after.body
    assert b"Moved</title>" in after.body
    assert b"feeds.example" not in after.body
    assert before.etag != after.etag


def test_an_unknown_list_is_a_key_error(editions):
    with pytest.raises(KeyError):
        editions.find_list("other.opml", NOW)


# --- What is told of a source ------------------------------------------------------------------------

PLAIN, SAFE = "http://paper.example/feed", "https://paper.example/feed"
#: What the source was declared as, what it is declared as later, and whether it was subscribed to before.
REDECLARED = {
    "with TLS": (Declaration(PLAIN), Declaration(SAFE), True),
    "an archive that is subscribed to": (Declaration(SAFE), Declaration(SAFE), False),
    "a name": (Declaration(SAFE), Declaration(SAFE, name="Paper"), True),
    "a category": (Declaration(SAFE, category="News"), Declaration(SAFE, category="Towns"), True),
    "the label of a category": (Declaration(SAFE, category="news"), Declaration(SAFE, category="News"), True),
    "no category": (Declaration(SAFE, category="TOWNS"), Declaration(SAFE), True),
    "private": (Declaration(SAFE), Declaration(SAFE, private=True), True),
}


def serve(editions, views_served):
    """Return all that tells of the source of the tests, by where it is served."""
    feeds_of = {view.key: editions.find(view, "atom.xml", NOW + SECOND).body for view in views_served}
    return feeds_of | {name: editions.find_list(name, NOW + SECOND).body for name in LISTS}


@pytest.mark.parametrize(("before", "after", "is_declared"), REDECLARED.values(), ids=REDECLARED.keys())
def test_what_is_served_when_a_source_is_declared_anew_is_what_a_restarted_server_serves(
    store, editions, before, after, is_declared
):
    with store.write() as db:
        if is_declared:
            sources.sync_door(db, "config", [before], NOW)
        source = sources.ensure_publisher(db, before, NOW)
        placed = Placed(FreshEntry(FULL, hash="1"), position=NOW)
        entries.apply_changes(db, source, Changes(new=(placed,)), NOW)
    with store.read() as db:
        served_before = list_views(db)
    serve(editions, served_before)
    with store.write() as db:
        sources.sync_door(db, "config", [after], NOW)
    with store.read() as db:
        served_after = list_views(db)

    assert serve(editions, served_after) == serve(Editions(store, lambda: SITE, "1"), served_after)
