"""One installation, from its first start through many kills to the comparison with the ledger."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kills.publisher import Publisher
from benchmarks.kills.stored import count_versions, find_differences, find_faults
from benchmarks.kills.watch import Watch
from tests.running import Service, command_line, is_alive, wait_until

#: Whom a kill strikes, how often, and the words by which its process is known.
VICTIMS = {
    "poller": (9, "child-poller"),
    "reading process": (2, "feeds.polling.worker"),
    "web server": (1, "child-web"),
    "supervisor": (4, " serve"),
    "all at once": (4, ""),
}
MOMENTS = {"at any moment": 4, "while it works": 4, "when a document has come": 1, "while it is stored": 5}
TERM = 0.08  # of the strikes end the whole as a service manager does
REFRESH = 0.3  # so often a refresh is asked for just before
ALONE = 0.5  # so often a refresh polls, and is killed, while no daemon runs
CHILDREN = 3  # killed of one daemon, which waits longer each time before it starts them again
ENDS_WITHIN = 12.0  # seconds in which nothing is left of a daemon that was killed

CONFIG = """token = "secret"
[output]
limit = 1000
[fetch]
interval = 1
min_interval = 1
max_interval = 2
allow_hosts = ["{host}"]
{sources}"""


@dataclass
class Life:
    """Kills according to a plan that follows from the seed."""

    folder: Path
    seed: int
    kills: int
    struck: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0  #: articles known to be stored before the last kill
    told: str = ""  #: what was there at the end

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        (self.folder / "seeds").mkdir(parents=True)
        self.publisher = Publisher(self.seed, self.folder / "seeds")
        sources = "".join(f'[[sources]]\nurl = "{feed.url}"\n' for feed in self.publisher.feeds.values())
        self.service = Service(self.folder, CONFIG.format(host=self.publisher.host, sources=sources))
        self.watch = Watch(self.service, self.publisher.ledger)
        self._doomed: dict[int, float] = {}  # processes that must end, and when at the latest
        self._deaths = 0  # of children of this daemon
        self._refreshes: list[str] = []

    def run(self) -> list[str]:
        """Kill, settle, compare; return what is wrong."""
        problems = self.publisher.ledger.problems
        with self.publisher, self.watch:
            try:
                self.service.start()
                while self.struck.total() < self.kills and not problems:
                    self._strike()
                self.acknowledged = len(self.publisher.ledger.acknowledged())
                if not problems:
                    self._settle()
            except AssertionError as error:
                problems.append(str(error))
            finally:
                self._end()
        if not problems:
            problems += find_faults(self.folder / "instance/feeds.db", self.publisher)
            entries, versions = count_versions(self.folder / "instance/feeds.db")
            self.told = (
                f"{entries} entries ({self.acknowledged} acknowledged meanwhile), {versions} versions,"
                f" {self.watch.seen} editions examined"
            )
        return problems + [line for line in self._logs() if "unexpected" in line or "Traceback" in line]

    def _logs(self) -> list[str]:
        alone = self.folder / "refresh.log"
        written = self.service.log() + (alone.read_text() if alone.exists() else "")
        return written.splitlines()

    # --- Kills --------------------------------------------------------------------------------------

    def _strike(self) -> None:
        self._look_after_the_dead()
        if self.chance.random() < TERM:
            wait_until(lambda: "poller" in str(self.service.processes()), 30, "the daemon has a poller")
            self._wait_for("while it works")
            self._stop()
            self._start()
            return
        [moment] = self.chance.choices(list(MOMENTS), list(MOMENTS.values()))
        if self.chance.random() < REFRESH:
            self._ask_refresh()
        self._wait_for(moment)
        names = [name for name in VICTIMS if self._deaths < CHILDREN or name in ("supervisor", "all at once")]
        [name] = self.chance.choices(names, [VICTIMS[name][0] for name in names])
        self._kill(name)

    def _wait_for(self, moment: str) -> None:
        if moment == "at any moment":
            time.sleep(self.chance.uniform(0, 1.0))
            return
        self.publisher.just_handed_out.clear()
        if not self.publisher.just_handed_out.wait(25):
            raise AssertionError(f"nothing is polled any more\n{self.service.log()[-2000:]}")
        if moment == "while it is stored":
            self._wait_for_writing()
        time.sleep(self.chance.uniform(0, 2.0 if moment == "while it works" else 0.02))

    def _wait_for_writing(self) -> None:
        """Wait until something begins to be written to the store."""
        path = self.folder / "instance/feeds.db-wal"
        before, end = written(path), time.monotonic() + 4
        while written(path) == before and time.monotonic() < end:
            time.sleep(0.0005)

    def _kill(self, name: str) -> None:
        assert self.service.process is not None
        if self.service.process.poll() is not None:
            raise AssertionError(f"the daemon has ended by itself\n{self.service.log()[-2000:]}")
        processes = self.service.processes()
        found = {
            each: [pid for pid in processes if words in processes[pid]]
            for each, (_, words) in VICTIMS.items()
        }
        name = name if found[name] else "poller"
        if name in ("supervisor", "all at once") or not found[name]:
            self._kill_daemon(processes, everything=name == "all at once")
        else:
            self._deaths += 1
            self._kill_process(self.chance.choice(found[name]), name)

    def _kill_process(self, pid: int, name: str) -> None:
        self.struck[name] += 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _kill_daemon(self, processes: dict[int, str], *, everything: bool) -> None:
        name = "all at once" if everything else "supervisor"
        supervisor, *others = processes
        self._kill_process(supervisor, name)
        for pid in others if everything else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.service.kill()
        self._doomed |= dict.fromkeys(others, time.monotonic() + ENDS_WITHIN)
        while self.chance.random() < ALONE:
            self._kill_refresh()
        self._start()

    def _kill_refresh(self) -> None:
        """Let a refresh poll while no daemon runs, and kill it in the middle."""
        command = [sys.executable, "-m", "feeds", "refresh"]
        with (self.folder / "refresh.log").open("a") as log:
            refresh = subprocess.Popen(
                command, cwd=self.folder, env=self.service.environment(), stdout=log, stderr=log
            )
        self.publisher.just_handed_out.clear()
        if self.publisher.just_handed_out.wait(self.chance.uniform(0.3, 6.0)) and self.chance.random() < 0.8:
            self._wait_for_writing()
        time.sleep(self.chance.uniform(0, 0.02))
        self.struck["refresh"] += 1
        refresh.kill()
        refresh.wait()

    def _start(self) -> None:
        self._deaths = 0
        self.service.launch()

    def _stop(self) -> None:
        """End the daemon as a service manager does: all of it, soon, and with status 0."""
        processes = self.service.processes()
        seconds = self.service.stop()
        left = [command_line(pid) for pid in processes if is_alive(pid)]
        if seconds > 10 or left:
            raise AssertionError(f"after SIGTERM it took {seconds:.1f} s, and {left} are left")

    def _ask_refresh(self) -> bool:
        """Ask for a refresh; return whether one is recorded: soon after another none is."""
        request = urllib.request.Request(
            f"{self.service.base_url}/refresh", method="POST", headers={"Authorization": "Bearer secret"}
        )
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
            self._refreshes.append(answer.headers["Location"].removeprefix(self.service.base_url))
            return True
        return False

    def _look_after_the_dead(self) -> None:
        late = [pid for pid, end in self._doomed.items() if end < time.monotonic() and is_alive(pid)]
        self._doomed = {pid: end for pid, end in self._doomed.items() if end >= time.monotonic()}
        if late:
            raise AssertionError(f"left of a daemon that was killed: {[command_line(pid) for pid in late]}")

    # --- The end ------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Let everything come in, look at it from every side, and stop."""
        publisher, service = self.publisher, self.service
        publisher.be_quiet()
        expected = {id: text for id, (_, text) in publisher.ledger.newest().items()}
        wait_until(publisher.is_settled, 60, "every feed is known to be unchanged")
        wait_until(lambda: self.watch.look() == expected, 30, "all that was published is served")
        wait_until(self._ask_refresh, 20, "a refresh of what is all known is taken")
        for path in dict.fromkeys(self._refreshes):
            wait_until(lambda path=path: service.json(path)["state"] == "done", 30, f"{path} is carried out")
        self._check_refresh(service.json(self._refreshes[-1]))
        body = service.get("/atom.xml")[1]
        self._stop()
        examined = service.command("doctor", check=False)
        if examined.returncode:
            raise AssertionError(f"the doctor says:\n{examined.stdout}{examined.stderr}")
        service.start("--no-poll")
        publisher.ledger.problems += find_differences(service, publisher)
        if service.get("/atom.xml")[1] != body:
            raise AssertionError("the same entries were served as other bytes after a restart")
        self._stop()
        wait_until(lambda: not list(self._left()), ENDS_WITHIN, "no process is left of any daemon")

    def _check_refresh(self, record: dict) -> None:
        told = [record[name] for name in ("polled", "failed", "new", "modified")]
        if told != [len(self.publisher.feeds) + 1, 0, 0, 0]:
            raise AssertionError(f"the last refresh, of what is all known: {json.dumps(record)[:2000]}")

    def _left(self) -> Iterator[int]:
        """Yield every process that works in the folder of the installation."""
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (place / "cwd").resolve().is_relative_to(self.folder.resolve()):
                    yield int(place.name)

    def _end(self) -> None:
        """Leave no process behind, whatever happened."""
        for pid in list(self._left()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.service.process is not None:
            self.service.process.wait()
            self.service.process = None


def written(path: Path) -> int:
    """Return when a file was written to last, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
