"""What processes take: processor time, seconds and memory, of a command or of what runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")  # of /proc's clocks, a second
SAMPLE_EVERY = 0.03  # seconds


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took, in seconds: of all processors together, and on the clock."""

    cpu: float
    wall: float


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Spent:
    """Run a command to its end; its children count with it."""
    with (folder / "output.log").open("wb") as log:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}: {(folder / 'output.log').read_text()[-1000:]}")
    return Spent(usage.ru_utime + usage.ru_stime, wall)


def find_poller(supervisor: int) -> int:
    """Wait for the daemon's poller and return its process number."""
    while True:
        for pid in find_tree(supervisor):
            if b"child-poller" in _read(pid, "cmdline"):
                return pid
        time.sleep(0.02)


def find_tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        stat = _read_stat(int(folder.name))
        if stat:
            children.setdefault(int(stat[1]), []).append(int(folder.name))
    tree = [pid]
    for one in tree:  # it grows while it is gone through
        tree += children.get(one, [])
    return tree


def read_cpu(pid: int) -> float:
    """Return the seconds of processor time of a process, all below it, and what of these has ended."""
    stats = filter(None, map(_read_stat, find_tree(pid)))
    return sum(sum(map(int, stat[11:15])) for stat in stats) / TICKS


class Memory:
    """Samples the memory of processes while it is open; what several share counts once, a part for each."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self.peaks = dict.fromkeys(roots, 0)  #: bytes at the highest, of each root and all below it
        self._roots = roots
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_EVERY):
            for name, root in self._roots.items():
                self.peaks[name] = max(self.peaks[name], sum(map(_read_pss, find_tree(root))))


def _read_pss(pid: int) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:")), 0)


def _read_stat(pid: int) -> list[bytes]:
    """Return the fields of a process's state, from its third on; none for one that has gone."""
    return _read(pid, "stat").rpartition(b")")[2].split()


def _read(pid: int, name: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""
