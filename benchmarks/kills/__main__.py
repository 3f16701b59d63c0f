"""The command."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.kills.life import Life

ONE_LIFE = 50  # kills of one installation


def main() -> int:
    """Return 1 as soon as something was lost, doubled or left behind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("kills", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first installation")
    parser.add_argument("--minutes", type=float, default=600, help="after which no other one is begun")
    chosen = parser.parse_args()
    started, struck, seed = time.monotonic(), Counter[str](), chosen.seed
    while struck.total() < chosen.kills and time.monotonic() - started < chosen.minutes * 60:
        folder = Path(mkdtemp(prefix="feeds-kills-"))
        life = Life(folder / "here", seed, min(ONE_LIFE, chosen.kills - struck.total()))
        problems = life.run()
        struck += life.struck
        seconds = time.monotonic() - started
        print(f"{struck.total()} kills, {seconds:.0f} s; seed {seed}: {life.told}", flush=True)
        if problems:
            print(*problems, f"with --seed {seed}; the installation is left in {folder}", sep="\n")
            return 1
        seed += 1
    print(f"{seconds / struck.total():.2f} s a kill: {dict(struck.most_common())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
