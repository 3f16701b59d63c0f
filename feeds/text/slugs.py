"""Permanent names in addresses."""

from __future__ import annotations

import unicodedata

from feeds.text.characters import collapse

#: Characters, not bytes: percent-encoded Han takes nine bytes each.
LONGEST = 60


def slugify(text: str) -> str:
    """Return NFKC, casefolded, letters and digits of any script kept, `-` between; never empty."""
    kept = (character if _is_kept(character) else " " for character in _fold(text))
    words = (word for word in "".join(kept).split() if any(map(str.isalnum, word)))
    return "-".join(words)[:LONGEST].rstrip("-") or "untitled"


def fold_name(name: str) -> str:
    """Return what names have in common that people take for one: case, width and white space aside."""
    return _fold(collapse(name))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _is_kept(character: str) -> bool:
    """Letters, digits, and the marks that many scripts spell their vowels with."""
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
