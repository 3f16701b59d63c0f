"""Topics, in every way they are written; schemes are left to machines."""

from __future__ import annotations

from feeds.parsing.constructs import find_name
from feeds.parsing.elements import RDF, Element, Ground, attributes, local_name, loose_attribute

#: One element may give several names.
Names = tuple[str, ...]


def read_text_category(element: Element, ground: Ground) -> Names | None:
    """Return an RSS category or dc:subject: its text, else what an Atom category would say.

    In RDF there may be a list of them.
    """
    if len(element):
        members = (find_name(member, ground) for member in element.iterdescendants(f"{RDF}li"))
        if names := tuple(filter(None, members)):
            return names
    name = find_name(element, ground)
    return (name,) if name else read_category(element, ground)


def read_category(element: Element, ground: Ground) -> Names | None:
    """Return the label of an atom:category, else its term; a term that is an address is for machines."""
    name = (element.get("label") or "").strip()
    if not name:
        term = (
            element.get("term") or loose_attribute(element, "term") or find_name(element, ground) or ""
        ).strip()
        name = "" if term.startswith(("http://", "https://")) else term
    return (name,) if name else None


def read_media_category(element: Element, ground: Ground) -> Names | None:
    """Return the label of a media:category, else its text (Media RSS 1.5.1)."""
    name = attributes(element).get("label") or find_name(element, ground)
    return (name,) if name else None


def read_podcast_category(element: Element, ground: Ground) -> Names | None:
    """Return an itunes:category and the one inside it, which is narrower."""
    name = attributes(element).get("text") or (None if len(element) else find_name(element, ground))
    inner = [
        attributes(child).get("text")
        for child in element
        if isinstance(child.tag, str) and local_name(child) == "category"
    ]
    return tuple(filter(None, (name, *inner))) or None


def read_keywords(element: Element, ground: Ground) -> Names | None:
    """Return what stands between the commas of itunes:keywords or media:keywords."""
    names = (find_name(element, ground) or "").split(",")
    return tuple(filter(None, map(str.strip, names))) or None
