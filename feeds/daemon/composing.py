"""Put the rooms together as the settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from feeds.config import Settings
from feeds.model import Declaration
from feeds.model.declaring import CONFIG_DOOR
from feeds.polling.network import FetchPolicy, Network
from feeds.polling.pauses import Pauses
from feeds.polling.poll import Poller
from feeds.polling.reading import Reader
from feeds.polling.schedule import Policy
from feeds.polling.storing import StoreThread
from feeds.store import Store, Transaction, sources
from feeds.store.hosts import list_pauses
from feeds.store.searches import sync_searches
from feeds.store.site import ensure_site, note_limit

#: The directory is one source wherever it lies: its key is no path, so that a moved store keeps its ids.
SEEDS = Declaration(url="seeds:", name="Seeds", kind="seeds", key="seeds:")


def now() -> datetime:
    """The clock of the composing edge; everything below is told the time."""
    return datetime.now(UTC)


def prepare_store(store: Store, settings: Settings, *, has_file: bool = True) -> None:
    """Give the site its id, and the configuration's door exactly the sources it declares.

    Without a file nothing is declared and nothing taken back: a command that is called without the daemon's
    `--config` must not end all its subscriptions.
    """
    with store.write() as db:
        ensure_site(db, settings.base_url, now())
        note_limit(db, settings.output.limit)
        if has_file:
            sync_declared(db, settings)
        else:
            sources.add_source(db, SEEDS, CONFIG_DOOR, now())


def sync_declared(db: Transaction, settings: Settings) -> None:
    """Open and close sources, and save searches, as the configuration file declares them."""
    note_limit(db, settings.output.limit)
    declared = [SEEDS, *(source.declaration() for source in settings.sources)]
    sources.sync_door(db, CONFIG_DOOR, declared, now())
    sync_searches(db, {search.name: search.query for search in settings.searches})


@asynccontextmanager
async def open_poller(settings: Settings, store: Store) -> AsyncIterator[Poller]:
    """Yield a poller with its network, its reading process and its thread for the store."""
    thread = StoreThread(store)
    try:
        async with Network(fetch_policy(settings)) as network, Reader() as reader:
            yield Poller(
                store=thread,
                network=network,
                reader=reader,
                policy=schedule_policy(settings),
                seeds_root=Path(settings.seeds.dir),
                clock=now,
                pauses=Pauses(await thread.read(list_pauses)),
            )
    finally:
        thread.close()


def schedule_policy(settings: Settings) -> Policy:
    """Return the owner's wishes about when to poll."""
    fetch = settings.fetch
    return Policy(
        interval=timedelta(seconds=fetch.interval),
        min_interval=timedelta(seconds=fetch.min_interval),
        max_interval=timedelta(seconds=fetch.max_interval),
    )


def fetch_policy(settings: Settings) -> FetchPolicy:
    """Return the owner's wishes about how to ask."""
    fetch = settings.fetch
    return FetchPolicy(
        timeout=fetch.timeout,
        total_timeout=fetch.total_timeout,
        max_body_bytes=fetch.max_body_bytes,
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        spacing=fetch.spacing,
        user_agent=fetch.user_agent or f"feeds/{version('feeds')} (+{settings.base_url}/about/)",
        allow_private=fetch.allow_private,
        allow_hosts=frozenset(fetch.allow_hosts),
        proxy=fetch.proxy,
    )
