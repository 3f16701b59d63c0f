"""What is to be done about the hubs of a source: arithmetic on what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model import HubOffer, HubStanding, HubSubscription

LEASE = timedelta(days=10)  # asked for; the hub grants what it likes
RENEWAL = 0.85  # of a lease, after which it is asked for again
SPACING = timedelta(minutes=15)  # between two requests, however short the leases are that a hub grants
ANSWER = timedelta(hours=1)  # within which a request is made, its turn at the host awaited
PATIENCE = timedelta(minutes=15)  # for a hub to verify what it has accepted
FIRST_RETRY = timedelta(minutes=5)  # four times as long after each failure more
LONGEST_RETRY = timedelta(days=1)
MOST_FAILURES = {"subscribe": 5, "unsubscribe": 3}  # in a row; then it is given up
REST = timedelta(days=7)  # until a hub that refused or failed may be asked again
MEMORY = timedelta(days=31)  # for which late deliveries are told that they are not wanted any more
UNCONFIRMED = "it did not confirm what it was asked for"

#: Until something is done about a state that nothing else is known of.
WAITS: dict[str, timedelta] = {"asked": PATIENCE, "denied": REST, "failed": REST, "ended": MEMORY}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a hub could not be asked."""

    reason: str  #: one line
    is_final: bool = False  #: it will not get better by itself
    not_before: datetime | None = None  #: the hub asks to wait (Retry-After)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of all that the hubs of a source were asked for."""

    subscriptions: tuple[HubSubscription, ...]  #: as they are from now on; number 0: new
    forgotten: tuple[int, ...]  #: row numbers of what is over for long
    is_trusted: bool  #: it is left to a hub to tell what is new
    next_step: datetime | None  #: when to decide again, unless something happens before


def decide(standing: HubStanding, base_url: str | None, now: datetime) -> Plan:
    """Decide about the hubs of one source; without a `base_url` that hubs can reach none is wanted."""
    rows = [_pass_time(row, now) for row in standing.subscriptions]
    forgotten = {row.number for row in rows if row.state == "ended" and _is_due(row, now)}
    rows = [row for row in rows if row.number not in forgotten]
    rows = [row if _is_wanted(row, standing, base_url) else leave(row, now) for row in rows]
    if base_url is not None and standing.source.is_polled:
        rows = _choose(rows, standing.offer, base_url, now)
    rows = [_ask(_rest(row, now), now) for row in rows]
    moments = [moment for row in rows for moment in (row.next_step, row.lease_end) if moment]
    return Plan(
        subscriptions=tuple(rows),
        forgotten=tuple(sorted(forgotten)),
        is_trusted=any(row.is_trusted(now) for row in rows),
        next_step=min(moments, default=None),
    )


def find_requests(subscriptions: Iterable[HubSubscription], now: datetime) -> list[HubSubscription]:
    """Return what is to be asked of hubs at this moment."""
    return [row for row in subscriptions if row.state == "asked" and row.asked == now]


def fail(row: HubSubscription, failure: Failure, now: datetime) -> HubSubscription:
    """Return what becomes of a request that failed: made again later and later, then given up."""
    failures = row.failures + 1
    wait = min(FIRST_RETRY * 4 ** min(failures - 1, 9), LONGEST_RETRY)
    later = max(now + wait, failure.not_before or now)
    row = replace(row, state="wanted", failures=failures, last_error=failure.reason, next_step=later)
    if not failure.is_final and failures < MOST_FAILURES[row.mode]:
        return row
    if row.mode == "unsubscribe":
        return _end(row, now)
    return replace(row, state="failed", next_step=max(now + REST, later))


def leave(row: HubSubscription, now: datetime) -> HubSubscription:
    """Return what becomes of what is not wanted any more: a hub that has promised to deliver is told."""
    if row.mode == "unsubscribe":
        return row
    if row.lease_end is None:
        return _end(replace(row, mode="unsubscribe"), now)
    return replace(row, mode="unsubscribe", state="wanted", failures=0, next_step=now)


