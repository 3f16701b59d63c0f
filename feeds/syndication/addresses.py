"""Where the things we serve stand: absolute addresses, from the site's `base_url` alone."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID, uuid5

from feeds.model import Site, View

HEALTH_FILE = "atom.xml"  # the only format it is written in


def page_url(site: Site, view: View) -> str:
    """Return the address of a view's page."""
    return site.base_url + view.path


def feed_url(site: Site, view: View, format: str) -> str:
    """Return the address of a view's feed; `format` is a key of `FORMATS`."""
    return site.base_url + view.address(format)


def archive_url(site: Site, view: View, number: int) -> str:
    """Return the address of an archive document of a view."""
    return f"{page_url(site, view)}archive/{number}/atom.xml"


def entry_url(site: Site, key: str) -> str:
    """Return the address of an entry's own page here."""
    return f"{site.base_url}/entries/{quote(key, safe='')}/"


def feed_id(site: Site, view: View) -> str:
    """Return the id of a view's feed: it depends on the site's id, never on where the site is now.

    What parameters make of a view is a feed of its own; its pages are one feed.
    """
    return uuid5(UUID(site.id), f"{view.key}\n{view.narrowed}" if view.narrowed else view.key).urn


def health_page(site: Site) -> str:
    """Return the address of the page on how the sources are; the feed of its changes lies beside it."""
    return f"{site.base_url}/status/"


def health_url(site: Site) -> str:
    """Return the address of the feed of changes of health."""
    return health_page(site) + HEALTH_FILE


def health_id(site: Site, number: int | None = None) -> str:
    """Return the id of the feed of changes of health, or of the change with this number."""
    name = "health" if number is None else f"health:{number}"  # no view is called so
    return uuid5(UUID(site.id), name).urn
