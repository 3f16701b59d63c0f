"""RSS 0.9x and 2.0, and RSS 0.90 and 1.0 which are RDF: the channel."""

from __future__ import annotations

from feeds.model import Document, Link, ParsedFeed
from feeds.parsing.categories import read_category, read_keywords, read_podcast_category, read_text_category
from feeds.parsing.constructs import read_body, read_construct, read_headline, read_html, read_typed
from feeds.parsing.elements import (
    Element,
    Ground,
    attributes,
    declared,
    find_text,
    ground_of,
    local_name,
    text_of,
)
from feeds.parsing.entries import Entries, find_root
from feeds.parsing.fields import (
    BEHIND,
    Field,
    best,
    best_date,
    best_group,
    gather,
    joined,
    make_table,
    ranked,
)
from feeds.parsing.links import link_as, read_image_link, read_link, read_page, read_picture
from feeds.parsing.people import read_person, read_speaker
from feeds.parsing.refusal import refusal
from feeds.parsing.rss_item import RIGHTS
from feeds.parsing.tombstones import read_deletions
from feeds.parsing.xml import read_xml

ROOTS = ("rss", "rdf", "channel")


def read_list(element: Element, _ground: Ground) -> tuple[str, ...] | None:
    """Return the texts of the children: the hours or days of skipHours and skipDays."""
    return tuple(filter(None, map(text_of, element))) or None


GUID = Field({"atom:id": find_text, "id": find_text, "guid": find_text, "podcast:guid": find_text})
TITLE = Field({"title": read_headline, "dc:title": read_headline, "atom:title": read_construct})
SUBTITLE = Field(
    {
        "description": read_html,
        "dc:description": read_body,
        "atom:subtitle": read_construct,
        "subtitle": read_typed,
        "tagline": read_typed,
        "itunes:summary": read_body,
        "itunes:subtitle": read_body,
        "googleplay:description": read_body,
        "media:description": read_body,
        "abstract": read_body,
    }
)
LINKS = Field(
    {
        "link": read_page,
        "atom:link": read_link,
        "url": read_page,
        "itunes:new-feed-url": link_as("new-feed-url"),
        "cc:license": link_as("license"),
        "creativecommons:license": link_as("license"),
    }
)
AUTHORS = Field(
    {
        "dc:creator": read_person,
        "managingeditor": read_person,
        "author": read_person,
        "atom:author": read_person,
        "itunes:author": read_person,
        "dc:author": read_person,
        "dcterms:creator": read_person,
        "googleplay:author": read_person,
        "podcast:person": read_speaker,
        "itunes:owner": read_person,
    }
)
UPDATED = Field(
    {
        "lastbuilddate": find_text,
        "pubdate": find_text,
        "dc:date": find_text,
        "atom:updated": find_text,
        "updated": find_text,
        "dcterms:modified": find_text,
        "modified": find_text,
        "dcterms:issued": find_text,
        "dcterms:created": find_text,
    }
)
CATEGORIES = Field(
    {
        "category": read_text_category,
        "dc:subject": read_text_category,
        "atom:category": read_category,
        "itunes:category": read_podcast_category,
        "itunes:keywords": read_keywords,
        "media:category": read_text_category,
        "media:keywords": read_keywords,
        "googleplay:category": read_podcast_category,
        "keywords": read_keywords,
    }
)
LANGUAGE = Field({"language": find_text, "dc:language": find_text, "dcterms:language": find_text})
IMAGE = Field(
    {
        "image": read_picture,
        "itunes:image": read_picture,
        "itunes:link": read_image_link,
        "googleplay:image": read_picture,
        "media:thumbnail": read_picture,
        "atom:logo": read_picture,
        "logo": read_picture,
        "webfeeds:logo": read_picture,
        "webfeeds:cover": read_picture,
        "webfeeds:icon": read_picture,
        "atom:icon": read_picture,
        "icon": read_picture,
    }
)
TTL = Field({"ttl": find_text})
UPDATE_PERIOD = Field({"sy:updateperiod": find_text})
UPDATE_FREQUENCY = Field({"sy:updatefrequency": find_text})
SKIP_HOURS = Field({"skiphours": read_list})
SKIP_DAYS = Field({"skipdays": read_list})

CHANNEL = make_table(
    GUID, TITLE, SUBTITLE, LINKS, AUTHORS, UPDATED, CATEGORIES, LANGUAGE, RIGHTS, IMAGE, TTL, UPDATE_PERIOD,
    UPDATE_FREQUENCY, SKIP_HOURS, SKIP_DAYS, homes=("rss",),
)  # fmt: skip


def parse_rss(document: Document) -> ParsedFeed:
    """Return an RSS feed of any version as written; raises ParseError."""
    entries = Entries(document, find_top=_find_channel)
    root = find_root(read_xml(document, entries), ROOTS)
    if root is None:
        raise refusal(document, "the document is no RSS feed")
    outside = ground_of(document, root)
    channel = _find_channel(root)
    if channel is root:
        ground = outside
    else:
        ground = outside.at(channel)
        ground.names.adopt(channel)
    found = gather(channel, ground, CHANNEL)
    if channel is not root:  # RDF has the image beside the channel, and some RSS has anything there
        gather(root, outside, CHANNEL, found, behind=BEHIND)
    return ParsedFeed(
        format="rdf" if local_name(root) == "rdf" else "rss",
        version=_find_version(root, channel),
        guid=best(found, GUID),
        title=best(found, TITLE),
        subtitle=best(found, SUBTITLE),
        links=tuple(ranked(found, LINKS)) or _find_odd_page(channel, ground),
        authors=best_group(found, AUTHORS),
        updated=best_date(found, UPDATED) or declared(channel, "lastmod"),
        categories=joined(found, CATEGORIES),
        language=best(found, LANGUAGE) or ground.language,
        rights=best(found, RIGHTS),
        image=best(found, IMAGE) or _find_named_picture(channel, ground),
        ttl=best(found, TTL),
        update_period=best(found, UPDATE_PERIOD),
        update_frequency=best(found, UPDATE_FREQUENCY),
        skip_hours=joined(found, SKIP_HOURS),
        skip_days=joined(found, SKIP_DAYS),
        entries=entries.read_all(root, outside, channel),
        deleted=read_deletions(channel, ground),
    )


def _find_channel(root: Element) -> Element:
    """Return the first channel that holds anything, else the root, where some write what belongs in it."""
    channels = (child for child in root if isinstance(child.tag, str) and local_name(child) == "channel")
    return next((channel for channel in channels if len(channel)), root)


def _find_odd_page(channel: Element, ground: Ground) -> tuple[Link, ...]:
    """Return the address that the Channel Definition Format, from which RSS came, has in an attribute."""
    href = declared(channel, "href")
    return (Link(href, base=ground.base),) if href else ()


def _find_named_picture(channel: Element, ground: Ground) -> Link | None:
    """Return the picture that an RDF channel names and does not describe (RSS 1.0, section 5.3.4)."""
    for image in channel.iterchildren("{*}image"):
        if resource := declared(image, "resource"):
            return Link(resource, base=ground.at(image).base)
    return None


def _find_version(root: Element, channel: Element) -> str | None:
    """RSS 2.0 says it in an attribute; RDF by the namespace of its channel."""
    if version := attributes(root).get("version"):
        return version
    if local_name(root) != "rdf":
        return None
    return "0.90" if "netscape.com" in str(channel.tag) else "1.0"