def _end(row: HubSubscription, now: datetime) -> HubSubscription:
    return replace(row, state="ended", granted=None, lease_end=None, next_step=now + MEMORY)


def _is_due(row: HubSubscription, now: datetime) -> bool:
    return row.next_step is not None and row.next_step <= now


# --- Time passes ------------------------------------------------------------------------------------


def _pass_time(row: HubSubscription, now: datetime) -> HubSubscription:
    """Return what has become of a subscription since somebody looked last."""
    if row.lease_end is not None and row.lease_end <= now:
        row = _lapse(row, now)
    if row.state == "asked" and _is_due(row, now):
        return fail(row, Failure(UNCONFIRMED), now)
    if row.next_step is None:
        return replace(row, next_step=_find_next_step(row, now))
    return row


def _lapse(row: HubSubscription, now: datetime) -> HubSubscription:
    """Return what is left when a lease ends, which no hub needs to be told."""
    if row.mode == "unsubscribe":
        return _end(row, now)
    row = replace(row, granted=None, lease_end=None, checked=False, missed=None)
    return replace(row, state="wanted", next_step=_space(row, now)) if row.state == "verified" else row


def _find_next_step(row: HubSubscription, now: datetime) -> datetime:
    """Return when to look at what the web has recorded of a hub's call."""
    if row.state == "verified" and row.granted and row.lease_end:
        return _space(row, row.granted + RENEWAL * (row.lease_end - row.granted))
    return now + WAITS.get(row.state, timedelta())


def _space(row: HubSubscription, moment: datetime) -> datetime:
    """Return the moment, or a later one where the hub would be asked too soon after the last time."""
    return moment if row.asked is None else max(moment, row.asked + SPACING)


# --- Which hub --------------------------------------------------------------------------------------


def _is_ours(url: str, base_url: str) -> bool:
    """Whether an address is served by ourselves: what we publish we have, and need no hub to tell us."""
    return url.startswith(f"{base_url}/")


def _list_hubs(offer: HubOffer, base_url: str | None) -> list[str]:
    """Return the hubs there are to ask; of a feed of our own none, and our own of none."""
    if base_url is None or _is_ours(offer.topic, base_url):
        return []
    return [hub for hub in offer.hubs if not _is_ours(hub, base_url)]


def _is_wanted(row: HubSubscription, standing: HubStanding, base_url: str | None) -> bool:
    """Whether a subscription is for what the source advertises now, and for where we are now."""
    offer = standing.offer
    is_offered = row.hub in _list_hubs(offer, base_url) and row.topic == offer.topic
    return standing.source.is_polled and is_offered and row.base_url == base_url


def _choose(
    rows: list[HubSubscription], offer: HubOffer, base_url: str, now: datetime
) -> list[HubSubscription]:
    """Return the subscriptions, one of them alive: at the first hub that has not just refused or failed."""
    known = {row.hub: row for row in rows if row.mode == "subscribe"}
    if any(row.state in ("wanted", "asked", "verified") for row in known.values()):
        return rows
    for hub in _list_hubs(offer, base_url):
        row = known.get(hub)
        if row is None:
            return [*rows, HubSubscription(hub, offer.topic, base_url, next_step=now)]
        if _is_due(row, now):
            again = replace(row, state="wanted", failures=0, next_step=now)
            return [again if each is row else each for each in rows]
    return rows


def _rest(row: HubSubscription, now: datetime) -> HubSubscription:
    """Let a hub rest on that nobody needs."""
    is_resting = row.state in ("denied", "failed") and _is_due(row, now)
    return replace(row, next_step=now + REST) if is_resting else row


def _ask(row: HubSubscription, now: datetime) -> HubSubscription:
    """Return what is asked for from now on, where that is due; renewing is asking again (section 5.1)."""
    if row.state not in ("wanted", "verified") or not _is_due(row, now):
        return row
    return replace(row, state="asked", asked=now, next_step=now + ANSWER)
