"""References in text that no parser accepts as it stands: those of XML, of HTML and of a document type."""

from __future__ import annotations

import re
from html.entities import html5

from feeds.text.characters import strip_illegal

XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
#: Every ampersand that begins no reference of XML's own, with what it does begin.
REFERENCE = re.compile(
    r"""&(?!(?:amp|lt|gt|quot|apos);)
    (?:
      # Two halves of a character as UTF-16 has it, each written as a reference.
      \#(?P<high>5[56]\d{3}|[xX][dD][89abAB][0-9a-fA-F]{2});&\#(?P<low>5[67]\d{3}|[xX][dD][c-fC-F][0-9a-fA-F]{2});
    | \#(?P<decimal>[0-9]++);?
    | \#[xX](?P<hex>[0-9a-fA-F]++);?
    | (?P<name>[^\W\d][\w.-]{0,63}+)(?P<end>;?)
    )?+""",
    re.VERBOSE,
)
#: The declaration of an entity inside a document type, with its value.
DECLARATION = re.compile(r"""<!ENTITY\s+([^\W\d][\w.-]{0,63})\s+(?:"([^"]*)"|'([^']*)')""")
#: A value that refers to no other entity: those that do may multiply.
PLAIN_VALUE = re.compile(r"(?:[^&]|&(?:#\w+|amp|lt|gt|quot|apos);)*+")

#: The longest value that is put in the place of a reference, and how much they may add to a document in all.
LONGEST_VALUE = 1000
LONGEST_GROWTH = 100_000


class References:
    """Writes references so that XML knows them, and what only looks like one as text."""

    def __init__(self) -> None:
        self._declared: dict[str, str] = {}
        self._growth = LONGEST_GROWTH

    def declare(self, declaration: str) -> None:
        """Take up an entity whose value is plain text; the first of a name counts (XML 1.0, section 4.2)."""
        found = DECLARATION.match(declaration)
        if found is None or found[1] in XML_NAMES:
            return
        value = found[2] or found[3] or ""
        if len(value) <= LONGEST_VALUE and PLAIN_VALUE.fullmatch(value):
            self._declared.setdefault(found[1], self.write(value.replace("<", "&lt;")))

    def write(self, text: str) -> str:
        """Return text or the value of an attribute with every `&` in a reference of XML's own."""
        return REFERENCE.sub(self._write, text) if "&" in text else text

    def _write(self, found: re.Match[str]) -> str:
        if name := found["name"]:
            return self._write_name(name, bool(found["end"]), found)
        if decimal := found["decimal"]:
            return _write_character(decimal, 10)
        if code := found["hex"]:
            return _write_character(code, 16)
        if found["high"]:
            return _join_halves(found["high"], found["low"])
        return "&amp;"

    def _write_name(self, name: str, is_closed: bool, found: re.Match[str]) -> str:
        if is_closed and (value := self._declared.get(name)) is not None:
            self._growth -= len(value)
            return value if self._growth >= 0 else f"&amp;{name};"
        # Without semicolon it is one where HTML allows that and no address goes on with it (13.2.5.73).
        goes_on = not is_closed and found.string[found.end() : found.end() + 1] == "="
        meant = html5.get(f"{name};" if is_closed else name, "") if not goes_on else ""
        return _escape(meant) or f"&amp;{name}{';' if is_closed else ''}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _write_character(digits: str, base: int) -> str:
    """Return what a numeric reference stands for, or nothing where there is no such character."""
    digits = digits.lstrip("0")
    code = int(digits, base) if 0 < len(digits) <= 8 else 0
    return _escape(strip_illegal(chr(code))) if code <= 0x10FFFF else ""


def _join_halves(high: str, low: str) -> str:
    halves = [int(half[1:], 16) if half[0] in "xX" else int(half) for half in (high, low)]
    pair = b"".join(half.to_bytes(2, "big") for half in halves)
    return strip_illegal(pair.decode("utf-16-be", "ignore"))
