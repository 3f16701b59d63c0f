"""Whether a list of subscriptions is whole, or may have lost some of them: read strictly, once more."""

from __future__ import annotations

import codecs
import re
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from feeds.model import Document
from feeds.text.characters import ILLEGAL
from feeds.text.charset import decode
from feeds.text.urls import source_address

ROOT = re.compile(r"<opml(?=[\s/>])", re.IGNORECASE)
#: A comment. One in which another begins has lost its end, and hides what nobody meant to hide.
COMMENT = re.compile(r"<!--(?:(?!<!--|-->).)*+-->", re.DOTALL)
#: What nobody writes into a list; into one that is not in UTF-8; what chance bytes look like in a charset
#: that is only guessed.
OVERWRITTEN = re.compile("\0")
CONTROL = re.compile(rf"{ILLEGAL.pattern}|[\x7f-\x9f]")
UNLIKELY = re.compile(rf"{CONTROL.pattern}|[\ue000-\uf8ff]|([^\0-\x7f])\1{{7}}")
#: How a charset is told, other than by being UTF-8.
MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
DECLARED = re.compile(rb"""\s*<\?xml[^<>]*\bencoding\s*=\s*["']([\w.-]+)""")
BLANK = " \t\r\n\ufeff\ufffd"
BROKEN = "\ufffd"  # takes the place of a character that XML cannot hold: one more in a text, none in a tag
#: What no address has, and those that are whole and still none of a feed: only other readers fetch them.
NO_ADDRESS = re.compile(rf"{BROKEN}|\s\s")
NO_FEED = re.compile(r"\Z|(?:exec|file|filter|ftp|gemini|gopher|newsletter|query):", re.IGNORECASE)
#: In what outlines stand, and the attributes of one; without a name it may hold the settings of a reader.
LISTING = frozenset({"body", "outline"})
ADDRESS = "xmlurl"
NAMES = frozenset({"text", "title"})
OTHER_NAMES = NAMES | {"description", "htmlurl", "frss:opmlurl"}
PICTURE = re.compile("icon|imag|img|logo")
#: What a strict parser says where the list ends in the middle of something.
ENDLESS = frozenset({"no element found", "unclosed token", "unclosed CDATA section"})


class Damage(NamedTuple):
    """What is wrong with a list."""

    reason: str
    before: frozenset[str]  #: the addresses that stand before it


def find_damage(document: Document, declared: int) -> Damage | None:
    """Return what is wrong with the list, or None where it is whole.

    Bare ampersands, unknown entities and prefixes, controls in text, a wrong charset and what stands before
    the root lose no outline. Apart from these a strict parser has to accept the list, and find as many
    addresses as are `declared` and nothing that looks like the rest of an outline.
    """
    text = decode(document.body, document.media_type)
    is_utf_8 = _is_in(document.body, "utf-8")
    is_guessed = not is_utf_8 and not _is_in_its_charset(document.body)
    signs = UNLIKELY if is_guessed else OVERWRITTEN if is_utf_8 else CONTROL
    overwritten = signs.search(text)
    text = text[: overwritten.start()] if overwritten else text
    text = COMMENT.sub(lambda comment: f"<!--{_lines_of(comment[0])}-->", text)
    root = ROOT.search(text)
    before, rest = (text[: root.start()], text[root.start() :]) if root else ("", text)
    inspection = _Inspection(is_utf_8)
    fault = inspection.find_fault(_lines_of(before) + ILLEGAL.sub(BROKEN, rest).replace("&", "&amp;"))
    count = len(inspection.addresses)
    if overwritten:
        fault = f"damaged in line {len(_lines_of(text)) + 1} (something was written over it)"
    elif ADDRESS in before.lower():
        fault = "damaged (it begins in the middle of its outlines)"
    elif fault is None and count != declared:
        fault = f"damaged (of its {count} addresses {declared} are read)"
    return Damage(fault, frozenset(inspection.addresses)) if fault else None


def _is_in(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _is_in_its_charset(body: bytes) -> bool:
    """Whether the bytes are in the charset that they are marked or declared to be in."""
    declared = DECLARED.match(body)
    charset = "utf-16" if body.startswith(MARKS) else declared[1].decode() if declared else "utf-8"
    return _is_in(body, charset)


def _lines_of(text: str) -> str:
    """Return the ends of the lines alone, so that what follows keeps its number."""
    return "\n" * text.count("\n")


class _Inspection:
    """Reads a list strictly, to see what is wrong with it; in its text `&` stands for itself."""

    def __init__(self, is_utf_8: bool) -> None:
        self.addresses: list[str] = []  #: up to the first thing that is wrong
        self._is_utf_8 = is_utf_8
        self._fault: str | None = None
        self._has_body = False
        self._open: list[bool] = []  # whether outlines may stand in each of the open elements, the root first
        self._leaf: dict[str, str] | None = None  # attributes of an outline in which nothing was met yet
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._take_text

    def find_fault(self, text: str) -> str | None:
        """Return the first thing that is wrong, and its line."""
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code).partition(" (")[0]
            self._tell(reason, "broken off" if reason in ENDLESS else "damaged", error.lineno)
        if not self._has_body:
            self._tell("it has no body")
        return self._fault

    def _tell(self, reason: str, what: str = "damaged", line: int | None = None) -> None:
        self._fault = self._fault or f"{what} in line {line or self._parser.CurrentLineNumber} ({reason})"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.lower()
        self._has_body = self._has_body or name == "body"
        given = {key.lower(): value for key, value in attributes.items()}
        is_listed = name in LISTING and all(self._open[-1:])
        if ADDRESS in given:
            self._check_address(unescape(given[ADDRESS]).strip(), is_listed and name == "outline")
        if not is_listed and len(self._open) > 1 and self._open[-1] and ":" not in name:
            self._tell("an element that is no outline")
        self._leaf = given if name == "outline" else None
        self._open.append(is_listed or not self._open)

    def _end(self, _name: str) -> None:
        if self._leaf is not None and _has_lost_address(self._leaf):
            self._tell("an outline without its address")
        self._leaf = None
        self._open.pop()

    def _take_text(self, text: str) -> None:
        is_setting = self._leaf is not None and self._leaf.keys().isdisjoint(NAMES)
        if self._open[-1] and text.strip(BLANK) and (not is_setting or ADDRESS in text.lower()):
            self._tell("text between the outlines")

    def _check_address(self, address: str, is_listed: bool) -> None:
        is_certain = (self._is_utf_8 or address.isascii()) and not NO_ADDRESS.search(address)
        if not is_listed:
            self._tell("an address outside of the outlines")
        elif is_certain and (url := source_address(address)):
            if not self._fault:
                self.addresses.append(url)
        elif not (is_certain and NO_FEED.match(address)):
            self._tell("an address that cannot be read")


def _has_lost_address(given: dict[str, str]) -> bool:
    """Whether an outline says that it is a feed, or has an address under a name that means nothing."""
    kind = given.get("type", "").strip().lower()
    if kind == "rss":
        return not given.get(ADDRESS, "").strip()
    if ADDRESS in given or (kind and "url" in given):
        return False
    return any("://" in given[name] and not PICTURE.search(name) for name in given.keys() - OTHER_NAMES)
