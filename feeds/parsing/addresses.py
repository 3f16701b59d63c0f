"""Files that hold nothing but addresses: what browsers save of a page, and plain lists."""

from __future__ import annotations

import plistlib
import re
from xml.parsers.expat import ExpatError

from feeds.model import Document, ParsedFile
from feeds.parsing.markdown import read_text
from feeds.parsing.refusal import refusal
from feeds.text.urls import is_web_url

#: The line of a Windows shortcut (INI) that holds its address.
SHORTCUT = re.compile(r"^[ \t]*URL[ \t]*=[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
SHORTCUT_HEAD = re.compile(r"\s*\[(?:InternetShortcut|DEFAULT)\]", re.IGNORECASE)
LINE = re.compile(r"[^\s<>\"]+")
COMMENT = "#"
#: A list with more addresses is fetched so far.
MOST_ADDRESSES = 10_000
LINES_TOLD = 3


def is_address_list(text: str) -> bool:
    """Whether the first line that says anything is an address and nothing else."""
    line = next(filter(None, (_bare(line) for line in text.splitlines())), "")
    return LINE.fullmatch(line) is not None and is_web_url(line)


def parse_addresses(document: Document) -> ParsedFile:
    """Read addresses, one a line; other lines are told, and lose none of the addresses."""
    pages: dict[str, None] = {}
    strange: list[int] = []
    for number, line in enumerate(read_text(document).splitlines(), 1):
        address = _bare(line)
        if is_web_url(address) and LINE.fullmatch(address):
            pages[address] = None
        elif address:
            strange.append(number)
    if not pages:
        raise refusal(document, "there is no http(s) address in it")
    return _of_pages(tuple(pages), strange)


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
    """Read an internet shortcut (`.url`); raises ParseError."""
    found = SHORTCUT.search(read_text(document))
    return _of_one(document, found[1] if found else None)


def parse_webloc(document: Document) -> ParsedFile:
    """Read a web location (`.webloc`), a property list in XML or binary; raises ParseError."""
    try:
        found = plistlib.loads(document.body)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        KeyError,
        OverflowError,
        RecursionError,
    ) as error:
        raise refusal(document, "it is no property list") from error
    address = found.get("URL") if isinstance(found, dict) else None
    return _of_one(document, address if isinstance(address, str) else None)


def _of_one(document: Document, address: str | None) -> ParsedFile:
    if not address or not is_web_url(address.strip()):
        raise refusal(document, "there is no http(s) address in it")
    return ParsedFile("addresses", pages=(address.strip(),))
