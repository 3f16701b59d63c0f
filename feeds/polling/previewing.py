"""What a subscription would bring: looked for and read as for good, and nothing of it is stored."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from feeds.errors import DocumentError
from feeds.model import Entry, FoundFeed, Link, Preview, PreviewedEntry
from feeds.polling.discover import Discovery, Found
from feeds.polling.rhythm import find_rhythm
from feeds.text.urls import is_web_url, public_url

PATIENCE = 30.0  # seconds for all of it: somebody sits and waits
MOST_ENTRIES = 10  # that are told
EXCERPT = 300  # characters of an entry
LOOKED_AT = 20_000  # in which it begins: what stands behind them would only hold up other polls
MOST_TEXT = 500  # of a title
LONGEST_LINK = 2000

#: The readers of what pages say their feeds are; other types are those of several formats.
FORMATS = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "jsonfeed",
    "application/rdf+xml": "rdf",
}


async def preview(discovery: Discovery, address: str, patience: float = PATIENCE) -> Preview:
    """Return what is found at an address or behind the page there; what goes wrong is the answer, too."""
    told = public_url(address)
    if not is_web_url(address):
        return Preview(address, f"{told}: is no http(s) address")
    try:
        async with asyncio.timeout(patience):
            found = await discovery.find(address)
    except TimeoutError:
        return Preview(address, f"{told}: no feed was found within {patience:g} s")
    except DocumentError as error:
        return Preview(address, str(error))
    return _describe(address, found, discovery.clock())


def _describe(address: str, found: Found, now: datetime) -> Preview:
    feed = found.reading.feed
    rhythm = find_rhythm(feed.entries, now)
    chosen = FoundFeed(found.link.href, found.found_by, _cut(feed.title), found.reading.format)
    newest = sorted(feed.entries, key=lambda entry: _find_age(entry, now))[:MOST_ENTRIES]
    return Preview(
        asked=address,
        feeds=(chosen, *map(_describe_link, found.others)),
        title=chosen.title,
        link=_keep_link(feed.link),
        subtitle=_cut(feed.subtitle),
        language=feed.language,
        count=len(feed.entries),
        newest=rhythm.newest,
        gap=round(rhythm.gap.total_seconds()) if rhythm.gap else None,
        entries=tuple(map(_describe_entry, newest)),
    )


def _describe_link(link: Link) -> FoundFeed:
    return FoundFeed(link.href, "page", _cut(link.title), FORMATS.get(link.media_type or ""))


def _describe_entry(entry: Entry) -> PreviewedEntry:
    from feeds.text.markup import excerpt  # only here: a poller that nobody asks needs none of it

    text = (entry.summary or entry.content or "")[:LOOKED_AT]
    return PreviewedEntry(
        title=_cut(entry.title),
        link=_keep_link(entry.link),
        published=entry.published or entry.updated,
        excerpt=excerpt(text, EXCERPT),
        language=entry.language,
        has_picture=entry.image is not None or "<img" in text or "<img" in (entry.content or ""),
    )


def _find_age(entry: Entry, now: datetime) -> timedelta:
    """Return how old it is; without a date it comes behind all that have one, in the document's order."""
    date = entry.published or entry.updated
    return now - date if date else timedelta.max


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"


def _keep_link(link: str | None) -> str | None:
    return link if link and len(link) <= LONGEST_LINK else None
