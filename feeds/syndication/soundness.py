"""A document is rendered and checked; an entry that spoils it is found out and left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from feeds.errors import EditionError
from feeds.model import Site, StoredEntry
from feeds.syndication.checking import check
from feeds.syndication.faults import Faults
from feeds.syndication.history import Shown
from feeds.syndication.works import Work
from feeds.text.urls import public_text


def render_sound(work: Work, site: Site, content: Any) -> tuple[bytes, Faults]:
    """Return a document that passes the check, and by id why entries were left out of it.

    Raises EditionError where no entry is to blame.
    """
    try:
        return render_checked(work, site, content), {}
    except EditionError:
        if not isinstance(content, Shown):
            raise
        faults = _find_culprits(
            content.entries, lambda some: render_checked(work, site, replace(content, entries=some))
        )
        if not faults:
            raise
    sound = [stored for stored in content.entries if stored.entry.id not in faults]
    return render_checked(work, site, replace(content, entries=sound)), faults


def render_checked(work: Work, site: Site, content: Any) -> bytes:
    """Return a document that passes the check; raises EditionError where there is none."""
    try:
        body = work.render(site, content)
    except MemoryError:
        raise
    except Exception as error:  # whatever a library makes of what a source has written
        reason = public_text(" ".join(str(error).split())) or type(error).__name__
        raise EditionError(f"it cannot be rendered: {reason}") from error
    check(body, work.media_type, has_origins=isinstance(content, Shown))
    return body


def _find_culprits(
    entries: Sequence[StoredEntry], render: Callable[[Sequence[StoredEntry]], bytes]
) -> Faults:
    """Return by id what is wrong with each entry that cannot be rendered even alone.

    Halves that fail are halved again. Where a feed without entries fails, or each of several does, the
    entries are not to blame.
    """

    def search(some: Sequence[StoredEntry]) -> Faults:
        try:
            render(some)
        except EditionError as error:
            if len(some) == 1:
                return {some[0].entry.id: str(error)}
            middle = len(some) // 2
            return search(some[:middle]) | search(some[middle:])
        return {}

    try:
        render([])
    except EditionError:
        return {}
    found = search(entries) if entries else {}
    return found if len(found) == 1 or len(found) < len(entries) else {}
