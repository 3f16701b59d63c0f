"""What feedgen does not write into Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from lxml import etree

from feeds.model import Entry, Origin, Person
from feeds.syndication.feedgen_extension import OurEntry, OurFeed, add, add_related, link_to
from feeds.syndication.presentable import Presentable
from feeds.syndication.provenance import name_origin
from feeds.text.dates import format_rfc3339

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721


class AtomFeed(OurFeed):
    """The head of a feed."""

    def extend_ns(self) -> dict[str, str]:
        return super().extend_ns() | ({"at": TOMBSTONES} if self.head.frame.tombstones else {})

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Write the links to other documents and to hubs, and before the entries what is gone."""
        for rel, url in self.head.links:
            link_to(feed, rel, url)
        self.add_history(feed)
        for gone in self.head.frame.tombstones:
            etree.SubElement(
                feed, f"{{{TOMBSTONES}}}deleted-entry", ref=gone.id, when=format_rfc3339(gone.when)
            )
        return feed


class AtomEntry(OurEntry):
    """One entry."""

    def extend_atom(self, element: etree._Element) -> etree._Element:
        """Write everything but id, title, `updated` and the link."""
        entry = self.shown.entry
        if entry.published:
            add(element, "published", entry.published.isoformat())
        for name, html in (("summary", entry.summary), ("content", entry.content)):
            if html:
                etree.SubElement(element, name, type="html").text = html
        if language := self.find_language():
            element.set(XML_LANG, language)
        for person in entry.authors:
            _add_person(element, person)
        for name in entry.categories:
            etree.SubElement(element, "category", term=name)
        add(element, "rights", entry.rights)
        _add_links(element, self.shown)
        if entry.origin:
            _add_source(element, entry, entry.origin)
        return element


def _add_person(element: etree._Element, person: Person) -> None:
    author = etree.SubElement(element, "author")
    add(author, "name", person.name)
    add(author, "email", person.email)
    add(author, "uri", person.url)


def _add_links(element: etree._Element, shown: Presentable) -> None:
    """Write the links whose `rel` feedgen would lose: it writes the address of a link only."""
    for enclosure in shown.entry.enclosures:
        link = etree.SubElement(element, "link", rel="enclosure", href=enclosure.url)
        link.set("type", enclosure.media_type or "")
        if enclosure.length is not None:
            link.set("length", str(enclosure.length))
    if shown.entry.comments:  # RFC 4685, section 4
        etree.SubElement(element, "link", rel="replies", href=shown.entry.comments, type="text/html")
    if shown.via:
        link_to(element, "via", shown.via)
    for related in shown.related:
        add_related(element, "link", related)


def _add_source(element: etree._Element, entry: Entry, origin: Origin) -> None:
    """Write `atom:source`; who has published an entry stands in for the author it does not name.

    RFC 4287, section 4.1.2 wants an author somewhere: the entry's own, else that of its source, else
    that of the feed. None is made up for the entry itself, and it must not seem to be ours.
    """
    source = etree.SubElement(element, "source")
    add(source, "id", origin.id)
    add(source, "title", name_origin(origin))
    if origin.updated is not None:
        add(source, "updated", format_rfc3339(origin.updated))
    if origin.title and not entry.authors:
        add(etree.SubElement(source, "author"), "name", origin.title)
    if origin.link:
        link_to(source, "alternate", origin.link)
    if origin.url:
        link_to(source, "self", origin.url)
    add(source, "rights", origin.rights)
