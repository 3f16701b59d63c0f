"""From the body of a seed document to what an entry holds of it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from feeds.model import Link
from feeds.parsing.publishers import PUBLISHERS, Publisher
from feeds.parsing.seed.byline import take_byline
from feeds.parsing.seed.images import build_figures, open_addresses, open_noscripts
from feeds.parsing.seed.stated import Stated
from feeds.parsing.seed.tree import (
    DROPPED,
    HEADINGS,
    UNWRAPPED,
    Element,
    drop,
    has_own_text,
    last_paragraphs,
    open_body,
    sweep,
    text_of,
    write_body,
)
from feeds.text.characters import is_blank
from feeds.text.urls import is_web_url, resolve


@dataclass(frozen=True, slots=True)
class Body:
    """What a body holds."""

    content: str | None  #: HTML as far as the article goes; None where nothing is left
    text: str  #: its plain text
    stated: Stated
    heading: str | None  #: the first heading, before headers were cut
    rights: str | None
    image: Link | None
    enclosures: tuple[Link, ...]
    topics: tuple[str, ...]
    rules: tuple[tuple[str, str], ...] = ()  #: (field, what was done for it)


def read_body(text: str, publisher: Publisher, link: str | None) -> Body:
    """Read the HTML of a body; raises TooDeepError."""
    body = open_body(text)
    heading = _find_heading(body)
    done: Counter[str] = Counter()
    for step in (open_addresses, open_noscripts):
        step(body)
    done["boxes, scripts and advertisements cut"] = drop_noise(body, publisher)
    done["trailers cut"] = drop_trailers(body)
    sweep(body)
    stated = take_byline(body, publisher)
    rights = take_rights(body, publisher) or stated.rights
    sweep(body)
    done["pictures with their captions made figures"] = build_figures(body, publisher)
    done["bold paragraphs made headings"] = mark_headings(body)
    sweep(body)
    done["empty elements cut"] = drop_empty(body)
    sweep(body)
    return Body(
        content=write_body(body),
        text=text_of(body),
        stated=stated,
        heading=heading or _find_heading(body),
        rights=rights,
        image=_find_image(body, link),
        enclosures=tuple(dict.fromkeys(_find_enclosures(body, link))),
        topics=(*stated.topics, *_find_topics(body)),
        rules=tuple(_tell_rules(publisher, stated, rights, done)),
    )


def _tell_rules(
    publisher: Publisher, stated: Stated, rights: str | None, done: Counter[str]
) -> Iterator[tuple[str, str]]:
    row = f"the row {publisher.host}" if publisher in PUBLISHERS else "the general rules"
    yield "content", f"the body, by {row}"
    for form in stated.forms:
        yield "content", f"the header read: {form}"
    for what, count in done.items():
        if count:
            yield "content", f"{what}: {count}"
    if rights:
        yield "rights", "the copyright line, moved out of the text"


def _find_heading(body: Element) -> str | None:
    texts = (text_of(heading) for heading in body.iter(*HEADINGS))
    return next(filter(None, texts), None)


NOISE_TAGS = frozenset({"script", "style", "template", "object", "embed"})
#: Classes of share boxes and advertisements that many sites have from the same makers.
NOISE_NAMES = frozenset(
    {"addtoany_share_save_container", "addtoany_content", "a2a_kit", "sharedaddy", "o-ads"}
)
NOISE_ATTRIBUTES = ("data-o-ads", "data-selfpromo")


def drop_noise(body: Element, publisher: Publisher) -> int:
    """Drop scripts, styles, advertisements and share boxes; return how many."""
    names = NOISE_NAMES | publisher.noise
    noise = [one for one in body.iter(etree.Element) if one.tag in NOISE_TAGS or _is_noise(one, names)]
    noise += [_share_box(link) for link in body.iter("a") if link.get("href", "").startswith("whatsapp:")]
    for element in noise:
        drop(element)
    return len(noise)


def _is_noise(element: Element, names: frozenset[str]) -> bool:
    own = {element.get("id", ""), *element.get("class", "").split()}
    return (
        not names.isdisjoint(own)
        or any(str(name).startswith(NOISE_ATTRIBUTES) for name in element.attrib)
        or element.get("data-e2e") == "advertisement"
    )


def _share_box(link: Element) -> Element:
    """The list or box around a link that shares, as far as it holds nothing but links; else the link."""
    box = link
    for outer in link.iterancestors("li", "ul", "div", "p", "span"):
        if has_own_text(outer) or any(child.tag not in ("a", "li", "ul", "span") for child in outer):
            break
        box = outer
    return box


#: The advertisement of the mirror, the first text of a `<div>` under a line.
ADVERT = "获取更多RSS"
#: The last paragraph that WordPress adds to its feeds.
WORDPRESS_TRAILER = re.compile(r"The post .+ (?:appeared first|first appeared) on .+")


def drop_trailers(body: Element) -> int:
    """Drop what mirrors and programs add at the end; return how many of these there were."""
    trailers = 0
    for box in body.iter("div"):
        if (box.text or "").lstrip().startswith(ADVERT):
            for line in _lines_before(box):
                drop(line)
            drop(box)
            trailers += 1
    for paragraph, text in islice(last_paragraphs(body), 1):
        if WORDPRESS_TRAILER.fullmatch(text):
            drop(paragraph)
            trailers += 1
    return trailers


def _lines_before(box: Element) -> Iterator[Element]:
    """The `<br>` and `<hr>` right before `box`."""
    before = box.getprevious()
    while before is not None and before.tag in ("br", "hr") and is_blank(before.tail):
        yield before
        before = before.getprevious()


#: How a copyright line starts where the publisher's row says nothing; a longer text is none.
RIGHTS = re.compile(r"(?:©\ufe0f?|\(c\)|copyright\b|版权所有|版權所有).{0,60}?\d{4}", re.IGNORECASE)
RIGHTS_LENGTH = 250
#: The copyright stands among this many last paragraphs.
RIGHTS_WITHIN = 3


def take_rights(body: Element, publisher: Publisher) -> str | None:
    """Return the text of the copyright line and drop it."""
    for paragraph, text in islice(last_paragraphs(body), RIGHTS_WITHIN):
        is_own = publisher.rights and re.match(publisher.rights, text)
        if is_own or (RIGHTS.match(text) and len(text) <= RIGHTS_LENGTH):
            drop(paragraph)
            return text
    return None


#: Characters; a longer paragraph in bold type is the lead of an article, and so is one of whole sentences.
HEADING_LENGTH = 100
SENTENCE_END = "。"


def mark_headings(body: Element) -> int:
    """Make a heading of every paragraph that is only `<strong>`; return how many."""
    headings = 0
    for paragraph in body.iter("p"):
        tags = {child.tag for child in paragraph}
        if tags and tags <= {"strong", "br"} and not has_own_text(paragraph):
            text = text_of(paragraph)
            is_lead = len(text) > HEADING_LENGTH or SENTENCE_END in text
            if text and not is_lead and paragraph.find(".//img") is None:
                _make_heading(paragraph)
                headings += 1
    return headings


def _make_heading(paragraph: Element) -> None:
    paragraph.tag = "h3"
    for child in paragraph:
        child.tag = UNWRAPPED if child.tag == "strong" else DROPPED


#: Elements that are nothing without something in them.
EMPTIABLE = HEADINGS | {
    "a", "article", "aside", "b", "blockquote", "center", "div", "em", "figcaption", "figure", "i", "li",
    "ol", "p", "section", "small", "span", "strong", "ul",
}  # fmt: skip
VOID = frozenset({DROPPED, "br", "meta", "link"})


def drop_empty(body: Element) -> int:
    """Drop paragraphs and boxes that hold nothing, innermost first; return how many."""
    empty = 0
    for element in reversed(list(body.iter(*EMPTIABLE))):
        if all(child.tag in VOID for child in element) and not has_own_text(element):
            drop(element)
            empty += 1
    return empty


def _find_image(body: Element, link: str | None) -> Link | None:
    for image in body.iter("img"):
        address = resolve(link, image.get("src", ""))
        if address and is_web_url(address):
            return Link(image.get("src", ""), rel="image", base=link)
    return None


#: Media types of the files a `<video>` or `<audio>` may name.
MEDIA_TYPES = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg",
    ".mov": "video/quicktime", ".m3u8": "application/vnd.apple.mpegurl",
    ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
    ".opus": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac",
}  # fmt: skip


def _find_enclosures(body: Element, link: str | None) -> Iterator[Link]:
    for player in body.iter("video", "audio"):
        for element in (player, *player.iter("source")):
            address = element.get("src")
            if address:
                media_type = _media_type(address) or element.get("type")
                yield Link(address, rel="enclosure", media_type=media_type, base=link)


def _media_type(address: str) -> str | None:
    try:
        path = urlsplit(address).path
    except ValueError:  # a broken IPv6 address
        return None
    return MEDIA_TYPES.get(posixpath.splitext(path)[1].lower())


def _find_topics(body: Element) -> tuple[str, ...]:
    """The topics that DW marks in its text."""
    spans = (span for span in body.iter("span") if span.get("data-type") == "AUTO_TOPIC")
    return tuple(dict.fromkeys(filter(None, map(text_of, spans))))
