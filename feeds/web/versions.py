"""The versions of an entry as its page shows them: each with what it changed in the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.model import Enclosure, Entry, Version
from feeds.text.differences import Piece, find_difference
from feeds.text.markup import plain_text

MOST_SHOWN = 20  # versions on one page; some entries are corrected for ever


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version; one that is not compared is the first."""

    version: Version
    changes: Sequence[tuple[str, Sequence[Piece]]] = ()  #: (field, what differs)
    is_compared: bool = False


def compare_versions(versions: Sequence[Version]) -> list[ShownVersion]:
    """Return versions, the latest arrival first, each compared with the one that arrived before it.

    Where more than `MOST_SHOWN` are given, the last is there only to be compared with.
    """
    shown = [
        ShownVersion(new, _find_changes(old.entry, new.entry), is_compared=True)
        for new, old in pairwise(versions)
    ]
    return shown if len(versions) > MOST_SHOWN else [*shown, *map(ShownVersion, versions[-1:])]


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
        "Attached": " ".join(map(_describe_file, entry.enclosures)),
        "Picture": entry.image or "",
    }


def _describe_file(file: Enclosure) -> str:
    length = f"{file.length} bytes" if file.length else None
    facts = ", ".join(filter(None, (file.media_type, length)))
    return f"{file.url} ({facts})" if facts else file.url
