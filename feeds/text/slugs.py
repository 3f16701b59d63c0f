"""Permanent names in addresses."""

from __future__ import annotations

import unicodedata

#: Characters, not bytes: percent-encoded Han takes nine bytes each.
LONGEST = 60


def slugify(text: str) -> str:
    """Return NFKC, casefolded, letters and digits of any script kept, `-` between; never empty."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (character if _is_kept(character) else " " for character in folded)
    words = (word for word in "".join(kept).split() if any(map(str.isalnum, word)))
    return "-".join(words)[:LONGEST].rstrip("-") or "untitled"


def _is_kept(character: str) -> bool:
    """Letters, digits, and the marks that many scripts spell their vowels with."""
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
