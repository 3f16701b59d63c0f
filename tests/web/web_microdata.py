"""Microdata (HTML, section 5) and microformats as their readers find them in a page."""

from typing import Any

from lxml import etree, html

#: Where the value of a property stands, by its element; else it is the text (section 5.2.4).
VALUES = {"meta": "content", "a": "href", "link": "href", "img": "src", "data": "value", "time": "datetime"}


def read_items(text: str, kind: str) -> list[dict[str, list[Any]]]:
    """The items of a kind, each with its properties; a property that is an item is a dictionary itself."""
    tree = html.document_fromstring(text)
    return [_read_item(item) for item in tree.iter() if item.get("itemtype") == kind]


def _read_item(item: etree._Element) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for child in item:
        _collect(child, found)
    return found


def _collect(element: etree._Element, found: dict[str, list[Any]]) -> None:
    is_item = "itemscope" in element.attrib
    for name in element.get("itemprop", "").split():
        found.setdefault(name, []).append(_read_item(element) if is_item else _read_value(element))
    if not is_item:
        for child in element:
            _collect(child, found)


def _read_value(element: etree._Element) -> str:
    attribute = VALUES.get(str(element.tag))
    if attribute is not None:
        assert attribute in element.attrib, (
            f"<{element.tag}> that says {element.get('itemprop')} has no value"
        )
        return str(element.get(attribute))
    return " ".join("".join(element.itertext()).split())


def find_properties(text: str) -> dict[str, list[str]]:
    """What stands in the one h-entry of a page, by the class that names it."""
    [entry] = html.document_fromstring(text).find_class("h-entry")
    found: dict[str, list[str]] = {}
    for element in entry.iter():
        for name in element.get("class", "").split() if isinstance(element.tag, str) else ():
            if name[:2] in ("p-", "u-", "e-") or name[:3] == "dt-":
                found.setdefault(name, []).append(_read_value(element) if name[0] in "ud" else _text(element))
    return found


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())
