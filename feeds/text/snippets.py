"""Where a text holds what was searched for: the piece of it to show, and what to mark there.

A text is searched in its folded form, which is longer or shorter than itself. Here it is folded piece by
piece, a letter with its marks each, so that what is found in the folded form is known in the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from feeds.text import search
from feeds.text.language import is_cjk
from feeds.text.search import fold

LENGTH = 120  # characters that are shown
LEAD = 30  # of them before the first match
#: Characters that are folded at once, until something is found.
BLOCK = 200
#: A block that finds no border between two letters ends somewhere: a table of figures has none for ever.
LONGEST_BLOCK = 4_000
#: What begins no line in Chinese and Japanese.
CLOSING = frozenset("，。、；：？！）」』》〉”’…,.;:?!)")

Range = tuple[int, int]

_fold_piece = lru_cache(8192)(search.fold_piece)
_is_joined = lru_cache(8192)(search.is_joined)


class Part(NamedTuple):
    """A part of what is shown, one after the other."""

    text: str
    is_match: bool = False


class Folded(NamedTuple):
    """A folded text, and of each of its characters where in the text it comes from."""

    text: str
    ranges: list[Range]


def mark(text: str, folded: Sequence[str]) -> list[Part]:
    """Return a text in parts; what is one of the folded words is a match."""
    return _split(text, 0, len(text), _find_ranges(align(text), folded))


def cut_snippet(text: str, folded: Sequence[str], length: int = LENGTH) -> list[Part] | None:
    """Return the piece of a text with the first matches, where the most are together; None without any.

    It is cut between words, and in Han text anywhere.
    """
    region = _find_region(text, folded)
    if region is None:
        return None
    start, end = region
    ranges = [(start + a, start + b) for a, b in _find_ranges(align(text[start:end]), folded)]
    if not ranges:
        return None
    begin, end = _cut(text, _choose(ranges, length - LEAD), length)
    parts = _split(text, begin, end, ranges)
    return [*([Part("…")] if begin else []), *parts, *([Part("…")] if end < len(text) else [])]


def align(text: str) -> Folded:
    """Return what `fold` makes of a text, and where each character of that comes from."""
    characters: list[str] = []
    ranges: list[Range] = []
    space: Range | None = None
    for start, end in _list_pieces(text):
        for character in _fold_piece(text[start:end]):
            if character.isspace():
                space = space or (start, end)
                continue
            if space and characters:
                characters.append(" ")
                ranges.append(space)
            space = None
            characters.append(character)
            ranges.append((start, end))
    return Folded("".join(characters), ranges)


def _list_pieces(text: str) -> Iterator[Range]:
    """Yield where each piece begins and ends that is folded alone."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _is_joined(text[index]):
            yield start, index
            start = index


def _find_ranges(aligned: Folded, folded: Sequence[str]) -> list[Range]:
    """Return where the words are in the text, in its order; what overlaps is one."""
    found: list[Range] = []
    for word in folded:
        at = aligned.text.find(word)
        while at >= 0:
            found.append((aligned.ranges[at][0], aligned.ranges[at + len(word) - 1][1]))
            at = aligned.text.find(word, at + len(word))
    merged: list[Range] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _find_region(text: str, folded: Sequence[str]) -> Range | None:
    """Return the part of a text with the first match and what follows soon; no more of it is folded."""
    longest = max(map(len, folded), default=0)
    known: list[tuple[int, str]] = []  # blocks that a match may begin in: where they are, and folded
    found: int | None = None
    for start, end in _list_blocks(text):
        if found is not None:
            return found, end
        known.append((start, fold(text[start:end])))
        together = "".join(block for _, block in known)
        if any(word in together for word in folded):
            found = known[0][0]
        while sum(len(block) for _, block in known[1:]) >= longest:
            del known[0]
    return None if found is None else (found, len(text))


def _list_blocks(text: str) -> Iterator[Range]:
    """Yield where parts begin and end whose folded forms are, one after the other, that of the text."""
    start = 0
    while start < len(text):
        end = min(start + BLOCK, len(text))
        last = min(start + LONGEST_BLOCK, len(text))
        while end < last and not (text[end - 1].isalnum() and _is_whole(text[end])):
            end += 1
        yield start, end
        start = end


def _is_whole(character: str) -> bool:
    return character.isalnum() and not _is_joined(character)


def _choose(ranges: Sequence[Range], room: int) -> Range:
    """Return the first match behind which the most others have room."""
    ends = [end for _, end in ranges]
    counts = [bisect_right(ends, start + room) - n for n, (start, _) in enumerate(ranges)]
    return ranges[counts.index(max(counts))]


def _cut(text: str, match: Range, length: int) -> Range:
    start, least = match
    begin = max(0, start - LEAD)
    while 0 < begin < start and not _is_border(text, begin):
        begin += 1
    while 0 < begin < start and (text[begin].isspace() or text[begin] in CLOSING):
        begin += 1
    most = min(len(text), max(begin + length, least))
    end = most
    while least < end < len(text) and not _is_border(text, end):
        end -= 1
    end = most if end == least < most and most - least < LEAD else end
    return begin, end


def _is_border(text: str, index: int) -> bool:
    """Whether a text may be cut there."""
    before, after = text[index - 1], text[index]
    return before.isspace() or after.isspace() or is_cjk(before) or (is_cjk(after) and not _is_joined(after))


def _split(text: str, begin: int, end: int, ranges: Sequence[Range]) -> list[Part]:
    """Return a piece of a text in parts."""
    inside = [(max(a, begin), min(b, end)) for a, b in ranges if a < end and b > begin]
    borders = [begin, *(border for one in inside for border in one), end]
    parts = (Part(text[a:b], n % 2 == 1) for n, (a, b) in enumerate(pairwise(borders)))
    return [part for part in parts if part.text]
