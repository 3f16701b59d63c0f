"""Precedence as tables: which elements give a field, best first, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar

from feeds.parsing.elements import Element, Ground
from feeds.text.dates import parse_date

T = TypeVar("T")
#: Returns None where the element says nothing. The ground is that of the parent.
Reader: TypeAlias = Callable[[Element, Ground], T | None]

RANK = itemgetter(0)
#: What stands further inside or outside comes after everything that stands where it belongs.
BEHIND = 1000


class Field(Generic[T]):
    """One thing a feed or entry may say: the elements that say it, best first, and how each is read."""

    __slots__ = ("readers",)

    def __init__(self, readers: Mapping[str, Reader[T]]) -> None:
        self.readers = readers


#: Folded name -> the field it gives, its rank there, and how it is read.
Table: TypeAlias = dict[str, tuple[Field[Any], int, Reader[Any]]]
#: What the children of one element say, in document order, each with its rank.
Found: TypeAlias = dict[Field[Any], list[tuple[int, Any]]]


def make_table(*fields: Field[Any], homes: Iterable[str]) -> Table:
    """Return the table of these fields; a name without prefix also counts in the namespaces of `homes`."""
    table: Table = {}
    for field in fields:
        for rank, (name, read) in enumerate(field.readers.items()):
            spellings = [name] if ":" in name else [name, *(f"{home}:{name}" for home in homes)]
            for spelling in spellings:
                table.setdefault(spelling, (field, rank, read))
    return table


def gather(
    parent: Element, ground: Ground, table: Table, found: Found | None = None, behind: int = 0
) -> Found:
    """Return what the children say, in one pass; with `found`, add it there, so much further behind."""
    found = {} if found is None else found
    names = ground.names
    for child in parent:
        place = table.get(names.get(child.tag) or names.fold(child))
        if place is None:
            continue
        field, rank, read = place
        value = read(child, ground)
        if value is None:
            continue
        if field in found:
            found[field].append((rank + behind, value))
        else:
            found[field] = [(rank + behind, value)]
    return found


def best(found: Found, field: Field[T]) -> T | None:
    """Return the first value of the best name."""
    given: list[tuple[int, T]] | None = found.get(field)
    if not given:
        return None
    return given[0][1] if len(given) == 1 else min(given, key=RANK)[1]


def ranked(found: Found, field: Field[T]) -> list[T]:
    """Return all values: those of the best name first, each name's in document order."""
    given: list[tuple[int, T]] | None = found.get(field)
    if not given:
        return []
    return [value for _, value in (given if len(given) == 1 else sorted(given, key=RANK))]


def best_group(found: Found, field: Field[T]) -> tuple[T, ...]:
    """Return all values of the best name."""
    given: list[tuple[int, T]] | None = found.get(field)
    if not given:
        return ()
    if len(given) == 1:
        return (given[0][1],)
    best_rank = min(given, key=RANK)[0]
    return tuple([value for rank, value in given if rank == best_rank])


def every(found: Found, field: Field[T]) -> list[T]:
    """Return all values in document order."""
    return [value for _, value in found.get(field, ())]


def joined(found: Found, field: Field[tuple[T, ...]]) -> tuple[T, ...]:
    """Return the members of all values in document order."""
    given: list[tuple[int, tuple[T, ...]]] | None = found.get(field)
    return tuple([member for _, members in given for member in members]) if given else ()


def best_date(found: Found, field: Field[str]) -> str | None:
    """Return the date of the best name that can be read; of two under one name the later in the document."""
    given: list[tuple[int, str]] | None = found.get(field)
    if not given:
        return None
    if len(given) == 1:
        return given[0][1]
    later_first = given[::-1]
    dates = [text for _, text in sorted(later_first, key=RANK)]
    return next(filter(parse_date, dates), dates[0])
