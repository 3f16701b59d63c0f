import asyncio
import threading
import time

import pytest
from polling_server import response

from feeds.polling import hosts
from feeds.polling.hosts import Hosts
from feeds.polling.network import FetchPolicy, Network

SLACK = 0.02  # seconds a timer, or the server's clock, may be off


def ask(policy, urls):
    async def run():
        async with Network(policy) as network:
            await asyncio.gather(*(network.get(url) for url in urls))

    asyncio.run(run())


def policy(**options):
    return FetchPolicy("feeds/test", **({"allow_private": True, "spacing": 0.0} | options))


class Crowd:
    """Counts how many requests are being answered at the same moment."""

    def __init__(self):
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, asked):
        self.count(1)
        time.sleep(0.1)
        self.count(-1)
        return response()

    def count(self, step):
        with self.lock:
            self.now += step
            self.most = max(self.most, self.now)


def test_requests_to_one_host_start_apart(serve):
    server = serve(response())
    started = time.monotonic()

    ask(policy(spacing=0.2), [server.url] * 4)

    # Measured from the beginning: a request that the server notices late makes the next gap look short.
    assert all(asked.time - started >= n * 0.2 - SLACK for n, asked in enumerate(server.asked))


def test_spacing_is_per_host_and_port(serve):
    servers = [serve(response()) for _ in range(4)]
    started = time.monotonic()

    ask(policy(spacing=5.0), [server.url for server in servers])

    assert time.monotonic() - started < 2


def test_listed_hosts_are_not_spaced(serve):
    server = serve(response())
    started = time.monotonic()

    ask(policy(spacing=5.0, allow_hosts=frozenset({server.host})), [server.url] * 5)

    assert time.monotonic() - started < 2


def test_a_host_answers_only_so_many_at_once(serve):
    crowd = Crowd()
    server = serve(crowd)

    ask(policy(per_host=2), [server.url] * 6)

    assert crowd.most == 2


def test_only_so_many_requests_run_at_once(serve):
    crowd = Crowd()
    servers = [serve(crowd) for _ in range(6)]

    ask(policy(concurrency=3), [server.url for server in servers])

    assert crowd.most == 3


def test_a_crowd_at_one_host_does_not_keep_others_waiting(serve):
    busy, quiet = serve(response()), serve(response())

    ask(policy(spacing=0.7, concurrency=2), [busy.url] * 3 + [quiet.url])

    assert quiet.asked[0].time < busy.asked[1].time


def test_turns_come_in_the_order_of_asking():
    order = []

    async def take(hosts, number):
        async with hosts.turn("a", spacing=0.0):
            order.append(number)
            await asyncio.sleep(0.01)

    async def run():
        hosts = Hosts(per_host=1, concurrency=5)
        await asyncio.gather(*(take(hosts, number) for number in range(5)))

    asyncio.run(run())

    assert order == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("wait", ["for the host", "for the spacing", "for the seat among all", "inside"])
def test_who_gives_up_keeps_nothing(wait):
    options = {
        "for the host": {"per_host": 1, "concurrency": 5, "spacing": 0.0},
        "for the spacing": {"per_host": 5, "concurrency": 5, "spacing": 0.2},
        "for the seat among all": {"per_host": 5, "concurrency": 1, "spacing": 0.0},
        "inside": {"per_host": 5, "concurrency": 5, "spacing": 0.0},
    }[wait]
    spacing = options.pop("spacing")

    async def hold(hosts, seconds):
        async with hosts.turn("a", spacing=spacing):
            await asyncio.sleep(seconds)

    async def run():
        hosts = Hosts(**options)
        first = asyncio.create_task(hold(hosts, 0.1))
        await asyncio.sleep(0)
        quitters = [asyncio.create_task(hold(hosts, 60)) for _ in range(3)]
        await asyncio.sleep(0.05)
        for quitter in quitters:
            quitter.cancel()
        await asyncio.gather(first, *quitters, return_exceptions=True)
        async with asyncio.timeout(1):
            await asyncio.gather(*(hold(hosts, 0) for _ in range(2)))
        await asyncio.sleep(spacing + SLACK)
        return len(hosts)

    assert asyncio.run(run()) == 0


def test_a_host_is_forgotten_once_nothing_depends_on_it():
    async def run():
        hosts = Hosts(per_host=1, concurrency=1)
        for number in range(100):
            async with hosts.turn(f"{number}.example", spacing=0.05):
                pass
        remembered = len(hosts)
        await asyncio.sleep(0.05 + SLACK)
        return remembered, len(hosts)

    remembered, left = asyncio.run(run())

    assert remembered > 0
    assert left == 0


def test_servers_that_hang_delay_nobody_for_long(serve, monkeypatch):
    monkeypatch.setattr(hosts, "PATIENCE", 0.3)

    def hang(asked):
        yield b""
        time.sleep(2)

    hung, well = [serve(hang).url for _ in range(3)], serve(response())
    started = time.monotonic()

    async def run():
        async with Network(policy(concurrency=3)) as network:
            waiting = [asyncio.create_task(network.get(url)) for url in hung]
            await asyncio.sleep(0)
            await network.get(well.url)
            took = time.monotonic() - started
            await asyncio.gather(*waiting, return_exceptions=True)
            return took

    assert asyncio.run(run()) < 1.5


def test_no_more_than_twice_as_many_run_at_once_however_slow_they_are(serve, monkeypatch):
    monkeypatch.setattr(hosts, "PATIENCE", 0.01)
    crowd = Crowd()

    ask(policy(concurrency=2), [serve(crowd).url for _ in range(12)])

    assert crowd.most == 4
