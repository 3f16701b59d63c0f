"""XML that is not well formed, written so that it is, with nothing lost that a person can see in it.

Every tag, comment and section is looked at once, in order. What has no end ends where its element does, what
is not closed is closed, and what only looks like a tag or a reference is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from feeds.parsing.xml.nesting import Nesting
from feeds.parsing.xml.references import References
from feeds.parsing.xml.tags import END, START, Tags, name_of
from feeds.parsing.xml.vocabulary import BETWEEN, ENTRIES
from feeds.text.characters import strip_illegal

#: Where a feed begins, whatever stands before it, and where its entries do if it has lost its beginning.
ROOT = re.compile(
    r"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|(?P<root><(?:[\w.-]{1,99}:)?(?:rss|rdf|feed|channel|opml)(?=[\s/>]))",
    re.IGNORECASE,
)
ENTRY = re.compile(r"<(?:[\w.-]{1,99}:)?(item|entry)(?=[\s/>])", re.IGNORECASE)
ESCAPED_ROOT = re.compile(r"&lt;(?:rss|rdf:RDF|feed)(?=\s|&gt;)", re.IGNORECASE)
#: What such a document may begin with, and the feed that its entries have lost.
HEADER = re.compile(
    r"<(?:[\w.-]{1,99}:)?(?:title|link|id|description|subtitle|author|updated|item|entry)(?=[\s/>])",
    re.IGNORECASE,
)
FEEDS = {"item": "<rss>", "entry": '<feed xmlns="http://www.w3.org/2005/Atom">'}

ENTITY = re.compile(r"<!ENTITY\s[^<>]*+(?:<[^<>]*+>[^<>]*+)*+>")
OPENING, CLOSING = "<![CDATA[", "]]>"
#: What begins with `<!` or `<?` and says nothing to a reader.
DECLARATION = re.compile(
    r"""<!(?:DOCTYPE|ELEMENT|ATTLIST|NOTATION|ENTITY)\b(?:"[^"<]*+"|'[^'<]*+'|[^<>"'\[])*+[>\[]?
    |<!\[[^<>\[\]]{0,99}\]>""",
    re.IGNORECASE | re.VERBOSE,
)
INSTRUCTION = re.compile(r"<\?[^<]*?\?>|<\?[^<>]*+>|<\?[\w.:-]*+")
#: Pieces that are put together at once: the whole as text could take four times the memory it takes as bytes.
PART = 10_000
TAG_AHEAD = re.compile(r"\s*+<[A-Za-z?!]")


def repair(text: str) -> bytes | None:
    """Return the document as well-formed XML in UTF-8, from its root on; None where there is no element."""
    text = strip_illegal(text)
    start = _find_root(text)
    if start is None and (escaped := ESCAPED_ROOT.search(text)):
        text, start = html.unescape(text[escaped.start() :]), 0
    references = References()
    for declaration in ENTITY.finditer(text, 0, start or 0):
        references.declare(declaration[0])
    text = _give_root(text, start)  # takes the place of the longer one, which may take much memory
    return _Repair(text, references).run()


def _find_root(text: str) -> int | None:
    found = next((found for found in ROOT.finditer(text) if found["root"]), None)
    return found.start() if found else None


def _give_root(text: str, start: int | None) -> str:
    """Return what begins with a root element: that of a feed, if the document has entries but no feed."""
    if start is not None:
        return text[start:]
    first = ENTRY.search(text)
    if first is None:
        return text
    name = first[1].lower()
    if name == "entry" and not ENTRY.search(text, first.end()):
        return text[first.start() :]
    header = HEADER.search(text, 0, first.end() + 1) or first
    return FEEDS[name] + text[header.start() :]


class _Repair:
    """One pass over a document; every method that reads returns where to go on."""

    def __init__(self, text: str, references: References) -> None:
        self._text = text
        self._references = references
        self._tags = Tags(text, references)
        self._nesting = Nesting()
        self._written: list[str] = []
        self._root = ""
        self._last_tag = self._last_entry = 0  # how much was written with them
        self._next_ends: dict[str, int] = {}

    def run(self) -> bytes | None:
        text, position = self._text, 0
        while (sign := text.find("<", position)) >= 0:
            self._write_text(text[position:sign])
            position = READERS.get(text[sign + 1 : sign + 2], _Repair._read_start)(self, sign)
        self._write_text(text[position:])
        if not self._root:
            return None
        self._written[0] = self._tags.write_root(self._root) + ">"
        self._written.append(self._nesting.close_all())
        parts = (self._written[start : start + PART] for start in range(0, len(self._written), PART))
        return b"".join("".join(part).encode("utf-8", "replace") for part in parts)

    def _write_text(self, text: str) -> None:
        if text and self._root:
            text = self._references.write(text)
            self._written.append(text.replace(CLOSING, "]]&gt;") if CLOSING in text else text)

    def _write_sign(self, sign: int) -> int:
        """Write as text a `<` that begins nothing."""
        if self._root:
            self._written.append("&lt;")
        return sign + 1

    def _read_start(self, sign: int) -> int:
        found = START.match(self._text, sign)
        if found is None or not self._tags.is_tag(found):
            return self._write_sign(sign)
        if not found["end"] and found.end() == len(self._text):
            return found.end()  # the document ends in it, and nobody knows how it would have gone on
        tag = self._tags.write(found)
        is_root = not self._root
        self._root = self._root or tag
        is_empty = found["attributes"].endswith("/") and not is_root
        written = self._nesting.open(name_of(found), tag, is_empty=is_empty)
        self._written.append(written)
        self._last_tag = len(self._written)
        if written.startswith("</") or found["name"].lower() in BETWEEN:
            self._last_entry = 0
        return found.end()

    def _read_end(self, sign: int) -> int:
        found = END.match(self._text, sign)
        if found is None:
            return sign + 3 if self._text.startswith("</>", sign) else self._write_sign(sign)
        name = name_of(found)
        if not self._root:
            return found.end()
        if self._nesting.lacks_start(name):
            self._open_late(name)
        self._written.append(self._nesting.close(name))
        self._last_tag = len(self._written)
        if name.lower() in ENTRIES:
            self._last_entry = self._last_tag if self._nesting.is_between else 0
        return found.end()

    def _open_late(self, name: str) -> None:
        """Open the element that ends here and never began: what stands before it alone is what it holds."""
        is_entry = name.lower() in ENTRIES
        place = self._last_entry if is_entry else self._last_tag
        start = START.match(f"<{name}>")
        if start and place and any(map(str.strip, self._written[place:])):
            tag = self._tags.write(start)
            # An entry is closed at once: nothing in it is open any more.
            written = f"{tag}>" if is_entry else self._nesting.open(name, tag, is_empty=False)
            self._written.insert(place, written)
            self._written.append(f"</{name}>" if is_entry else "")

    def _read_instruction(self, sign: int) -> int:
        found = INSTRUCTION.match(self._text, sign)
        return found.end() if found else self._write_sign(sign)

    def _read_declaration(self, sign: int) -> int:
        if self._text.startswith("<!--", sign):
            return self._read_comment(sign)
        if self._text[sign : sign + len(OPENING)].upper() == OPENING:
            return self._read_section(sign + len(OPENING))
        found = DECLARATION.match(self._text, sign)
        return found.end() if found else self._write_sign(sign)

    def _read_comment(self, sign: int) -> int:
        """A comment without end, or in which entries and another comment begin, is no more than its sign."""
        start = sign + len("<!--")
        end = self._find_end("-->", start)
        another = self._text.find("<!--", start, max(end, 0))
        if end < 0 or (another >= 0 and ENTRY.search(self._text, start, another)):
            return start
        return end + len("-->")

    def _read_section(self, start: int) -> int:
        """Write character data; where feeds have elements alone it is taken for those it holds."""
        text = self._text
        if not self._root or (self._nesting.is_between and TAG_AHEAD.match(text, start)):
            return start
        end = self._find_end(CLOSING, start)
        another = text.find(OPENING, start, end if end >= 0 else len(text))
        if end < 0 or another >= 0:
            stop = another if another >= 0 else len(text)
            around = text.find(f"</{self._nesting.innermost}", start, stop)
            if around >= 0:  # it was left open in an element that ends before another section begins
                return self._write_section(text[start:around], around)
        if another >= 0 and end >= 0:
            end = self._find_outer_end(end)
        end = end if end >= 0 else len(text)
        return self._write_section(text[start:end], end + len(CLOSING))

    def _find_outer_end(self, end: int) -> int:
        """Return where the outer one of two sections ends, if there is one and `end` is that of the inner."""
        outer = self._text.find(CLOSING, end + 1)
        between = self._text[end : max(outer, 0)]
        is_nested = OPENING not in between and f"</{self._nesting.innermost}" not in between
        return outer if outer >= 0 and is_nested else end

    def _write_section(self, content: str, end: int) -> int:
        content = content.replace(OPENING, "").replace(CLOSING, "")
        self._written.append(f"{OPENING}{content}{CLOSING}")
        return end

    def _find_end(self, sign: str, start: int) -> int:
        """Return where `sign` comes next, or -1; what lies ahead is looked for once."""
        known = self._next_ends.get(sign, 0)
        if 0 <= known < start:
            known = self._next_ends[sign] = self._text.find(sign, start)
        return known


READERS: dict[str, Callable[[_Repair, int], int]] = {
    "/": _Repair._read_end,
    "?": _Repair._read_instruction,
    "!": _Repair._read_declaration,
}
