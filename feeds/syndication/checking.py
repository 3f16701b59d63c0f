"""The last look at a document before it may be served: read again as a stranger would read it.

It costs a third of what rendering costs. The full schemas are the business of tests; here stands what would
hurt a reader: a document that does not parse, an element that is not there or there twice, an address that
leads nowhere, an entry of which nobody knows whence it is, an id that is there twice, a date that is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from lxml import etree

from feeds.errors import EditionError
from feeds.syndication.faults import is_address, is_id
from feeds.syndication.json_shape import check_json
from feeds.syndication.jsonfeed import JSON_TYPE
from feeds.syndication.rss_atom import ATOM_TYPE, RSS_TYPE
from feeds.text.uri import is_iri

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}

RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RFC_822 = re.compile(
    rf"({'|'.join(DAYS)}), ([0-9]{{2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
LENGTH = re.compile("[0-9]+")

Find = Callable[[etree._Element], Iterable[str]]
Rule = tuple[
    tuple[Find, ...], Callable[[str], object], str
]  #: of these texts each is so, else: what is wrong


def check(body: bytes, media_type: str, *, has_origins: bool = True) -> None:
    """Raise EditionError, which says what is wrong, where the document must not be served.

    `has_origins` tells that its entries are those of sources. What is no feed (a list of them, say) has no
    rules here.
    """
    if media_type == ATOM_TYPE:
        _check_xml(body, ATOM_IDS, (*ATOM_RULES, *ATOM_ORIGINS) if has_origins else ATOM_RULES)
    elif media_type == RSS_TYPE:
        _check_xml(body, RSS_IDS, RSS_RULES)
    elif media_type == JSON_TYPE:
        check_json(body)


def is_rfc_3339(text: str) -> bool:
    """Whether it is a date as Atom has it, one that there is."""
    try:
        return RFC_3339.fullmatch(text) is not None and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def is_rfc_822(text: str) -> bool:
    """Whether it is a date as RSS has it, one that there is, with its own day of the week."""
    found = RFC_822.fullmatch(text)
    if found is None:
        return False
    weekday, day, month, year, hour, minute, second = found.groups()
    try:
        date = datetime(  # noqa: DTZ001 - GMT
            int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second)
        )
    except ValueError:
        return False
    return DAYS[date.weekday()] == weekday


def _select(*paths: str) -> tuple[Find, ...]:
    """Return what finds the texts or attributes at each path; one path for all would cost twice as much."""
    found = (etree.XPath(path, namespaces=NAMESPACES, smart_strings=False) for path in paths)
    return tuple(cast(Find, xpath) for xpath in found)


def _never(_: str) -> bool:
    return False


ATOM_IDS = _select("a:entry/a:id/text()")
ATOM_RULES: tuple[Rule, ...] = (
    (
        _select(
            "/*[not(self::a:feed and count(a:id) = 1 and count(a:title) = 1 and count(a:updated) = 1"
            " and a:author and count(a:link[@rel = 'self']) = 1)]"
        ),
        _never,
        "the feed lacks its id, title, date, author or own address, or has two (RFC 4287, section 4.1.1)",
    ),
    (
        _select(
            "a:entry[not(count(a:id) = 1 and count(a:title) = 1 and count(a:updated) = 1"
            " and count(a:link[not(@rel) or @rel = 'alternate']) = 1)]"
        ),
        _never,
        "an entry lacks its id, title, date or link, or has two (RFC 4287, section 4.1.2)",
    ),
    (
        _select("a:id/text()", "a:entry/a:source/a:id/text()"),
        is_iri,
        "an id is no IRI",
    ),
    (
        _select("a:entry/a:id/text()", "at:deleted-entry/@ref"),
        is_id,
        "the id of an entry is no IRI",
    ),
    (
        _select(
            *("a:updated/text()", "a:entry/a:updated/text()", "a:entry/a:published/text()"),
            "a:entry/a:source/a:updated/text()",
        ),
        is_rfc_3339,
        "a date is not known",
    ),
    (_select("at:deleted-entry/@when"), is_rfc_3339, "the date of a withdrawal is not known"),
    (
        _select(
            *("a:author[not(normalize-space(a:name))]", "a:entry/a:author[not(normalize-space(a:name))]"),
            "a:entry/a:source/a:author[not(normalize-space(a:name))]",
        ),
        _never,
        "an author has no name",
    ),
    (
        _select(
            *("a:link/@href", "a:entry/a:link/@href", "a:entry/a:source/a:link/@href"),
            *(
                "a:author/a:uri/text()",
                "a:entry/a:author/a:uri/text()",
                "a:entry/a:source/a:author/a:uri/text()",
            ),
        ),
        is_address,
        "a link is no absolute address",
    ),
    (_select("a:entry/a:link/@length"), LENGTH.fullmatch, "the length of an enclosure is no number"),
)

ATOM_ORIGINS: tuple[Rule, ...] = (
    (
        _select("a:entry[count(a:source/a:id) != 1]"),
        _never,
        "an entry does not say where it came from, or lacks the id of that (RFC 4287, section 4.2.11)",
    ),
)

RSS_IDS = _select("channel/item/guid/text()")
RSS_RULES: tuple[Rule, ...] = (
    (
        _select(
            "/*[not(self::rss and count(channel/title) = 1 and count(channel/link) = 1"
            " and count(channel/description) = 1 and count(channel/a:link[@rel = 'self']) = 1)]"
        ),
        _never,
        "the channel lacks its title, link, description or own address, or has two (RSS 2.0)",
    ),
    (
        _select(
            "channel/item[not(count(guid) = 1 and count(link) = 1 and count(source) = 1"
            " and count(enclosure) < 2 and (title or description))]"
        ),
        _never,
        "an item lacks its guid, link, source, or both title and description, or has two (RSS 2.0)",
    ),
    (
        _select("channel/item/pubDate/text()", "channel/lastBuildDate/text()"),
        is_rfc_822,
        "a date is not known",
    ),
    (_select("channel/item/dc:date/text()"), is_rfc_3339, "a date is not known"),
    (
        _select(
            *("channel/link/text()", "channel/item/link/text()", "channel/item/comments/text()"),
            *("channel/a:link/@href", "channel/item/a:link/@href", "channel/item/*/@url"),
        ),
        is_address,
        "a link is no absolute address",
    ),
    (
        _select("channel/item/guid[not(@isPermaLink = 'false')]/text()"),
        is_address,
        "a permalink is no absolute address",
    ),
    (
        _select("channel/item/enclosure/@length", "channel/item/*/@fileSize"),
        LENGTH.fullmatch,
        "the length of a file is no number",
    ),
    (
        _select("channel/item/enclosure[not(@url and @type != '' and @length)]"),
        _never,
        "an enclosure lacks its type or length",
    ),
)


def _check_xml(body: bytes, ids: tuple[Find, ...], rules: Iterable[Rule]) -> None:
    try:
        # Of our own making: there is nothing to resolve in it, and no limit to what it may hold.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, collect_ids=False
        )
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise EditionError(f"it is no XML: {error}") from error
    for places, is_right, wrong in rules:
        for find in places:
            if not all(map(is_right, set(find(root)))):
                raise EditionError(wrong)
    found = [id for find in ids for id in find(root)]
    if len(set(found)) < len(found):
        raise EditionError("two entries have one id")
