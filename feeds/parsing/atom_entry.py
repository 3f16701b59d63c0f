"""One entry of Atom 1.0 or 0.3: which elements give each field, best first."""

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
)
from feeds.parsing.elements import Element, Ground, find_text
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
from feeds.parsing.links import is_file, link_as, read_content_link, read_enclosure, read_page, sort_links
from feeds.parsing.media import MEDIA, OTHER_IMAGE, OWN_IMAGE, find_files, find_image, open_media
from feeds.parsing.origins import read_source
from feeds.parsing.people import read_credit, read_person, read_speaker


def read_content(element: Element, ground: Ground) -> Text | Link | None:
    """Return the content, or the address where it is kept if it is not in the entry."""
    return read_construct(element, ground) or read_content_link(element, ground)


ID = Field({"id": find_text, "guid": find_text, "dc:identifier": find_text})
TITLE = Field(
    {
        "title": read_construct,
        "dc:title": read_headline,
        "media:title": read_media_text,
        "itunes:title": read_headline,
    }
)
CONTENT: Field[Text | Link] = Field(
    {
        "content": read_content,
        "content:encoded": read_html,
        "xhtml:body": read_html,
        "xhtml:div": read_html,
        "body": read_html,
    }
)
SUMMARY = Field(
    {
        "summary": read_construct,
        "description": read_html,
        "dc:description": read_body,
        "media:description": read_media_text,
        "itunes:summary": read_body,
        "itunes:subtitle": read_body,
        "subtitle": read_construct,
        "abstract": read_body,
    }
)
LINKS = Field(
    {
        "feedburner:origlink": read_page,
        "link": read_page,
        "cc:license": link_as("license"),
        "creativecommons:license": link_as("license"),
    }
)
ENCLOSURES = Field({"enclosure": read_enclosure})
PUBLISHED = Field(
    {
        "published": find_text,
        "issued": find_text,
        "created": find_text,
        "pubdate": find_text,
        "dcterms:issued": find_text,
        "dcterms:created": find_text,
        "dc:date": find_text,
    }
)
UPDATED = Field(
    {
        "updated": find_text,
        "modified": find_text,
        "dcterms:modified": find_text,
        "app:edited": find_text,
    }
)
AUTHORS = Field(
    {
        "author": read_person,
        "dc:creator": read_person,
        "itunes:author": read_person,
        "podcast:person": read_speaker,
        "media:credit": read_credit,
    }
)
CATEGORIES = Field(
    {
        "category": read_category,
        "dc:subject": read_text_category,
        "itunes:category": read_podcast_category,
        "itunes:keywords": read_keywords,
        "media:category": read_media_category,
        "media:keywords": read_keywords,
    }
)
LANGUAGE = Field({"dc:language": find_text, "language": find_text})
RIGHTS = Field(
    {
        "rights": read_construct,
        "copyright": read_construct,
        "dc:rights": read_headline,
        "media:copyright": read_headline,
    }
)
COMMENTS = Field({"comments": read_page})
SOURCE = Field({"source": read_source})

ENTRY = make_table(
    ID, TITLE, CONTENT, SUMMARY, LINKS, ENCLOSURES, PUBLISHED, UPDATED, AUTHORS, CATEGORIES, LANGUAGE, RIGHTS,
    COMMENTS, SOURCE, MEDIA, OWN_IMAGE, OTHER_IMAGE, homes=("atom", "rss"),
)  # fmt: skip


def read_entry(entry: Element, outside: Ground) -> ParsedEntry:
    """Return one entry as written."""
    ground = outside.at(entry)
    found = gather(entry, ground, ENTRY)
    if MEDIA in found:
        open_media(found, ground, ENTRY)
    links = sort_links(ranked(found, LINKS))
    content, kept = _find_content(found)
    summary = best(found, SUMMARY)
    source = best(found, SOURCE)
    return ParsedEntry(
        guid=best(found, ID),
        # Not so in RFC 4287, but where no link is given the id is often the only address there is.
        guid_is_link=not kept and not any(link.rel == "alternate" for link in links.pages),
        title=best(found, TITLE),
        links=links.pages + kept,
        authors=best_group(found, AUTHORS) or (source.authors if source else ()),
        published=best_date(found, PUBLISHED),
        updated=best_date(found, UPDATED),
        summary=summary,
        content=content,
        enclosures=_find_enclosures(found, links.files, kept),
        categories=joined(found, CATEGORIES),
        language=best(found, LANGUAGE) or find_language(content or summary, ground, outside),
        rights=best(found, RIGHTS),
        image=find_image(found),
        comments=best(found, COMMENTS) or links.replies,
        origin=source.origin if source else None,
    )


def _find_content(found: Found) -> tuple[Text | None, tuple[Link, ...]]:
    """Return the first content that stands here, and where others are kept."""
    contents = ranked(found, CONTENT)
    texts = [content for content in contents if isinstance(content, Text)]
    return texts[0] if texts else None, tuple([content for content in contents if isinstance(content, Link)])


def _find_enclosures(found: Found, links: tuple[Link, ...], kept: tuple[Link, ...]) -> tuple[Link, ...]:
    own = (*links, *every(found, ENCLOSURES)) if ENCLOSURES in found else links
    own += tuple([replace(link, rel="enclosure") for link in kept if is_file(link)])
    return own + find_files(found) if MEDIA in found else own
