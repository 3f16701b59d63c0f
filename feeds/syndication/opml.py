"""Lists of feeds as OPML 2.0: what is read here, and what is served.

They bear no date: the specification asks for none, and one of the moment would change the bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from feeds.model import Site, Source, View
from feeds.syndication.addresses import feed_url, health_page, health_url, page_url
from feeds.syndication.faults import is_address
from feeds.syndication.masthead import name_publisher
from feeds.syndication.presentable import legal
from feeds.text.urls import public_url

OPML_TYPE = "text/x-opml"

#: Of the attributes that are ours: OPML 2.0 allows others than its own in a namespace only.
NAMESPACE = "urn:uuid:0b6c8a3e-7f0d-4d57-9f0e-2f4b3c1de6a5"

FORMAT = "atom.xml"  # of the feeds in a list: whoever reads lists reads it, and it tells the most

#: The folders of views that are not sources; these stand in that of their category.
FOLDERS = {"category": "Categories", "search": "Searches"}


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: public views, and what the categories of sources are called, by the slugs of these."""

    views: Sequence[View]
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list; every address in it may be told."""

    title: str
    url: str
    page: str | None = None
    folder: str | None = None  #: a category's, unless it is one of `FOLDERS`
    is_of_kind: bool = False  #: whether its folder is that of a kind of views: no category's of the same name
    category: str | None = None  #: of what is in it
    key: str | None = None  #: the permanent identity of a source
    own_title: str | None = None  #: what a source calls itself, whatever the owner calls it


def render_opml(site: Site, sources: Iterable[Source]) -> bytes:
    """Return the subscriptions among `sources`, in their order, in one folder per category.

    What is not subscribed to stays out (archives, the seeds directory, retired sources), and so does what
    is private. Where the list is imported again, `feeds:feedsKey` keeps the identity of a source, and
    `feeds:feedsTitle` tells what it calls itself from a name that the owner gave it.
    """
    shown = [_of_source(source) for source in sources if is_subscription(source) and not source.private]
    return _write(name_publisher(legal(site)), shown)


def render_served(site: Site, served: Served) -> bytes:
    """Return the feed of every view, in the order given, and that of the changes of health."""
    site = legal(site)
    publisher = name_publisher(site)
    shown = [_of_view(view, site, served.categories) for view in served.views]
    shown.append(Outline("Health of the sources", health_url(site), health_page(site)))
    return _write(f"Feeds – {publisher}", shown)


def is_subscription(source: Source) -> bool:
    """Whether it is subscribed to, and can be told so: of these, those that are private are in no list."""
    return source.kind in ("feed", "page") and source.retired is None and is_address(source.url)


def _of_source(source: Source) -> Outline:
    """Describe one subscription; addresses go without the passwords and keys in them."""
    url = public_url(source.url)
    return Outline(
        title=_name(source.display_title, url),
        url=url,
        page=public_url(source.link) if source.link and is_address(source.link) else None,
        folder=source.category,
        category=source.category,
        key=public_url(source.key) if is_address(source.key) else None,
        own_title=source.title,
    )


def _of_view(view: View, site: Site, categories: Mapping[str, str]) -> Outline:
    category = categories.get(view.name) if view.kind == "source" else None
    return Outline(
        title=_name(view.display_title, name_publisher(site)),
        url=feed_url(site, view, FORMAT),
        page=page_url(site, view),
        folder=category or FOLDERS.get(view.kind),
        is_of_kind=view.kind in FOLDERS,
        category=category,
    )


def _name(*names: str | None) -> str:
    """Return the first of these, of which the last is given, that can be read."""
    return next(filter(None, (legal(name or "").strip() for name in names)))


def _write(title: str, outlines: Sequence[Outline]) -> bytes:
    """Return the list: what is in no folder, then the folders by their names."""
    document = etree.Element("opml", version="2.0", nsmap={"feeds": NAMESPACE})
    etree.SubElement(etree.SubElement(document, "head"), "title").text = title
    body = etree.SubElement(document, "body")
    folders = defaultdict(list)
    for outline in map(legal, outlines):
        folders[(outline.folder or "").strip(), outline.is_of_kind].append(outline)
    for name, is_of_kind in sorted(folders):
        folder = etree.SubElement(body, "outline", text=name) if name else body
        for outline in folders[name, is_of_kind]:
            _add(folder, outline)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add(parent: etree._Element, outline: Outline) -> None:
    """Add one feed; OPML 2.0 calls the type of all of them rss, whatever their format."""
    element = etree.SubElement(
        parent, "outline", type="rss", text=outline.title, title=outline.title, xmlUrl=outline.url
    )
    if outline.page:
        element.set("htmlUrl", outline.page)
    category = (outline.category or "").strip()
    if category and not set(category) & set("/,"):  # which would make two of it
        element.set("category", f"/{category}")
    if outline.key:
        element.set(f"{{{NAMESPACE}}}feedsKey", outline.key)
    if outline.own_title and outline.own_title.strip():
        element.set(f"{{{NAMESPACE}}}feedsTitle", outline.own_title.strip())
