"""What a text is searched by: its folded form, and the terms that an index keeps of it.

A text holds a query when its folded form holds the folded query as a substring; nothing else is a hit.
Terms only make that quick: whatever the terms of a query are, every text that holds the query has them all.

Single characters and pairs of neighbours serve scripts without spaces, where a word is a character or two.
Letters of alphabets are looked up by threes, for their pairs are in every text. Signs beyond ASCII, an emoji
or a full stop, are terms of their own.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from unicodedata import combining, is_normalized, normalize, unidata_version

import opencc

#: What stands between letters and digits, of any script; it is in no term but its own.
BETWEEN = re.compile(r"[\W_]")
#: A run of letters of alphabets and of digits, long enough for threes.
ALPHABETIC = re.compile("[^\\W_\u2e80-\U0003ffff]{3,}")
#: Where what no reader sees stands in Unicode: soft hyphen, joiners, directions, fillers, selectors of a
#: form, byte order mark; and what no database takes: NUL, lone surrogates.
INVISIBLE_BLOCKS = (
    (0x0, 0x1), (0xAD, 0xAE), (0x34F, 0x350), (0x61C, 0x61D), (0x115F, 0x1161), (0x180B, 0x1810),
    (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2070), (0x3164, 0x3165), (0xD800, 0xE000),
    (0xFE00, 0xFE10), (0xFEFF, 0xFF00), (0xFFA0, 0xFFA1), (0xE0100, 0xE01F0),
)  # fmt: skip
INVISIBLE = frozenset(chr(code) for start, end in INVISIBLE_BLOCKS for code in range(start, end))
#: Longer runs of marks above and below letters are no writing, and would take hours to put in order.
MOST_MARKS = 30
LONG = 4000  # characters; of a shorter text any marks are in order at once
#: Traditional characters whose simplified form depends on the word: in most words it is this one.
FORMS = {"著": "着", "瞭": "了", "祇": "只", "夥": "伙"}
#: Where Han characters stand in Unicode that dictionaries know two forms of.
HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))

#: How `fold` and `write_terms` work here: what was folded otherwise would not be found. The number counts
#: changes of this module.
FOLDING = f"2 Unicode {unidata_version} OpenCC {opencc.__version__}"

#: What stands between the parts of a searched text: no query holds it, so that none reaches across.
PART_END = "\n"

WIDEST = 3  # characters of a term
SLICE = 50_000  # characters of a text whose terms are written at once
SPACE = array("I", [ord(" ")])
UTF_32 = f"utf-32-{sys.byteorder[0]}e"


def fold(text: str) -> str:
    """Return `text` with nothing a search is blind to: case, width, traditional forms, white space."""
    if text.isascii():  # what the rest comes to, in a tenth of the time
        return " ".join(text.replace("\0", "").lower().split())
    folded = " ".join("".join(map(_FOLDED.__getitem__, _compose(text))).split())
    return _compose(folded)


def fold_piece(piece: str) -> str:
    """Return what a part of a text becomes when the whole is folded, but for its white space."""
    return _compose("".join(map(_FOLDED.__getitem__, _compose(piece))))


def is_joined(character: str) -> bool:
    """Whether it may become one with what stands before it, so that neither is folded alone."""
    folded = _FOLDED[character]
    joining = _find_joining()
    return not folded or character in joining or folded[0] in joining


def _compose(text: str) -> str:
    """Return `text` with each letter and its marks as one character, where Unicode has that."""
    if text.isascii():
        return text
    if len(text) > LONG and not _find_marks().isdisjoint(text):
        text = _limit_marks(text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _limit_marks(text: str) -> str:
    """Return `text` with no more than MOST_MARKS marks in a row."""
    marks = _find_marks()
    runs = (tuple(run) for _, run in groupby(text, marks.__contains__))
    return "".join("".join(run[:MOST_MARKS] if run[0] in marks else run) for run in runs)


@cache
def _find_marks() -> frozenset[str]:
    """All marks above and below letters."""
    return frozenset(character for character in map(chr, range(0x300, 0x1F000)) if combining(character))


@cache
def _find_joining() -> frozenset[str]:
    """All that composes with what stands before it: marks, and the later letters of a Hangul syllable."""
    later = (normalize("NFD", character)[1:] for character in map(chr, range(0xC0, 0x30000)))
    return _find_marks().union(*later)


def fold_parts(texts: Iterable[str | None]) -> str:
    """Return the texts folded, as the parts of one."""
    return PART_END.join(filter(None, (fold(text) for text in texts if text)))


def write_terms(folded: str) -> str:
    """Return every term of a folded text, parted by white space; of a short one as often as it is there."""
    if len(folded) <= SLICE:
        return _write_terms(folded)
    terms: set[str] = set()
    for start in range(0, len(folded), SLICE):  # all at once would be many times the text
        terms.update(_write_terms(folded[start : start + SLICE + WIDEST - 1]).split())
    return " ".join(terms)


def _write_terms(text: str) -> str:
    """A pair or a three with a space in it parts again: into what is there anyway."""
    parted = BETWEEN.sub(" ", text)
    letters = " ".join(ALPHABETIC.findall(parted))
    return " ".join((_write_all(text, 1), _write_all(parted, 2), _write_all(letters, WIDEST)))


def _write_all(text: str, width: int) -> str:
    """Return all that is `width` characters wide, parted by spaces.

    The text is laid beside itself, one character later each time: to an array these are a few copies.
    """
    characters = array("I", text.encode(UTF_32))
    step = width + 1
    written = SPACE * (step * len(characters))
    for column in range(width):
        later = characters[column:]
        written[column : column + step * len(later) : step] = later
    return written.tobytes().decode(UTF_32)


def find_query_terms(folded: str) -> list[str]:
    """Return terms that every text has which holds `folded`; none where it is nothing but signs of ASCII."""
    terms: dict[str, None] = {}
    for run in BETWEEN.sub(" ", folded).split():
        width = 3 if ALPHABETIC.fullmatch(run) else min(2, len(run))
        terms.update(dict.fromkeys(run[start : start + width] for start in range(len(run) - width + 1)))
    signs = (sign for sign in "".join(BETWEEN.findall(folded)) if not sign.isascii() and not sign.isspace())
    return list(terms | dict.fromkeys(signs))


class _Folded(dict[str, str]):
    """What each character is folded to, found when it is first met."""

    def __missing__(self, character: str) -> str:
        plain = normalize("NFKC", normalize("NFKC", character).casefold())
        simplified = _load_simplified()
        folded = "".join(simplified.get(one, one) for one in plain if one not in INVISIBLE)
        self[character] = folded
        return folded


_FOLDED = _Folded()


@cache
def _load_simplified() -> dict[str, str]:
    """The simplified form of each traditional character: by the character, never by the word, for what a
    substring is folded to must not depend on what stands around it."""
    every = [chr(code) for start, end in HAN_BLOCKS for code in range(start, end)]
    convert = opencc.OpenCC("t2s").convert
    once = dict(zip(every, convert("\n".join(every)).split("\n"), strict=True)) | FORMS
    return {
        character: once.get(form, form)
        for character, form in once.items()
        if len(form) == 1 and form != character
    }
