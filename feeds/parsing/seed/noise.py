"""What stands in the body of a seed document and is no part of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from feeds.parsing.publishers import Publisher
from feeds.parsing.seed.tree import (
    DROPPED,
    Element,
    Run,
    cut_run,
    drop,
    has_own_text,
    text_runs,
    written_in,
)
from feeds.text.characters import collapse, is_blank

NOISE_TAGS = frozenset({"script", "style", "template", "object", "embed"})
#: Classes of share boxes and advertisements that many sites have from the same makers.
NOISE_NAMES = frozenset({
    "addtoany_share_save_container", "addtoany_content", "a2a_kit", "entry-footer", "jp-relatedposts",
    "o-ads", "sharedaddy",
})  # fmt: skip
NOISE_ATTRIBUTES = ("data-o-ads", "data-selfpromo")


def drop_noise(body: Element, publisher: Publisher) -> int:
    """Drop scripts, styles, advertisements and share boxes; return how many."""
    names = NOISE_NAMES | publisher.noise
    noise = [one for one in body.iter(etree.Element) if one.tag in NOISE_TAGS or _is_noise(one, names)]
    known: dict[Element, bool] = {}
    noise += [_share_box(link, known) for link in body.iter("a") if SHARING.match(link.get("href", ""))]
    for element in noise:
        drop(element)
    return len(noise)


def _is_noise(element: Element, names: frozenset[str]) -> bool:
    if not element.attrib:
        return False
    own = {element.get("id", ""), *element.get("class", "").split()}
    return (
        not names.isdisjoint(own)
        or any(str(name).startswith(NOISE_ATTRIBUTES) for name in element.attrib)
        or element.get("data-e2e") == "advertisement"
    )


#: Where a link leads that passes the article on.
SHARING = re.compile(r"whatsapp:|https?://(?:www\.)?addtoany\.com/(?:add_to|share)", re.IGNORECASE)
#: What a box of such links may hold: nothing else, and words in the links alone.
SHARE_BOXES = frozenset({"li", "span", "ul"})
SHARE_LINKS = frozenset({"a", "button", "img", "svg"})


def _share_box(link: Element, known: dict[Element, bool]) -> Element:
    """The list or box around a link that shares, as far as it holds nothing but links; else the link."""
    box = link
    for outer in link.iterancestors("div", "p", *SHARE_BOXES):
        if outer not in known:
            known[outer] = _holds_only_links(outer)
        if not known[outer]:
            break
        box = outer
    return box


def _holds_only_links(outer: Element) -> bool:
    boxes = [one for one in outer.iterdescendants(etree.Element) if one.tag not in SHARE_LINKS]
    return all(one.tag in SHARE_BOXES for one in boxes) and not any(map(has_own_text, (outer, *boxes)))


#: The advertisement of the mirror, which ends a document.
ADVERT = re.compile(r"(?:获取更多|獲取更多)RSS")
#: One of these is in the source of every document with a trailer: most have none, and that is told at once.
TRAILER_WORDS = ("取更多RSS", "The post ")
#: The last paragraph that WordPress adds to its feeds.
WORDPRESS_TRAILER = re.compile(r"The post .{1,300} (?:appeared first|first appeared) on .{1,100}")


def drop_trailers(body: Element, source: str) -> int:
    """Drop what mirrors and programs add at the end; return how many of these there were."""
    trailers = 0
    if not any(words in source for words in TRAILER_WORDS):
        return trailers
    runs = text_runs(body)
    for run in runs:
        if ADVERT.match(collapse(written_in(run))) and _leads_to(run, "feedx."):
            cut_run(run, 0)
            for line in _lines_before(run[0].element):
                drop(line)
            trailers += 1
    if runs and WORDPRESS_TRAILER.fullmatch(collapse(written_in(runs[-1]))) and _leads_to(runs[-1], ""):
        cut_run(runs[-1], 0)
        trailers += 1
    return trailers


def _leads_to(run: Run, part: str) -> bool:
    """Whether a link in a run of text leads to an address with this part."""
    return any(slot.element.tag == "a" and part in slot.element.get("href", "") for slot in run)


def _lines_before(element: Element) -> Iterator[Element]:
    """The `<br>` and `<hr>` right before an element, itself among them."""
    before = element if element.tag in ("br", "hr") else element.getprevious()
    while before is not None and before.tag in ("br", "hr", DROPPED) and is_blank(before.tail):
        yield before
        before = before.getprevious()


#: Elements that are something although they hold nothing.
FULL = frozenset({
    "audio", "br", "col", "embed", "hr", "iframe", "img", "object", "source", "td", "th", "track", "video",
    "wbr",
})  # fmt: skip
VOID = frozenset({DROPPED, "br", "wbr", "meta", "link"})


def drop_empty(body: Element) -> int:
    """Drop elements that hold nothing, innermost first, and line breaks at both ends; return how many."""
    empty = 0
    for element in reversed(list(body.iter(etree.Element))):
        is_something = not is_blank(element.text)
        if is_something or element is body or element.tag in FULL or element.tag == DROPPED:
            continue
        if all(child.tag in VOID for child in element) and not has_own_text(element):
            drop(element)
            empty += 1
    for line_break in (*_breaks_at_start(body), *_breaks_at_end(body)):
        drop(line_break)
    return empty


def _breaks_at_start(body: Element) -> Iterator[Element]:
    if is_blank(body.text):
        for child in body:
            if child.tag not in ("br", DROPPED):
                return
            yield child
            if not is_blank(child.tail):
                return


def _breaks_at_end(body: Element) -> Iterator[Element]:
    for child in reversed(body):
        if child.tag not in ("br", DROPPED) or not is_blank(child.tail):
            return
        yield child
