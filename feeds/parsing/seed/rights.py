"""The copyright line of a seed document, which is told apart from its text."""

from __future__ import annotations

import re
from itertools import islice

from feeds.parsing.publishers import Publisher
from feeds.parsing.seed.tree import Element, cut_run, drop, last_paragraphs, runs_with, written_in
from feeds.text.characters import collapse

#: How a copyright line starts where the publisher's row says nothing; a longer text is none.
RIGHTS = re.compile(
    r"©\ufe0f?.{0,60}?\d{4}|\(c\)\s*\d{4}|copyright\s*(?:©\ufe0f?|\(c\))?\s*\d{4}"
    r"|(?:版权|版權)所有(?![者人权權]).{0,60}?\d{4}",
    re.IGNORECASE,
)
RIGHTS_LENGTH = 250
#: The copyright stands among this many last paragraphs.
RIGHTS_WITHIN = 3


#: One of these is in the source of a document with the sign, which a publisher's own words begin with.
SIGNS = ("©", "&copy", "&#169", "&#xa9", "&#xA9")


def take_rights(body: Element, publisher: Publisher, source: str) -> str | None:
    """Return the text of the copyright line and drop it."""
    own = _take_own_rights(body, publisher) if any(sign in source for sign in SIGNS) else None
    return own or _take_last_line(body)


def _take_own_rights(body: Element, publisher: Publisher) -> str | None:
    """The publisher's own words, from where they begin to the end of their paragraph, wherever they stand."""
    if publisher.rights is None:
        return None
    for run in reversed(runs_with(body, "©")):
        found = re.search(publisher.rights, written_in(run))
        if found:
            return collapse(cut_run(run, found.start()))
    return None


def _take_last_line(body: Element) -> str | None:
    for paragraph, text in islice(last_paragraphs(body), RIGHTS_WITHIN):
        if RIGHTS.match(text) and len(text) <= RIGHTS_LENGTH:
            drop(paragraph)
            return text
    return None
