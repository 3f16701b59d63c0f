"""Guids that stand for another entry than before: shared by several, exchanged, given again, counted anew.

A guid says that it is the same entry, whatever that says now. It is not believed where what comes has the
page and the title of another entry that the source has brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from feeds.curation.identity import find_hashed_id
from feeds.curation.rekeying import Grounds, Pair, is_dated_alike, is_dated_otherwise
from feeds.model import Entry
from feeds.text.likeness import find_place, fold_title


def is_doubtful(old: Entry, new: Entry) -> bool:
    """Whether what comes under a guid has another page or title than what is stored under it."""
    if (old.link, old.title) == (new.link, new.title):
        return False
    return find_place(old.link) != find_place(new.link) or fold_title(old.title) != fold_title(new.title)


def is_another(old: Entry, new: Entry) -> bool:
    """Whether what comes under a guid differs in page, title and date from what is stored under it."""
    has_its_title = fold_title(old.title) == fold_title(new.title) != ""
    return not has_its_title and find_place(old.link) != find_place(new.link) and not is_dated_alike(old, new)


def find_exchanged(
    doubtful: Sequence[Pair], ids: Mapping[str, str], pairs: Sequence[Pair], source_key: str, grounds: Grounds
) -> dict[str, str]:
    """Return (id by given id) of the entries that are others than their guids say.

    `doubtful` are entries beside what is stored under their guids, `ids` those of all entries of the document
    as their guids say, by given id; `pairs` are the doubtful entries beside what is stored under their link,
    or as the only one on their page, or with their page and title. What has to leave its id to another one
    gets that of its link; where it has none, nothing is exchanged.
    """
    given = {entry.id for entry, _ in doubtful}
    staying = {id for one, id in ids.items() if one not in given}
    claims = _find_claims(ids, pairs, staying, grounds)
    claimed = {*claims.values(), *(stored.id for _, stored in doubtful if stored.id in staying)}
    rest = [(entry, stored) for entry, stored in doubtful if entry.id not in claims]
    leaving = [entry for entry, stored in rest if stored.id in claimed]
    # Where guids have been exchanged they tell nothing against page, title and date together.
    others = [entry for entry, stored in rest if claimed and is_another(stored.entry, entry)]
    taken = {*ids.values(), *claimed, *(stored.id for _, stored in pairs)}
    free = _find_free([*leaving, *others], source_key, taken)
    return claims | free if all(entry.id in free for entry in leaving) else {}


def _find_claims(
    ids: Mapping[str, str], pairs: Iterable[Pair], staying: Collection[str], grounds: Grounds
) -> dict[str, str]:
    """Return the stored entry that each of the doubtful ones is: one that none else of the document is."""
    found: dict[str, str] = {}
    for entry, stored in pairs:
        if stored.id != ids[entry.id] and _is_it(stored.entry, entry, grounds):
            found.setdefault(entry.id, stored.id)
    counts = Counter(found.values())
    return {one: id for one, id in found.items() if counts[id] == 1 and id not in staying}


def _is_it(old: Entry, new: Entry, grounds: Grounds) -> bool:
    if not grounds.is_same_page(old.link, new.link) or is_dated_otherwise(old, new):
        return False
    return fold_title(old.title) == fold_title(new.title) or is_dated_alike(old, new)


def _find_free(some: Iterable[Entry], source_key: str, taken: Collection[str]) -> dict[str, str]:
    """Return the ids of the links of entries, by given id, as far as they are nobody else's."""
    links = {entry.id: find_hashed_id(source_key, entry.link) for entry in some if entry.link}
    counts = Counter(links.values())
    return {given: id for given, id in links.items() if id not in taken and counts[id] == 1}
