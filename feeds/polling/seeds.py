"""The seeds directory: look at it, read from it, never write to it."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from feeds.errors import DocumentError
from feeds.model import Document, SeedFile

UNREADABLE_ROOT = "./"  # stands in a look for the directory itself, where that cannot be read
FARTHEST = 2**63 - 1  # nanoseconds from 1970, to the year 2262: the file's time is damaged, and no date
LARGEST_SEED = 20_000_000  # bytes; the largest of 115,000 known documents has half a million
TEMPORARY = ("~", ".tmp", ".part", ".swp", ".crdownload")  # what editors and copiers leave while they write
BATCH_FILES = 500  # documents in one transaction
BATCH_BYTES = 8_000_000
FOLDER_WORTH_A_DOUBT = 10  # files; when more than half of such a folder vanishes, a person must confirm


def scan(root: Path) -> dict[str, SeedFile] | None:
    """Return the files in `root` by relative path, unreadable ones with the reason; None without a root.

    A folder that cannot be read is among them; its path ends with a slash.
    """
    if not os.path.isdir(root):
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
        except (FileNotFoundError, NotADirectoryError):
            continue  # it vanished while we looked: the next look sees that
        except OSError as error:
            path = folder or UNREADABLE_ROOT
            found[path] = SeedFile(path, 0, 0, 0, problem=f"the folder cannot be read: {_why(error)}")
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
            path, status.st_size, _find_mtime(status), status.st_ino, problem=_find_problem(status)
        )


def _find_mtime(status: os.stat_result) -> int:
    """Return the modification time in nanoseconds, within what 64 bits hold."""
    return max(-FARTHEST, min(status.st_mtime_ns, FARTHEST))


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
    if len(body) != file.size or _find_mtime(status) != file.mtime_ns:
        raise DocumentError(file.path, "changed while it was read")
    return Document(
        url=f"file:///{quote(os.fsencode(file.path))}",
        body=body,
        path=file.path,
        modified=datetime.fromtimestamp(file.mtime_ns / 1e9, UTC) if abs(file.mtime_ns) < FARTHEST else None,
    )


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "a symbolic link is not followed"
    return (error.strerror or str(error)).lower()


def find_missing(ledger: Iterable[str], found: Mapping[str, SeedFile]) -> set[str]:
    """Return the paths that are no longer found; in a folder that cannot be read they may still be there."""
    folders = tuple("" if path == UNREADABLE_ROOT else path for path in found if path.endswith("/"))
    return {path for path in ledger if path not in found and not (folders and path.startswith(folders))}


def show_path(path: str) -> str:
    """Return a path as one printable line, whatever bytes are in it."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in path
    )


def cut_batches(files: Iterable[SeedFile]) -> Iterator[list[SeedFile]]:
    """Cut the files into batches of at most BATCH_FILES and about BATCH_BYTES."""
    batch: list[SeedFile] = []
    size = 0
    for file in files:
        if batch and (len(batch) >= BATCH_FILES or size + file.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += 0 if file.problem else file.size
    if batch:
        yield batch


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
