"""The feed of changes of health: Atom 1.0 (RFC 4287), apart from every feed of entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from feeds.model import HealthChange, Site, View
from feeds.syndication.addresses import health_id, health_page, health_url, page_url
from feeds.syndication.masthead import Masthead, find_updated, name_publisher
from feeds.syndication.presentable import legal
from feeds.syndication.rss_atom import ATOM_TYPE, add_atom_head, open_feed
from feeds.text.urls import public_text


def render_changes(site: Site, changes: Sequence[HealthChange]) -> bytes:
    """Return the Atom document of these changes, in the order given.

    Raises ValueError for no changes of a site that has not started: there is no date to give the feed.
    """
    head = _describe(legal(site), changes)
    feed = open_feed(head, ATOM_TYPE)
    add_atom_head(feed, head)
    for change in changes:
        _add_change(feed, legal(change), site)
    return cast(bytes, feed.atom_str(pretty=True))


def _describe(site: Site, changes: Sequence[HealthChange]) -> Masthead:
    publisher = name_publisher(site)
    return Masthead(
        id=health_id(site),
        title=f"Health of the sources – {publisher}",
        publisher=publisher,
        home=f"{site.base_url}/",
        page=health_page(site),
        url=health_url(site),
        updated=find_updated(site, (change.moment for change in changes)),
        subtitle="What has become of a source: failing, quiet, moved, gone, held, and well again",
        language="en",
    )


def _add_change(feed: Any, change: HealthChange, site: Site) -> None:
    source, health = change.source, change.health
    element = feed.add_entry(order="append")
    element.id(health_id(site, change.number))
    element.title(f"{source.display_title}: {health.word}")
    element.updated(change.moment)
    element.link(href=page_url(site, View("source", source.slug)), rel="alternate")
    element.category(term=health.word)
    element.content(public_text(health.reason), type="text")
