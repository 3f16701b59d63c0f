"""A store, a network and a poller in a folder of their own, driven poll by poll."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from feeds.config import Settings, load_settings
from feeds.daemon.composing import SEEDS, open_poller, prepare_store
from feeds.model import (
    ALL,
    Declaration,
    PollOutcome,
    Preview,
    Refresh,
    RefreshRequest,
    Source,
    SourceState,
    StoredEntry,
)
from feeds.polling.discover import Discovery
from feeds.polling.poll import Ask, Poller
from feeds.polling.previewing import PATIENCE, preview
from feeds.polling.reading import Reader
from feeds.polling.refresh import carry_out, choose_sources, poll_all
from feeds.polling.seeds.watch import Hints
from feeds.store import Store, entries, files, notices, open_store, pages, polls, sources

PLAIN = Ask()

T = TypeVar("T")


@dataclass
class Installation:
    """What a test does to it: move the clock, poll, look at what is stored."""

    folder: Path
    store: Store
    settings: Settings
    runner: asyncio.Runner  #: one loop for all tests, as the reading process below belongs to one
    reader: Reader  #: starting one for every poll would take most of a test's time
    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    @classmethod
    def at(cls, folder: Path, runner: asyncio.Runner, reader: Reader) -> Installation:
        (folder / "seeds").mkdir()
        environ = {
            "FEEDS_SEEDS_DIR": str(folder / "seeds"),
            "FEEDS_FETCH_ALLOW_PRIVATE": "true",
            "FEEDS_FETCH_SPACING": "0",
            "FEEDS_SITE_BASE_URL": "https://feeds.example",
        }
        (folder / "config.toml").touch()
        settings = load_settings(folder / "config.toml", environ)
        store = open_store(f"sqlite:///{folder}/feeds.db")
        prepare_store(store, settings)
        return cls(folder, store, settings, runner, reader)

    @property
    def seeds(self) -> Path:
        return self.folder / "seeds"

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    def subscribe(self, url: str) -> Source:
        with self.store.write() as db:
            return sources.add_source(db, Declaration(url), "hand", self.now)

    def poll(self, *urls: str, ask: Ask = PLAIN) -> list[PollOutcome]:
        """Poll these sources side by side; return the outcomes in their order."""

        async def run(poller: Poller) -> Sequence[PollOutcome]:
            return await asyncio.gather(*(poller.poll(self.source(url), ask) for url in urls))

        return list(self._run(run))

    def poll_round(self, *urls: str, seconds: float = 7) -> None:
        """Poll these in one round, one so many seconds after the other; the directory with its pages."""

        async def run(poller: Poller) -> None:
            async with poller.rounds.part():
                for url in urls:
                    self.pass_time(seconds=seconds)
                    await poller.poll(self.source(url))
                    if url == SEEDS.url:
                        await poller.fetch_pages(self.source(url))

        self._run(run)

    def fetch_pages(self) -> None:
        """Fetch the pages that files of the directory name."""
        self._run(lambda poller: poller.fetch_pages(self.source(SEEDS.url)))

    def preview(self, address: str, patience: float = PATIENCE) -> Preview:
        """Look what a subscription would bring."""

        async def run(poller: Poller) -> Preview:
            discovery = Discovery(poller.network, poller.reader, poller.clock, poller.pauses)
            return await preview(discovery, address, patience)

        return self._run(run)

    def _run(self, work: Callable[[Poller], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            async with open_poller(self.settings, self.store) as poller:
                poller.clock = lambda: self.now
                poller.reader = self.reader
                return await work(poller)

        return self.runner.run(run())

    def poll_seeds(self, ask: Ask = PLAIN) -> PollOutcome:
        [outcome] = self.poll(SEEDS.url, ask=ask)
        return outcome

    def refresh(self, *slugs: str, force: bool = False) -> list[PollOutcome]:
        """Carry out a refresh of these sources; return the outcomes in their order."""
        request = RefreshRequest(sources=slugs, force=force, asked_by="a test")

        async def run(poller: Poller) -> list[PollOutcome]:
            chosen = await poller.store.read(choose_sources, request, self.now)
            return [outcome for _, outcome in await poll_all(poller, chosen, Ask.of(request))]

        return self._run(run)

    def record_refresh(self, *slugs: str) -> Refresh:
        """Have a refresh carried out as the daemon does; return its record."""
        with self.store.write() as db:
            asked = polls.ask_refresh(db, RefreshRequest(sources=slugs, asked_by="a test"), self.now)
            taken = polls.take_refresh(db, self.now)
        self._run(lambda poller: carry_out(poller, taken))
        with self.store.read() as db:
            return polls.find_refresh(db, asked.id)

    def poll_hinted(self, *places: str, hints: Hints | None = None) -> PollOutcome:
        """Poll the directory as the daemon does when its watch has told where something changed."""

        async def run(poller: Poller) -> PollOutcome:
            poller.hints = hints or Hints()
            poller.hints.add(places)
            return await poller.poll(self.source(SEEDS.url), Ask(hinted=True))

        return self._run(run)

    def source(self, url: str) -> Source:
        with self.store.read() as db:
            found = sources.find_source_by_url(db, url)
        assert found is not None
        return found

    def state(self, url: str) -> SourceState:
        with self.store.read() as db:
            return sources.find_state(db, self.source(url))

    def entries(self) -> list[StoredEntry]:
        with self.store.read() as db:
            return entries.list_entries(db, ALL, 1000)

    def titles(self) -> list[str | None]:
        return [stored.entry.title for stored in self.entries()]

    def problems(self) -> dict[str, str | None]:
        with self.store.read() as db:
            return {file.path: file.problem for file in files.list_problems(db)}

    def page_problems(self) -> dict[str, str]:
        with self.store.read() as db:
            return {page.url: pages.explain_page(page) for _, page in pages.list_page_problems(db)}

    def sources(self) -> dict[str, Source]:
        """The sources that are fetched, by address."""
        with self.store.read() as db:
            return {source.url: source for source in sources.list_sources(db, ("feed", "page"))}

    def notices(self) -> list[str]:
        with self.store.read() as db:
            return [notice.text for notice in notices.list_notices(db)]
