"""Which source speaks for an entry that several bring, where none came first but by accident."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.curation.identity import is_at_home
from feeds.model import Claim, KnownEntry
from feeds.text import urls

#: Polls no further apart are one round: which source is asked first in it is an accident.
ROUND = timedelta(hours=1)


def is_rightful(claim: Claim, stored: KnownEntry, now: datetime) -> bool:
    """Whether an entry is rather this source's, which might as well have been asked before its owner.

    Of the sources that bring an entry in one round, each polled for the first time, one speaks for it: a
    public one before a private one, then one that the id is at home with, else the one with the first key. So
    a rebuilt store does not depend on who answers first. Nobody takes what was corrected since, or came
    before the source was declared.
    """
    if stored.owner_key in ("", claim.key) or stored.first_seen is None or stored.is_corrected:
        return False
    if not claim.added < stored.first_seen or now - stored.first_seen > ROUND:
        return False
    ours = False, _find_distance(stored.id, claim.key, claim.link), claim.key
    owners = (
        stored.owner_private,
        _find_distance(stored.id, stored.owner_key, stored.owner_link),
        stored.owner_key,
    )
    return ours < owners


def _find_distance(id: str, key: str, link: str | None) -> int:
    """Return how far an id is from a source: 0 at the source's own host, 1 at that of its page, 2 elsewhere.

    The page goes second: a feed names it itself, and might name anybody's.
    """
    if is_at_home(id, [urls.find_host(key)]):
        return 0
    return 1 if link and is_at_home(id, [urls.find_host(link)]) else 2
