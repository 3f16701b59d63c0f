"""Files that have vanished from the seeds directory: which were a loss, and which of it is to be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from feeds.model import SeedFile
from feeds.store import Transaction, entries, files
from feeds.store.chunks import chunks

FOLDER_WORTH_A_DOUBT = 10  # files; when more than half of such a folder vanishes, a person must confirm


def find_doubtful(
    db: Transaction, gone: Collection[str], held: Collection[str], lost_before: Counter[str]
) -> set[str]:
    """Return those of the vanished files whose folder has lost more than half of its files at once.

    An unmounted disk looks like that; people delete fewer. Files that lie in its folders count as a folder's
    own, and a file whose entries are all in other files too is no loss. `lost_before` are files that were
    given up a moment ago, by folder; `held` those that are not believed yet.
    """
    losses = find_losses(db, gone)
    lost = Counter(folder for path in (*losses, *held) for folder in folders_around(path))
    doubtful = set()
    for folder, count in (lost + lost_before).items():
        known = count >= FOLDER_WORTH_A_DOUBT / 2 and files.count_files(db, folder) + lost_before[folder]
        if known and known >= FOLDER_WORTH_A_DOUBT and count * 2 > known:
            doubtful.add(folder)
    return {path for path in losses if not doubtful.isdisjoint(folders_around(path))}


def find_losses(db: Transaction, gone: Collection[str]) -> list[str]:
    """Return those of the files without which some entry, or a list, is nowhere."""
    all_gone = set(gone)
    return [path for chunk in chunks(gone) for path in _find_losses_among(db, chunk, all_gone)]


def _find_losses_among(db: Transaction, some: Collection[str], gone: Collection[str]) -> list[str]:
    known = files.find_files(db, some)
    holders = files.files_with_entries(db, {id for file in known.values() for id in file.entry_ids})
    here = {id for id, found in holders.items() if any(file.path not in gone for file in found)}
    return [
        path
        for path in some
        if path in known and (known[path].format == "opml" or not here.issuperset(known[path].entry_ids))
    ]


def find_again(
    db: Transaction, ids: Collection[str], holders: Mapping[str, Sequence[SeedFile]], gone: Collection[str]
) -> list[SeedFile]:
    """Return the files to be read anew: they hold an entry whose current version's file has gone."""
    return [
        replace(file, mtime_ns=files.UNKNOWN_TIME)
        for id, entry in entries.known_entries(db, ids).items()
        if entry.path in gone
        for file in holders.get(id, ())
        if file.path not in gone
    ]


def folders_around(path: str) -> Iterable[str]:
    """Yield the folders a file lies in, the whole directory among them."""
    while path:
        path = path.rpartition("/")[0]
        yield path
