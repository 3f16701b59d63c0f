"""How many entries are read of one document."""

from __future__ import annotations

#: No feed has more, and each costs time wherever it goes.
MOST_ENTRIES = 50_000
#: So many may be in any document, and then one in so many bytes or characters: one that says nothing takes a
#: thousand bytes once it is read.
FREE_ENTRIES, LENGTH_OF_ENTRY = 10_000, 100


def most_entries(length: int) -> int:
    """Return how many entries are read of a document of this length, from its beginning."""
    return min(MOST_ENTRIES, FREE_ENTRIES + length // LENGTH_OF_ENTRY)
