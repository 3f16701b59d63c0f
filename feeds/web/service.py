"""What every request needs: the settings in force, the store and the editions."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app

from feeds.config import SETTLE, Configuration, Settings
from feeds.model import Site, View
from feeds.store import Store
from feeds.store.site import ensure_site
from feeds.syndication.addresses import feed_url
from feeds.syndication.editions import Editions
from feeds.syndication.topics import write_links

EXTENSION = "feeds"
LOOK_AGAIN = 1.0  # seconds between two looks at the configuration file


class Service:
    """The application's own state; one per process, shared by its threads."""

    def __init__(self, configuration: Configuration, store: Store) -> None:
        self.store = store
        self.version = version("feeds")
        self.editions = Editions(store, self.site, self.version)
        self._configuration = configuration
        self._looked = time.monotonic()
        self._lock = threading.Lock()
        self._identity: tuple[str, datetime] | None = None

    @property
    def settings(self) -> Settings:
        """The last good settings."""
        return self._configuration.settings

    @property
    def problem(self) -> str | None:
        """What is wrong with the configuration file as it stands now."""
        return self._configuration.problem

    @property
    def path(self) -> str:
        """The configuration file, as it was named."""
        return str(self._configuration.path)

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which pages show times."""
        return ZoneInfo(self.settings.site.timezone)

    def follow_configuration(self) -> None:
        """Take up a changed file once it is whole; a stat at most once a second, by one thread."""
        if time.monotonic() - self._looked < LOOK_AGAIN or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            self._configuration.refresh(SETTLE)
        finally:
            self._lock.release()

    def site(self) -> Site:
        """Say what every page and feed says about the service; raises StoreError."""
        return self.settings.describe_site(*self._find_identity())

    def write_links(self, view: View, file: str) -> str | None:
        """Return the Link field by which a feed names its hubs and itself; None where no hub announces it."""
        hubs = self.settings.hubs
        return write_links(hubs, feed_url(self.site(), view, file)) if hubs else None

    def _find_identity(self) -> tuple[str, datetime]:
        """Read the site's id, given once and never changed: so it is asked for once."""
        if self._identity is None:
            with self.store.write() as db:
                self._identity = ensure_site(db, self.settings.base_url, datetime.now(UTC))
        return self._identity


def get_service() -> Service:
    """Return the service of the application that answers this request."""
    return cast(Service, current_app.extensions[EXTENSION])
