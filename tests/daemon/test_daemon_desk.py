"""What is asked for at the desk is carried out beside the rest, and answered in its record."""

import asyncio
from datetime import timedelta

import pytest
from daemon_running import Running
from running import publishing
from sqlalchemy import text

from feeds.daemon import desk_work
from feeds.daemon.composing import now
from feeds.model import ALL, Declaration, Preview
from feeds.store import desk_requests as desk
from feeds.store import entries, sources

FEED = b"""<rss version="2.0"><channel><title>The Feed</title><link>http://a.example/</link><description>d</description>
<item><title>One</title><link>http://a.example/1</link><guid>g1</guid></item></channel></rss>"""


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path, FEEDS_FETCH_ALLOW_PRIVATE="true", FEEDS_FETCH_SPACING="0")
    yield running
    running.store.close()


@pytest.fixture
def publisher():
    with publishing({"/feed.xml": FEED}) as server:
        yield server


def ask(running, address):
    return running.write(desk.record_request, "preview", address.encode(), now())


def is_done(running, *asked):
    return lambda poller: all(running.read(desk.find_request, one.id).state == "done" for one in asked)


def answer(running, asked) -> Preview:
    return desk.read_answer(running.read(desk.find_request, asked.id), Preview)


def test_a_preview_is_answered_and_stores_neither_a_source_nor_an_entry(running, publisher):
    before = running.read(sources.list_sources)
    asked = ask(running, publisher.url("/feed.xml"))
    running.until(is_done(running, asked))

    assert answer(running, asked).title == "The Feed"
    assert [entry.title for entry in answer(running, asked).entries] == ["One"]
    assert running.read(sources.list_sources) == before
    assert running.read(entries.list_entries, ALL, 10) == []


def test_more_requests_than_are_carried_out_at_once_are_all_answered(running, publisher):
    asked = [ask(running, publisher.url(f"/{number}")) for number in range(desk_work.MOST_AT_ONCE + 2)]
    running.until(is_done(running, *asked))

    assert all("HTTP 404" in answer(running, one).problem for one in asked)


def test_what_a_poller_that_was_killed_left_running_is_taken_up(running, publisher):
    asked = ask(running, publisher.url("/feed.xml"))
    running.write(desk.take_request, now())
    running.until(is_done(running, asked))

    assert answer(running, asked).problem is None


def test_a_preview_that_is_broken_off_is_taken_up_by_the_next_poller(running, publisher):
    publisher.delay = 0.5
    asked = ask(running, publisher.url("/feed.xml"))
    running.until(lambda poller: running.read(desk.find_request, asked.id).state == "running")
    assert running.read(desk.find_request, asked.id).state == "running"
    running.until(is_done(running, asked))

    assert answer(running, asked).title == "The Feed"


def test_a_mistake_of_ours_is_answered_in_one_line_and_the_poller_goes_on(running, publisher, monkeypatch):
    async def break_down(poller, request):
        raise ValueError("a mistake of ours")

    monkeypatch.setitem(desk_work.WORK, "import", break_down)
    broken = running.write(desk.record_request, "import", b"<opml/>", now(), "list.opml")
    asked = ask(running, publisher.url("/feed.xml"))
    running.until(is_done(running, broken, asked))

    assert "could not be carried out" in answer(running, broken).problem
    assert answer(running, asked).title == "The Feed"


def test_an_answer_is_recorded_as_soon_as_the_store_takes_it(running, publisher, monkeypatch):
    monkeypatch.setattr(desk_work, "REST", 0.05)
    asked = ask(running, publisher.url("/feed.xml"))
    then = "WHEN NEW.state = 'done' BEGIN SELECT RAISE(ABORT, 'full'); END"
    running.write(lambda db: db.execute(text(f"CREATE TRIGGER full BEFORE UPDATE ON desk_requests {then}")))

    def mend(poller):
        if not publisher.requests:
            return False
        running.write(lambda db: db.execute(text("DROP TRIGGER full")))
        return True

    running.until(mend, is_done(running, asked))

    assert answer(running, asked).title == "The Feed"


def test_what_was_answered_an_hour_ago_is_forgotten_by_the_poller(running, publisher):
    asked = ask(running, publisher.url("/feed.xml"))
    running.until(is_done(running, asked))
    running.shift = timedelta(hours=1)
    running.until(lambda poller: running.read(desk.find_request, asked.id) is None)


def test_polls_go_on_while_a_preview_waits_for_its_answer(running, publisher, monkeypatch):
    async def wait(poller, request):
        await asyncio.sleep(60)

    monkeypatch.setitem(desk_work.WORK, "preview", wait)
    asked = ask(running, publisher.url("/feed.xml"))
    source = running.write(sources.add_source, Declaration(publisher.url("/feed.xml")), "hand", now())
    running.until(
        lambda poller: running.read(desk.find_request, asked.id).state == "running",
        lambda poller: running.read(sources.find_state, source).last_success,
    )
