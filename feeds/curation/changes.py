"""Compare what a document holds with what is stored: what is new, modified, withdrawn, and where it goes.

Nothing is stored here; the store applies what is decided in one transaction.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from feeds.curation.claims import is_rightful
from feeds.curation.floods import Front, find_outrun, mark_floods
from feeds.model import Changes, Claim, Entry, FreshEntry, KnownEntry, Placed
from feeds.text.likeness import find_place

#: More late arrivals than this in one poll are an import or a storm of new guids (docs/design.md, rule 2).
MOST_LATE = 20

#: They choose how the sign before looks (Unicode, section 23.4).
VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def find_hash(entry: Entry) -> str:
    """Return the SHA-256 of what an entry says: a change of its dates, its language tag or what its origin
    says of itself is no new version."""
    seen = replace(entry, published=None, updated=None, language=None, origin=None)
    return hashlib.sha256(msgspec.json.encode(seen)).hexdigest()


def find_changes(
    known: Mapping[str, KnownEntry],
    fresh: Iterable[FreshEntry],
    *,
    now: datetime,
    previous_poll: datetime | None,
    front: Front | None = None,
    late: Collection[str] = (),
    claim: Claim | None = None,
) -> Changes:
    """Decide about every entry of a poll.

    `previous_poll` is the end of the source's last successful poll, None at the first. Where this is only a
    part of a poll, whose late arrivals are counted at its end, `front` is of its earlier parts, and `late`
    are the ids of their late arrivals; of a first poll all of it is marked as a flood. `claim` is what a
    source that is polled for the first time may say of entries of others.
    """
    if previous_poll is not None:
        previous_poll = min(previous_poll, now)  # the clock may have been set back since
    winners, older = _choose_versions(fresh)
    claimed = _find_claimed(winners, known, claim, now)
    stored = {key: entry for key, entry in known.items() if key not in claimed}
    placed = _place_all([one for one in winners if one.entry.id not in stored], now, previous_poll)
    shown, outrun = _find_shown(placed, previous_poll, front, late)
    met = [(stored[one.entry.id], one) for one in winners if one.entry.id in stored]
    staying = [pair for pair in met if _stays(*pair)]
    rivals = [pair for pair in met if not _stays(*pair)]
    is_first = previous_poll is None
    return Changes(
        new=tuple(one for one in shown if one.fresh.entry.id not in claimed),
        modified=tuple(_correct(*pair, now, is_first=is_first) for pair in rivals if _is_superseded(*pair)),
        older=(*older, *(one for entry, one in rivals if not _is_superseded(entry, one))),
        seen=tuple(entry.id for entry, _ in staying),
        moved=tuple(one for entry, one in staying if entry.has_lost_its_file and not entry.is_foreign),
        outrun=outrun,
        is_first=is_first,
        is_part=front is not None,
        claimed=tuple(one for one in shown if one.fresh.entry.id in claimed),
    )


def _find_claimed(
    winners: Iterable[FreshEntry], known: Mapping[str, KnownEntry], claim: Claim | None, now: datetime
) -> set[str]:
    """Return the ids of those that another source has brought before, and that belong to this one."""
    if claim is None:
        return set()
    ids = {one.entry.id for one in winners} & known.keys()
    return {key for key in ids if is_rightful(claim, known[key], now)}


def find_rank(published: datetime | None, size: int, sha256: str) -> str:
    """Return what versions of a seed compare by: the newest timestamp, the longer file, the greater hash."""
    milliseconds = round(published.timestamp() * 1000) if published else 0
    return f"{milliseconds + 10**15:016d}:{size:012d}:{sha256}"


def _stays(stored: KnownEntry, candidate: FreshEntry) -> bool:
    """Whether a stored entry stays: another source speaks for it, it is gone for good, or it is the same."""
    is_same = stored.hash == candidate.hash and not stored.withdrawn
    return stored.is_foreign or stored.is_deleted or is_same


# --- Which version counts ---------------------------------------------------------------------------


def _choose_versions(fresh: Iterable[FreshEntry]) -> tuple[list[FreshEntry], list[FreshEntry]]:
    """Return (one per id: the highest rank, else the first; the versions that lost)."""
    winners: dict[str, FreshEntry] = {}
    older: list[FreshEntry] = []
    for candidate in fresh:
        rival = winners.setdefault(candidate.entry.id, candidate)
        if rival is candidate:
            continue
        winner, loser = (candidate, rival) if _outranks(candidate, rival) else (rival, candidate)
        winners[candidate.entry.id] = winner
        if loser.hash != winner.hash:
            older.append(loser)
    return list(winners.values()), older


def _outranks(candidate: FreshEntry, rival: FreshEntry) -> bool:
    return candidate.rank is not None and (rival.rank is None or candidate.rank > rival.rank)


def _is_superseded(stored: KnownEntry, candidate: FreshEntry) -> bool:
    """Whether a differing version replaces the stored one: a feed's always does, a file's by rank."""
    if candidate.rank is None or stored.rank is None or stored.has_lost_its_file or stored.withdrawn:
        return True
    if candidate.path == stored.path:
        return True
    return candidate.rank > stored.rank


def _correct(stored: KnownEntry, candidate: FreshEntry, now: datetime, *, is_first: bool) -> FreshEntry:
    """Return the correction with the `updated` that it deserves, and where it moves.

    An archived article follows its newest timestamp. In the first poll nobody has seen another version,
    whichever of two files was read first.
    """
    entry, old = candidate.entry, stored.entry
    if not (is_first and candidate.rank is not None):
        entry = replace(entry, updated=_find_updated(stored, candidate, now))
    moves = candidate.rank is not None and entry.published != old.published
    position = entry.published if moves and entry.published and entry.published <= now else None
    return replace(candidate, entry=entry, position=position)


def _find_updated(stored: KnownEntry, candidate: FreshEntry, now: datetime) -> datetime | None:
    """Return the `updated` of a correction: only a significant edit moves what is served as such.

    It is the source's own stamp where that is newer, and no date in the future; else now.
    """
    entry, old = candidate.entry, stored.entry
    if _is_significant(old, entry, has_moved=candidate.is_rekeyed):
        stamp, last = entry.updated or entry.published, old.updated or old.published
        is_newer = stamp is not None and stamp <= now and (last is None or stamp > last)
        return entry.updated if is_newer else now
    if old.updated is None and entry.published == old.published:
        return None
    return old.updated or old.published or stored.first_seen


def _is_significant(old: Entry, new: Entry, *, has_moved: bool) -> bool:
    """Whether title or text differ beyond white space and punctuation, or link or enclosures differ.

    Where the site has moved (`has_moved`), what lies under another host is the same.
    """
    if (old.link, old.enclosures) != (new.link, new.enclosures) and not (has_moved and _is_alike(old, new)):
        return True
    return find_letters(old) != find_letters(new)


def _is_alike(old: Entry, new: Entry) -> bool:
    """Whether link and enclosures differ by their hosts at most."""
    before, after = (
        [find_place(url) for url in (one.link, *(file.url for file in one.enclosures))] for one in (old, new)
    )
    return [place and place.path for place in before] == [place and place.path for place in after]


def find_letters(entry: Entry) -> tuple[str, ...]:
    """Return title, summary and content without white space and punctuation: all that an edit counts by."""
    # Imported late: no poll without a correction needs it.
    from feeds.text.markup import plain_text

    texts = (entry.title, *(html and plain_text(html) for html in (entry.summary, entry.content)))
    return tuple(_drop_punctuation(unicodedata.normalize("NFC", text or "")) for text in texts)


def _drop_punctuation(text: str) -> str:
    """Return the text without what Unicode calls punctuation, separators, controls and format characters."""
    return "".join(char for char in text if char.isalnum() or not _is_punctuation(char))


def _is_punctuation(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "PZ" or category in ("Cc", "Cf") or char in VARIATION_SELECTORS


# --- Where a new entry goes -------------------------------------------------------------------------


def _place_all(fresh: Iterable[FreshEntry], now: datetime, previous_poll: datetime | None) -> list[Placed]:
    return [_place(one, now - timedelta(microseconds=n), previous_poll) for n, one in enumerate(fresh)]


def _place(fresh: FreshEntry, first_seen: datetime, previous_poll: datetime | None) -> Placed:
    """Return the entry at its own date, or at first_seen where it has none or one in the future.

    Atom demands no other date than `updated` (RFC 4287, section 4.1.2). `first_seen` differs by a
    microsecond from entry to entry, so that those without a date keep the document's order.
    """
    date = fresh.entry.published or fresh.entry.updated
    if date is None or date > first_seen:
        return Placed(fresh, first_seen)
    late = previous_poll is not None and date < previous_poll
    return Placed(fresh, date, late=late)


def _find_shown(
    new: list[Placed], previous_poll: datetime | None, front: Front | None, late: Collection[str]
) -> tuple[list[Placed], tuple[str, ...]]:
    """Return the new entries, marked where they are a flood, and the ids that are one because of them.

    Of a first poll that comes in parts all are, until it ends: which are its newest is known only then.
    """
    if front is not None and previous_poll is None:
        return [replace(placed, flooded=True) for placed in new], ()
    is_storm = len(late) + sum(placed.late for placed in new) > MOST_LATE
    if front is None and not is_storm:
        new = _move_late(new, previous_poll)
    before = front or ()
    shown = [place for place in before if not (is_storm and place[1] in late)]
    new, newer = mark_floods(new, shown, is_storm=is_storm)
    return new, find_outrun(before, newer)


def _move_late(new: list[Placed], previous_poll: datetime | None) -> list[Placed]:
    """Move late arrivals up to the previous poll, in their order."""
    late = sorted((placed for placed in new if placed.late), key=lambda one: one.position, reverse=True)
    if previous_poll is None or not late:
        return new
    places = {
        placed.fresh.entry.id: previous_poll - timedelta(microseconds=number)
        for number, placed in enumerate(late)
    }
    return [replace(one, position=places.get(one.fresh.entry.id, one.position)) for one in new]
