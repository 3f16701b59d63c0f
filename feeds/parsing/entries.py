"""Where the entries of a document are: in the right place, beside it, or inside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from feeds.model import Document, ParsedEntry
from feeds.parsing.atom_entry import read_entry
from feeds.parsing.bounds import most_entries
from feeds.parsing.elements import Element, Ground, ground_of, local_name
from feeds.parsing.rss_item import read_item

#: RSS holds Atom entries at times, and Atom holds RSS items.
READERS: dict[str, Callable[[Element, Ground], ParsedEntry]] = {
    "item": read_item,
    "rss:item": read_item,
    "atom:item": read_item,
    "entry": read_entry,
    "atom:entry": read_entry,
    "rss:entry": read_entry,
}
#: What lxml is to look for, in any namespace; and, where there is none, in capitals or with a prefix that was
#: never declared, which belongs to the name.
TAGS = ("{*}item", "{*}entry")
ODD_TAGS = ("{*}Item", "{*}ITEM", "{*}Entry", "{*}ENTRY", "rss:item", "atom:entry")
#: An entry inside a text is part of that text, and one that was taken back is none (RFC 6721, section 3).
TEXTS = frozenset({
    "at:deleted-entry", "atom:content", "atom:summary", "atom:title", "content", "content:encoded",
    "description", "rss:description", "summary", "title", "xhtml:body", "xhtml:div",
})  # fmt: skip


def find_root(root: Element, names: tuple[str, ...]) -> Element | None:
    """Return the element of one of these names that holds the feed: the root, or one wrapped in it."""
    if local_name(root) in names:
        return root
    inside = (element for element in root.iterdescendants("*") if local_name(element) in names)
    return next(inside, None)


class Entries:
    """The entries of one document, each read once: as soon as it is complete, or at the end."""

    def __init__(self, document: Document, find_top: Callable[[Element], Element]) -> None:
        """`find_top` finds the element in which most entries stand: the channel, or the root itself."""
        self._document = document
        self._find_top = find_top
        self._most = most_entries(len(document.body))
        self.forget()

    def forget(self) -> None:
        """Drop what was taken."""
        self._taken: dict[Element, tuple[ParsedEntry, ...]] = {}
        self._count = 0
        self._reader: _EntryReader | None = None

    def take(self, entry: Element) -> None:
        """Read an entry in its right place with all there is inside it, and let go of its elements."""
        parent = entry.getparent()
        if parent is None:
            return
        if self._reader is None:
            root = entry.getroottree().getroot()
            self._reader = _EntryReader(root, ground_of(self._document, root), self._find_top(root))
        if parent in self._reader.tops:
            if self._count < self._most:
                self._taken[entry] = found = tuple(self._reader.read(entry.iter(*TAGS)))
                self._count += len(found)
            text = entry.text  # with its tail it shows how the document is written
            entry.clear(keep_tail=True)  # type: ignore[call-arg]  # unknown to the stubs
            entry.text = text

    def read_all(self, root: Element, ground: Ground, top: Element) -> tuple[ParsedEntry, ...]:
        """Return the entries below the root, in document order, those that were taken among them.

        Most stand in the root or in the channel. Others have no channel, stand in a list, or inside the entry
        before them because that was never closed.
        """
        tags = ODD_TAGS if next(root.iterdescendants(*TAGS), None) is None else TAGS
        reader = _EntryReader(root, ground, top)
        entries: list[ParsedEntry] = []
        for element in root.iterdescendants(*tags):
            taken = self._taken.get(element)
            entries.extend(reader.read((element,)) if taken is None else taken)
            if len(entries) >= self._most:
                break
        return tuple(entries[: self._most])


class _EntryReader:
    """Reads entries where they stand: in the root, in the channel, in a list, inside each other."""

    def __init__(self, root: Element, ground: Ground, top: Element) -> None:
        self.tops = (root, top)
        self._ground = ground
        #: Where entries may stand, and what holds there; None inside a text.
        self._places: dict[Element, Ground | None] = {root: ground}

    def read(self, elements: Iterable[Element]) -> Iterator[ParsedEntry]:
        """Yield what is written in these, those left out that are part of a text."""
        for element in elements:
            read = READERS.get(self._ground.names.of(element)) or _adopt(element, self._ground, self.tops)
            parent = element.getparent()
            if read is None or parent is None:
                continue
            places = self._places
            here = places[parent] if parent in places else _find_place(parent, places)
            if here is not None:
                yield read(element, here)


def _adopt(
    element: Element, ground: Ground, tops: tuple[Element, ...]
) -> Callable[[Element, Ground], ParsedEntry] | None:
    """An entry in its right place is one, whichever namespace it is in."""
    if element.getparent() not in tops or not str(element.tag).startswith("{"):
        return None
    ground.names.adopt(element)
    return READERS.get(ground.names.of(element))


def _find_place(parent: Element, places: dict[Element, Ground | None]) -> Ground | None:
    """Return what holds inside `parent`; each element on the way to a known place is looked at once."""
    path = []
    while parent not in places:
        path.append(parent)
        above = parent.getparent()
        if above is None:  # it stands outside the root
            return None
        parent = above
    here = places[parent]
    for element in reversed(path):
        is_text = here is None or here.names.of(element) in TEXTS
        here = None if here is None or is_text else here.at(element)
        places[element] = here
    return here
