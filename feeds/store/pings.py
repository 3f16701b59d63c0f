"""What hubs of others have been told of our feeds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, literal, or_, select, update

from feeds.model import PingedHub
from feeds.store.database import Transaction, insert
from feeds.store.subscriber_schema import pinged_hubs, pinged_views
from feeds.store.view_schema import views


def follow_hubs(db: Transaction, hubs: Collection[str], now: datetime) -> None:
    """Know these hubs and no others; a new one is told of what changes from now on."""
    for table in (pinged_views, pinged_hubs):
        db.execute(delete(table).where(table.c.hub.not_in(hubs)))
    known = set(db.scalars(select(pinged_hubs.c.hub)))
    for hub in dict.fromkeys(hubs):
        if hub not in known:
            db.execute(pinged_hubs.insert().values(hub=hub, next_ping=now, failures=0))
            so_far = select(literal(hub), views.c.key, views.c.revision)
            db.execute(pinged_views.insert().from_select(["hub", "view_key", "revision"], so_far))


def due_hubs(db: Transaction, now: datetime) -> list[PingedHub]:
    """Return the hubs that are to be told something now."""
    is_due = and_(
        pinged_hubs.c.next_ping <= now, _select_untold(pinged_hubs.c.hub).correlate(pinged_hubs).exists()
    )
    return [PingedHub(**row._mapping) for row in db.execute(select(pinged_hubs).where(is_due))]


def list_untold(db: Transaction, hub: str, limit: int) -> list[tuple[str, int]]:
    """Return (key, revision) of views that have changed since the hub was told."""
    statement = _select_untold(literal(hub)).order_by(views.c.key).limit(limit)
    return [(row.key, row.revision) for row in db.execute(statement)]


def _select_untold(hub: ColumnElement[str]) -> Select[tuple[str, int]]:
    """Select the views whose revision a hub does not know."""
    is_known = and_(pinged_views.c.view_key == views.c.key, pinged_views.c.hub == hub)
    is_new = or_(pinged_views.c.revision.is_(None), pinged_views.c.revision != views.c.revision)
    known = views.outerjoin(pinged_views, is_known)
    return select(views.c.key, views.c.revision).select_from(known).where(is_new)


def keep_told(db: Transaction, hub: PingedHub, told: Sequence[tuple[str, int]], next_ping: datetime) -> None:
    """Keep what the hub has been told, and when it may be told more at the earliest."""
    rows = [{"hub": hub.hub, "view_key": key, "revision": revision} for key, revision in told]
    if rows:
        statement = insert(db, pinged_views)
        revision = {"revision": statement.excluded.revision}
        keys = [pinged_views.c.hub, pinged_views.c.view_key]
        db.execute(statement.on_conflict_do_update(index_elements=keys, set_=revision), rows)
    pinged = {"last_ping": hub.last_ping, "failures": 0, "last_error": None}
    _change(db, hub.hub, next_ping=next_ping, **pinged)


def put_off_ping(db: Transaction, hub: PingedHub, reason: str, next_ping: datetime) -> None:
    """Have a hub told later that could not be."""
    _change(db, hub.hub, failures=hub.failures + 1, last_error=reason, next_ping=next_ping)


def list_hubs(db: Transaction) -> list[PingedHub]:
    """Return the hubs that are told what is new, by address."""
    return [PingedHub(**row._mapping) for row in db.execute(select(pinged_hubs).order_by(pinged_hubs.c.hub))]


def _change(db: Transaction, hub: str, **values: object) -> None:
    db.execute(update(pinged_hubs).where(pinged_hubs.c.hub == hub).values(values))
