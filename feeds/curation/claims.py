"""Which source speaks for an entry that several bring, where none came first but by accident."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feeds.curation.identity import is_at_home
from feeds.model import Claim, KnownEntry
from feeds.text import urls

#: Polls no further apart are one round: which source is asked first in it is an accident.
ROUND = timedelta(hours=1)


def is_rightful(claim: Claim, stored: KnownEntry, now: datetime) -> bool:
    """Whether an entry is rather this source's, which might as well have been asked before its owner.

    Of the sources that bring an entry in one round, each polled for the first time, one speaks for it whose
    site the id is of, a public one before a private one, else the one with the first key: so a rebuilt store
    does not depend on who answers first. Nobody takes what was corrected since, or came before the source
    was declared.
    """
    if stored.owner_key in ("", claim.key) or stored.first_seen is None or stored.is_corrected:
        return False
    if not claim.added < stored.first_seen or now - stored.first_seen > ROUND:
        return False
    is_ours = _is_own(stored.id, claim.key, claim.link)
    is_owners = _is_own(stored.id, stored.owner_key, stored.owner_link)
    return (False, not is_ours, claim.key) < (stored.owner_private, not is_owners, stored.owner_key)


def _is_own(id: str, *addresses: str | None) -> bool:
    return is_at_home(id, _find_hosts(addresses))


def _find_hosts(addresses: Iterable[str | None]) -> list[str | None]:
    return [urls.find_host(address) if address else None for address in addresses]
