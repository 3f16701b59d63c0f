"""JSON as it is found: read piece by piece, as far as it goes, and mended where it is nearly JSON (RFC 8259).

Only one element of the long list is decoded at a time, so that a document costs little more than what is
kept of it, and an element that is broken costs no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from feeds.parsing.bounds import most_entries

JSONObject: TypeAlias = dict[str, Any]
T = TypeVar("T")

#: Numbers stay as they are written: identifiers and lengths are texts to us, and turning a long row of digits
#: into a number takes time in its square. NaN and Infinity are no JSON.
DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=lambda name: None)

BROKEN = (ValueError, RecursionError)
MOST_BREAKS = 100  # in one document; looking for the next element takes time in the length of what is broken
#: Characters that one object or list must have on average: empty ones take thirty times their text.
DENSEST = 10
DENSE_FROM = 100_000  # characters; what is shorter may be as dense as it likes

#: What guards a document against being run as a script: `)]}',` or the call of a function.
PREFIX = re.compile(r"[\w.$\s()\]}',;=/*+&-]{0,200}(?={)")
#: What may stand between two members or elements; a comma too few or too many does no harm.
GAP = re.compile(r"[\s,]*+(?:(?://[^\n]*+|/\*.*?\*/)[\s,]*+)*+", re.DOTALL)
COLON = re.compile(r"\s*+:\s*+")
NEXT_MEMBER = re.compile(r',\s*+(?="\w++"\s*+:)')
NEXT_ELEMENT = re.compile(r"}\s*+,\s*+(?={)")

#: Texts are looked at first, so that nothing is mended inside them. One that never ends is one too.
_TEXT = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
NEARLY = re.compile(
    rf"""(?P<text>{_TEXT})
    |(?<=[\[{{:,\s])'(?P<single>(?:[^'\\]++|\\.)*+)'
    |(?<![^\s,\[\]{{}}])(?://[^\n]*+|/\*(?:.*?\*/|.*\Z))""",
    re.DOTALL | re.VERBOSE,
)
SPARE_COMMA = re.compile(rf"({_TEXT})|,(?=\s*+[\]}}])|\bundefined\b", re.DOTALL)
QUOTE, QUOTED = re.compile(r'\\?"'), r'\\"'
#: As much as is right at once, or a backslash that escapes nothing JSON knows.
ESCAPE = re.compile(r"""((?:[^\\]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))++)|\\'?""")


class NotJSON(ValueError):
    """The text holds no object, or one that breaks before anything could be read of its list."""


class _End(Exception):
    """Nothing more can be read, or nothing more is wanted."""


@dataclass(slots=True)
class Reading(Generic[T]):
    """What was read of an object."""

    members: JSONObject = field(default_factory=dict)  #: all but the long list
    elements: list[T] = field(default_factory=list)  #: what was made of the elements of the list
    has_list: bool = False
    seen: int = 0  #: elements, whatever was made of them
    breaks: int = 0  #: places at which it is no JSON


def read_object(text: str, listed: str, read: Callable[[Any], T | None]) -> Reading[T]:
    """Return the members of an object, and what `read` makes of each element of the list called `listed`.

    What `read` returns None for is left out. Raises NotJSON.
    """
    start = PREFIX.match(text)
    if start is None:
        raise NotJSON("the document holds no JSON object")
    if len(text) > DENSE_FROM and (text.count("{") + text.count("[")) * DENSEST > len(text):
        raise NotJSON("the document holds more structure than text")
    reading = _Walk(text, listed, read).walk(start.end() + 1)
    if reading.breaks:
        mended = _Walk(_mend(text[start.end() :]), listed, read).walk(1)
        reading = max(mended, reading, key=lambda one: (not one.breaks, len(one.elements)))
    if reading.breaks and not reading.elements:
        raise NotJSON("the document is not JSON")
    return reading


class _Walk(Generic[T]):
    """One way through the members of an object."""

    def __init__(self, text: str, listed: str, read: Callable[[Any], T | None]) -> None:
        self.text, self.listed, self.read = text, listed, read
        self.most = most_entries(len(text))
        self.reading: Reading[T] = Reading()

    def walk(self, place: int) -> Reading[T]:
        """Return what can be read from the first member on."""
        try:
            while not self.text.startswith("}", place := self._skip(GAP, place)):
                try:
                    place = self._walk_member(place)
                except BROKEN:
                    place = self._find_next(NEXT_MEMBER, place + 1)
        except _End:
            pass
        return self.reading

    def _walk_member(self, place: int) -> int:
        """Return the place behind the member."""
        name, place = DECODER.raw_decode(self.text, place)
        if not isinstance(name, str):
            raise ValueError("a member without a name")
        place = self._skip(COLON, place)
        if name == self.listed and self.text.startswith("[", place):
            return self._walk_list(place + 1)
        value, place = DECODER.raw_decode(self.text, place)
        if not self.reading.breaks or name not in self.reading.members:
            self.reading.members[name] = value
        return place

    def _walk_list(self, place: int) -> int:
        """Return the place behind the list."""
        self.reading.has_list = True
        while not self.text.startswith("]", place := self._skip(GAP, place)):
            try:
                element, place = DECODER.raw_decode(self.text, place)
            except BROKEN:
                element, place = self._recover(place)
            self.reading.seen += 1
            if (made := self.read(element)) is not None:
                self.reading.elements.append(made)
            if self.reading.seen == self.most:
                raise _End
        return place + 1

    def _recover(self, place: int) -> tuple[Any, int]:
        """Return the next whole element behind a broken one, and the place behind it.

        What `read` makes nothing of is a part of the broken one.
        """
        while True:
            place = self._find_next(NEXT_ELEMENT, place)
            try:
                element, end = DECODER.raw_decode(self.text, place)
            except BROKEN:
                continue
            if self.read(element) is not None:
                return element, end

    def _skip(self, gap: re.Pattern[str], place: int) -> int:
        found = gap.match(self.text, place)
        return found.end() if found else place

    def _find_next(self, pattern: re.Pattern[str], place: int) -> int:
        """Return the place of what may be the next member or element behind a broken one."""
        self.reading.breaks += 1
        found = pattern.search(self.text, place) if self.reading.breaks < MOST_BREAKS else None
        if found is None:
            raise _End
        return found.end()


def _mend(text: str) -> str:
    """Return JSON for what is nearly JSON: comments, spare commas, single quotes, unknown escapes."""
    return SPARE_COMMA.sub(_mend_comma, NEARLY.sub(_mend_text, text))


def _mend_text(found: re.Match[str]) -> str:
    if (text := found["text"]) is not None:
        return ESCAPE.sub(_mend_escape, text) if "\\" in text else text
    if (single := found["single"]) is not None:
        return f'"{ESCAPE.sub(_mend_escape, QUOTE.sub(QUOTED, single))}"'
    return " "


def _mend_escape(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1]
    return "'" if found[0] == r"\'" else r"\\"


def _mend_comma(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1]
    return "null" if found[0] == "undefined" else ""
