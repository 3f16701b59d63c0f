"""The list of subscriptions as OPML 2.0."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from feeds.model import Site, Source
from feeds.syndication.faults import is_address
from feeds.syndication.presentable import legal
from feeds.text.urls import public_url

OPML_TYPE = "text/x-opml"


def render_opml(site: Site, sources: Iterable[Source]) -> bytes:
    """Return the subscriptions among `sources`, in their order, in one folder per category.

    What is not subscribed to stays out (archives, the seeds directory, retired sources), and so does what
    is private. `feedsKey` keeps the permanent identity of a source where the list is imported again.
    """
    site = legal(site)
    document = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(document, "head"), "title").text = site.title
    body = etree.SubElement(document, "body")
    shown = [legal(source) for source in sources if _is_shown(source)]
    for source in shown:
        if not source.category:
            _add_outline(body, source)
    for category in sorted({source.category for source in shown if source.category}):
        folder = etree.SubElement(body, "outline", text=category)
        for source in shown:
            if source.category == category:
                _add_outline(folder, source)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _is_shown(source: Source) -> bool:
    return (
        source.kind in ("feed", "page")
        and source.retired is None
        and not source.private
        and is_address(source.url)
    )


def _add_outline(parent: etree._Element, source: Source) -> None:
    """Add one subscription; addresses go without the passwords and keys in them."""
    url = public_url(source.url)
    title = source.name or source.title or url
    outline = etree.SubElement(parent, "outline", type="rss", text=title, title=title, xmlUrl=url)
    if source.link and is_address(source.link):
        outline.set("htmlUrl", public_url(source.link))
    if is_address(source.key):
        outline.set("feedsKey", public_url(source.key))
