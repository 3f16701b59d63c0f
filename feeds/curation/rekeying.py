"""Which entries come under another guid than before: the same page, title and date in the same source.

To take two for one would lose one of them, and to take one for two only shows it twice. So whatever is in
doubt is two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from feeds.curation.changes import find_letters
from feeds.model import Entry, KnownEntry, Rekeyed
from feeds.text.likeness import Place, find_likeness, find_place, fold_title


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where a source and its site were, and where they are now."""

    homes: frozenset[Place]  #: pages of the feed itself: what links there names no entry
    hosts_before: frozenset[str]
    hosts_now: frozenset[str]

    @classmethod
    def of(
        cls, *, before: Iterable[str | None], now: Iterable[str | None], pages: Iterable[str | None]
    ) -> Grounds:
        """Return them from addresses: those known until now, those of this document, pages of the feed."""
        return cls(
            homes=frozenset(filter(None, map(find_place, pages))),
            hosts_before=frozenset(place.host for place in map(find_place, before) if place),
            hosts_now=frozenset(place.host for place in map(find_place, now) if place),
        )


def follow_known(document: Sequence[Entry], kept: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """Return (id by given id, given ids that are given up) of entries recognized in earlier polls.

    `kept` says which stored entry each of the given ids was recognized as. Where the document holds that
    one as well, and as something else, they were two after all.
    """
    # What has none is like nothing but itself.
    likeness = {entry.id: find_likeness(entry.link, entry.title) or entry.id for entry in document}
    held = {id: alike for id, alike in likeness.items() if id not in kept}
    followed = {
        given: id for given, id in kept.items() if held.setdefault(id, likeness[given]) == likeness[given]
    }
    return followed, frozenset(kept.keys() - followed.keys())


def find_wanted(document: Sequence[Entry], unknown: Iterable[Entry]) -> dict[int, Entry]:
    """Return those of the unknown entries that may be stored ones, each by what it has in common with it.

    Where two entries of the document have it in common, it tells neither.
    """
    counts = Counter(find_likeness(entry.link, entry.title) for entry in document)
    found = {find_likeness(entry.link, entry.title): entry for entry in unknown}
    return {alike: entry for alike, entry in found.items() if alike is not None and counts[alike] == 1}


def find_rekeyed(
    wanted: Mapping[int, Entry], alike: Mapping[int, KnownEntry], present: Iterable[str], grounds: Grounds
) -> list[Rekeyed]:
    """Return which of the wanted entries are stored ones.

    `alike` are the stored entries, each the only one of the source with what it has in common. One whose id
    is `present` in the document has not come under another guid.
    """
    there = set(present)
    return [
        Rekeyed(given=entry.id, kept=stored.id, guid=entry.guid or entry.link)
        for likeness, entry in wanted.items()
        if (stored := alike.get(likeness))
        and stored.id not in there
        and not stored.is_foreign
        and _is_same(stored.entry, entry, grounds)
    ]


def _is_same(old: Entry, new: Entry, grounds: Grounds) -> bool:
    if fold_title(old.title) != fold_title(new.title) or not _is_same_page(old.link, new.link, grounds):
        return False
    if _is_same_page(old.guid or old.link, new.guid or new.link, grounds):
        return True  # only another spelling of what names it, or another host
    if not _share_files(old, new):
        return False
    for before, after in ((old.published, new.published), (old.updated, new.updated)):
        if before and after:
            return before == after
    return find_letters(old) == find_letters(new)


def _is_same_page(before: str | None, after: str | None, grounds: Grounds) -> bool:
    """Whether two addresses are one page of an entry, the host as before or moved with the site."""
    old, new = find_place(before), find_place(after)
    if old is None or new is None or not old.path or old.path != new.path:
        return False
    if old in grounds.homes or new in grounds.homes:
        return False
    return old.host == new.host or (old.host in grounds.hosts_before and new.host in grounds.hosts_now)


def _share_files(old: Entry, new: Entry) -> bool:
    """Whether nothing speaks against it in what is attached: a host may have changed, hardly the name."""
    names, others = _find_file_names(old), _find_file_names(new)
    return not names or not others or not names.isdisjoint(others)


def _find_file_names(entry: Entry) -> set[str]:
    places = filter(None, (find_place(file.url) for file in entry.enclosures))
    return {PurePosixPath(place.path.partition("?")[0]).name for place in places}
