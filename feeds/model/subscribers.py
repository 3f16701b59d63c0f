"""Our own hub (WebSub): who asks it for what, who is subscribed there, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.hubs import HubMode


@dataclass(frozen=True, slots=True)
class SubscriberRequest:
    """What was asked of our hub, until it is made sure that the subscriber meant it (WebSub, section 5.3)."""

    topic: str  #: the address of a feed of ours
    callback: str  #: where what is new shall be sent
    host: str  #: of the callback
    view_key: str
    revision: int  #: of the view, when it was asked: what is newer, the subscriber has not seen
    mode: HubMode
    lease: timedelta  #: granted, once it is verified
    asked: datetime
    secret: str | None = None  #: what deliveries are signed with; whoever knows it can forge them
    number: int = 0  #: the store's row; 0: not stored yet
    failures: int = 0  #: to reach the callback


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody to whom our hub sends every new edition of a feed, until the lease ends."""

    number: int  #: the store's row
    topic: str
    callback: str
    host: str  #: of the callback
    view_key: str
    revision: int  #: of the view, that was noticed last
    secret: str | None
    granted: datetime
    lease_end: datetime
    etag: str | None = None  #: of the edition that was delivered last
    last_delivery: datetime | None = None
    failures: int = 0  #: in a row
    next_try: datetime | None = None  #: None: nothing is to be delivered
    last_error: str | None = None  #: one line


#: An edition to a subscriber, a question to one whether it was meant, or word to a hub of others.
AnnouncementKind = Literal["delivery", "verification", "ping"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing that was sent about our feeds, and what came of it."""

    moment: datetime
    kind: AnnouncementKind
    target: str  #: the host of a callback, the address of a hub
    subject: str  #: the feed, or how many
    result: str  #: one line
    next_try: datetime | None = None  #: None: it is not tried again


@dataclass(frozen=True, slots=True)
class PingedHub:
    """A hub of others that is told which feeds have changed."""

    hub: str
    next_ping: datetime  #: no earlier
    failures: int = 0  #: in a row
    last_ping: datetime | None = None
    last_error: str | None = None  #: one line
