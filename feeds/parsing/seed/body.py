"""From the body of a seed document to what an entry holds of it."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.model import Link
from feeds.parsing.publishers import PUBLISHERS, Publisher
from feeds.parsing.seed.byline import take_byline
from feeds.parsing.seed.images import build_figures, open_addresses, open_noscripts
from feeds.parsing.seed.noise import drop_empty, drop_noise, drop_trailers
from feeds.parsing.seed.rights import take_rights
from feeds.parsing.seed.stated import Stated
from feeds.parsing.seed.tree import (
    DROPPED,
    HEADINGS,
    UNWRAPPED,
    Element,
    has_own_text,
    open_body,
    sweep,
    text_of,
    write_body,
)
from feeds.text.markup import plain_text
from feeds.text.urls import is_web_url, resolve


@dataclass(frozen=True, slots=True)
class Body:
    """What a body holds."""

    content: str | None  #: HTML as far as the article goes; None where nothing is left
    stated: Stated
    heading: str | None  #: the first heading, before headers were cut
    rights: str | None
    image: Link | None
    enclosures: tuple[Link, ...]
    topics: tuple[str, ...]
    rules: tuple[tuple[str, str], ...] = ()  #: (field, what was done for it)

    @property
    def text(self) -> str:
        """The content as plain text; few documents need it."""
        return plain_text(self.content) if self.content else ""


def read_body(text: str, publisher: Publisher, link: str | None) -> Body:
    """Read the HTML of a body; raises TooDeepError."""
    body = open_body(text)
    heading = _find_heading(body)
    done: Counter[str] = Counter()
    for step in (open_addresses, open_noscripts):
        step(body)
    done["boxes, scripts and advertisements cut"] = drop_noise(body, publisher)
    done["trailers cut"] = drop_trailers(body, text)
    sweep(body)
    stated = take_byline(body, publisher)
    rights = take_rights(body, publisher, text) or stated.rights
    sweep(body)
    done["pictures with their captions made figures"] = build_figures(body, publisher)
    done["bold paragraphs made headings"] = mark_headings(body)
    sweep(body)
    done["empty elements cut"] = drop_empty(body)
    sweep(body)
    return Body(
        content=write_body(body),
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


def mark_headings(body: Element) -> int:
    """Make a heading of every paragraph that is only `<strong>`; return how many."""
    headings = 0
    for paragraph in body.iter("p"):
        tags = {child.tag for child in paragraph}
        is_heading = tags and tags <= {"strong", "br"} and not has_own_text(paragraph)
        if is_heading and text_of(paragraph) and paragraph.find(".//img") is None:
            _make_heading(paragraph)
            headings += 1
    return headings


def _make_heading(paragraph: Element) -> None:
    paragraph.tag = "h3"
    for child in paragraph:
        child.tag = UNWRAPPED if child.tag == "strong" else DROPPED


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
