"""The seeds directory: read from it, never write to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from feeds.errors import DocumentError
from feeds.model import Document, SeedFile
from feeds.polling.look import FARTHEST, LARGEST_SEED, find_mtime, why

BATCH_FILES = 500  # documents in one transaction
BATCH_BYTES = 8_000_000


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
        raise DocumentError(file.path, why(error)) from error
    if len(body) != file.size or find_mtime(status) != file.mtime_ns:
        raise DocumentError(file.path, "changed while it was read")
    return Document(
        url=f"file:///{quote(os.fsencode(file.path))}",
        body=body,
        path=file.path,
        modified=datetime.fromtimestamp(file.mtime_ns / 1e9, UTC) if abs(file.mtime_ns) < FARTHEST else None,
        first_path=file.first_path,
    )


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
    """Whether a file is the one that was looked at before, as far as a look tells."""
    return known is not None and _stamp(known) == _stamp(found)


def _stamp(file: SeedFile) -> tuple[int, int, int]:
    return file.size, file.mtime_ns, file.inode
