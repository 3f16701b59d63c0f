"""The body of a seed document as a tree, and what every step of reading it asks of a tree.

Elements are not removed one by one, which would copy the text around them each time: they are marked, and
`sweep` takes all marked ones out at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from lxml import etree

from feeds.text.characters import collapse, is_blank, strip_illegal

Element: TypeAlias = etree._Element

#: The tags of elements to be taken out with what they hold, and without.
DROPPED = "dropped"
UNWRAPPED = "unwrapped"

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Elements that begin a line of their own.
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td",
    "th", "tr", "ul",
}  # fmt: skip

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
    """The element that opens the body, where no text stands before it; one that holds nothing opens none."""
    if not is_blank(body.text):
        return None
    for element in body:
        if element.tag not in ("div", "p") or len(element) or not is_blank(element.text):
            return element
        if not is_blank(element.tail):
            break
    return None


def openings(body: Element) -> Iterator[Element]:
    """The element that opens the body; where that is only a box around everything, what opens the box too."""
    first = first_element(body)
    while first is not None:
        yield first
        is_box = first.tag == "div" and len(first) > 1 and not has_own_text(first)
        first = first_element(first) if is_box else None


class Slot(NamedTuple):
    """A place where text stands: before the children of an element, or behind it."""

    element: Element
    place: Literal["text", "tail"]

    @property
    def written(self) -> str:
        return str(getattr(self.element, self.place) or "")

    def write(self, text: str) -> None:
        setattr(self.element, self.place, text)


#: The places of text that a reader sees without a new block between them, in order.
Run: TypeAlias = list[Slot]


def text_runs(body: Element) -> list[Run]:
    """Return the runs of text in the body that are not blank, in order."""
    runs: list[Run] = [[]]
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in BLOCKS:
            runs.append([])
        if event == "start":
            runs[-1].append(Slot(element, "text"))
        elif element is not body:
            runs[-1].append(Slot(element, "tail"))
    return [run for run in runs if not is_blank(written_in(run))]


def runs_with(body: Element, sign: str) -> list[Run]:
    """Return the runs of text in the body that hold a sign, in order; quicker than to look at all of them."""
    blocks = dict.fromkeys(_blocks_with(body, sign))
    runs = {run[0]: run for block in blocks for run in text_runs(block)}  # a block may hold another
    return [run for run in runs.values() if sign in written_in(run)]


def _blocks_with(body: Element, sign: str) -> Iterator[Element]:
    """Yield the block around each place with a sign, an outer one before those in it."""
    for element in body.iter(etree.Element):
        if sign in (element.text or ""):
            yield _first_block((element, *element.iterancestors()))
        if element is not body and sign in (element.tail or ""):
            yield _first_block(element.iterancestors())


def _first_block(outwards: Iterable[Element]) -> Element:
    return next(element for element in outwards if element.tag in BLOCKS)  # the body is one


def text_lines(body: Element) -> list[Run]:
    """Return the runs of the body, cut at their line breaks; none is blank."""
    lines: list[Run] = []
    for run in text_runs(body):
        lines.append([])
        for slot in run:
            if slot.element.tag == "br" and slot.place == "tail":
                lines.append([])
            lines[-1].append(slot)
    return [line for line in lines if not is_blank(written_in(line))]


def written_in(run: Run) -> str:
    return "".join(slot.written for slot in run)


def cut_run(run: Run, start: int) -> str:
    """Take the text from `start` on out of a run, and line breaks that are its last then; return it."""
    cut: list[str] = []
    for slot in run:
        text = slot.written
        kept, gone = text[: max(0, start)], text[max(0, start) :]
        start -= len(text)
        if gone:
            cut.append(gone)
            slot.write(strip_illegal(kept))
    for slot in reversed(run):
        if not is_blank(slot.written):
            break
        if slot.element.tag == "br":
            drop(slot.element)
    return "".join(cut)


def last_paragraphs(body: Element) -> Iterator[tuple[Element, str]]:
    """The paragraphs that have text, last first, with their text."""
    for paragraph in reversed(list(body.iter("p"))):
        text = text_of(paragraph)
        if text:
            yield paragraph, text
