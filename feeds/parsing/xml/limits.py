"""How much markup a document may hold: what it costs to read is bounded by its length."""

from __future__ import annotations

import re

#: Elements and attributes that every document may hold, and then as many as fit a part of its length.
#: A feed has a tag in 25 bytes or more; an element alone takes 300 bytes once it is read, an attribute 200.
FREE = 24_000
LENGTH_OF_ELEMENT, LENGTH_OF_ATTRIBUTE = 20, 13

#: Shorter documents cannot hold more than is free.
UNCOUNTED = FREE * 4
#: What may look like markup and costs nothing.
SECTION = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)


def holds_too_much(body: bytes) -> bool:
    """Whether the document is almost nothing but tags, as no feed is."""
    if len(body) < UNCOUNTED:
        return False
    return _is_too_much(body, len(body)) and _is_too_much(SECTION.sub(b"", body), len(body))


def _is_too_much(body: bytes, length: int) -> bool:
    elements = body.count(b"<") - body.count(b"</")
    attributes = body.count(b'="') + body.count(b"='")
    return elements * LENGTH_OF_ELEMENT + attributes * LENGTH_OF_ATTRIBUTE > length + FREE * LENGTH_OF_ELEMENT
