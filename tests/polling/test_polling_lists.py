"""Importing a list that somebody has sent."""

from datetime import UTC, datetime

import pytest

from feeds.model import Declaration
from feeds.model.declaring import Imported
from feeds.polling.lists import AT_ONCE, import_list, subscribe
from feeds.polling.storing import StoreThread
from feeds.store.sources import add_source, amend, close_door, list_sources

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD = '<opml version="2.0"><body>'
TAIL = "</body></opml>"


def outline(url, text="Name"):
    return f'<outline type="rss" text="{text}" xmlUrl="{url}"/>'


@pytest.fixture
def send(store, running_reader):
    """Import a list as the poller does; return what came of it."""
    runner, reader = running_reader
    thread = StoreThread(store)

    def send(text):
        return runner.run(import_list(reader, thread, text.encode(), NOW))

    yield send
    thread.close()


def listed(store):
    with store.read() as db:
        return list_sources(db)


def test_all_that_a_list_names_is_subscribed_to(send, store):
    folder = f'<outline text="News">{outline("https://b.example/", "B")}</outline>'
    first = send(HEAD + outline("https://a.example/", "A") + folder + TAIL)
    again = send(HEAD + outline("https://a.example/", "A") + outline("https://c.example/", "C") + TAIL)

    assert first == Imported(subscribed=2, known=0)
    assert again == Imported(subscribed=1, known=1)
    assert [(one.name, one.category, one.doors) for one in listed(store)] == [
        ("A", None, ("hand",)),
        ("B", "News", ("hand",)),
        ("C", None, ("hand",)),
    ]


def test_a_long_list_is_subscribed_to_in_several_transactions(send, store):
    count = 2 * AT_ONCE + 1
    text = "".join(outline(f"https://a.example/{number}") for number in range(count))

    assert send(HEAD + text + TAIL) == Imported(subscribed=count, known=0)
    assert len(listed(store)) == count


def test_of_a_damaged_list_what_stands_before_the_damage_counts_and_that_is_told(send, store):
    done = send(HEAD + outline("https://a.example/") + '<outline xmlUrl="https://b.exam')

    assert (done.subscribed, done.known) == (1, 0)
    assert "only what stands before that is subscribed" in done.damage
    assert [one.url for one in listed(store)] == ["https://a.example/"]


@pytest.mark.parametrize(
    "text", ["", "no list at all", "<rss><channel><title>x</title></channel></rss>", "[T](L)\n---\n"]
)
def test_what_is_no_list_is_refused_in_one_line(send, store, text):
    done = send(text)

    assert done.problem
    assert "\n" not in done.problem
    assert (done.subscribed, done.known) == (0, 0)
    assert listed(store) == []


def test_what_a_list_does_not_say_of_a_source_stays_as_it_was_said_by_hand(store):
    declaration = Declaration("https://a.example/", name="A")
    with store.write() as db:
        source = add_source(db, declaration, "hand", NOW)
        amend(db, source, "hand", {"private": True, "interval": 600}, NOW)
        subscribe(db, declaration, NOW)
        [known] = list_sources(db)
    assert (known.private, known.interval) == (True, 600)

    with store.write() as db:
        close_door(db, known, "hand", NOW)
        subscribe(db, declaration, NOW)
        [known] = list_sources(db)
    assert (known.private, known.retired) == (True, None)


def test_a_source_that_is_private_by_a_file_is_so_for_as_long_as_the_file_says_it(store):
    with store.write() as db:
        declared = add_source(db, Declaration("https://a.example/", private=True), "config", NOW)
        subscribe(db, Declaration("https://a.example/"), NOW)
        close_door(db, declared, "config", NOW)
        [known] = list_sources(db)

    assert not known.private
