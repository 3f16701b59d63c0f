"""What feedgen does not write, or not rightly, added to the elements it has made.

feedgen makes the frame of a document, its head, and of an entry what every one has. The rest of an entry
is written by the extension straight away: feedgen checks each value again, which costs more than to write
it. It puts Atom elements under the default namespace by their bare names; so does this.
"""

from __future__ import annotations

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feeds.model import Related
from feeds.syndication.masthead import Masthead
from feeds.syndication.presentable import Presentable

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005


class OurFeed(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """The head of a feed; `head` is to be set."""

    head: Masthead

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes, which feedgen declares once for the whole document."""
        frame = self.head.frame
        return {"fh": HISTORY} if frame.is_archive or frame.is_complete else {}

    def add_history(self, element: etree._Element) -> None:
        """Write which kind of document it is (RFC 5005, sections 2 and 4; appendix B for RSS)."""
        if self.head.frame.is_complete:
            etree.SubElement(element, f"{{{HISTORY}}}complete")
        if self.head.frame.is_archive:
            etree.SubElement(element, f"{{{HISTORY}}}archive")


class OurEntry(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """One entry; `shown` and `head` are to be set."""

    shown: Presentable
    head: Masthead

    def find_language(self) -> str | None:
        """Return the language, where it is not that of the feed."""
        language = self.head.name_language(self.shown.entry.language)
        return None if language == self.head.language else language


def link_to(parent: etree._Element, rel: str, href: str) -> None:
    """Write an Atom link."""
    etree.SubElement(parent, "link", rel=rel, href=href)


def add(parent: etree._Element, name: str, text: str | None) -> None:
    """Write an element, where there is a text for it."""
    if text:
        etree.SubElement(parent, name).text = text


def add_related(parent: etree._Element, name: str, related: Related) -> None:
    """Write a link to another entry that tells the same; its title says where it stands, too."""
    link = etree.SubElement(parent, name, rel="related", href=related.url)
    title = " – ".join(filter(None, (related.title, related.source_title)))
    if title.strip():
        link.set("title", title)
