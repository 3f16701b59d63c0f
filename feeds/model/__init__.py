"""The words of the project as data: what one room hands to the next.

What a source said (`written`, `normal`) is kept apart from what we know and decide (the others).
Every datetime is aware and in UTC.
"""

from feeds.model.changes import Changes, Claim, FreshEntry, KnownEntry, Placed, Rekeyed
from feeds.model.desk import DeskKind, DeskRequest, DeskState, FoundBy, FoundFeed, Preview, PreviewedEntry
from feeds.model.files import ParsedFile, Reading, SeedFile
from feeds.model.health import Health, HealthChange, HealthWord
from feeds.model.hubs import (
    MOST_HUBS,
    Delivery,
    HubMode,
    HubOffer,
    HubStanding,
    HubState,
    HubSubscription,
)
from feeds.model.normal import Enclosure, Entry, Feed, Tombstone
from feeds.model.polls import (
    OutcomeKind,
    PollOutcome,
    Refresh,
    RefreshRequest,
    RefreshResult,
    RefreshState,
    RefreshTally,
)
from feeds.model.reports import SourceReport
from feeds.model.served import (
    ALL,
    ALONE,
    Frame,
    Related,
    Selection,
    Site,
    StoredEntry,
    Version,
    View,
    ViewKind,
)
from feeds.model.sources import NO_LONGER_DECLARED, Declaration, Source, SourceKind, SourceState
from feeds.model.subscribers import Announcement, AnnouncementKind, PingedHub, Subscriber, SubscriberRequest
from feeds.model.written import (
    ARTICLES,
    FEEDS,
    Document,
    Link,
    Origin,
    ParsedDeletion,
    ParsedEntry,
    ParsedFeed,
    Person,
    Text,
    Validators,
)

__all__ = [
    "ALL",
    "ALONE",
    "ARTICLES",
    "FEEDS",
    "MOST_HUBS",
    "NO_LONGER_DECLARED",
    "Announcement",
    "AnnouncementKind",
    "Changes",
    "Claim",
    "Declaration",
    "Delivery",
    "DeskKind",
    "DeskRequest",
    "DeskState",
    "Document",
    "Enclosure",
    "Entry",
    "Feed",
    "FoundBy",
    "FoundFeed",
    "Frame",
    "FreshEntry",
    "Health",
    "HealthChange",
    "HealthWord",
    "HubMode",
    "HubOffer",
    "HubStanding",
    "HubState",
    "HubSubscription",
    "KnownEntry",
    "Link",
    "Origin",
    "OutcomeKind",
    "ParsedDeletion",
    "ParsedEntry",
    "ParsedFeed",
    "ParsedFile",
    "Person",
    "PingedHub",
    "Placed",
    "PollOutcome",
    "Preview",
    "PreviewedEntry",
    "Reading",
    "Refresh",
    "RefreshRequest",
    "RefreshResult",
    "RefreshState",
    "RefreshTally",
    "Rekeyed",
    "Related",
    "SeedFile",
    "Selection",
    "Site",
    "Source",
    "SourceKind",
    "SourceReport",
    "SourceState",
    "StoredEntry",
    "Subscriber",
    "SubscriberRequest",
    "Text",
    "Tombstone",
    "Validators",
    "Version",
    "View",
    "ViewKind",
]
