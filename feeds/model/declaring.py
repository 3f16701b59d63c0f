"""The doors sources are declared through, and what may be changed by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from feeds.errors import SourceError
from feeds.model.sources import Source

CONFIG_DOOR = "config"
HAND_DOOR = "hand"
LIST_DOOR = "list:"  # and the path of the list


def find_declaring(doors: Collection[str], config_path: str) -> str | None:
    """Return the file among the doors of a source, as it is named to a person; None where there is none."""
    for door in doors:
        if door == CONFIG_DOOR:
            return config_path
        if door.startswith(LIST_DOOR):
            return door.removeprefix(LIST_DOOR)
    return None


def refuse_declared(source: Source, config_path: str, verb: str = "remove") -> None:
    """Raise SourceError unless a source was added by hand and by nothing else; `verb`: what to do there."""
    if source.kind == "archive":
        raise SourceError(f"{source.slug}: is the archive of a publisher in the seeds directory")
    file = find_declaring(source.doors, config_path)
    if file is not None:
        raise SourceError(f"{source.slug}: is declared in {file}; {verb} it there")
    if HAND_DOOR not in source.doors:
        raise SourceError(f"{source.slug}: is not subscribed to")


def stays_private(known: Source) -> bool:
    """Whether a source stays private that is declared by hand anew, by who says nothing of that."""
    return known.private and (HAND_DOOR in known.doors or known.retired is not None)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list of subscriptions; or the problem there is with it, in one line."""

    subscribed: int = 0  #: sources that are new, or taken up again
    known: int = 0
    damage: str | None = None  #: why only a part of the list could be used
    problem: str | None = None
