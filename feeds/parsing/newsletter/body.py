"""What a reader is shown of a message: the texts among its parts, as their structure says (RFC 2046)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from feeds.model import Document
from feeds.parsing.newsletter.flowed import unflow
from feeds.parsing.newsletter.parts import HTML, Part, read_part, read_text, split_parts
from feeds.parsing.page.body import drop_hidden
from feeds.parsing.refusal import refusal
from feeds.text.characters import is_blank
from feeds.text.markup import escape_text, plain_text

#: Texts that are shown as they are written.
PLAIN = ("text/plain", "text/markdown", "text/x-markdown", "text/enriched", "text/richtext")
MESSAGES = ("message/rfc822", "message/global")
DEEPEST = 50  # parts within parts
MOST_TEXTS = 500  # and what holds some

#: Which parts are a text of the message: what was sent along with it is one only where there is no other.
CHOICES: tuple[Callable[[Part], bool], ...] = (
    lambda part: not (part.is_attached or part.is_file or part.kind in MESSAGES),
    lambda part: not (part.is_attached or part.kind in MESSAGES),
    lambda _: True,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of one part."""

    is_html: bool
    text: str


def find_bodies(message: Part, document: Document) -> Iterator[tuple[str, str]]:
    """Yield (kinds of texts, all of them as HTML); raises ParseError where they are hidden too deep."""
    for is_wanted in CHOICES:
        shown = _Walk(document, is_wanted).read(message, 0)
        kinds = dict.fromkeys("text/html" if one.is_html else "text/plain" for one in shown)
        yield ", ".join(kinds), _join(shown)


def _join(shown: list[Shown]) -> str:
    blocks = []
    for is_html, group in groupby(shown, key=lambda one: one.is_html):
        texts = [one.text for one in group]
        blocks += texts if is_html else [escape_text("\n\n".join(text.strip() for text in texts))]
    if len(blocks) > 1:
        blocks = [block if block.startswith("<") else f"<p>{block}</p>" for block in blocks]
    return "".join(blocks)


class _Walk:
    """One way through the parts of a message."""

    def __init__(self, document: Document, is_wanted: Callable[[Part], bool]) -> None:
        self._document = document
        self._is_wanted = is_wanted
        self._left = MOST_TEXTS

    def read(self, part: Part, depth: int) -> list[Shown]:
        """Return the texts of a part; none of them is blank."""
        parts = split_parts(part) if part.is_multipart else []
        if not parts:
            return self._read_single(part, depth)
        self._count(depth)
        if part.kind == "multipart/digest":
            return [shown for one in parts for shown in self._read_message(one, depth)]
        texts = (self.read(one, depth + 1) for one in parts)
        if part.kind == "multipart/alternative":
            return _choose(texts)
        if part.kind == "multipart/related":  # the root, and what it refers to
            return next(filter(None, texts), [])
        return [shown for text in texts for shown in text]

    def _read_single(self, part: Part, depth: int) -> list[Shown]:
        if not part.body or part.body.isspace() or not self._is_wanted(part):
            return []
        if part.kind in MESSAGES:
            return self._read_message(part, depth)
        is_html = part.kind in HTML
        if not (is_html or part.is_multipart or part.kind in PLAIN):
            return []
        self._count(depth)
        text = _read(part, is_html)
        is_seen = (is_html and "<img" in text) or not is_blank(plain_text(text) if is_html else text)
        return [Shown(is_html, text)] if is_seen else []

    def _read_message(self, part: Part, depth: int) -> list[Shown]:
        """Return a message within the message, its title above it."""
        self._count(depth)
        message = read_part(part.body) if part.kind in MESSAGES else part
        title = message.fields.text("subject")
        heading = [Shown(True, f"<h3>{escape_text(title)}</h3>")] if title else []
        return heading + self.read(message, depth + 1)

    def _count(self, depth: int) -> None:
        self._left -= 1
        if depth >= DEEPEST:
            raise refusal(self._document, f"its parts lie more than {DEEPEST} deep in one another")
        if self._left < 0:
            raise refusal(self._document, f"it has more than {MOST_TEXTS:,} parts with a text")


def _choose(texts: Iterator[list[Shown]]) -> list[Shown]:
    """The last one that is HTML, else the last there is: the best comes last (RFC 2046, section 5.1.4)."""
    return max(
        enumerate(filter(None, texts)),
        key=lambda one: (any(shown.is_html for shown in one[1]), one[0]),
        default=(0, []),
    )[1]


def _read(part: Part, is_html: bool) -> str:
    text = read_text(part)
    if is_html:
        return drop_hidden(text)
    if part.parameters.get("format", "").lower() == "flowed":
        return unflow(text, part.parameters.get("delsp", "").lower() == "yes")
    return text
