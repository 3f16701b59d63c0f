"""A look through the seeds directory beside the ledger: which files are new, changed or missing.

Both are in one order, so that neither is ever held in memory: the directory is walked name by name, the
ledger read page by page, and of files that are as they were nothing is kept.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from feeds.model import SeedFile
from feeds.store import Transaction, files
from feeds.store.columns import escape_path, unescape_path

FARTHEST = 2**63 - 1  # nanoseconds from 1970, to the year 2262: the file's time is damaged, and no date
LARGEST_SEED = 20_000_000  # bytes; the largest of 115,000 known documents has half a million
TEMPORARY = ("~", ".tmp", ".part", ".swp", ".crdownload")  # what editors and copiers leave while they write
LONGEST_FOLDER = 1500  # bytes of a path, escaped; a database's index may hold no more than twice as many
MOST_PLACES = 500  # more are not looked at one by one
PAGE = 5000  # rows of the ledger in memory
MOST_LOOKED_AT = 20_000  # files in one step, so that nobody waits for the store

EVERYTHING = ""  #: the place that is the whole directory


class Found(NamedTuple):
    """A file as it lies there."""

    key: str  #: its path as the ledger writes it: files come in its order
    path: str
    size: int
    mtime_ns: int
    inode: int
    problem: str | None = None

    def as_file(self) -> SeedFile:
        return SeedFile(self.path, self.size, self.mtime_ns, self.inode, problem=self.problem)


@dataclass(frozen=True, slots=True)
class Step:
    """What a part of a look has found."""

    changed: list[SeedFile] = field(default_factory=list)  #: new or changed, in the order of their paths
    missing: list[str] = field(default_factory=list)
    is_last: bool = False


class Look:
    """One look through some places of the directory, taken in steps."""

    def __init__(self, root: Path, places: list[str]) -> None:
        self._root = root
        self._places = sort_places(places)
        self._found: Iterator[Found] = iter(())
        self._known: Iterator[files.Stamp] = iter(())
        self._place = EVERYTHING
        self._after = ""
        self._next_found: Found | None = None
        self._next_known: files.Stamp | None = None
        self._unreadable: tuple[str, ...] = ()  # keys of folders

    def step(self, db: Transaction, most: int) -> Step:
        """Look on until `most` files have changed, or others may want the store."""
        step = Step()
        for _ in range(MOST_LOOKED_AT):
            if len(step.changed) >= most or not self._begin_place(db):
                break
            self._compare(db, step)
        return Step(step.changed, step.missing, is_last=self._is_through and not self._places)

    @property
    def _is_through(self) -> bool:
        """Whether nothing is left at this place."""
        return self._next_found is None and self._next_known is None

    def _begin_place(self, db: Transaction) -> bool:
        """Go on to the next place where one is done; return whether there is anything to look at."""
        while self._is_through:
            if not self._places:
                return False
            self._place, self._after = self._places.pop(0), ""
            self._found = walk(self._root, self._place)
            self._known = iter(())
            self._pass_found()
            self._pass_known(db)
        return True

    def _compare(self, db: Transaction, step: Step) -> None:
        found, known = self._next_found, self._next_known
        if known is None or (found is not None and found.key < known.key):
            assert found is not None  # noqa: S101 (one of the two is there)
            step.changed.append(found.as_file())
            self._pass_found()
        elif found is None or known.key < found.key:
            # In a folder that cannot be read it may still be there.
            if not known.key.startswith(self._unreadable):
                step.missing.append(unescape_path(known.key))
            self._pass_known(db)
        else:
            if known[1:] != (found.size, found.mtime_ns, found.inode, False):
                step.changed.append(found.as_file())
            self._pass_found()
            self._pass_known(db)

    def _pass_found(self) -> None:
        self._next_found = next(self._found, None)
        if self._next_found is not None and self._next_found.key.endswith("/"):
            key = self._next_found.key
            self._unreadable += ("" if key == UNREADABLE_ROOT else key,)

    def _pass_known(self, db: Transaction) -> None:
        known = next(self._known, None)
        if known is None:
            self._known = iter(files.list_stamps(db, self._place, self._after, PAGE))
            known = next(self._known, None)
        self._after = known.key if known else self._after
        self._next_known = known


#: Stands for the directory itself, where that cannot be read.
UNREADABLE_ROOT = "./"


def walk(root: Path, place: str) -> Iterator[Found]:
    """Yield what lies at or below a place, in the order of the ledger's keys.

    A folder that cannot be read is among it; its path ends with a slash. Links are not followed.
    """
    if any(is_ignored(name) for name in place.split("/") if place):
        return
    if place and any(os.path.islink(root / outer) for outer in _outer_folders(place)):
        return
    try:
        status = os.stat(root) if not place else os.lstat(root / place)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:  # it may still be there
        yield _closed(place.rpartition("/")[0], f"the folder cannot be read: {why(error)}")
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _found(place, status)
        return
    waiting = [_list_folder(root, f"{place}/" if place else "")]
    while waiting:
        folder = next(waiting[-1], None)
        if folder is None:
            waiting.pop()
        elif isinstance(folder, Found):
            yield folder
        else:
            waiting.append(_list_folder(root, folder))


def _list_folder(root: Path, folder: str) -> Iterator[Found | str]:
    """Yield the files of a folder, and the paths of its folders, with a slash, each at its place."""
    if len(escape_path(folder)) > LONGEST_FOLDER:
        yield _closed(folder, "the folder lies too deep: its path is too long")
        return
    try:
        with os.scandir(root / folder) as entries:
            names = sorted(
                f"{escape_path(entry.name)}/"
                if entry.is_dir(follow_symlinks=False)
                else escape_path(entry.name)
                for entry in entries
                if not is_ignored(entry.name)
            )
    except (FileNotFoundError, NotADirectoryError):
        return  # it vanished while we looked: the next look sees that
    except OSError as error:
        yield _closed(folder, f"the folder cannot be read: {why(error)}")
        return
    start = os.path.join(root, folder)
    for name in names:
        path = folder + unescape_path(name)
        if name.endswith("/"):
            yield path
            continue
        try:
            status = os.lstat(start + unescape_path(name))
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Found(escape_path(path), path, 0, 0, 0, why(error))
            continue
        if stat.S_ISDIR(status.st_mode):
            continue  # it was something else a moment ago: the next look sees that
        yield _found(path, status)


def _closed(folder: str, problem: str) -> Found:
    """A folder that is not looked into; nothing is known of what lies in it."""
    path = f"{folder.rstrip('/')}/" if folder else UNREADABLE_ROOT
    return Found(escape_path(path), path, 0, 0, 0, problem)


def _found(path: str, status: os.stat_result) -> Found:
    return Found(
        escape_path(path), path, status.st_size, find_mtime(status), status.st_ino, _find_problem(status)
    )


def sort_places(places: list[str]) -> list[str]:
    """Return the places in order, none that lies in another; the whole directory in place of very many."""
    unique = {place.rstrip("/") if place != UNREADABLE_ROOT else EVERYTHING for place in places}
    if EVERYTHING in unique or len(unique) > MOST_PLACES:
        return [EVERYTHING]
    kept = (place for place in unique if unique.isdisjoint(_outer_folders(place)))
    return sorted(kept, key=escape_path)


def _outer_folders(place: str) -> list[str]:
    parts = place.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is nobody's document."""
    return name.startswith(".") or name.endswith(TEMPORARY)


