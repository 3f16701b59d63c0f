"""What feedgen does not write into RSS 2.0, or not rightly."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from feeds.model import Enclosure, Entry
from feeds.syndication.feedgen_extension import ATOM, OurEntry, OurFeed, add, add_related
from feeds.syndication.provenance import name_origin
from feeds.text.dates import format_http, format_rfc3339

DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"

#: Media RSS: what a medium is called, by the first part of its media type.
MEDIUMS = {"image": "image", "audio": "audio", "video": "video"}


class RssFeed(OurFeed):
    """The head of a channel."""

    def extend_ns(self) -> dict[str, str]:
        return super().extend_ns() | {"dc": DC, "media": MEDIA}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Write the links to other documents and to hubs, and the date again.

        feedgen writes a year before 1000 in fewer than four digits.
        """
        channel = feed[0]
        for element in channel.iterfind("lastBuildDate"):
            element.text = format_http(self.head.updated)
        for rel, url in self.head.links:
            etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=url)
        self.add_history(channel)
        return feed


class RssItem(OurEntry):
    """One item."""

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Write everything but title, link, texts and guid."""
        entry = self.shown.entry
        if entry.published is not None:  # with four digits for any year; an unknown date stays unknown
            add(item, "pubDate", format_http(entry.published))
        elif entry.updated is not None:  # it is not when it was published, but all that is known
            add(item, f"{{{DC}}}date", format_rfc3339(entry.updated.replace(microsecond=0)))
        for person in entry.authors:
            add(item, f"{{{DC}}}creator", person.name)
        for name in entry.categories:
            add(item, "category", name)
        add(item, "comments", entry.comments)
        add(item, f"{{{DC}}}rights", entry.rights)
        add(item, f"{{{DC}}}language", self.find_language())
        _add_media(item, entry)
        for related in self.shown.related:
            add_related(item, f"{{{ATOM}}}link", related)
        if origin := entry.origin:
            url = origin.url or origin.link or ""
            etree.SubElement(item, "source", url=url).text = name_origin(origin)
        return item


def _add_media(item: etree._Element, entry: Entry) -> None:
    """Write the files: RSS 2.0 knows one, Media RSS the others and the lead picture."""
    if entry.enclosures:
        first = entry.enclosures[0]
        etree.SubElement(
            item, "enclosure", url=first.url, length=str(first.length or 0), type=first.media_type or ""
        )
    for medium in _find_media(entry):
        etree.SubElement(item, f"{{{MEDIA}}}content", medium)
    if entry.image:
        etree.SubElement(item, f"{{{MEDIA}}}thumbnail", url=entry.image)


def _find_media(entry: Entry) -> Iterator[dict[str, str]]:
    """Yield the attributes of each `media:content`: the lead picture first, no file twice."""
    files = {enclosure.url: enclosure for enclosure in entry.enclosures}
    if entry.image:
        yield _describe(files.pop(entry.image, Enclosure(entry.image))) | {"medium": "image"}
    for enclosure in files.values():
        if enclosure is not entry.enclosures[0]:
            yield _describe(enclosure)


def _describe(enclosure: Enclosure) -> dict[str, str]:
    attributes = {"url": enclosure.url}
    if enclosure.length is not None:
        attributes["fileSize"] = str(enclosure.length)
    if enclosure.media_type:
        attributes["type"] = enclosure.media_type
    if medium := MEDIUMS.get((enclosure.media_type or "").partition("/")[0]):
        attributes["medium"] = medium
    return attributes
