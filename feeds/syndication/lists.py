"""How the lists of feeds are made: of all that is read, and of all that is served."""

from __future__ import annotations

from feeds.store import Transaction, views
from feeds.store.catalogue import categories_by_source, list_views
from feeds.store.revisions import SOURCES
from feeds.store.sources import list_sources
from feeds.syndication.opml import OPML_TYPE, Served, render_opml, render_served
from feeds.syndication.works import Work

KEY = "lists"  # no view has this key


def _read_served(db: Transaction) -> Served:
    return Served(list_views(db), categories_by_source(db))


#: The lists by the last part of their address. A category comes with its first entry and goes with its last:
#: so what is served depends on everything that is told by the view of everything.
LISTS = {
    work.place[1]: work
    for work in (
        Work(
            place=(KEY, "opml.xml"),
            media_type=OPML_TYPE,
            look=lambda db: views.revision(db, SOURCES),
            read=lambda db, _: (list_sources(db), {}),
            render=render_opml,
        ),
        Work(
            place=(KEY, "feeds.opml"),
            media_type=OPML_TYPE,
            look=lambda db: (views.revision(db, SOURCES), views.revision(db, "all")),
            read=lambda db, _: (_read_served(db), {}),
            render=render_served,
        ),
    )
}
