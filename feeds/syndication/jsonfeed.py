"""JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from feeds.model import ALONE, Enclosure, Frame, Origin, Person, Related, Site, StoredEntry, Tombstone, View
from feeds.syndication.masthead import Masthead, describe
from feeds.syndication.presentable import Presentable, present_all
from feeds.text.dates import format_rfc3339
from feeds.text.markup import plain_text

JSON_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render_json(view: View, site: Site, entries: Sequence[StoredEntry], frame: Frame = ALONE) -> bytes:
    """Return the JSON Feed of a view, with the entries in the order given."""
    shown = present_all(entries, site, frame)
    head = describe(view, site, (one.stored for one in shown), "feed.json", frame)
    feed = _head(head)
    feed["items"] = [_item(one, head, is_full=frame.is_full) for one in shown]
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def _head(head: Masthead) -> dict[str, Any]:
    """Return what is said of the feed; no `authors`: they would be those of every item that names none."""
    return _told(
        version=VERSION,
        title=head.title,
        home_page_url=head.page,
        feed_url=head.url,
        description=head.subtitle,
        next_url=head.frame.next,
        language=head.language,
        hubs=[{"type": "WebSub", "url": hub} for hub in head.hubs] or None,
        _deleted=[_deleted(gone) for gone in head.frame.tombstones] or None,
    )


def _item(shown: Presentable, head: Masthead, *, is_full: bool) -> dict[str, Any]:
    entry = shown.entry
    return _told(
        id=entry.id,
        url=entry.link,
        title=entry.title,
        **(_texts(shown) if is_full else {"content_text": plain_text(entry.summary or "")}),
        image=entry.image,
        date_published=format_rfc3339(entry.published) if entry.published else None,
        date_modified=format_rfc3339(entry.updated) if entry.updated else None,
        authors=[_author(person) for person in entry.authors] or None,
        tags=list(entry.categories) or None,
        language=head.name_language(entry.language),
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures] or None,
        # Extensions have names that begin with an underscore.
        _entry=_told(rights=entry.rights, comments_url=entry.comments, via_url=shown.via) or None,
        _source=_source(entry.origin) if entry.origin else None,
        _related=[_related(one) for one in shown.related] or None,
    )


def _texts(shown: Presentable) -> dict[str, str | None]:
    """Return the texts of an item: one of `content_html` and `content_text` has to be there, if empty."""
    summary, content = shown.entry.summary, shown.entry.content
    return {
        "content_html": content or summary or "",
        "summary": plain_text(summary) if summary and content else None,
    }


def _author(person: Person) -> dict[str, Any]:
    return _told(name=person.name, url=person.url)


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _told(url=enclosure.url, mime_type=enclosure.media_type, size_in_bytes=enclosure.length)


def _source(origin: Origin) -> dict[str, Any]:
    return _told(
        id=origin.id, title=origin.title, url=origin.url, home_page_url=origin.link, rights=origin.rights
    )


def _related(related: Related) -> dict[str, Any]:
    return _told(url=related.url, title=related.title, source_title=related.source_title)


def _deleted(gone: Tombstone) -> dict[str, Any]:
    return {"id": gone.id, "date_deleted": format_rfc3339(gone.when)}


def _told(**values: Any) -> dict[str, Any]:
    """Return what is known: JSON Feed leaves a key out rather than give it null."""
    return {key: value for key, value in values.items() if value is not None}
