"""What polling costs: a refresh, one request, many at once, memory, and doing nothing.

    python -m benchmarks.polling [--reader PYTHON] [--only refresh request throughput memory idle]

All of it asks a web server on this machine (`benchmarks.publisher`), in a process of its own, without TLS.

- *Refresh*: `feeds refresh` of 500 feeds of 20 entries, the first time and when nothing has changed, beside
  `reader update --workers 10` of the same, in turn. Ours asks as it comes, 20 at once and 2 at each of 50
  ports, only that it need not wait between two requests. PYTHON is an interpreter that has `reader`. Then the
  same of the running daemon: processor time of the poller and its reading process, seconds from the question
  to the end.
- *Request*: `feeds.polling.fetch.fetch`, 100 at once, with answers that take 100 ms, on 100 ports: feeds lie
  on many hosts, so that most requests open a connection. Beside it one port, where most find one open.
- *Throughput*: the same, as more are asked at once.
- *Memory*: while the daemon carries out the first refresh; what processes share is counted once, in parts.
- *Idle*: 10,000 sources of which none is due: the part of a core that the poller takes, and how much longer
  the daemon takes from its start to its first request, which goes to one source more that is due.

What misses its bound is marked BAD and ends the program with status 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.fetching import measure_request, measure_throughput
from benchmarks.idle import measure_idle
from benchmarks.refreshing import measure_memory, measure_refresh

ROUNDS = 3  # of which the median counts


def main() -> int:
    """Return how many bounds are missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--reader", metavar="PYTHON", help="an interpreter that has `reader`")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    chosen = parser.parse_args()
    missed = 0
    for name in chosen.only:
        with TemporaryDirectory(prefix="feeds-polling-") as folder:
            missed += MEASURES[name](Path(folder), chosen)
    return missed


#: Each prints its figures, and returns how many bounds are missed.
MEASURES: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "refresh": lambda folder, chosen: measure_refresh(folder, chosen.reader, chosen.rounds),
    "request": lambda folder, chosen: measure_request(chosen.rounds),
    "throughput": lambda folder, chosen: measure_throughput(chosen.rounds),
    "memory": lambda folder, chosen: measure_memory(folder),
    "idle": lambda folder, chosen: measure_idle(folder, chosen.rounds),
}


if __name__ == "__main__":
    sys.exit(min(1, main()))
