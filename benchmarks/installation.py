"""An installation of the program in a folder of its own, with sources to poll."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.processes import Spent, run
from benchmarks.seeds import environment, fetch
from feeds.model import Declaration, Refresh, SourceState
from feeds.store import Store, open_store, polls, sources, summary

#: The publisher may be asked without a wait between two requests; all else is as it comes.
CONFIG = '[fetch]\nallow_hosts = ["127.0.0.1"]\n'
DOOR = "hand"


class Installation:
    """A folder with a configuration, an empty seeds directory and a store."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        self.port = find_free_port()
        (folder / "seeds").mkdir(parents=True)
        (folder / "instance").mkdir()
        (folder / "instance/config.toml").write_text(config)

    def run(self, *arguments: str) -> Spent:
        """Run a command of the program to its end."""
        return run([sys.executable, "-m", "feeds", *arguments], self.folder, environment())

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Run the daemon; yield its process number at once."""
        command = [sys.executable, "-m", "feeds", "serve", "--port", str(self.port)]
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=environment(), stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()

    def wait_until_served(self) -> None:
        """Wait until the daemon answers and has done what it does at its start."""
        while True:
            try:
                fetch(self.port, "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(2)

    def store(self) -> closing[Store]:
        """Open the store, made where there is none; use it in `with`."""
        return closing(open_store(f"sqlite:///{self.folder}/instance/feeds.db"))

    def subscribe(self, urls: Iterable[str]) -> None:
        """Subscribe by hand to these and no other; each is due at once."""
        declared = [Declaration(url, name=f"Feed {number}") for number, url in enumerate(urls)]
        with self.store() as store, store.write() as db:
            sources.sync_door(db, DOOR, declared, datetime.now(UTC))

    def postpone(self, besides: Iterable[str] = ()) -> None:
        """Let no source be due for a day but those at the addresses `besides`, which are due now."""
        due = set(besides)
        tomorrow = SourceState(next_poll=datetime.now(UTC) + timedelta(days=1), rule="every day")
        with self.store() as store, store.write() as db:
            for source in sources.list_sources(db, ("feed",)):
                sources.save_state(db, source, SourceState() if source.url in due else tomorrow)

    def count_entries(self) -> int:
        with self.store() as store, store.read() as db:
            return int(summary.store_summary(db)["entries"])

    def last_refresh(self) -> Refresh:
        with self.store() as store, store.read() as db:
            return polls.list_refreshes(db, 1)[0]


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
