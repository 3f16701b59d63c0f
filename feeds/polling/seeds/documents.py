"""The seeds directory: read from it, never write to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from feeds.errors import NotReadError
from feeds.model import Document, SeedFile
from feeds.polling.seeds.look import FARTHEST, find_mtime, why

BATCH_FILES = 500  # documents in one transaction
BATCH_BYTES = 8_000_000
#: Nanoseconds from 1970 to 2 January 1980: older than any file there is, FAT's first day among it.
EARLIEST = int(datetime(1980, 1, 2, tzinfo=UTC).timestamp()) * 10**9


def read_document(root: Path, file: SeedFile) -> Document:
    """Read one file whole.

    Raises NotReadError where it cannot be read, or is no longer the file that was looked at.
    """
    # O_NONBLOCK: a FIFO put in its place since the look must not hold us up.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with open(os.open(root / file.path, flags), "rb") as stream:
            is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
            body = stream.read(file.size + 1) if is_file else b""
            status = os.fstat(stream.fileno())  # afterwards: what was written meanwhile shows
    except OSError as error:
        raise NotReadError(file.path, why(error)) from error
    if len(body) != file.size or find_mtime(status) != file.mtime_ns:
        raise NotReadError(file.path, "changed while it was read")
    return Document(
        url=f"file:///{quote(os.fsencode(file.path))}",
        body=body,
        path=file.path,
        modified=_find_date(file.mtime_ns),
        first_path=file.first_path,
    )


def _find_date(mtime_ns: int) -> datetime | None:
    """Return the time of a file; where a program had none it wrote the start of some clock."""
    if not EARLIEST <= mtime_ns < FARTHEST:
        return None
    return datetime.fromtimestamp(mtime_ns / 1e9, UTC)


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


def cut_paths(paths: Iterable[str]) -> Iterator[list[str]]:
    """Cut the paths into batches of at most BATCH_FILES."""
    rest = iter(paths)
    while batch := list(islice(rest, BATCH_FILES)):
        yield batch


#: What tells one state of a file from another, as far as a look tells: path, size, time, inode.
Stamp: TypeAlias = tuple[str, int, int, int]


def stamp_of(file: SeedFile) -> Stamp:
    return file.path, file.size, file.mtime_ns, file.inode
