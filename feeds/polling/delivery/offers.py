"""What an answer and the feed in it say of the source's hubs."""

from __future__ import annotations

from feeds.model import MOST_HUBS, Feed, HubOffer
from feeds.polling.fetch import FetchResult
from feeds.text.urls import LONGEST_SOURCE, public_url


def find_offer(fetched: FetchResult, feed: Feed) -> HubOffer:
    """Return the hubs and the topic: those of the header first, then those in the feed (WebSub, section 4).

    A feed that gives no address for itself is known by the one it came from. No hub is told an address with
    a password or a key in it.
    """
    topic = fetched.topic or feed.topic or fetched.url
    hubs = [hub for hub in fetched.hubs or feed.hubs if len(hub) <= LONGEST_SOURCE][:MOST_HUBS]
    is_tellable = public_url(topic) == topic and len(topic) <= LONGEST_SOURCE
    return HubOffer(tuple(hubs) if is_tellable else (), topic, public_url(fetched.url))
