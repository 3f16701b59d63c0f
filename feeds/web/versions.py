"""The versions of an entry as its page shows them: each with what it changed in the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.model import Entry, Version
from feeds.text.differences import Piece, find_difference
from feeds.text.markup import plain_text

MOST_COMPARED = 20  # versions; of an entry that is corrected for ever the latest


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version; without `changes` it is the first, or not compared."""

    version: Version
    changes: Sequence[tuple[str, Sequence[Piece]]] = ()  #: (field, what differs)
    is_compared: bool = False


def compare_versions(versions: Sequence[Version]) -> list[ShownVersion]:
    """Return the versions, the latest arrival first, each compared with the one that arrived before it."""
    shown = [
        ShownVersion(new, _find_changes(old.entry, new.entry), is_compared=True)
        for new, old in pairwise(versions[: MOST_COMPARED + 1])
    ]
    return [*shown, *map(ShownVersion, versions[len(shown) :])]


def _find_changes(old: Entry, new: Entry) -> list[tuple[str, Sequence[Piece]]]:
    pairs = zip(_texts_of(old).items(), _texts_of(new).values(), strict=True)
    return [(name, find_difference(before, after)) for (name, before), after in pairs if before != after]


def _texts_of(entry: Entry) -> dict[str, str]:
    """Return what is compared, by the name it has on the page."""
    return {
        "Title": entry.title or "",
        "Summary": plain_text(entry.summary or ""),
        "Text": plain_text(entry.content or ""),
        "Link": entry.link or "",
        "Authors": ", ".join(person.name or person.email or "" for person in entry.authors),
        "Categories": ", ".join(entry.categories),
        "Attached": " ".join(file.url for file in entry.enclosures),
        "Picture": entry.image or "",
    }
