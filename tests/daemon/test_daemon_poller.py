"""The poller goes on, whatever goes wrong in one of its tasks."""

import asyncio
import gc
from datetime import timedelta

import pytest
from sqlalchemy import text

from feeds.config import Configuration
from feeds.daemon import poller as daemon
from feeds.daemon.composing import now, open_poller, prepare_store
from feeds.model import RefreshRequest
from feeds.store import notices, open_store, polls


class Running:
    """A poller in this process, its clock in our hands, until `async with` ends."""

    def __init__(self, folder):
        (folder / "seeds").mkdir()
        (folder / "config.toml").write_text("")
        self.configuration = Configuration(folder / "config.toml", {"FEEDS_SEEDS_DIR": str(folder / "seeds")})
        self.store = open_store(f"sqlite:///{folder}/feeds.db")
        prepare_store(self.store, self.configuration.settings)
        self.shift = timedelta(0)

    def read(self, function, *arguments):
        with self.store.read() as db:
            return function(db, *arguments)

    def write(self, function, *arguments):
        with self.store.write() as db:
            return function(db, *arguments)

    def until(self, *steps):
        """Run the poller while the steps, conditions or things to do, come true one after the other."""

        async def run():
            async with open_poller(self.configuration.settings, self.store) as poller:
                poller.clock = lambda: now() + self.shift
                stop = asyncio.Event()
                task = asyncio.create_task(daemon._Daemon(self.configuration, poller, stop).run())
                async with asyncio.timeout(20):
                    for step in steps:
                        while not step(poller):
                            await asyncio.sleep(0.02)
                stop.set()
                await task

        asyncio.run(run())


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path)
    yield running
    running.store.close()


def refuse(db, condition):
    """Let the database refuse such changes of a refresh, as a full disk would."""
    then = "BEGIN SELECT RAISE(ABORT, 'full'); END"
    db.execute(text(f"CREATE TRIGGER full BEFORE UPDATE ON refreshes WHEN {condition} {then}"))


def is_done(running, refresh):
    return lambda poller: running.read(polls.find_refresh, refresh.id).state == "done"


def test_the_end_of_a_refresh_is_recorded_as_soon_as_the_store_takes_it(running, monkeypatch):
    monkeypatch.setattr(daemon, "REST", 0.05)
    refresh = running.write(polls.ask_refresh, RefreshRequest("cli"), now())
    running.write(refuse, "NEW.total > 0 OR NEW.state = 'done'")

    def mend(poller):
        if running.read(polls.find_refresh, refresh.id).state != "running":
            return False
        running.write(lambda db: db.execute(text("DROP TRIGGER full")))
        return True

    running.until(mend, is_done(running, refresh))


def test_a_poll_with_an_unexpected_error_is_tried_again_after_a_rest(running, monkeypatch):
    monkeypatch.setattr(daemon, "REST", 0.05)
    asked = []

    def break_polling(poller):
        async def poll(source, ask=None):
            asked.append(source.slug)
            raise ValueError("a mistake of ours")

        poller.poll = poll
        return True

    running.until(break_polling, lambda poller: len(asked) >= 4)


def test_a_poller_told_to_stop_before_it_has_begun_ends_without_a_warning(running):
    running.until()  # a coroutine nobody has awaited warns on the owner's screen, and here it is an error
    gc.collect()


def test_what_was_said_of_a_configuration_that_has_been_mended_is_forgotten(running):
    running.write(notices.set_notice, daemon.CONFIG_NOTICE, "it is broken", now())
    running.until(lambda poller: not running.read(notices.list_notices))


def test_a_clock_set_back_does_not_put_the_ticks_off(running, monkeypatch):
    monkeypatch.setattr(daemon, "CLOCK_LOOK", 0.05)
    moved = []
    monkeypatch.setattr(daemon.Job, "reschedule", lambda job, *_, **__: moved.append(job))

    def set_back(poller):
        running.shift -= timedelta(hours=1)
        return moved

    running.until(set_back)
