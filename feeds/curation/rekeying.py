"""Which entries come under another guid than before: the same page, title and date in the same source.

To take two for one would lose one of them, and to take one for two only shows it twice. So whatever is in
doubt is two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TypeAlias

from feeds.curation.changes import find_letters
from feeds.model import Entry, KnownEntry, Rekeyed
from feeds.text.likeness import Place, find_likeness, find_place, fold_title
from feeds.text.urls import same_site

#: An entry of the document, and a stored one that it may be.
Pair: TypeAlias = tuple[Entry, KnownEntry]


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

    def find_former_hosts(self, host: str) -> frozenset[str]:
        """Return where what is on this host may have been: there, or where its site was.

        What was `blog.old.example` is `blog.new.example` where `old.example` has become `new.example`.
        """
        parts = (
            host.removesuffix(site) for site in self.hosts_now if host == site or _is_part_of(host, site)
        )
        return frozenset({host, *(part + site for part in parts for site in self.hosts_before)})

    def is_same_page(self, before: str | None, after: str | None) -> bool:
        """Whether two addresses are one page of an entry, the host as before or moved with the site."""
        old, new = find_place(before), find_place(after)
        if old is None or new is None or not old.path or old.path != new.path:
            return False
        return not {old, new} & self.homes and old.host in self.find_former_hosts(new.host)


def _is_part_of(host: str, site: str) -> bool:
    return host.endswith(f".{site}") and same_site(host, site)


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


def find_renamed(
    sure: Iterable[Pair], likely: Iterable[Pair], present: Collection[str], grounds: Grounds
) -> list[Rekeyed]:
    """Return which entries are stored ones that were named otherwise (`curation.guids`).

    The address that names one of the `sure` pairs is the same but for its spelling; the `likely` ones have to
    say the same, too.
    """
    found = {
        (entry.id, stored.id): (entry, stored)
        for pairs, is_sure in ((sure, True), (likely, False))
        for entry, stored in pairs
        if stored.id not in present and (is_sure or _is_same_but_named(stored.entry, entry, grounds))
    }
    given, kept = Counter(given for given, _ in found), Counter(kept for _, kept in found)
    return _tell(pair for (one, other), pair in found.items() if given[one] == kept[other] == 1)


def find_rekeyed(
    document: Sequence[Entry], pairs: Iterable[Pair], present: Collection[str], grounds: Grounds
) -> list[Rekeyed]:
    """Return which entries are stored ones: `pairs` are alike, each the only one of the source that is.

    One whose id is `present` in the document has not come under another guid. Where none is, the document
    may be an old one as a whole.
    """
    pairs = [pair for pair in pairs if pair[1].id not in present]
    same = [pair for pair in pairs if _is_same(pair[1].entry, pair[0], grounds)]
    is_old = not present and len(pairs) > 1 and len(document) <= 2 * len(pairs)
    return _tell(pairs if is_old and _are_word_for_word(pairs, same, grounds) else same)


def _tell(pairs: Iterable[Pair]) -> list[Rekeyed]:
    return [Rekeyed(entry.id, stored.id, entry.guid or entry.link) for entry, stored in pairs]


def _is_same(old: Entry, new: Entry, grounds: Grounds) -> bool:
    if not _is_alike(old, new, grounds):
        return False
    if grounds.is_same_page(old.guid or old.link, new.guid or new.link):
        return True  # only another spelling of what names it, or another host
    return _share_files(old, new) and is_dated_alike(old, new)


def _is_same_but_named(old: Entry, new: Entry, grounds: Grounds) -> bool:
    return _is_alike(old, new, grounds) and _share_files(old, new) and is_dated_alike(old, new)


def _is_alike(old: Entry, new: Entry, grounds: Grounds) -> bool:
    """Whether they have one title, or none, and one page."""
    return fold_title(old.title) == fold_title(new.title) and grounds.is_same_page(old.link, new.link)


def is_dated_alike(old: Entry, new: Entry) -> bool:
    """Whether the dates are the same; where not both have one, title and text."""
    dates = _find_dates(old, new)
    return dates[0] == dates[1] if dates else find_letters(old) == find_letters(new)


def is_dated_otherwise(old: Entry, new: Entry) -> bool:
    """Whether both have a date, and it is another one."""
    dates = _find_dates(old, new)
    return dates is not None and dates[0] != dates[1]


def _find_dates(old: Entry, new: Entry) -> tuple[datetime, datetime] | None:
    for before, after in ((old.published, new.published), (old.updated, new.updated)):
        if before and after:
            return before, after
    return None


def _are_word_for_word(pairs: Sequence[Pair], same: Sequence[Pair], grounds: Grounds) -> bool:
    """Whether the others of a document say what they said, whatever their dates are: all on one other host
    at most. (Columns with one title and one page are told by their texts.)"""
    others = [(stored.entry, entry) for entry, stored in pairs if (entry, stored) not in same]
    moves = set()
    for old, new in others:
        before, after = find_place(old.link), find_place(new.link)
        if before is None or after is None or {before, after} & grounds.homes:
            return False
        moves.add((before.host, after.host))
    moved = [hosts for hosts in moves if hosts[0] != hosts[1]]
    return len(moved) <= 1 and all(_says_the_same(*each) for each in others)


def _says_the_same(old: Entry, new: Entry) -> bool:
    has_text = bool(new.summary or new.content)
    return has_text and _share_files(old, new) and find_letters(old) == find_letters(new)


def _share_files(old: Entry, new: Entry) -> bool:
    """Whether nothing speaks against it in what is attached: a host may have changed, hardly the name."""
    names, others = _find_file_names(old), _find_file_names(new)
    return not names or not others or not names.isdisjoint(others)


def _find_file_names(entry: Entry) -> set[str]:
    places = filter(None, (find_place(file.url) for file in entry.enclosures))
    return {PurePosixPath(place.path.partition("?")[0]).name for place in places}
