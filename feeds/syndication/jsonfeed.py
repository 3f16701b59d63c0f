"""JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from feeds.model import ALONE, Enclosure, Entry, Frame, Origin, Person, Site, StoredEntry, View
from feeds.syndication.masthead import describe
from feeds.syndication.presentable import present_all
from feeds.text.dates import format_rfc3339
from feeds.text.markup import plain_text

JSON_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render_json(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the JSON Feed of a view, with the entries in the order given."""
    shown = present_all(entries, site)
    head = describe(view, site, shown, "feed.json", frame)
    feed = _told(
        version=VERSION,
        title=head.title,
        home_page_url=head.page,
        feed_url=head.url,
        description=head.subtitle,
        language=head.language,
    )
    feed["items"] = [_item(stored.entry) for stored in shown]
    return json.dumps(feed, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    return _told(
        id=entry.id,
        url=entry.link,
        title=entry.title,
        # One of content_html and content_text has to be there, if empty.
        content_html=entry.content or entry.summary or "",
        summary=plain_text(entry.summary) if entry.summary and entry.content else None,
        image=entry.image,
        date_published=format_rfc3339(entry.published) if entry.published else None,
        date_modified=format_rfc3339(entry.updated) if entry.updated else None,
        authors=[_author(person) for person in entry.authors] or None,
        tags=list(entry.categories) or None,
        language=entry.language,
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures] or None,
        # Extensions are objects whose names begin with an underscore.
        _entry=_told(rights=entry.rights, comments_url=entry.comments) or None,
        _source=_source(entry.origin) if entry.origin else None,
    )


def _author(person: Person) -> dict[str, Any]:
    return _told(name=person.name, url=person.url)


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _told(url=enclosure.url, mime_type=enclosure.media_type, size_in_bytes=enclosure.length)


def _source(origin: Origin) -> dict[str, Any]:
    return _told(title=origin.title, url=origin.url, home_page_url=origin.link)


def _told(**values: Any) -> dict[str, Any]:
    """Return what is known: JSON Feed leaves a key out rather than give it null."""
    return {key: value for key, value in values.items() if value is not None}
