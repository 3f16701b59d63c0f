"""How our hub and the hubs of others fare, in the words of page, command and API.

Who is subscribed is told to whoever runs the service alone: the address of a reader may name a person.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import distinct, func, select

from feeds.model import Announcement, PingedHub, Subscriber
from feeds.store.database import Transaction
from feeds.store.pings import list_hubs
from feeds.store.subscriber_schema import subscribers
from feeds.text.urls import public_url


def explain_announcing(db: Transaction, *, has_hub: bool = True) -> list[str]:
    """Return in a few lines how it goes with telling what is new; none where nobody is told.

    `has_hub` is whether our own hub is switched on.
    """
    known = subscribers.c
    failing = func.count().filter(known.failures > 0)
    counts = db.execute(select(func.count(), func.count(distinct(known.topic)), failing)).one()
    told = _tell_subscribers(*counts) if has_hub else _tell_waiting(counts[0])
    return [*told, *map(_tell_hub, list_hubs(db))]


def _tell_waiting(count: int) -> list[str]:
    return [f"our hub is switched off: nothing is sent to {_count(count, 'subscriber')}"] if count else []


def _tell_subscribers(count: int, topics: int, failing: int) -> list[str]:
    if not count:
        return []
    line = f"{_count(count, 'subscriber')} at our hub, to {_count(topics, 'feed')}"
    if failing:
        line += f"; {failing} of them could not be reached the last time"
    return [line]


def _tell_hub(hub: PingedHub) -> str:
    name = public_url(hub.hub)
    if hub.last_error:
        return f"{name} could not be told what is new: {hub.last_error}; again at {_write(hub.next_ping)}"
    last = f" (last at {_write(hub.last_ping)})" if hub.last_ping else ""
    return f"{name} is told what is new{last}"


def explain_subscriber(one: Subscriber) -> str:
    """Return what is known of a subscriber, as the predicate of a sentence."""
    last = f", last delivery at {_write(one.last_delivery)}" if one.last_delivery else ""
    line = f"until {_write(one.lease_end)}{last}"
    if one.last_error:
        line += f"; {_count(one.failures, 'failure')} in a row: {one.last_error}"
    return f"{line}; next try at {_write(one.next_try)}" if one.next_try else line


def explain_announcement(one: Announcement) -> str:
    """Return one line of the log."""
    line = f"{_write(one.moment)} {one.kind} to {one.target}, {one.subject}: {one.result}"
    return f"{line}; again at {_write(one.next_try)}" if one.next_try else line


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _write(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
