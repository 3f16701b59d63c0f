"""One item of RSS of any version: which elements give each field, best first."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Link, ParsedEntry, Text
from feeds.parsing.categories import (
    read_category,
    read_keywords,
    read_media_category,
    read_podcast_category,
    read_text_category,
)
from feeds.parsing.constructs import (
    find_language,
    read_body,
    read_construct,
    read_headline,
    read_html,
    read_media_text,
    read_typed,
    read_value,
)
from feeds.parsing.elements import Element, Ground, attributes, declared, find_text, text_of
from feeds.parsing.fields import (
    Field,
    Found,
    best,
    best_date,
    best_group,
    every,
    gather,
    joined,
    make_table,
    ranked,
)
from feeds.parsing.links import link_as, read_enclosure, read_link, read_page, sort_links
from feeds.parsing.media import (
    MEDIA,
    OTHER_IMAGE,
    OWN_IMAGE,
    find_files,
    find_image,
    open_media,
    shows_picture,
)
from feeds.parsing.origins import read_source
from feeds.parsing.people import read_credit, read_person, read_speaker

#: Values of `isPermaLink` that deny it; RSS 2.0 knows the first.
DENIALS = frozenset({"false", "no", "0"})


def read_guid(element: Element, _ground: Ground) -> tuple[str, bool] | None:
    """Return a guid and whether it is a link, which it is unless the element denies it (RSS 2.0)."""
    guid = text_of(element)
    if not guid:
        return None
    is_link = element.get("isPermaLink")
    if is_link is None and len(element.attrib):
        is_link = attributes(element).get("ispermalink")
    return guid, is_link is None or is_link.strip().lower() not in DENIALS


def read_identifier(element: Element, _ground: Ground) -> tuple[str, bool] | None:
    """Return an identifier that is not said to be a link."""
    guid = text_of(element)
    return (guid, False) if guid else None


GUID = Field(
    {"guid": read_guid, "atom:id": read_identifier, "id": read_identifier, "dc:identifier": read_identifier}
)
TITLE = Field(
    {
        "title": read_headline,
        "dc:title": read_headline,
        "atom:title": read_construct,
        "media:title": read_media_text,
        "itunes:title": read_headline,
        "dcterms:title": read_headline,
    }
)
CONTENT = Field(
    {
        "content:encoded": read_html,
        "xhtml:body": read_html,
        "xhtml:div": read_html,
        "atom:content": read_construct,
        "content": read_typed,
        "body": read_html,
        "fullitem": read_html,
        "encoded": read_html,
        "content:items": read_value,
        "turbo:content": read_html,
        "yandex:full-text": read_body,
    }
)
SUMMARY = Field(
    {
        "description": read_html,
        "dc:description": read_body,
        "atom:summary": read_construct,
        "summary": read_typed,
        "itunes:summary": read_body,
        "media:description": read_media_text,
        "itunes:subtitle": read_body,
        "dcterms:abstract": read_body,
        "abstract": read_body,
        "media:text": read_media_text,
    }
)
WHOLE_TEXTS = 5
LINKS = Field(
    {
        "feedburner:origlink": read_page,
        "link": read_page,
        "atom:link": read_link,
        "url": read_page,
        "cc:license": link_as("license"),
        "creativecommons:license": link_as("license"),
    }
)
PLAYER = Field({"media:player": read_enclosure})
ENCLOSURES = Field({"enclosure": read_enclosure, "enc:enclosure": read_enclosure})
#: FeedBurner counts who fetches a file, and keeps the address of the file itself apart.
OWN_ENCLOSURE = Field({"feedburner:origenclosurelink": find_text})
PUBLISHED = Field(
    {
        "pubdate": find_text,
        "dc:date": find_text,
        "dcterms:issued": find_text,
        "dcterms:created": find_text,
        "atom:published": find_text,
        "published": find_text,
        "atom:issued": find_text,
        "issued": find_text,
        "dcterms:available": find_text,
        "prism:publicationdate": find_text,
        "atom:created": find_text,
        "created": find_text,
        "dcterms:date": find_text,
        "date": find_text,
    }
)
UPDATED = Field(
    {
        "atom:updated": find_text,
        "dcterms:modified": find_text,
        "updated": find_text,
        "atom:modified": find_text,
        "modified": find_text,
        "lastbuilddate": find_text,
    }
)
AUTHORS = Field(
    {
        "dc:creator": read_person,
        "author": read_person,
        "atom:author": read_person,
        "dcterms:creator": read_person,
        "itunes:author": read_person,
        "dc:author": read_person,
        "googleplay:author": read_person,
        "podcast:person": read_speaker,
        "media:credit": read_credit,
    }
)
CATEGORIES = Field(
    {
        "category": read_text_category,
        "dc:subject": read_text_category,
        "atom:category": read_category,
        "itunes:category": read_podcast_category,
        "itunes:keywords": read_keywords,
        "media:category": read_media_category,
        "media:keywords": read_keywords,
        "dcterms:subject": read_text_category,
        "keywords": read_keywords,
        "tags": read_keywords,
        "tag": read_keywords,
    }
)
LANGUAGE = Field({"dc:language": find_text, "language": find_text, "dcterms:language": find_text})
RIGHTS = Field(
    {
        "copyright": read_headline,
        "dc:rights": read_headline,
        "atom:rights": read_construct,
        "rights": read_headline,
        "dcterms:rights": read_headline,
        "media:copyright": read_headline,
    }
)
COMMENTS = Field({"comments": read_page})
SOURCE = Field({"source": read_source, "atom:source": read_source})

ITEM = make_table(
    GUID, TITLE, CONTENT, SUMMARY, LINKS, PLAYER, ENCLOSURES, OWN_ENCLOSURE, PUBLISHED, UPDATED, AUTHORS,
    CATEGORIES, LANGUAGE, RIGHTS, COMMENTS, SOURCE, MEDIA, OWN_IMAGE, OTHER_IMAGE, homes=("rss",),
)  # fmt: skip


def read_item(item: Element, outside: Ground) -> ParsedEntry:
    """Return one item as written."""
    ground = outside.at(item)
    found = gather(item, ground, ITEM)
    if MEDIA in found:
        open_media(found, ground, ITEM)
    links = sort_links(ranked(found, LINKS))
    summary = best(found, SUMMARY)
    content = best(found, CONTENT) or _find_longer(found, summary)
    source = best(found, SOURCE)
    guid, is_link = best(found, GUID) or (None, False)
    if guid is None:
        guid, is_link = _find_about(item)
    return ParsedEntry(
        guid=guid,
        guid_is_link=is_link,
        title=best(found, TITLE),
        links=links.pages or _find_odd_page(found, item, ground, guid if is_link else None),
        authors=best_group(found, AUTHORS) or (source.authors if source else ()),
        published=best_date(found, PUBLISHED),
        updated=best_date(found, UPDATED) or declared(item, "lastmod"),
        summary=summary,
        content=content,
        enclosures=_find_enclosures(found, links.files),
        categories=joined(found, CATEGORIES),
        language=best(found, LANGUAGE) or find_language(content or summary, ground, outside),
        rights=best(found, RIGHTS),
        image=find_image(found) or _find_attached_picture(found),
        comments=best(found, COMMENTS) or links.replies,
        origin=source.origin if source else None,
    )


def _find_about(item: Element) -> tuple[str | None, bool]:
    """Return the address an RDF item is about (RSS 1.0, section 5.5), which is its page."""
    about = declared(item, "about")
    return about, about is not None


def _find_longer(found: Found, summary: Text | None) -> Text | None:
    """Return what is told at greater length than in the summary: some have two texts and no content."""
    texts = found.get(SUMMARY, ())
    if summary is None or len(texts) < 2:
        return None
    longest = max(
        (text for rank, text in texts if rank < WHOLE_TEXTS),
        key=lambda text: len(text.value),
        default=summary,
    )
    return longest if len(longest.value) > len(summary.value) else None


def _find_odd_page(found: Found, item: Element, ground: Ground, guid: str | None) -> tuple[Link, ...]:
    """Return the page where no link names it: a guid that is a path, the page that plays the media.

    The Channel Definition Format, from which RSS came, has address and date in attributes.
    """
    if guid and guid.startswith("/"):
        return (Link(guid, base=ground.base),)
    player = best(found, PLAYER)
    href = player.href if player else declared(item, "href")
    return (Link(href, base=ground.base),) if href else ()


def _find_enclosures(found: Found, links: tuple[Link, ...]) -> tuple[Link, ...]:
    own = (*every(found, ENCLOSURES), *links) if ENCLOSURES in found else links
    if own and (address := best(found, OWN_ENCLOSURE)):
        own = (replace(own[0], href=address), *own[1:])
    return own + find_files(found) if MEDIA in found else own


def _find_attached_picture(found: Found) -> Link | None:
    for file in every(found, ENCLOSURES):
        if shows_picture(file.href, file.media_type):
            return Link(file.href, base=file.base)
    return None
