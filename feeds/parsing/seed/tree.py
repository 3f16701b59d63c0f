"""The body of a seed document as a tree, and what every step of reading it asks of a tree.

Elements are not removed one by one, which would copy the text around them each time: they are marked, and
`sweep` takes all marked ones out at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from feeds.text.characters import collapse, is_blank, strip_illegal

Element: TypeAlias = etree._Element

#: The tags of elements to be taken out with what they hold, and without.
DROPPED = "dropped"
UNWRAPPED = "unwrapped"

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

#: Inside the one line that is a body these only end the parsing.
PAGE_TAGS = re.compile(r"</?(?:html|body)(?:\s[^<>]*)?>", re.IGNORECASE)


class TooDeepError(ValueError):
    """The HTML is nested deeper than the parser goes."""


def open_body(text: str) -> Element:
    """Return `<body>` with everything in it; raises TooDeepError rather than lose the end of a text."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    page = f"<html><body>{PAGE_TAGS.sub('', strip_illegal(text))}</body></html>".encode()
    body: Element = etree.fromstring(page, parser)[0]
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise TooDeepError("its HTML is nested too deeply")
    return body


def write_body(body: Element) -> str | None:
    """Return the HTML inside `body`, or None where there is nothing."""
    text = etree.tostring(body, encoding="unicode", method="html")
    return strip_illegal(text[text.index(">") + 1 : text.rindex("<")]).strip() or None


def sweep(body: Element) -> None:
    """Take the marked elements out."""
    etree.strip_elements(body, DROPPED, with_tail=False)
    etree.strip_tags(body, UNWRAPPED)


def set_attribute(element: Element, name: str, value: str) -> None:
    """Set an attribute; the illegal characters of references such as `&#8;` are left out."""
    element.set(name, strip_illegal(value))


def drop(element: Element) -> None:
    """Mark `element` to be taken out, its tail aside."""
    element.tag = DROPPED


def text_of(element: Element) -> str:
    """The text a reader sees in `element`, collapsed."""
    return collapse(_raw_text(element))


def _raw_text(element: Element) -> str:
    return "".join(map(str, element.itertext()))


def lines_of(element: Element) -> list[str]:
    """The text of `element`, a line for each `<br>`, collapsed."""
    lines = [element.text or ""]
    for child in element:
        if child.tag == "br":
            lines.append(child.tail or "")
        else:
            lines[-1] += _raw_text(child) + (child.tail or "")
    return [collapse(line) for line in lines]


def has_own_text(element: Element) -> bool:
    """Whether text stands directly in `element`, outside its children."""
    return not (is_blank(element.text) and all(is_blank(child.tail) for child in element))


def first_element(body: Element) -> Element | None:
    """The element that opens the body, where no text stands before it."""
    return next(iter(body), None) if is_blank(body.text) else None


def last_paragraphs(body: Element) -> Iterator[tuple[Element, str]]:
    """The paragraphs that have text, last first, with their text."""
    for paragraph in reversed(list(body.iter("p"))):
        text = text_of(paragraph)
        if text:
            yield paragraph, text
