"""How much text there is in each element of a page, found in one walk through all of it."""

from __future__ import annotations

from bs4 import CData, Tag
from bs4.element import NavigableString, PageElement

from feeds.text.language import CJK

#: What the name of an element makes of all that it holds.
LINK, CODE, ARTICLE, CONTROL = 1, 2, 4, 8
CONTEXTS = {
    "a": LINK, "pre": CODE, "code": CODE, "article": ARTICLE, "main": ARTICLE,
    "button": CONTROL, "select": CONTROL, "textarea": CONTROL, "datalist": CONTROL,
}  # fmt: skip
#: Comments, scripts and styles have types of their own.
SEEN = (NavigableString, CData)
#: A Han character, kana or hangul says as much as so many letters.
WORTH = 3


def weigh(text: str) -> int:
    """The length of a text in letters."""
    length = len(text.strip())
    return length if text.isascii() else length + (WORTH - 1) * len(CJK.findall(text))


class Measure:
    """The weights of all elements in a tree, as it was when it was measured."""

    def __init__(self, root: Tag) -> None:
        self.tags = [root]  # in document order: what an element holds comes after it
        self._place = {id(root): 0}
        self._context = [CONTEXTS.get(root.name, 0)]
        self._all = [0]
        self._running = [0]
        self._headings = [0]
        for node in root.descendants:
            if isinstance(node, Tag):
                self._enter(node)
            elif type(node) in SEEN:
                self._count(node)
        self._sum_up()

    def _enter(self, tag: Tag) -> None:
        self._place[id(tag)] = len(self.tags)
        self.tags.append(tag)
        self._context.append(self._context[self._place[id(tag.parent)]] | CONTEXTS.get(tag.name, 0))
        self._all.append(0)
        self._running.append(0)
        self._headings.append(tag.name == "h1")

    def _count(self, text: PageElement) -> None:
        place = self._place[id(text.parent)]
        context = self._context[place]
        if not context & CONTROL:
            weight = weigh(str(text))
            self._all[place] += weight
            self._running[place] += 0 if context & LINK else weight

    def _sum_up(self) -> None:
        for place in range(len(self.tags) - 1, 0, -1):
            outer = self._place[id(self.tags[place].parent)]
            for weights in (self._all, self._running, self._headings):
                weights[outer] += weights[place]

    def all(self, tag: Tag) -> int:
        """The weight of the text in an element, without that of controls."""
        return self._all[self._place[id(tag)]]

    def running(self, tag: Tag) -> int:
        """The weight of its text that is no link: what menus have little of."""
        return self._running[self._place[id(tag)]]

    def has_heading(self, tag: Tag) -> bool:
        """Whether an `h1` stands in it."""
        return self._headings[self._place[id(tag)]] > 0

    def stands_in(self, tag: Tag, context: int) -> bool:
        """Whether one of the elements around it is of this kind."""
        outer = self._place.get(id(tag.parent))
        return outer is not None and bool(self._context[outer] & context)
