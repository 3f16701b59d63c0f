"""Where an entry came from, as every format tells it."""

from __future__ import annotations

from feeds.model import Origin, Site, Source, StoredEntry, View
from feeds.syndication.addresses import feed_id, page_url
from feeds.syndication.faults import is_address
from feeds.text.uri import is_iri
from feeds.text.urls import public_url


def find_origin(stored: StoredEntry, own: Origin) -> Origin:
    """Return the feed an entry came from: the one it was first in, where its source republishes.

    `own` is its source, as `represent` gives it. The id is always set, and one of `url` and `link`. `updated`
    is what the origin said of itself when the entry was taken over, else the entry's own date: the date a
    source states at each poll would change the bytes of entries that did not change.
    """
    republished = stored.entry.origin
    origin = (_of_republished(republished) if republished else None) or own
    return Origin(
        origin.title,
        origin.url,
        origin.link,
        origin.id or origin.url or origin.link,
        origin.updated or stored.updated,
        origin.rights,
    )


def find_via(stored: StoredEntry, origin: Origin, own: Origin) -> str | None:
    """Return where a republished entry was taken from: the page of who republished it, else its feed.

    RFC 4287, section 4.2.7.2: `via` is the source of the information, where the origin is not it already.
    """
    if stored.entry.origin is None or origin.id == own.id:
        return None
    via = _public(stored.source.link) or own.url
    return None if via in (origin.link, origin.url) else via


def name_origin(origin: Origin) -> str:
    """Return what to call the origin of an entry: its title, else where it stands."""
    return origin.title or origin.url or origin.link or ""


def _of_republished(origin: Origin) -> Origin | None:
    """Return what can be told of the origin, or None where that names no place."""
    url, link = _public(origin.url), _public(origin.link)
    if not (url or link):
        return None
    return Origin(origin.title, url, link, _identifier(origin.id), origin.updated, origin.rights)


def represent(source: Source, site: Site) -> Origin:
    """Return a source as the origin of its entries; one without a place on the web goes by its page here.

    The publisher of archived documents is never fetched: its address is that of its page.
    """
    address, link = _public(source.url), _public(source.link)
    url = address if source.kind in ("feed", "page") else None
    if source.kind == "archive":
        link = link or address
    here = View("source", source.slug)
    return Origin(
        title=source.display_title,
        url=url,
        link=link or (None if url else page_url(site, here)),
        id=_identifier(source.guid) or _public(source.key) or feed_id(site, here),
        rights=source.rights,
    )


def _public(url: str | None) -> str | None:
    """Return an address without the passwords and keys in it, or None where it leads nowhere."""
    return public_url(url) if url and is_address(url) else None


def _identifier(text: str | None) -> str | None:
    """Return an id as it is told in public: RFC 4287, section 4.2.6 wants an IRI."""
    if not text or not is_iri(text):
        return None
    return public_url(text) if is_address(text) else text
