"""What many sources cost that are not due: the daemon's start, and its rest."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from statistics import median

from benchmarks.flood import tell
from benchmarks.installation import CONFIG, Installation
from benchmarks.processes import find_poller, read_cpu

SOURCES = 10_000
REST, WATCHED = 20.0, 20.0  # seconds after the first request, and how long from there
WANTED_CORE, WANTED_START = 0.01, 1.0  # of a core; seconds more than without any


def measure_idle(folder: Path, rounds: int) -> int:
    """Print what it costs; return how many bounds are missed."""
    print(f"\n{SOURCES:,} sources that are not due")
    with socket.create_server(("127.0.0.1", 0)) as door:
        none = _Idle(Installation(folder / "none"), door, 0)
        many = _Idle(Installation(folder / "many"), door, SOURCES)
        declared = _Idle(Installation(folder / "declared", CONFIG + _declare(SOURCES)), door, 0)
        declared.installation.run("sources")  # it takes in what the configuration declares
        starts: dict[str, list[float]] = {"none": [], "many": [], "declared": []}
        for _ in range(rounds):
            for name, idle in (("none", none), ("many", many), ("declared", declared)):
                starts[name].append(idle.start())
        cores = none.rest(), many.rest()
    middle = {name: median(found) for name, found in starts.items()}
    print(f"  first request after {middle['none']:.2f} s without any, {middle['many']:.2f} s with them,")
    print(f"  {middle['declared']:.2f} s where the configuration declares them")
    print(f"  poller: {cores[0]:.2%} of a core without any, {cores[1]:.2%} with them")
    more = middle["many"] - middle["none"]
    return sum(
        (
            tell(f"the start takes {more:.2f} s more, wanted {WANTED_START:g}", more <= WANTED_START),
            tell(f"{cores[1]:.2%} of a core, wanted {WANTED_CORE:.0%}", cores[1] <= WANTED_CORE),
        )
    )


class _Idle:
    """An installation with sources that are not due, and one that is: its server tells when it is asked."""

    def __init__(self, installation: Installation, door: socket.socket, count: int) -> None:
        self.installation = installation
        self._door = door
        self._due = f"http://127.0.0.1:{door.getsockname()[1]}/"
        installation.subscribe([self._due, *map(_make_url, range(count))])

    def start(self) -> float:
        """Start the daemon and end it; return the seconds until its first request."""
        self.installation.postpone(besides=[self._due])
        started = time.monotonic()
        with self.installation.serving():
            self._wait()
            return time.monotonic() - started

    def rest(self) -> float:
        """Return the part of a core that the poller takes."""
        self.installation.postpone(besides=[self._due])
        with self.installation.serving() as supervisor:
            self._wait()
            time.sleep(REST)
            poller = find_poller(supervisor)
            before, started = read_cpu(poller), time.monotonic()
            time.sleep(WATCHED)
            return (read_cpu(poller) - before) / (time.monotonic() - started)

    def _wait(self) -> None:
        connection, _ = self._door.accept()
        connection.close()


def _make_url(number: int) -> str:
    return f"http://127.0.0.1:9/{number}.xml"  # where nobody is


def _declare(count: int) -> str:
    tables = (f'[[sources]]\nname = "Feed {n}"\nurl = "{_make_url(n)}"\n' for n in range(count))
    return "".join(tables)
