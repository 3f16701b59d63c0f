"""The last look at a document before it may be served: read again as a stranger would read it.

It costs a third of what rendering costs. The full schemas are the business of tests; here stands what would
hurt a reader: a document that does not parse, an element that is not there, an address that leads nowhere, an
id that is there twice, a date nobody can read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import cast

from lxml import etree

from feeds.errors import EditionError
from feeds.syndication.faults import is_address, is_iri
from feeds.syndication.json_shape import check_json
from feeds.syndication.jsonfeed import JSON_TYPE
from feeds.syndication.rss_atom import ATOM_TYPE, RSS_TYPE

NAMESPACES = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}

RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
RFC_822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
LENGTH = re.compile("[0-9]+")

Find = Callable[[etree._Element], Iterable[str]]
Rule = tuple[
    tuple[Find, ...], Callable[[str], object], str
]  #: of these texts each is so, else: what is wrong


def check(body: bytes, media_type: str) -> None:
    """Raise EditionError, which says what is wrong, where the document must not be served.

    What is no feed (a list of them, say) has no rules here.
    """
    if media_type in CHECKS:
        CHECKS[media_type](body)


def _select(*paths: str) -> tuple[Find, ...]:
    """Return what finds the texts or attributes at each path; one path for all would cost twice as much."""
    found = (etree.XPath(path, namespaces=NAMESPACES, smart_strings=False) for path in paths)
    return tuple(cast(Find, xpath) for xpath in found)


def _never(_: str) -> bool:
    return False


ATOM_IDS = _select("a:entry/a:id/text()")
ATOM_RULES: tuple[Rule, ...] = (
    (
        _select("/*[not(self::a:feed and a:id and a:title and a:updated and a:author)]"),
        _never,
        "the feed lacks its id, title, date or author (RFC 4287, section 4.1.1)",
    ),
    (
        _select(
            "a:entry[not(a:id and a:title and a:updated"
            " and count(a:link[not(@rel) or @rel = 'alternate']) = 1)]"
        ),
        _never,
        "an entry lacks its id, title, date or link (RFC 4287, section 4.1.2)",
    ),
    (
        _select(
            "a:id/text()", "a:entry/a:id/text()", "a:entry/a:source/a:id/text()", "at:deleted-entry/@ref"
        ),
        is_iri,
        "an id is no IRI",
    ),
    (
        _select("a:updated/text()", "a:entry/a:updated/text()", "a:entry/a:published/text()"),
        RFC_3339.fullmatch,
        "a date is not known",
    ),
    (_select("at:deleted-entry/@when"), RFC_3339.fullmatch, "the date of a withdrawal is not known"),
    (
        _select("a:link/@href", "a:entry/a:link/@href", "a:entry/a:source/a:link/@href"),
        is_address,
        "a link is no absolute address",
    ),
    (_select("a:entry/a:link/@length"), LENGTH.fullmatch, "the length of an enclosure is no number"),
)

RSS_IDS = _select("channel/item/guid/text()")
RSS_RULES: tuple[Rule, ...] = (
    (
        _select("/*[not(self::rss and channel/title and channel/link and channel/description)]"),
        _never,
        "the channel lacks its title, link or description (RSS 2.0)",
    ),
    (
        _select("channel/item[not(guid and link and source and (title or description))]"),
        _never,
        "an item lacks its guid, link, source, or both title and description (RSS 2.0)",
    ),
    (
        _select("channel/item/pubDate/text()", "channel/lastBuildDate/text()"),
        RFC_822.fullmatch,
        "a date is not known",
    ),
    (
        _select(
            *("channel/link/text()", "channel/item/link/text()", "channel/item/comments/text()"),
            *("channel/a:link/@href", "channel/item/a:link/@href", "channel/item/*/@url"),
        ),
        is_address,
        "a link is no absolute address",
    ),
    (
        _select("channel/item/guid[@isPermaLink = 'true']/text()"),
        is_address,
        "a permalink is no absolute address",
    ),
    (
        _select("channel/item/enclosure/@length", "channel/item/*/@fileSize"),
        LENGTH.fullmatch,
        "the length of a file is no number",
    ),
    (
        _select("channel/item/enclosure[not(@url and @type and @length)]"),
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


CHECKS: dict[str, Callable[[bytes], None]] = {
    RSS_TYPE: partial(_check_xml, ids=RSS_IDS, rules=RSS_RULES),
    ATOM_TYPE: partial(_check_xml, ids=ATOM_IDS, rules=ATOM_RULES),
    JSON_TYPE: check_json,
}
