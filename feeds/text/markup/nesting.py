"""A proof, in one walk over its tags, that a parser reads sanitized HTML as the tree it was written from.

Sanitizing takes tags away, and what was around them can then stand where the rules of HTML (section 13.2.6,
"tree construction") move it: a heading directly in a heading, a link in a link, text between table rows. Read
again, such HTML means something else, and that is what mutation attacks live on. The proof refuses whatever
the rules could move; it may refuse too much, for then the HTML is only sanitized once more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from feeds.text.markup.allowed import TAGS

TAG_NAME = re.compile("<(/?[a-z0-9]+)")
#: Text where a table holds only parts of tables: a parser would move it out.
TEXT_BETWEEN_CELLS = re.compile(
    r"<(?:table|t(?:body|foot|head|r)|col(?:group)?|/(?:t(?:body|d|foot|h|head|r)|caption|colgroup))\b[^>]*>"
    r"[ \n\t]*[^< \n\t]"
)

# What most documents are, told without walking through them: runs of text with links in them; paragraphs and
# items of such runs; and blocks around these, which may stand in one another as they like. A picture has an
# address, and preformatted text does not begin with a line end.
_INLINE = (
    r"span|code|em|strong|br|(?:img|source|track)(?=[^>]* src)|i|mark|su[bp]|b|q|abbr|audio|bd[io]|cite|del"
    r"|dfn|ins|kbd|picture|s|samp|small|time|u|var|video|wbr"
)
_RUN = rf"[^<]*+(?:</?(?:{_INLINE})\b[^>]*+>[^<]*+)*+"
_LINKED = rf"{_RUN}(?:<a\b[^>]*+>{_RUN}</a>{_RUN})*+"
_PARAGRAPH = (
    rf"<(?:p\b[^>]*+>{_LINKED}</p>|h[1-6]\b[^>]*+>{_LINKED}</h[1-6]>|pre\b[^>]*+>(?!\n){_LINKED}</pre>)"
)
_ITEM = rf"<li\b[^>]*+>{_LINKED}(?:{_PARAGRAPH}{_LINKED})*+</li>"
_BLOCK = r"</?(?:article|aside|blockquote|div|fig(?:caption|ure)|footer|header|hr|ol|section|ul)\b[^>]*+>"
PLAIN_NESTING = re.compile(rf"{_LINKED}(?:(?:{_PARAGRAPH}|{_ITEM}|{_BLOCK}){_LINKED})*+")

VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: What ends an open paragraph. A table does where the document is in standards mode.
ENDS_PARAGRAPH = HEADINGS | {
    "address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
#: What an open list item reaches through: a new item in it would end it.
LETS_ITEMS_THROUGH = frozenset({"address", "div", "p"})
ENDS_ITEMS = ENDS_PARAGRAPH - LETS_ITEMS_THROUGH | {"caption", "td", "th"}
#: What a ruby annotation ends, where it stands directly in it.
ENDED_BY_RUBY = frozenset({"dd", "dt", "li", "p", "rp", "rt"})
#: Where tables hold nothing but their parts, and parts stand nowhere else.
TABLE_PARTS = {
    "table": frozenset({"caption", "colgroup", "tbody", "tfoot", "thead"}),
    "tbody": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "thead": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "colgroup": frozenset({"col"}),
}
PARTS: Final = frozenset().union(*TABLE_PARTS.values())
#: What shuts off all that is open around it.
CELLS = frozenset({"caption", "td", "th"})


@dataclass(frozen=True)
class _Place:
    """Where a tag stands, as far as a parser's rules ask."""

    name: str = ""
    in_link: bool = False
    in_paragraph: bool = False
    in_item: bool = False
    in_definition: bool = False
    in_ruby: bool = False

    def may_hold(self, name: str) -> bool:
        if self.name in TABLE_PARTS or name in PARTS:
            return name in TABLE_PARTS.get(self.name, ())
        moved = (
            name not in TAGS
            or (name == "a" and self.in_link)
            or (name in ENDS_PARAGRAPH and self.in_paragraph)
            or (name in HEADINGS and self.name in HEADINGS)
            or (name == "li" and self.in_item)
            or (name in ("dd", "dt") and self.in_definition)
            or (name in ("rp", "rt") and self.in_ruby and self.name in ENDED_BY_RUBY)
        )
        return not moved

    def enter(self, name: str) -> _Place:
        if name in CELLS:
            return _Place(name)
        return replace(
            self,
            name=name,
            in_link=self.in_link or name == "a",
            in_paragraph=self.in_paragraph or name == "p",
            in_item=name == "li" or (self.in_item and name not in ENDS_ITEMS),
            in_definition=name in ("dd", "dt") or (self.in_definition and name not in ENDS_ITEMS),
            in_ruby=self.in_ruby or name == "ruby",
        )


class _Steps(dict[str, "_Steps | None"]):
    """From one place, the next by tag: itself for a void tag, LEAVE for its end, None for what is moved.

    Found out once per place and tag, of which there are a few hundred.
    """

    def __init__(self, place: _Place) -> None:
        self.place = place

    def __missing__(self, tag: str) -> _Steps | None:
        steps: _Steps | None
        if tag.startswith("/"):
            steps = LEAVE if tag == f"/{self.place.name}" else None
        elif not self.place.may_hold(tag):
            steps = None
        else:
            steps = self if tag in VOID else _steps_from(self.place.enter(tag))
        self[tag] = steps
        return steps


LEAVE: Final = _Steps(_Place("/"))
_KNOWN: dict[_Place, _Steps] = {}


def _steps_from(place: _Place) -> _Steps:
    return _KNOWN.setdefault(place, _Steps(place))


def is_plain(html: str) -> bool:
    """Whether *sanitized* HTML, in which every `<` begins a tag, is so simple that nothing needs mending."""
    return PLAIN_NESTING.fullmatch(html) is not None


def is_settled(html: str) -> bool:
    """Whether *sanitized* HTML certainly reads the same the next time."""
    here = _steps_from(_Place())
    around: list[_Steps] = []
    for tag in TAG_NAME.findall(html):
        there = here[tag]
        if there is None:
            return False
        if there is LEAVE:
            here = around.pop()
        elif there is not here or tag not in VOID:
            around.append(here)
            here = there
    return not around and not ("<table" in html and TEXT_BETWEEN_CELLS.search(html))
