"""What feedgen does not write, or not rightly, added to the elements it has made.

feedgen puts Atom elements under the default namespace by their bare names; so does this.
"""

from __future__ import annotations

from datetime import datetime

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feeds.model import Entry, Origin, StoredEntry
from feeds.text.dates import format_http, format_rfc3339

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class OurFeed(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """The head of a feed: `updated` is to be set."""

    updated: datetime

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Write the date again: feedgen writes a year before 1000 in fewer than four digits."""
        for element in feed.iterfind("channel/lastBuildDate"):
            element.text = format_http(self.updated)
        return feed


class OurEntry(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """One entry: `stored`, made presentable, is to be set; `feed_language` where the feed has one."""

    stored: StoredEntry
    feed_language: str | None = None

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Write `pubDate`, with four digits for any year; an unknown date stays unknown."""
        if self.stored.entry.published is not None:
            _add(item, "pubDate", format_http(self.stored.entry.published))
        return item

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Write the language, the links that are more than an address, and the origin."""
        entry = self.stored.entry
        if entry.language and entry.language != self.feed_language:
            element.set(XML_LANG, entry.language)
        _add_links(element, entry)
        if entry.origin:
            _add_source(element, entry.origin, publisher_is_author=not entry.authors)
        return element


def _add_links(element: etree._Element, entry: Entry) -> None:
    """Write the links whose `rel` feedgen would lose: it writes the address of a link only."""
    for enclosure in entry.enclosures:
        link = etree.SubElement(element, "link", rel="enclosure", href=enclosure.url)
        link.set("type", enclosure.media_type or "")
        if enclosure.length is not None:
            link.set("length", str(enclosure.length))
    if entry.comments:  # RFC 4685, section 4
        etree.SubElement(element, "link", rel="replies", href=entry.comments, type="text/html")


def _add_source(element: etree._Element, origin: Origin, *, publisher_is_author: bool) -> None:
    """Write `atom:source`; who has published an entry stands in for the author it does not name.

    RFC 4287, section 4.1.2 wants an author somewhere: the entry's own, else that of its source, else
    that of the feed. None is made up for the entry itself, and it must not seem to be ours.
    """
    source = etree.SubElement(element, "source")
    _add(source, "id", origin.id)
    _add(source, "title", origin.title)
    if origin.updated is not None:
        _add(source, "updated", format_rfc3339(origin.updated))
    if publisher_is_author and origin.title:
        _add(etree.SubElement(source, "author"), "name", origin.title)
    if origin.link:
        etree.SubElement(source, "link", rel="alternate", href=origin.link)
    if origin.url:
        etree.SubElement(source, "link", rel="self", href=origin.url)
    _add(source, "rights", origin.rights)


def _add(parent: etree._Element, name: str, text: str | None) -> None:
    if text:
        etree.SubElement(parent, name).text = text
