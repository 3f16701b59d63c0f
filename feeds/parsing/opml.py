"""Lists of subscriptions (OPML 1.0 and 2.0)."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.model import Declaration, Document
from feeds.parsing.elements import Element, fold_name, loose_attribute
from feeds.parsing.opml_damage import find_damage
from feeds.parsing.refusal import refusal
from feeds.parsing.xml import read_xml
from feeds.text.urls import source_address

#: Our own attributes, in whatever namespace: the permanent identity that a source had where the list was
#: written, and what it calls itself.
KEY = "feedsKey"
TITLE = "feedsTitle"


def parse_opml(document: Document) -> tuple[tuple[Declaration, ...], str | None]:
    """Return the subscriptions in document order, one per address, and what is wrong with the list.

    Where something is, others may be lost, and only those before it are returned: an address behind it may be
    what the damage made of one. The folder that a subscription stands in is its category, the innermost where
    they are nested. Raises ParseError.
    """
    root = read_xml(document)
    if fold_name(str(root.tag)) != "opml":
        raise refusal(document, "the document is no OPML")
    declared = [found for found in (_read_outline(*one) for one in _walk_outlines(root, None)) if found]
    by_url: dict[str, Declaration] = {}
    for declaration in declared:
        by_url.setdefault(declaration.url, declaration)
    damage = find_damage(document, len(declared))
    if damage is None:
        return tuple(by_url.values()), None
    return tuple(one for url, one in by_url.items() if url in damage.before), damage.reason


def _walk_outlines(parent: Element, folder: str | None) -> Iterator[tuple[Element, str | None]]:
    """Yield every outline, wherever it stands, and its folder; the parser limits how deep they are nested."""
    for child in parent:
        inside = folder
        if fold_name(str(child.tag)) == "outline":
            yield child, folder
            is_folder = loose_attribute(child, "xmlUrl") is None
            inside = (_name_of(child) if is_folder else None) or folder
        yield from _walk_outlines(child, inside)


def _read_outline(outline: Element, folder: str | None) -> Declaration | None:
    url = source_address(loose_attribute(outline, "xmlUrl") or "")
    if url is None:
        return None
    name, title = _name_of(outline), loose_attribute(outline, TITLE)
    return Declaration(
        url=url,
        name=None if name in (title, url) else name,
        title=title,
        category=folder or _own_category(outline),
        key=loose_attribute(outline, KEY),
    )


def _name_of(outline: Element) -> str | None:
    return loose_attribute(outline, "title", "text")


def _own_category(outline: Element) -> str | None:
    """Return the last part of the first of the slash-delimited categories (OPML 2.0)."""
    first = (loose_attribute(outline, "category") or "").partition(",")[0]
    return first.strip("/ ").rpartition("/")[2].strip() or None