def find_mtime(status: os.stat_result) -> int:
    """Return the modification time in nanoseconds, within what 64 bits hold."""
    return max(-FARTHEST, min(status.st_mtime_ns, FARTHEST))


def _find_problem(status: os.stat_result) -> str | None:
    """Return why a file is not even opened, or None."""
    if stat.S_ISREG(status.st_mode):
        return f"larger than {LARGEST_SEED:,} bytes" if status.st_size > LARGEST_SEED else None
    for is_kind, reason in KINDS:
        if is_kind(status.st_mode):
            return reason
    return "not a regular file"


LINK = "a symbolic link is not followed"
KINDS = (
    (stat.S_ISLNK, LINK),
    (stat.S_ISFIFO, "a pipe (FIFO) is not read"),
    (stat.S_ISSOCK, "a socket is not read"),
    (stat.S_ISCHR, "a device is not read"),
    (stat.S_ISBLK, "a device is not read"),
)


def why(error: OSError) -> str:
    """Return what an error of the system says, for a person."""
    if error.errno == errno.ELOOP:
        return LINK
    return (error.strerror or str(error)).lower()


NO_DIRECTORY = "there is no such directory"


def tell_missing(root: Path) -> str | None:
    """Return why the directory cannot be looked through; None where it can."""
    try:
        with os.scandir(root):
            return None
    except FileNotFoundError:
        return NO_DIRECTORY
    except NotADirectoryError:
        return "is no directory"
    except OSError as error:
        return f"cannot be read: {why(error)}"
