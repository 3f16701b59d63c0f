"""Hubs (WebSub): what a source advertises, what was asked of a hub, and what it sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.sources import Source

#: What a hub is asked for, in the standard's words (WebSub, section 5.1).
HubMode = Literal["subscribe", "unsubscribe"]

#: wanted: to be asked for; asked: until the hub has made sure that it was us; verified: granted; denied: the
#: hub will not; failed: it could not be asked, again and again; ended: over for good.
HubState = Literal["wanted", "asked", "verified", "denied", "failed", "ended"]

MOST_HUBS = 4  # of one feed that are worth a try
REPEATED = timedelta(minutes=15)  # within which a hub may verify again what it has verified


@dataclass(frozen=True, slots=True)
class HubOffer:
    """What a source says of its hubs (WebSub, section 4)."""

    hubs: tuple[str, ...]  #: best first; none: it advertises no hub any more
    topic: str  #: the address hubs know the feed by
    base: str  #: where the document came from that says so; relative addresses of a delivered one refer to it


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """What one hub was asked for: to send what is new at a topic to a callback of ours."""

    hub: str
    topic: str
    base_url: str  #: ours, when it was made: the callback lies below it
    number: int = 0  #: the store's row; 0: not stored yet
    secret: str = ""  #: the end of the callback's address; whoever knows it is taken for the hub
    key: str = ""  #: what the hub signs its deliveries with (section 8)
    mode: HubMode = "subscribe"
    state: HubState = "wanted"
    next_step: datetime | None = None  #: when something is to be done about it; None: to be decided
    asked: datetime | None = None  #: when the last request was made
    granted: datetime | None = None  #: when the lease that runs was given
    lease_end: datetime | None = None  #: None while the hub owes us nothing
    failures: int = 0  #: in a row
    checked: bool = False  #: the source was polled since the first lease of an unbroken row of them
    missed: datetime | None = None  #: when a poll found what it should have delivered, and it has not since
    last_delivery: datetime | None = None
    last_error: str | None = None  #: one line
    rejected: int = 0  #: deliveries that were not signed as they must be

    @property
    def callback(self) -> str:
        """The address at which the hub calls us."""
        return f"{self.base_url}/websub/{self.secret}"

    @property
    def is_over(self) -> bool:
        """Whether nothing is taken from the hub any more (section 7: the answer is 410)."""
        return self.mode == "unsubscribe" or self.state == "denied"

    def is_leased(self, now: datetime) -> bool:
        """Whether the hub has promised to deliver at this moment."""
        return self.mode == "subscribe" and self.lease_end is not None and now < self.lease_end

    def is_trusted(self, now: datetime) -> bool:
        """Whether it can be left to the hub to tell what is new."""
        return self.is_leased(now) and self.missed is None

    def awaits(self, mode: str | None, now: datetime) -> bool:
        """Whether a hub that asks if we meant it is told yes (section 5.3.1).

        One that has not heard our first answer asks again.
        """
        if self.asked is None or mode != self.mode:
            return False
        if self.state in ("verified", "ended"):
            return now - self.asked < REPEATED
        return self.state in ("wanted", "asked")


@dataclass(frozen=True, slots=True)
class HubStanding:
    """All that is known of a source and its hubs."""

    source: Source
    offer: HubOffer
    subscriptions: tuple[HubSubscription, ...]
    is_trusted: bool  #: the schedule of the source rested on a hub when this was looked at last


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a hub sent, as it was received; without a body it only says that there is something new."""

    number: int
    subscription_number: int
    received: datetime
    media_type: str | None
    body: bytes
