"""What a page says of itself for machines: meta elements, microdata, linked data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup

from feeds.parsing.page.linked_data import LINKED, Thing, find_own, read_linked_data, texts_of
from feeds.parsing.page.microdata import read_microdata

MOST_VALUES = 500  # of one name
#: Names that say the same.
SAME = {"creator": "author"}


class Head:
    """The values of each name, in lower case, by where they stand: meta elements first."""

    def __init__(self) -> None:
        self._values: defaultdict[str, list[list[str]]] = defaultdict(list)

    def add(self, name: str, values: Iterable[str]) -> None:
        """Add what one place says of a name."""
        if texts := [value.strip() for value in values if value.strip()]:
            self._values[name].append(texts[:MOST_VALUES])

    def values(self, name: str) -> list[str]:
        return [value for texts in self._values.get(name, ()) for value in texts]

    def places(self, name: str) -> list[list[str]]:
        """The values of each place that has any."""
        return self._values.get(name, [])

    def candidates(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield (name, value), the best name first."""
        return ((name, value) for name in names for value in self.values(name))


def read_meta(soup: BeautifulSoup) -> Head:
    """Gather what the meta elements say."""
    head = Head()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for tag in soup.find_all("meta", content=True):
        name = tag.get("property") or tag.get("name")
        if name:
            found[str(name).strip().lower()].append(str(tag["content"]))
    for name, values in found.items():
        head.add(name, values)
    return head


def read_things(soup: BeautifulSoup, head: Head, addresses: Iterable[str]) -> None:
    """Add what microdata and linked data say of the article at one of these addresses."""
    known = tuple(addresses)
    for things in (read_microdata(soup), read_linked_data(soup)):
        _add(head, find_own(things, known))


def _add(head: Head, things: list[Thing]) -> None:
    for name in sorted(LINKED):
        said = (list(texts_of(thing, name)) for thing in things)
        head.add(SAME.get(name, name), next(filter(None, said), []))
