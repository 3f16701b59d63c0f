"""Atom 1.0 (RFC 4287) and 0.3: the feed."""

from __future__ import annotations

from feeds.model import Document, ParsedFeed
from feeds.parsing.atom_entry import read_entry
from feeds.parsing.categories import read_category, read_keywords, read_podcast_category, read_text_category
from feeds.parsing.constructs import read_body, read_construct, read_headline, read_html
from feeds.parsing.elements import Element, attributes, find_text, ground_of, local_name
from feeds.parsing.entries import Entries, find_root
from feeds.parsing.fields import Field, best, best_date, best_group, gather, joined, make_table, ranked
from feeds.parsing.links import link_as, read_page, read_picture
from feeds.parsing.people import read_person
from feeds.parsing.refusal import refusal
from feeds.parsing.tombstones import read_deletions
from feeds.parsing.xml import read_xml

ROOTS = ("feed", "entry")
VERSIONS = {"http://www.w3.org/2005/Atom": "1.0", "http://purl.org/atom/ns#": "0.3"}

ID = Field({"id": find_text, "guid": find_text})
TITLE = Field({"title": read_construct, "dc:title": read_headline})
SUBTITLE = Field(
    {
        "subtitle": read_construct,
        "tagline": read_construct,
        "description": read_html,
        "dc:description": read_body,
        "itunes:summary": read_body,
        "itunes:subtitle": read_body,
    }
)
LINKS = Field(
    {
        "link": read_page,
        "itunes:new-feed-url": link_as("new-feed-url"),
        "cc:license": link_as("license"),
        "creativecommons:license": link_as("license"),
    }
)
AUTHORS = Field(
    {
        "author": read_person,
        "dc:creator": read_person,
        "itunes:author": read_person,
        "itunes:owner": read_person,
    }
)
UPDATED = Field(
    {
        "updated": find_text,
        "modified": find_text,
        "dcterms:modified": find_text,
        "dc:date": find_text,
        "lastbuilddate": find_text,
        "pubdate": find_text,
    }
)
CATEGORIES = Field(
    {
        "category": read_category,
        "dc:subject": read_text_category,
        "itunes:category": read_podcast_category,
        "itunes:keywords": read_keywords,
    }
)
LANGUAGE = Field({"language": find_text, "dc:language": find_text})
RIGHTS = Field({"rights": read_construct, "copyright": read_construct, "dc:rights": read_headline})
IMAGE = Field(
    {
        "logo": read_picture,
        "icon": read_picture,
        "itunes:image": read_picture,
        "media:thumbnail": read_picture,
        "image": read_picture,
        "webfeeds:logo": read_picture,
        "webfeeds:cover": read_picture,
        "webfeeds:icon": read_picture,
    }
)
TTL = Field({"ttl": find_text})
UPDATE_PERIOD = Field({"sy:updateperiod": find_text})
UPDATE_FREQUENCY = Field({"sy:updatefrequency": find_text})

FEED = make_table(
    ID, TITLE, SUBTITLE, LINKS, AUTHORS, UPDATED, CATEGORIES, LANGUAGE, RIGHTS, IMAGE, TTL, UPDATE_PERIOD,
    UPDATE_FREQUENCY, homes=("atom", "rss"),
)  # fmt: skip


def parse_atom(document: Document) -> ParsedFeed:
    """Return an Atom feed, or one entry that stands alone, as written; raises ParseError."""
    entries = Entries(document, find_top=lambda root: root)
    root = find_root(read_xml(document, entries), ROOTS)
    if root is None:
        raise refusal(document, "the document is no Atom feed")
    ground = ground_of(document, root)
    if local_name(root) == "entry":
        return ParsedFeed(format="atom", version=_find_version(root), entries=(read_entry(root, ground),))
    found = gather(root, ground, FEED)
    return ParsedFeed(
        format="atom",
        version=_find_version(root),
        guid=best(found, ID),
        title=best(found, TITLE),
        subtitle=best(found, SUBTITLE),
        links=tuple(ranked(found, LINKS)),
        authors=best_group(found, AUTHORS),
        updated=best_date(found, UPDATED),
        categories=joined(found, CATEGORIES),
        language=ground.language or best(found, LANGUAGE),
        rights=best(found, RIGHTS),
        image=best(found, IMAGE),
        ttl=best(found, TTL),
        update_period=best(found, UPDATE_PERIOD),
        update_frequency=best(found, UPDATE_FREQUENCY),
        entries=entries.read_all(root, ground, root),
        deleted=read_deletions(root, ground),
    )


def _find_version(root: Element) -> str | None:
    """Atom 1.0 is told by its namespace; what came before said it in an attribute."""
    address = str(root.tag).removeprefix("{").rpartition("}")[0]
    return VERSIONS.get(address) or attributes(root).get("version")
