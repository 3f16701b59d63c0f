"""Where each file of the seeds directory was first seen: the identity of a document that names no other.

A file that was renamed is told by its bytes; so is one of several whose names were exchanged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from posixpath import basename

from feeds.model import SeedFile
from feeds.store import Transaction, files


def find_first_paths(
    db: Transaction, looked: Sequence[SeedFile], is_as_known: Callable[[SeedFile], bool]
) -> dict[str, str | None]:
    """Return for each file where it was first seen; None stands for the path it has.

    `is_as_known` tells whether a file of the ledger still lies there as it was read.
    """
    known = files.find_files(db, [file.path for file in looked])
    first = {path: file.first_path for path, file in known.items()}
    changed = [file for file in looked if not _is_same(file, known.get(file.path))]
    origins = _match(changed, _find_free(db, changed, is_as_known))
    claimed = set(origins.values())
    unmatched = [file for file in changed if file.path not in origins]
    strangers = [file for file in unmatched if file.path not in known]
    former = files.find_former_paths(db, strangers)
    holders = _find_holders(db, [former.get(file.path, file.path) for file in strangers])
    for file in unmatched:
        origin = first.get(file.path) or former.get(file.path) or file.path
        if origin in claimed or holders.get(origin, file.path) != file.path:
            origin = f"{file.path}\n{file.sha256}"  # what was first seen there is another, and still about
        claimed.add(origin)
        origins[file.path] = origin
    return first | {path: None if origin == path else origin for path, origin in origins.items()}


def _find_holders(db: Transaction, origins: Sequence[str]) -> dict[str, str]:
    """Return which files of the ledger were first seen at these paths."""
    moved = {file.first_path or "": file.path for file in files.files_first_at(db, origins)}
    there = (file for file in files.find_files(db, origins).values() if file.first_path is None)
    return moved | {file.path: file.path for file in there}


def _is_same(file: SeedFile, known: SeedFile | None) -> bool:
    return known is not None and known.sha256 == file.sha256


def _find_free(
    db: Transaction, changed: Sequence[SeedFile], is_as_known: Callable[[SeedFile], bool]
) -> dict[str, list[SeedFile]]:
    """Return the files that had the bytes of one of these and no longer lie there, by digest."""
    digests = {file.sha256 for file in changed if file.sha256}
    gone = [file for file in files.files_with_digests(db, digests) if not is_as_known(file)]
    # What an earlier look has found under its new name is not free for another file.
    taken = {(file.first_path, file.path) for file in files.files_first_at(db, [*map(_origin_of, gone)])}
    free: dict[str, list[SeedFile]] = defaultdict(list)
    for file in gone:
        origin = _origin_of(file)
        if file.sha256 and not any(first == origin and path != file.path for first, path in taken):
            free[file.sha256].append(file)
    return free


def _origin_of(file: SeedFile) -> str:
    return file.first_path or file.path


def _match(changed: Sequence[SeedFile], free: Mapping[str, list[SeedFile]]) -> dict[str, str]:
    """Return where renamed files were first seen; of several with the same bytes each is taken once."""
    origins: dict[str, str] = {}
    for file in changed:
        formers = free.get(file.sha256 or "")
        if formers:
            former = min(formers, key=lambda one: basename(one.path) != basename(file.path))
            formers.remove(former)
            origins[file.path] = _origin_of(former)
    return origins
