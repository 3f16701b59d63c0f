"""What a feed says about itself, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from feeds.model import ALONE, Frame, Site, StoredEntry, View
from feeds.syndication.addresses import feed_id, feed_url, page_url
from feeds.syndication.faults import is_address
from feeds.syndication.presentable import language_tag, legal, present_frame

GENERATOR = "feeds"
UNDETERMINED = "und"  # BCP 47 (RFC 5646, section 4.1); RFC 4287 has no empty `xml:lang`


@dataclass(frozen=True, slots=True)
class Masthead:
    """The head of a feed; only `subtitle` and `language` may be missing."""

    id: str
    title: str
    publisher: str  #: who syndicates: the title of the site
    home: str  #: the page of the site
    page: str  #: the page of the view
    url: str  #: of the feed itself
    updated: datetime
    subtitle: str | None = None
    language: str | None = None
    frame: Frame = ALONE  #: made presentable
    hubs: tuple[str, ...] = ()

    def name_language(self, language: str | None) -> str | None:
        """Return the language of an entry as it is told here: without a word it would be the feed's."""
        return language or (UNDETERMINED if self.language else None)

    @property
    def links(self) -> list[tuple[str, str]]:
        """What it links to besides itself and its page, as (rel, address): RFC 5005 and WebSub, section 4."""
        frame = self.frame
        found = {
            "current": frame.current,
            "next": frame.next,
            "prev-archive": frame.prev_archive,
            "next-archive": frame.next_archive,
        }
        return [(rel, url) for rel, url in found.items() if url] + [("hub", hub) for hub in self.hubs]


def describe(
    view: View, site: Site, entries: Iterable[StoredEntry], format: str, frame: Frame = ALONE
) -> Masthead:
    """Return the head of the feed of a view; `format` is a key of `FORMATS`.

    Raises ValueError for an empty feed of a site that has not started: there is no date to give it.
    """
    view, site, frame = legal(view), legal(site), present_frame(legal(frame))
    publisher = name_publisher(site)
    url = frame.url or feed_url(site, view, format)
    if frame.next == url:  # JSON Feed: a reader would never come to an end
        frame = replace(frame, next=None)
    if view.kind == "all":
        title, subtitle, language = publisher, site.subtitle, site.language
    else:
        title = f"{view.display_title} – {publisher}"
        subtitle, language = view.subtitle or "", view.language
    return Masthead(
        id=feed_id(site, view),
        title=title,
        publisher=publisher,
        home=f"{site.base_url}/",
        page=page_url(site, view),
        url=url,
        updated=frame.updated
        or find_updated(site, chain(map(find_moment, entries), (gone.when for gone in frame.tombstones))),
        subtitle=subtitle.strip() or None,
        language=language_tag(language),
        frame=frame,
        hubs=tuple(dict.fromkeys(filter(is_address, site.hubs))) if is_topic(view, frame) else (),
    )


def is_topic(view: View, frame: Frame) -> bool:
    """Whether hubs announce the document: only the live feed of a view, and none a reader has made up."""
    return frame.url is None and view.kind != "query"


def name_publisher(site: Site) -> str:
    """Return who syndicates."""
    return site.title.strip() or site.base_url


def find_updated(site: Site, moments: Iterable[datetime]) -> datetime:
    """Return the latest of the moments, else that of the site's start; raises ValueError without either."""
    latest = max(moments, default=site.started)
    if latest is None:
        raise ValueError(
            f"{site.base_url}: an empty feed is dated by the start of its site, which is unknown"
        )
    return latest


def find_moment(stored: StoredEntry) -> datetime:
    """Return when an entry last changed the feed: one announced for later did so when it came."""
    return min(stored.updated, stored.first_seen) if stored.versions == 1 else stored.updated
