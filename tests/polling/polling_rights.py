"""What nobody may read, not even root."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Linux: the capabilities by which root reads what it has no right to, and the version of the call.
READING_ALL = 1 << 1 | 1 << 2
CAPABILITIES_VERSION = 0x20080522


@contextmanager
def ordinary_rights() -> Iterator[None]:
    """Read as anybody does, root too; threads that are started meanwhile likewise."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then their upper halves
    assert libc.capget(header, sets) == 0
    before = sets[0]
    sets[0] = before & ~READING_ALL
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = before
        assert libc.capset(header, sets) == 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody read the folder."""
    folder.chmod(0)
    try:
        with ordinary_rights():
            yield
    finally:
        folder.chmod(0o755)
