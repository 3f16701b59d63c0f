"""Which languages entries are in, so that those of one are found in the order of a view.

An entry stands under its language and under what that begins with (RFC 4647, section 3.3.1): one in
`zh-Hans-CN` under `zh-hans-cn`, `zh-hans` and `zh`. Who asks for `zh` gets them all from one index.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, delete

from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_missing
from feeds.store.filing import PLACE, Place, find_places
from feeds.store.selection_schema import entry_languages

LONGEST = 35  # characters of a tag (RFC 5646, section 4.4.1)


def list_ranges(language: str | None) -> list[str]:
    """Return the language tag, folded, and what it begins with; nothing of what is no tag."""
    parts = (language or "").strip().casefold().split("-")
    if not all(parts) or len("-".join(parts)) > LONGEST:
        return []
    return ["-".join(parts[: end + 1]) for end in range(len(parts))]


def note_new(db: Transaction, languages: Mapping[int, str | None], places: Mapping[int, Place]) -> None:
    """Note the languages of entries, by number, of which none is noted yet."""
    rows = [
        {"entry_number": number, "name": name} | {column: getattr(places[number], column) for column in PLACE}
        for number, language in languages.items()
        for name in list_ranges(language)
    ]
    if rows:
        db.execute(insert_missing(db, entry_languages), rows)


def note_changed(db: Transaction, languages: Mapping[int, str | None]) -> None:
    """Note what the languages of entries, by number, are now."""
    for chunk in chunks(languages):
        db.execute(_DELETE, {"numbers": chunk})
        note_new(db, {number: languages[number] for number in chunk}, find_places(db, chunk))


_DELETE = delete(entry_languages).where(
    entry_languages.c.entry_number.in_(bindparam("numbers", expanding=True))
)
