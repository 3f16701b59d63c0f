"""RSS 2.0 and Atom 1.0 (RFC 4287), by feedgen and the extensions beside this file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, cast

from feedgen.feed import FeedGenerator

from feeds.model import ALONE, Frame, Site, StoredEntry, View
from feeds.syndication.feedgen_atom import AtomEntry, AtomFeed
from feeds.syndication.feedgen_extension import OurEntry, OurFeed
from feeds.syndication.feedgen_rss import RssFeed, RssItem
from feeds.syndication.masthead import GENERATOR, Masthead, describe
from feeds.syndication.presentable import Presentable, present_all

RSS_TYPE = "application/rss+xml"
ATOM_TYPE = "application/atom+xml"

BLANK = " "  # feedgen refuses an empty text where a format requires the element

# feedgen writes each RSS date under another locale, which belongs to the whole process: two threads
# that did it at once could put back the wrong one.
_LOCALE = threading.Lock()


def render_rss(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the RSS 2.0 document of a view, with the entries in the order given."""
    shown = present_all(entries, site, frame)
    head = describe(view, site, (one.stored for one in shown), "rss.xml", frame)
    feed = _open_extended(head, RSS_TYPE, RssFeed, RssItem)
    feed.description(head.subtitle or head.title)
    for one in shown:
        _add_item(feed, one, head)
    with _LOCALE:
        return cast(bytes, feed.rss_str(pretty=True))


def render_atom(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the Atom 1.0 document of a view, with the entries in the order given."""
    shown = present_all(entries, site, frame)
    head = describe(view, site, (one.stored for one in shown), "atom.xml", frame)
    feed = _open_extended(head, ATOM_TYPE, AtomFeed, AtomEntry)
    add_atom_head(feed, head)
    for one in shown:
        _add_atom_entry(feed, one, head)
    return cast(bytes, feed.atom_str(pretty=True))


def open_feed(head: Masthead, media_type: str) -> Any:
    """Return a generator with everything that both formats say of a feed."""
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(head.title)
    feed.link(href=head.url, rel="self", type=media_type)
    feed.link(href=head.page, rel="alternate", type="text/html")  # the last one is the RSS link
    feed.updated(head.updated)
    feed.generator(GENERATOR)
    feed.docs("")
    if head.language:
        feed.language(head.language)
    return feed


def add_atom_head(feed: Any, head: Masthead) -> None:
    """Add what only Atom says of a feed."""
    feed.author(name=head.publisher, uri=head.home)  # RFC 4287, section 4.1.1: a feed has an author
    if head.subtitle:
        feed.subtitle(head.subtitle)


def _open_extended(
    head: Masthead, media_type: str, our_feed: type[OurFeed], our_entry: type[OurEntry]
) -> Any:
    """Return a generator that writes head and entries as the extension does."""
    feed = open_feed(head, media_type)
    feed.register_extension("ours", our_feed, our_entry)
    feed.ours.head = head
    return feed


def _open_entry(feed: Any, shown: Presentable, head: Masthead) -> Any:
    """Return an entry of a generator with its link, the rest of it left to the extension."""
    element = feed.add_entry(order="append")
    element.ours.shown = shown
    element.ours.head = head
    element.link(href=shown.entry.link, rel="alternate")
    return element


def _add_item(feed: Any, shown: Presentable, head: Masthead) -> None:
    """Add an RSS item: without a summary, feedgen puts the content into `description`."""
    entry = shown.entry
    item = _open_entry(feed, shown, head)
    item.guid(entry.id, permalink=entry.id == entry.link)
    if entry.summary:
        item.summary(entry.summary)
    if entry.content:
        item.content(entry.content)
    if entry.title:
        item.title(entry.title)
    elif not (entry.summary or entry.content):
        item.description(BLANK)  # RSS 2.0: an item has a title or a description


def _add_atom_entry(feed: Any, shown: Presentable, head: Masthead) -> None:
    entry = shown.entry
    element = _open_entry(feed, shown, head)
    element.id(entry.id)
    element.title(entry.title or BLANK)  # RFC 4287, section 4.1.2 wants the element; we invent no title
    element.updated(shown.stored.updated)
