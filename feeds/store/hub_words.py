"""How a source stands with its hubs, in the words of page, command and API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from feeds.model import HubSubscription, Source
from feeds.store.database import Transaction
from feeds.store.hub_schema import hub_subscriptions
from feeds.store.hubs import find_subscriptions, read_subscription
from feeds.text.urls import public_url

#: What tells most of a source comes first.
ORDER = ("verified", "asked", "wanted", "denied", "failed", "ended")


def explain_hub(db: Transaction, source: Source, now: datetime) -> str | None:
    """Return in one line how the source stands with its hub; None where no hub was asked for anything."""
    return _explain(find_subscriptions(db, source), now)


def explain_hubs(db: Transaction, now: datetime) -> dict[int, str]:
    """Return the lines of all sources that have one, by row number."""
    known: dict[int, list[HubSubscription]] = defaultdict(list)
    for row in db.execute(select(hub_subscriptions).order_by(hub_subscriptions.c.number)):
        known[row.source_number].append(read_subscription(row))
    lines = {number: _explain(subscriptions, now) for number, subscriptions in known.items()}
    return {number: line for number, line in lines.items() if line}


def _explain(subscriptions: Iterable[HubSubscription], now: datetime) -> str | None:
    alive = [one for one in subscriptions if one.state != "ended"]
    if not alive:
        return None
    told = min(alive, key=lambda one: (one.is_over, not one.is_leased(now), ORDER.index(one.state)))
    line = f"{public_url(told.hub)} {_tell(told, now)}"
    if told.rejected:
        line += f"; wrongly signed and dropped: {told.rejected}"
    return line


def _tell(told: HubSubscription, now: datetime) -> str:
    """Return what the hub does, as the predicate of a sentence."""
    reason = f": {told.last_error}" if told.last_error else ""
    if told.mode == "unsubscribe":
        return "is told that nothing is wanted any more"
    if told.is_leased(now):
        return _tell_lease(told)
    if told.state == "denied":
        return f"refuses to deliver{reason}"
    if told.state == "failed":
        return f"was asked to deliver in vain{reason}"
    if told.failures:
        return f"could not be asked to deliver{reason}; it is asked again"
    return "is asked to deliver what is new"


def _tell_lease(told: HubSubscription) -> str:
    if told.missed:
        return (
            f"has not delivered what a poll found on {_write(told.missed)};"
            " until it delivers again the source is polled as often as without it"
        )
    last = f" (last on {_write(told.last_delivery)})" if told.last_delivery else ""
    return f"delivers what is new{last}, until {_write(told.lease_end)}"


def _write(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "then"
