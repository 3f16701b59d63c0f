"""RSS 2.0 and Atom 1.0 (RFC 4287), by feedgen and the extension beside this file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, cast

from feedgen.feed import FeedGenerator

from feeds.model import ALONE, Enclosure, Frame, Site, StoredEntry, View
from feeds.syndication.feedgen_extension import OurEntry, OurFeed
from feeds.syndication.masthead import GENERATOR, Masthead, describe
from feeds.syndication.presentable import present_all

RSS_TYPE = "application/rss+xml"
ATOM_TYPE = "application/atom+xml"

BLANK = " "  # feedgen refuses an empty text where a format requires the element

# feedgen writes each RSS date under another locale, which belongs to the whole process: two threads
# that did it at once could put back the wrong one.
_LOCALE = threading.Lock()


def render_rss(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the RSS 2.0 document of a view, with the entries in the order given."""
    shown = present_all(entries, site)
    head = describe(view, site, shown, "rss.xml", frame)
    feed = _open_extended(head, RSS_TYPE)
    feed.description(head.subtitle or head.title)
    feed.load_extension("dc", atom=False)
    for stored in shown:
        _add_item(feed, stored, head)
    with _LOCALE:
        return cast(bytes, feed.rss_str(pretty=True))


def render_atom(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the Atom 1.0 document of a view, with the entries in the order given."""
    shown = present_all(entries, site)
    head = describe(view, site, shown, "atom.xml", frame)
    feed = _open_extended(head, ATOM_TYPE)
    add_atom_head(feed, head)
    for stored in shown:
        _add_atom_entry(feed, stored, head)
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


def _open_extended(head: Masthead, media_type: str) -> Any:
    """Return a generator that writes entries as the extension does."""
    feed = open_feed(head, media_type)
    feed.register_extension("ours", OurFeed, OurEntry)
    feed.ours.updated = head.updated
    return feed


def _open_entry(feed: Any, stored: StoredEntry, head: Masthead) -> Any:
    """Return the entry of a generator with everything that both formats say of it alike."""
    entry = stored.entry
    element = feed.add_entry(order="append")
    element.ours.stored = stored
    element.ours.feed_language = head.language
    element.link(href=entry.link, rel="alternate")
    if entry.summary:
        element.summary(entry.summary, type="html")
    if entry.content:
        element.content(entry.content, type="html")
    for name in entry.categories:
        element.category(term=name)
    return element


def _add_item(feed: Any, stored: StoredEntry, head: Masthead) -> None:
    """Add an RSS item: without a summary, feedgen puts the content into `description`."""
    entry = stored.entry
    item = _open_entry(feed, stored, head)
    item.guid(entry.id, permalink=entry.id == entry.link)
    if entry.title:
        item.title(entry.title)
    elif not (entry.summary or entry.content):
        item.description(BLANK)  # RSS 2.0: an item has a title or a description
    if entry.enclosures:
        _add_enclosure(item, entry.enclosures[0])  # RSS 2.0 knows one
    if entry.comments:
        item.comments(entry.comments)
    item.dc.dc_creator([person.name for person in entry.authors])
    if entry.rights:
        item.dc.dc_rights(entry.rights)
    if entry.language and entry.language != head.language:
        item.dc.dc_language(entry.language)
    if entry.origin:
        url = entry.origin.url or entry.origin.link
        item.source(url=url, title=entry.origin.title or url)


def _add_enclosure(item: Any, enclosure: Enclosure) -> None:
    item.enclosure(url=enclosure.url, length=enclosure.length or 0, type=enclosure.media_type)


def _add_atom_entry(feed: Any, stored: StoredEntry, head: Masthead) -> None:
    """Add an Atom entry; the extension adds enclosures, comments, language and origin."""
    entry = stored.entry
    element = _open_entry(feed, stored, head)
    element.id(entry.id)
    element.title(entry.title or BLANK)  # RFC 4287, section 4.1.2 wants the element; we invent no title
    element.updated(stored.updated)
    if entry.published:
        element.published(entry.published)
    for person in entry.authors:
        element.author(name=person.name, email=person.email, uri=person.url)
    if entry.rights:
        element.rights(entry.rights)
