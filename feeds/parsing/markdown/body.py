"""The text of a Markdown document as HTML, and the heading it begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.rules_core import StateCore

from feeds.text.characters import collapse
from feeds.text.markup import plain_text

#: Quotations in one another, and twice the lists: what is deeper is kept, as paragraphs. Each takes a few
#: calls in one another, of which Python allows a thousand.
DEEPEST = 100
#: Brackets in one another: what is deeper is text. More would take the time of their square.
DEEPEST_INLINE = 20

HEADING_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<end>/?)h(?P<level>[1-6])(?=[\s/>])[^<>]*>", re.DOTALL | re.IGNORECASE
)
#: What may stand above the first thing that is seen.
UNSEEN = re.compile(
    r"(?:\s|<!--.*?-->|<(?:article|center|div|header|main|section)\b[^<>]*>"
    r"|<a\b[^<>]*>\s*</a>|<p>\s*(?:<a\b[^<>]*>\s*</a>\s*)+</p>)*+",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in HTML: what it says and where it stands."""

    text: str
    start: int
    end: int
    is_words: bool  #: there are no pictures in it
    is_above: bool  #: nothing that is seen stands above it


def render(text: str) -> str:
    """Return HTML: CommonMark with tables and strikethrough, raw HTML as it is."""
    renderer = MarkdownIt("commonmark", {"maxNesting": DEEPEST + 2}).enable(["table", "strikethrough"])
    renderer.block.ruler.before("table", "deepest", _keep_deepest)
    renderer.core.ruler.before("inline", "deepest_inline", _limit_inline)
    return str(renderer.render(text)).strip()


def _keep_deepest(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take what stands too deep as paragraphs; the renderer would leave it out."""
    return state.level >= DEEPEST and not silent and paragraph(state, start, end, silent)


def _limit_inline(state: StateCore) -> None:
    """The renderer has one limit for both; the blocks are read when the text in them is."""
    state.md.options["maxNesting"] = DEEPEST_INLINE


def find_heading(html: str) -> Heading | None:
    """Return the first heading that has a text, whether Markdown or HTML wrote it."""
    opening: re.Match[str] | None = None
    for tag in HEADING_TAG.finditer(html):
        if tag["end"] and opening:
            inside = html[opening.end() : tag.start()]
            if text := collapse(plain_text(inside)):
                is_above = UNSEEN.fullmatch(html, 0, opening.start()) is not None
                return Heading(text, opening.start(), tag.end(), "<img" not in inside, is_above)
        if tag["level"]:
            opening = None if tag["end"] else tag
    return None


def cut_heading(html: str, heading: Heading) -> str:
    """Return the HTML without the heading that is the title, which is shown above it anyhow."""
    return f"{html[: heading.start]}{html[heading.end :]}".strip()
