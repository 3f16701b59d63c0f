"""The poller asks hubs where they can call us, takes in what they send, and blocks nothing over it."""

import asyncio
import logging

import pytest
from daemon_running import Running
from hub_server import running_hub
from running import free_port, publishing
from sqlalchemy import text

from feeds.daemon import delivering
from feeds.daemon.composing import now, open_poller
from feeds.model import ALL
from feeds.store import deliveries, hub_calls, hubs, sources
from feeds.store.entries import list_entries

FEED = """<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>F</title>
<a:link rel="hub" href="{hub}"/><item><title>{title}</title><guid>{title}</guid></item></channel></rss>"""


@pytest.fixture
def hub():
    with running_hub(verifies="never") as hub:
        yield hub


@pytest.fixture
def publisher(hub):
    with publishing({"/feed": FEED.format(hub=hub.url, title="one").encode()}) as publisher:
        yield publisher


@pytest.fixture
def start(tmp_path, publisher, hub):
    """Make a poller with one source; its own address is one that hubs can call only where it is listed."""
    made = []

    def start(base_url, *listed, config=""):
        hosts = ", ".join(f'"{host}"' for host in (publisher.host, hub.host, *listed))
        made.append(
            Running(
                tmp_path,
                f'[fetch]\nallow_hosts = [{hosts}]\n[site]\nbase_url = "{base_url}"\n'
                f'[[sources]]\nurl = "{publisher.url("/feed")}"\n{config}',
            )
        )
        return made[-1]

    yield start
    for running in made:
        running.store.close()


@pytest.fixture
def ours():
    return f"127.0.0.1:{free_port()}"


def source(running):
    return running.read(sources.find_source, "f") or running.read(
        lambda db: next(one for one in sources.list_sources(db) if one.kind == "feed")
    )


def titles(running):
    return {stored.entry.title for stored in running.read(list_entries, ALL, 10)}


def known(running):
    return running.read(hubs.find_subscriptions, source(running))


def is_settled(running):
    """Whether the poller has decided about the hub that the source offers."""
    offer = running.read(hubs.find_offer, source(running))
    return offer is not None and not running.read(lambda db: hubs.load_due(db, now(), 1))


def test_a_hub_is_asked_where_our_address_is_listed(start, hub, ours):
    running = start(f"http://{ours}", ours)
    running.until(lambda poller: hub.requests)

    assert hub.requests[0]["hub.callback"].startswith(f"http://{ours}/websub/")


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://10.0.0.1"])
def test_a_private_address_subscribes_nothing_and_alarms_nobody(start, hub, base_url, caplog):
    caplog.set_level(logging.INFO, "feeds")
    running = start(base_url)
    running.until(lambda poller: is_settled(running))

    assert (known(running), hub.requests, caplog.messages) == ([], [], [])


def test_switched_off_it_subscribes_nothing(start, hub, ours):
    running = start(f"http://{ours}", ours, config="[websub]\nenabled = false\n")
    running.until(lambda poller: is_settled(running))

    assert (known(running), hub.requests) == ([], [])


def test_a_paused_source_is_noticed(start, hub, ours, monkeypatch):
    monkeypatch.setattr(delivering, "SWEEP", 0.1)
    running = start(f"http://{ours}", ours)

    def pause(poller):
        if hub.requests:
            running.write(sources.set_paused, source(running), True)
        return bool(hub.requests)

    running.until(pause, lambda poller: [one.state for one in known(running)] == ["ended"])


def test_a_hub_that_hangs_holds_up_nothing(start, hub, publisher, ours):
    hub.delay = 5
    running = start(f"http://{ours}", ours)

    def deliver(poller):
        if not hub.requests:
            return False
        body = FEED.format(hub=hub.url, title="two").encode()
        return running.write(hub_calls.record_delivery, known(running)[0], None, body, now())

    running.until(deliver, lambda poller: titles(running) == {"one", "two"})


def test_what_the_store_does_not_take_in_is_tried_again_after_a_rest(start, hub, ours, monkeypatch, caplog):
    monkeypatch.setattr(delivering, "REST", 0.3)
    running = start(f"http://{ours}", ours)

    def deliver(poller):
        if not hub.requests:
            return False
        trigger = "CREATE TRIGGER full BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END"
        running.write(lambda db: db.execute(text(trigger)))
        body = FEED.format(hub=hub.url, title="two").encode()
        return running.write(hub_calls.record_delivery, known(running)[0], None, body, now())

    def mend(poller):
        if "full" not in caplog.text:
            return False
        running.write(lambda db: db.execute(text("DROP TRIGGER full")))
        return True

    running.until(deliver, mend, lambda poller: titles(running) == {"one", "two"})


def test_our_own_name_is_looked_up_again_where_that_failed(start, hub, publisher, monkeypatch):
    monkeypatch.setattr(delivering, "LOOK_UP_AGAIN", 0.1)
    running = start("https://feeds.example")
    lookups = [OSError("no name server"), ["93.184.216.34"]]

    async def resolver(host, port):
        answer = lookups.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def run():
        settings = running.configuration.settings
        async with open_poller(settings, running.store) as poller:
            await poller.poll(source(running))
            tasks = []
            work = delivering.Delivering(
                poller,
                settings,
                lambda each: tasks.append(asyncio.ensure_future(each)) or tasks[-1],
                resolver,
            )
            found = await poller.store.read(deliveries.find_work, poller.clock())
            await work.follow(found)
            assert tasks == []
            await work.begin()
            await work.follow(found)
            await asyncio.gather(*tasks)

    asyncio.run(run())

    assert hub.requests[0]["hub.callback"].startswith("https://feeds.example/websub/")
    assert lookups == []
