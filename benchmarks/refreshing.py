"""What a refresh of many feeds takes, beside `reader`: processor time, seconds and memory."""

from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.flood import tell
from benchmarks.installation import Installation
from benchmarks.processes import Memory, Spent, find_poller, read_cpu, run
from benchmarks.publisher import ENTRIES, Publisher, publishing

FEEDS, PORTS = 500, 50
WANTED = {"first": Spent(0.25, 0.25), "unchanged": Spent(0.9, 0.6)}  # of what `reader` takes
WANTED_MB = {"that poll": 150, "of the daemon": 250}

READER_ADD = (
    "import sys; from reader import make_reader; reader = make_reader('reader.sqlite');"
    "[reader.add_feed(url.strip()) for url in sys.stdin]"
)
READER_COUNT = "from reader import make_reader; print(make_reader('reader.sqlite').get_entry_counts().total)"

#: What the first and the unchanged refresh took.
Pair = tuple[Spent, Spent]


def measure_refresh(folder: Path, reader: str | None, rounds: int) -> int:
    """Print what a refresh takes; return how many bounds are missed."""
    print(f"refresh of {FEEDS} feeds of {ENTRIES} entries")
    found: dict[str, list[Pair]] = {"feeds": [], "daemon": [], "reader": []}
    with publishing(FEEDS, PORTS) as publisher:
        for number in range(rounds):
            place = folder / str(number)
            found["feeds"].append(refresh(place / "feeds", publisher))
            found["daemon"].append(refresh_running(place / "daemon", publisher))
            if reader:
                found["reader"].append(update_reader(place / "reader", publisher, reader))
    middle = {name: _tell_pairs(name, pairs) for name, pairs in found.items() if pairs}
    if "reader" not in middle:
        print("  nothing is compared: --reader says which interpreter has `reader`")
        return 0
    return sum(map(_compare, WANTED, middle["feeds"], middle["reader"]))


def refresh(folder: Path, publisher: Publisher) -> Pair:
    """Run `feeds refresh` in a new installation, and again."""
    installation = Installation(folder)
    installation.subscribe(publisher.urls())
    pair = _poll_twice(publisher, lambda: installation.run("refresh"))
    _check_entries(installation.count_entries())
    return pair


def refresh_running(folder: Path, publisher: Publisher) -> Pair:
    """Have a daemon refresh, and again: what the poller takes, from the question to the end."""
    installation = Installation(folder)
    installation.subscribe(publisher.urls())
    installation.postpone()

    def poll() -> Spent:
        before = read_cpu(poller)
        installation.run("refresh")
        record = installation.last_refresh()
        assert record.ended is not None
        return Spent(read_cpu(poller) - before, (record.ended - record.asked).total_seconds())

    with installation.serving() as supervisor:
        installation.wait_until_served()
        poller = find_poller(supervisor)
        return _poll_twice(publisher, poll)


def update_reader(folder: Path, publisher: Publisher, python: str) -> Pair:
    """Run `reader update` with a new database, and again."""
    folder.mkdir(parents=True)
    subprocess.run(
        [python, "-c", READER_ADD], cwd=folder, input="\n".join(publisher.urls()), text=True, check=True
    )
    # Without the last option a second run would ask nobody: reader, too, has a schedule.
    update = [python, "-m", "reader", "--db", "reader.sqlite", "update", "--workers", "10", "--no-scheduled"]
    pair = _poll_twice(publisher, lambda: run(update, folder, os.environ))
    count = subprocess.run(
        [python, "-c", READER_COUNT], cwd=folder, capture_output=True, text=True, check=True
    )
    _check_entries(int(count.stdout))
    return pair


def measure_memory(folder: Path) -> int:
    """Print the highest memory while the daemon refreshes; return how many bounds are missed."""
    print(f"\nmemory during the first refresh of {FEEDS} feeds")
    installation = Installation(folder)
    with publishing(FEEDS, PORTS) as publisher:
        installation.subscribe(publisher.urls())
        installation.postpone()
        with installation.serving() as supervisor:
            installation.wait_until_served()
            roots = dict(zip(WANTED_MB, (find_poller(supervisor), supervisor), strict=True))
            with Memory(roots) as memory:
                installation.run("refresh")
                for path in ("/", "/atom.xml", "/sources/"):
                    urllib.request.urlopen(f"http://127.0.0.1:{installation.port}{path}", timeout=30).close()
    _check_entries(installation.count_entries())
    highest = {name: peak / 1e6 for name, peak in memory.peaks.items()}
    return sum(
        tell(f"all processes {name}: {highest[name]:.0f} MB, wanted {wanted}", highest[name] <= wanted)
        for name, wanted in WANTED_MB.items()
    )


# --- Figures ----------------------------------------------------------------------------------------


def _poll_twice(publisher: Publisher, poll: Callable[[], Spent]) -> Pair:
    """Poll and poll again; see that everything was sent the first time, and nothing the second."""
    before = publisher.count_answers()
    first = poll()
    between = publisher.count_answers()
    unchanged = poll()
    after = publisher.count_answers()
    assert between.get("200", 0) - before.get("200", 0) == FEEDS
    assert after.get("304", 0) - between.get("304", 0) == FEEDS
    return first, unchanged


def _check_entries(count: int) -> None:
    assert count == FEEDS * ENTRIES, f"{count} entries"


def _tell_pairs(name: str, pairs: list[Pair]) -> Pair:
    """Print the medians; return them."""
    first, unchanged = (_find_middle([pair[place] for pair in pairs]) for place in (0, 1))
    for kind, spent, place in (("first", first, 0), ("unchanged", unchanged, 1)):
        times = [pair[place].cpu for pair in pairs]
        print(
            f"  {name:7} {kind:10} processor {spent.cpu:6.2f} s ({min(times):.2f} to {max(times):.2f},"
            f" {spent.cpu / FEEDS * 1000:.2f} ms a feed), clock {spent.wall:6.2f} s"
        )
    return first, unchanged


def _find_middle(rows: list[Spent]) -> Spent:
    return Spent(median(row.cpu for row in rows), median(row.wall for row in rows))


def _compare(kind: str, ours: Spent, theirs: Spent) -> int:
    wanted = WANTED[kind]
    cpu, wall = ours.cpu / theirs.cpu, ours.wall / theirs.wall
    return sum(
        (
            tell(f"{kind}: {cpu:.3f} of reader's processor time, wanted {wanted.cpu}", cpu <= wanted.cpu),
            tell(f"{kind}: {wall:.3f} of reader's seconds, wanted {wanted.wall}", wall <= wanted.wall),
        )
    )
