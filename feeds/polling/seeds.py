"""The seeds directory: look at it, read from it, never write to it."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from feeds.errors import DocumentError
from feeds.model import Document, SeedFile

LARGEST_SEED = 20_000_000  # bytes; the largest of 115,000 known documents has half a million
TEMPORARY = ("~", ".tmp", ".part", ".swp", ".crdownload")  # what editors and copiers leave while they write
FOLDER_WORTH_A_DOUBT = 10  # files; when more than half of such a folder vanishes, a person must confirm


def scan(root: Path) -> dict[str, SeedFile] | None:
    """Return the files in `root` by relative path, unreadable ones with the reason; None without a root."""
    if not root.is_dir():
        return None
    found: dict[str, SeedFile] = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    if not _is_ignored(entry.name):
                        _look_at(entry, f"{folder}{entry.name}", found, folders)
        except OSError as error:
            found[folder] = SeedFile(folder, 0, 0, 0, problem=f"the folder cannot be read: {_why(error)}")
    return found


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.endswith(TEMPORARY)


def _look_at(entry: os.DirEntry[str], path: str, found: dict[str, SeedFile], folders: list[str]) -> None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # it vanished while we looked: the next look sees that
    except OSError as error:
        found[path] = SeedFile(path, 0, 0, 0, problem=_why(error))
        return
    if stat.S_ISDIR(status.st_mode):
        folders.append(f"{path}/")
    else:
        found[path] = SeedFile(
            path, status.st_size, status.st_mtime_ns, status.st_ino, problem=_find_problem(status)
        )


def _find_problem(status: os.stat_result) -> str | None:
    """Return why a file is not even opened, or None."""
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link is not followed"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_size > LARGEST_SEED:
        return f"larger than {LARGEST_SEED:,} bytes"
    return None


def read_document(root: Path, file: SeedFile) -> Document:
    """Read one file whole.

    Raises DocumentError where it cannot be read, or is no longer the file that was looked at.
    """
    # O_NONBLOCK: a FIFO put in its place since the look must not hold us up.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with open(os.open(root / file.path, flags), "rb") as stream:
            status = os.fstat(stream.fileno())
            body = stream.read(LARGEST_SEED + 1) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        raise DocumentError(file.path, _why(error)) from error
    if len(body) != file.size or status.st_mtime_ns != file.mtime_ns:
        raise DocumentError(file.path, "changed while it was read")
    return Document(
        url=f"file:///{quote(os.fsencode(file.path))}",
        body=body,
        path=file.path,
        modified=datetime.fromtimestamp(file.mtime_ns / 1e9, UTC),
    )


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "a symbolic link is not followed"
    return (error.strerror or str(error)).lower()


def is_same(known: SeedFile | None, found: SeedFile) -> bool:
    """Whether a file is the one the ledger knows, as far as a look tells."""
    return known is not None and _stamp(known) == _stamp(found) and known.missing_since is None


def _stamp(file: SeedFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.inode


def find_doubtful(gone: Iterable[str], ledger: Mapping[str, SeedFile]) -> frozenset[str]:
    """Return those of the vanished paths whose folder has lost more than half of its files at once.

    An unmounted disk looks like that; people delete fewer.
    """
    folders = Counter(_folder(path) for path in ledger)
    lost = Counter(_folder(path) for path in gone)
    doubtful = {
        folder
        for folder, count in lost.items()
        if folders[folder] >= FOLDER_WORTH_A_DOUBT and count * 2 > folders[folder]
    }
    return frozenset(path for path in gone if _folder(path) in doubtful)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def mark_missing(file: SeedFile, now: datetime) -> SeedFile:
    """Return the ledger's row of a file that has vanished but is not given up."""
    return file if file.missing_since else replace(file, missing_since=now)
