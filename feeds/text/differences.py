"""What differs between two texts, by words, and by characters where words are not spaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: A run of white space, a Han or Kana or Hangul character, a word, or any other character.
TOKEN = re.compile(r"\s+|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]|\w+|.", re.DOTALL)
SENTENCE = re.compile(r"[^.!?\n。！？]*[.!?\n。！？]+|[^.!?\n。！？]+")
MOST_COMPARED = 1_000_000  # pairs of tokens, or of sentences, between the first and the last that differ
AROUND = 60  # characters of what is alike that stand beside what differs


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of either text; `gap` stands for what is alike and left out."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


def find_difference(old: str, new: str) -> list[Piece]:
    """Return both texts as one run of pieces, what is alike and far from any difference left out.

    Long texts are compared by sentences, and by words only where those differ. What differs too much for its
    length is not compared further: all of it is removed and added.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    start = _count_common(before, after)
    end = _count_common(before[start:][::-1], after[start:][::-1])
    middle, replaced = before[start : len(before) - end], after[start : len(after) - end]
    pieces = [
        Piece("same", "".join(before[:start])),
        *_compare_texts(middle, replaced),
        Piece("same", "".join(before[len(before) - end :])),
    ]
    return list(_shorten([piece for piece in pieces if piece.text]))


def _count_common(one: list[str], other: list[str]) -> int:
    """Return how many tokens both begin with."""
    return next(
        (count for count, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )


def _compare_texts(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Yield what differs between two runs of tokens."""
    if len(before) * len(after) <= MOST_COMPARED:
        yield from _compare(before, after)
        return
    old, new = "".join(before), "".join(after)
    for piece, other in _pair(_compare(SENTENCE.findall(old), SENTENCE.findall(new))):
        if other is None:
            yield piece
        else:
            yield from _compare(TOKEN.findall(piece.text), TOKEN.findall(other.text))


def _pair(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Piece | None]]:
    """Yield each piece; what was removed with what was added in its place."""
    removed: Piece | None = None
    for piece in pieces:
        if piece.kind == "removed":
            removed = piece
        elif removed is not None:  # what is added always follows
            yield removed, piece
            removed = None
        else:
            yield piece, None


def _compare(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Yield what is alike; else what was removed, then what was added in its place: one may be empty."""
    steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(before), 0, len(after))]
    if len(before) * len(after) <= MOST_COMPARED:
        steps = SequenceMatcher(None, before, after).get_opcodes()
    for name, old_start, old_end, new_start, new_end in steps:
        if name == "equal":
            yield Piece("same", "".join(before[old_start:old_end]))
            continue
        yield Piece("removed", "".join(before[old_start:old_end]))
        yield Piece("added", "".join(after[new_start:new_end]))


def _shorten(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces, of what is alike only what stands beside a difference."""
    for number, piece in enumerate(pieces):
        keep_start, keep_end = number > 0, number < len(pieces) - 1
        if piece.kind != "same" or len(piece.text) <= 3 * AROUND:
            yield piece
            continue
        if keep_start:
            yield Piece("same", piece.text[:AROUND])
        yield Piece("gap")
        if keep_end:
            yield Piece("same", piece.text[-AROUND:])
