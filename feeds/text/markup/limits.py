"""What would take too long to parse.

The parser takes time in the square of the depth of nesting, of the attributes of one tag, and of the
ampersands in one text; and it builds elements nobody wrote where formatting is misnested. All of this is
bounded before it is asked. The bounds err on the side of refusing: no page that a person wrote comes near.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: HTML so short and with so few tags costs little, whatever stands in it.
SHORT = 16_000
FEW_TAGS = 500
#: Each tag is an element to be built.
MOST_TAGS = 80_000
#: While it is read an element takes 400 to 900 bytes: so many may be in any text, and then one in so many
#: characters.
FREE_ELEMENTS, LENGTH_OF_ELEMENT = 4_000, 30
#: Deeper nesting than browsers build.
DEEPEST = 500
MOST_ATTRIBUTES = 300
#: Formatting left open is opened again in each paragraph after it: so many elements may come of it.
MOST_COPIES = 200_000
#: An ampersand or no-break space costs as many steps as the text around it has characters.
MOST_ESCAPING = 1_500_000_000

#: Elements that do not nest, or end one another.
FLAT = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input",
    "keygen", "link", "meta", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track",
    "wbr",
})  # fmt: skip
#: The kinds of which the next ends the one before.
ITEMS = {"dd": "definition", "dt": "definition", "li": "item"}
FORMATTING = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
#: Wherever they stand, an element is built, which parts two texts.
PARTING = frozenset(
    {"a", "b", "blockquote", "br", "div", "em", "h2", "img", "li", "p", "span", "strong", "ul"}
)

# HTML, section 13.2.5 (tokenization): an unclosed tag, comment or raw text ends with the document. Nothing is
# tried twice here, so that the time is linear.
_ATTRIBUTE = (
    r"[ \t\n\f\r/]*+[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>]*+))?+"
)
_TAG_END = r"[ \t\n\f\r/]*+(?:>|\Z)"
_NO_TAG = r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/[^a-z>])[^>]*+(?:>|\Z)"
ATTRIBUTE = re.compile(_ATTRIBUTE)
TOKEN = re.compile(
    rf"{_NO_TAG}|<(/?)([a-z][^ \t\n\f\r/>]*+)((?:{_ATTRIBUTE})*+){_TAG_END}", re.DOTALL | re.IGNORECASE
)
#: What these hold is no markup, until they end; but in `math`, `svg` and `select` it is.
_RAW_TEXT = "iframe|noembed|noframes|noscript|plaintext|script|style|textarea|title|xmp"
RAW_TEXT = re.compile(_RAW_TEXT)
AMBIGUOUS = re.compile(r"<(?=[msMS])(?i:math|select|svg)\b")
TAG_START = re.compile("<[a-z]", re.IGNORECASE)
#: In these a tag can be text, or vanish, so that the texts around it become one.
JOINING = re.compile("<(?:frameset|plaintext|select|textarea|xmp)", re.IGNORECASE)

#: A tag with many attributes is long, unless it seems to end in one of their values.
LONG_TAG = re.compile(rf"<[a-zA-Z][^>]{{{2 * MOST_ATTRIBUTES},}}+")
END_IN_VALUE = re.compile(r"=[ \t\n\f\r]*+(?:\"[^\">]*+>|'[^'>]*+>)")
#: How tags begin that close others, or do not nest: as they are mostly written.
NOT_NESTING = (
    "<a ", "<b>", "<br ", "<br/", "<br>", "<code>", "<em>", "<i>", "<img ", "<li ", "<li>", "<p ", "<p>",
    "<strong>",
)  # fmt: skip
FORMATTING_TAG = re.compile(rf"<(?:{'|'.join(FORMATTING)})[ \t\n\f\r/>]", re.IGNORECASE)


def is_too_much(html: str, *, safe: bool = False) -> bool:
    """Whether parsing it would take too long; cheap to ask of every ordinary document.

    Of `safe` HTML it is known that no tag has many attributes.
    """
    tags = html.count("<")
    if tags <= FEW_TAGS and len(html) <= SHORT:
        return False
    if tags > MOST_TAGS or (tags > FREE_ELEMENTS and not safe and _is_dense(html, tags)):
        return True
    ambiguous = not safe and AMBIGUOUS.search(html) is not None
    if _is_little(html, tags, ambiguous) and (safe or len(html) <= SHORT or _has_few_attributes(html)):
        return False
    return any(_Reading(html, raw_text).is_too_much() for raw_text in {True, not ambiguous})


def _is_dense(html: str, tags: int) -> bool:
    elements = tags - html.count("</")
    return (elements - FREE_ELEMENTS) * LENGTH_OF_ELEMENT > len(html)


def _is_little(html: str, tags: int, ambiguous: bool) -> bool:
    """Whether even the worst order of the tags and signs would do no harm."""
    opening = tags - html.count("</")
    nests_little = opening <= DEEPEST or (
        not ambiguous and opening - sum(map(html.count, NOT_NESTING)) <= DEEPEST
    )
    return (
        nests_little
        and _count_signs(html, 0, len(html)) * len(html) <= MOST_ESCAPING
        and (opening**2 <= MOST_COPIES or len(FORMATTING_TAG.findall(html)) * opening <= MOST_COPIES)
    )


def _has_few_attributes(html: str) -> bool:
    return not END_IN_VALUE.search(html) and all(
        len(ATTRIBUTE.findall(tag)) <= MOST_ATTRIBUTES for tag in LONG_TAG.findall(html)
    )


def _count_signs(html: str, start: int, end: int) -> int:
    return html.count("&", start, end) + html.count("\xa0", start, end)


@dataclass
class _Reading:
    """What a parser would have to do, at most."""

    html: str
    raw_text: bool
    #: The elements that may be open. An end tag out of its place does not count: a parser may ignore it.
    opened: list[str] = field(default_factory=list)
    formatting: int = 0
    copies: int = 0
    escaping: int = 0
    text_start: int = 0

    def is_too_much(self) -> bool:
        flat = frozenset() if AMBIGUOUS.search(self.html) else FLAT
        parting = frozenset() if JOINING.search(self.html) else PARTING
        position = 0
        while token := TOKEN.search(self.html, position):
            position = token.end()
            name = (token[2] or "").lower()
            if token[1]:
                self._close(name)
            elif not name or (self.raw_text and RAW_TEXT.fullmatch(name)):
                position = self._pass_over(token, name)
            else:
                self.copies += self.formatting
                if name not in flat:
                    self._open(name)
                if name in parting:
                    self._end_text(token.start())
            if self._has_too_much(token):
                return True
        self._end_text(len(self.html))
        return self.escaping > MOST_ESCAPING

    def _open(self, name: str) -> None:
        if self.opened and ITEMS.get(name) == ITEMS.get(self.opened[-1], ""):
            self.opened.pop()
        self.opened.append(name)
        self.formatting += name in FORMATTING

    def _close(self, name: str) -> None:
        if self.opened and self.opened[-1] == name:
            self.opened.pop()
            self.formatting -= name in FORMATTING

    def _pass_over(self, token: re.Match[str], name: str) -> int:
        """Return where a comment or raw text ends. Read otherwise its tags may count, so they do here."""
        end = token.end()
        if name:
            closing = re.compile(f"</{name}", re.IGNORECASE).search(self.html, end)
            end = closing.start() if closing else len(self.html)
        self.opened += ["#"] * len(TAG_START.findall(self.html, token.start() + 1, end))
        return end

    def _end_text(self, end: int) -> None:
        start, self.text_start = self.text_start, end
        self.escaping += _count_signs(self.html, start, end) * (end - start)

    def _has_too_much(self, token: re.Match[str]) -> bool:
        return (
            len(self.opened) > DEEPEST
            or self.copies > MOST_COPIES
            or (
                token.end() - token.start() > 2 * MOST_ATTRIBUTES
                and len(ATTRIBUTE.findall(token[3] or "")) > MOST_ATTRIBUTES
            )
        )
