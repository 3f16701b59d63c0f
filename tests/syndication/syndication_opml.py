"""The rules of OPML 2.0, read from its specification, for any list."""

from __future__ import annotations

from lxml import etree

HEAD = {
    "title",
    "dateCreated",
    "dateModified",
    "ownerName",
    "ownerEmail",
    "ownerId",
    "docs",
    "expansionState",
    "vertScrollState",
    "windowTop",
    "windowLeft",
    "windowBottom",
    "windowRight",
}
COMMON = {"text", "type", "isComment", "isBreakpoint", "created", "category"}
OF_RSS = {"xmlUrl", "htmlUrl", "title", "description", "language", "version"}


def check_opml(document: bytes) -> etree._Element:
    """Return the root of a list of feeds; fails where it breaks a rule."""
    root = etree.fromstring(document)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    head, body = root
    names = [child.tag for child in head]
    assert set(names) <= HEAD
    assert len(names) == len(set(names))
    assert not body.attrib
    for outline in body.iter():
        if outline is not body:
            check_outline(outline)
    urls = [outline.get("xmlUrl") for outline in body.iter("outline") if outline.get("xmlUrl")]
    assert len(urls) == len(set(urls))
    return root


def check_outline(outline: etree._Element) -> None:
    assert outline.tag == "outline"
    assert outline.get("text")
    is_feed = outline.get("type") == "rss"
    plain = {name for name in outline.attrib if not str(name).startswith("{")}  # others are in a namespace
    assert plain <= (COMMON | OF_RSS if is_feed else COMMON)
    if is_feed:
        assert len(outline) == 0
        assert outline.get("xmlUrl", "").startswith(("http://", "https://"))
        assert outline.get("htmlUrl", "http://").startswith(("http://", "https://"))
    else:
        assert len(outline) > 0  # a folder
