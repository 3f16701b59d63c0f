"""What one request costs in processor time, and how many are answered in a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice, pairwise
from statistics import median

from benchmarks.flood import tell
from benchmarks.processes import Spent
from benchmarks.publisher import publishing
from feeds.model import Validators
from feeds.polling.fetch import fetch
from feeds.polling.network import FetchPolicy, Network

LATENCY = 0.1  # seconds
REQUESTS, WARM_UP = 2000, 300
PORTS, AT_ONCE = 100, 100
STEPS = (20, 50, 100, 200)  # requests at once
NOISE = 0.95  # what chance may leave of the throughput of the step before
WANTED_MS = {200: 2.0, 304: 1.8}  # of processor time for an answer

#: A feed's address and what its document is known by.
Asked = tuple[str, Validators]


def measure_request(rounds: int) -> int:
    """Print the processor time of one answer; return how many bounds are missed."""
    print(f"\none request of {AT_ONCE} at once, {LATENCY * 1000:.0f} ms latency: processor time")
    found: dict[tuple[int, int], list[float]] = {}
    for ports in (PORTS, 1):
        with publishing(PORTS, ports, LATENCY) as publisher:
            for _ in range(rounds):
                for status in WANTED_MS:
                    spent = asyncio.run(ask(_list_asked(publisher.urls(), status), AT_ONCE, per_host=AT_ONCE))
                    found.setdefault((ports, status), []).append(spent.cpu / REQUESTS * 1000)
            answers = publisher.count_answers()
            asked = answers["200"] + answers["304"]
            print(f"  {ports:3} ports: a connection for {answers['connections'] / asked:.0%} of the requests")
    for (ports, status), times in found.items():
        print(f"  {ports:3} ports, {status}: {median(times):.2f} ms  ({min(times):.2f} to {max(times):.2f})")
    return sum(
        tell(
            f"a {status} takes {median(found[PORTS, status]):.2f} ms, wanted {wanted}",
            median(found[PORTS, status]) <= wanted,
        )
        for status, wanted in WANTED_MS.items()
    )


def measure_throughput(rounds: int) -> int:
    """Print the requests that are answered in a second; return whether they become fewer."""
    print(f"\nrequests a second, {LATENCY * 1000:.0f} ms latency, {PORTS} ports")
    missed = 0
    with publishing(PORTS, PORTS, LATENCY) as publisher:
        for status in WANTED_MS:
            asked = _list_asked(publisher.urls(), status)
            rates: dict[int, list[float]] = {step: [] for step in STEPS}
            for _ in range(rounds):
                for step in STEPS:
                    spent = asyncio.run(ask(asked, step, per_host=step))
                    rates[step].append(REQUESTS / spent.wall)
            middle = {step: median(found) for step, found in rates.items()}
            told = ", ".join(f"{rate:.0f} at {step}" for step, rate in middle.items())
            rises = all(middle[b] >= NOISE * middle[a] for a, b in pairwise(STEPS))
            missed += tell(f"{status}: {told}: it does not fall", rises)
    return missed


async def ask(asked: Sequence[Asked], at_once: int, *, per_host: int) -> Spent:
    """Ask REQUESTS times, after some to warm up; return what it took of this process."""
    policy = FetchPolicy(
        "benchmark", concurrency=at_once, per_host=per_host, allow_hosts=frozenset({"127.0.0.1"})
    )
    async with Network(policy) as network:
        turns = cycle(asked)
        await _ask_all(network, islice(turns, WARM_UP), at_once)
        cpu, wall = time.process_time(), time.monotonic()
        await _ask_all(network, islice(turns, REQUESTS), at_once)
        return Spent(time.process_time() - cpu, time.monotonic() - wall)


async def _ask_all(network: Network, asked: Iterator[Asked], at_once: int) -> None:
    async def work() -> None:
        for url, validators in asked:
            await fetch(network, url, validators, clock=partial(datetime.now, UTC))

    await asyncio.gather(*(work() for _ in range(at_once)))


def _list_asked(urls: Iterable[str], status: int) -> list[Asked]:
    """Return what makes the publisher answer with this status."""
    known = (
        Validators(f'"feed-{number}"') if status == 304 else Validators() for number, _ in enumerate(urls)
    )
    return list(zip(urls, known, strict=True))
