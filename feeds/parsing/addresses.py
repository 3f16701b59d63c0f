"""Files that hold nothing but addresses: what browsers save of a page, and plain lists."""

from __future__ import annotations

import plistlib
import re
from itertools import zip_longest
from xml.parsers.expat import ExpatError

from feeds.model import Document, ParsedFile
from feeds.parsing.markdown import read_text
from feeds.parsing.refusal import refusal
from feeds.text.urls import is_web_url

#: A shortcut of Windows, or of a Linux desktop: sections with `KEY=value` lines.
SECTION = re.compile(r"^[ \t]*\[([^\]\n]*)\][ \t]*$", re.MULTILINE)
SHORTCUTS = ("internetshortcut", "desktop entry")
#: The key may say that the address is to be expanded.
ADDRESS = re.compile(r"^[ \t]*URL(?:\[\$e\])?[ \t]*=[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
KIND = re.compile(r"^[ \t]*Type[ \t]*=[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
#: What the standard library raises for property lists that are none: it checks little.
BROKEN_LIST = (
    plistlib.InvalidFileException, ExpatError, AttributeError, LookupError, OverflowError, RecursionError,
    TypeError, ValueError,
)  # fmt: skip
LINE = re.compile(r"[^\s<>\"]+")
COMMENT = "#"
#: A list with more addresses is fetched so far.
MOST_ADDRESSES = 10_000
LINES_TOLD = 3


def is_address_list(text: str) -> bool:
    """Whether the first line that says anything is an address, or most lines begin with one."""
    lines = list(filter(None, map(_bare, text.splitlines())))
    if not lines or not _find_address(lines[0]):
        return False
    return _find_address(lines[0]) == lines[0] or 2 * sum(map(bool, map(_find_address, lines))) > len(lines)


def is_shortcut(text: str) -> bool:
    """Whether it is an internet shortcut, whatever it is called."""
    return text.lstrip().startswith("[") and _find_section(text) is not None


def parse_addresses(document: Document) -> ParsedFile:
    """Read addresses, one a line, with or without words behind it; lines without are told."""
    pages: dict[str, None] = {}
    strange: list[int] = []
    for number, line in enumerate(read_text(document).splitlines(), 1):
        written = _bare(line)
        address = _find_address(written)
        if address:
            pages[address] = None
        elif written:
            strange.append(number)
    if not pages:
        raise refusal(document, "there is no http(s) address in it")
    return _of_pages(tuple(pages), strange)


def _find_address(line: str) -> str | None:
    """The first word of a line, if it is a web address."""
    word = line.split(maxsplit=1)[0] if line else ""
    return word if is_web_url(word) and LINE.fullmatch(word) else None


def _of_pages(pages: tuple[str, ...], strange: list[int]) -> ParsedFile:
    problem = None
    if strange:
        numbers = ", ".join(map(str, strange[:LINES_TOLD]))
        more = f" and {len(strange) - LINES_TOLD} more" if len(strange) > LINES_TOLD else ""
        verb = "line {} is no http(s) address" if len(strange) == 1 else "lines {} are no http(s) addresses"
        problem = verb.format(numbers + more)
    if len(pages) > MOST_ADDRESSES:
        problem = f"it has {len(pages):,} addresses; the first {MOST_ADDRESSES:,} are fetched"
    return ParsedFile("addresses", pages=pages[:MOST_ADDRESSES], problem=problem)


def _bare(line: str) -> str:
    """A line without its comment: `#` at its start, or after a space, for an address may hold one."""
    line = line.strip()
    return "" if line.startswith(COMMENT) else line.partition(f" {COMMENT}")[0].strip()


def parse_shortcut(document: Document) -> ParsedFile:
    """Read an internet shortcut (`.url`, `.website`, `.desktop`); raises ParseError."""
    text = read_text(document)
    section = _find_section(text)
    kind = KIND.search(section or "")
    if kind and kind[1].lower() != "link":
        raise refusal(document, f"it is no link, but of the type {kind[1]}")
    found = ADDRESS.search(section or "") or ADDRESS.search(text)
    return _of_one(document, found[1].strip('"') if found else None)


def _find_section(text: str) -> str | None:
    """The lines of the section that says where a shortcut leads; others tell of frames and icons."""
    heads = list(SECTION.finditer(text))
    for head, after in zip_longest(heads, heads[1:]):
        if head[1].strip().lower() in SHORTCUTS:
            return text[head.end() : after.start() if after else None]
    return None


def parse_webloc(document: Document) -> ParsedFile:
    """Read a web location (`.webloc`), a property list in XML or binary; raises ParseError."""
    try:
        found = plistlib.loads(document.body)
    except BROKEN_LIST as error:
        raise refusal(document, "it is no property list") from error
    address = found.get("URL") if isinstance(found, dict) else None
    return _of_one(document, address if isinstance(address, str) else None)


def _of_one(document: Document, address: str | None) -> ParsedFile:
    if not address or not is_web_url(address.strip()):
        raise refusal(document, "there is no http(s) address in it")
    return ParsedFile("addresses", pages=(address.strip(),))
