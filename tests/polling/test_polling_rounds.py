"""A round of first polls ends with the last of them, and nothing that it brought is ever lost."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from polling_server import response

from feeds.errors import StoreError
from feeds.model import ALL, Declaration
from feeds.store import archives, rounds, sources

MANY = 30  # of each source, so that ten are a flood


def feed(path):
    items = (
        f"<item><guid>http://{path}.example/{n}</guid><link>http://{path}.example/{n}</link>"
        f"<title>{path} {n}</title>"
        f"<pubDate>{format_datetime(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n))}</pubDate></item>"
        for n in range(MANY)
    )
    return response(body=f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode())


class Two:
    """Two sources; the second answers when it may, and not well while it fails."""

    def __init__(self, here, serve):
        self.may, self.fails = threading.Event(), False
        self.may.set()
        base = serve(self.answer).url.removesuffix("/feed")
        self.a, self.b = f"{base}/a", f"{base}/b"
        with here.store.write() as db:
            sources.sync_door(db, "hand", [Declaration(self.a), Declaration(self.b)], here.now)
        here.pass_time(seconds=1)

    def answer(self, asked):
        if asked.path == "/b":
            self.may.wait(10)
            if self.fails:
                return response(500)
        return feed(asked.path.strip("/"))


@pytest.fixture
def two(here, serve):
    return Two(here, serve)


def documents(here):
    """How many entries of each source each archive document of everything holds."""
    with here.store.read() as db:
        count = archives.list_waiting(db, ALL).archives
        found = [archives.find_archive(db, ALL, number) for number in range(1, count + 1)]
        shown = [[one.entry.id for one in archives.read_archive(db, ALL, each)] for each in found]
    return [tuple(sum(f"//{name}." in id for id in ids) for name in "ab") for ids in shown]


def poll_while_b_waits(here, two):
    """Poll both; return what documents there are when the first has ended."""

    async def run(poller):
        polls = [asyncio.create_task(poller.poll(here.source(url))) for url in (two.a, two.b)]
        await polls[0]
        before = documents(here)
        two.may.set()
        await polls[1]
        return before

    two.may.clear()
    return here._run(run)


async def poll_and_be_killed(poller, source):
    """Break off a round whose first poll is stored."""
    is_stored = asyncio.Event()

    async def work():
        async with poller.rounds.part():
            await poller.poll(source)
            is_stored.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(work())
    await is_stored.wait()
    task.cancel()
    await asyncio.wait([task])


def test_a_refresh_is_one_round(here, two):
    here.refresh(*(here.source(url).slug for url in (two.a, two.b)))

    assert documents(here) == [(10, 10)]


def test_polls_that_nobody_asked_for_are_a_round_while_one_is_under_way(here, two):
    assert poll_while_b_waits(here, two) == []
    assert documents(here) == [(10, 10)]


def test_a_source_that_has_failed_before_holds_up_no_round(here, two):
    two.fails = True
    here.poll(two.b)
    two.fails = False
    here.pass_time(hours=9)

    assert poll_while_b_waits(here, two) == [(10, 0)]
    assert documents(here) == [(10, 0), (20, 10)]


def test_what_was_put_off_when_the_program_was_killed_the_next_round_takes_up(here, two):
    here._run(lambda poller: poll_and_be_killed(poller, here.source(two.a)))
    assert documents(here) == []

    here.poll(two.b)
    assert documents(here) == [(10, 10)]


def test_a_source_that_is_asked_anew_has_what_it_brought_before_in_documents(here, two):
    async def run(poller):
        first = asyncio.create_task(poller.poll(here.source(two.b)))
        await poller.poll(here.source(two.a))
        assert documents(here) == []
        here.pass_time(hours=2)
        await poller.poll(here.source(two.a))
        before = documents(here)
        two.may.set()
        await first
        return before

    two.may.clear()
    assert here._run(run) == [(10, 0)]
    assert documents(here) == [(10, 0), (20, 10)]


def test_what_was_put_off_when_the_program_was_killed_waits_for_no_round_when_its_source_is_asked_anew(
    here, two
):
    here._run(lambda poller: poll_and_be_killed(poller, here.source(two.a)))
    here.pass_time(hours=2)

    async def run(poller):
        async with poller.rounds.part():
            await poller.poll(here.source(two.a))
            return documents(here)

    assert here._run(run) == [(10, 0)]


def test_a_refusal_of_the_store_is_told_and_the_next_round_takes_it_up(here, two, monkeypatch):
    def refuse(*_):
        raise StoreError("the disk is full")

    async def run(poller):
        with monkeypatch.context() as patch:
            patch.setattr(rounds, "take_up", refuse)
            with pytest.raises(StoreError):
                await poller.poll(here.source(two.a))
        assert documents(here) == []
        await poller.poll(here.source(two.b))

    here._run(run)
    assert documents(here) == [(10, 10)]


def test_a_round_that_was_killed_while_it_ended_is_taken_up_where_it_was(here, two, monkeypatch):
    here._run(lambda poller: poll_and_be_killed(poller, here.source(two.a)))
    monkeypatch.setattr(rounds, "MOST_TOGETHER", 1)
    with here.store.read() as db:
        parts = rounds.list_put_off(db)
    with here.store.write() as db:
        rounds.take_up(db, parts[-1], here.now)
    assert len(parts) > 1

    here._run(lambda poller: poller.rounds.end())
    assert documents(here) == [(10, 0)]
    with here.store.read() as db:
        assert rounds.list_put_off(db) == []
