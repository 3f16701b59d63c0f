"""The web room: pages, feeds and the API over what the store holds.

It never polls: a refresh is recorded here and carried out by the poller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from feeds.config import Configuration
    from feeds.store import Store


def create_app(configuration: Configuration, store: Store) -> Flask:
    """Return the WSGI application that serves `store` under the settings in force."""
    # Imported here: the server's main process only supervises and need not hold Flask in memory.
    from feeds.web.application import build_app

    return build_app(configuration, store)
