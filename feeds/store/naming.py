"""Which sources a query means by a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, false, select

from feeds.model import Source
from feeds.store.database import Transaction
from feeds.store.fetching import fetch
from feeds.store.schema import sources
from feeds.store.views import find_view
from feeds.text.query import Named, Query
from feeds.text.search import fold
from feeds.text.slugs import fold_name, slugify


class Meant(NamedTuple):
    """A source that goes by a name."""

    number: int
    slug: str


def find_meant(db: Transaction, name: str) -> Sequence[Meant]:
    """Return the public sources that go by a name: the one with this slug, else all with this title.

    Titles are compared as texts are searched: capitals and traditional forms make no other.
    """
    slug = fetch(db, _BY_SLUG, {"slug": fold_name(name)})
    if slug:
        return [Meant(*slug[0])]
    wanted = fold(name)
    rows = fetch(db, _TITLES, {})
    return [Meant(number, slug) for number, slug, *told in rows if _fold_title(*told) == wanted]


def list_unknown(db: Transaction, queries: Iterable[Query]) -> list[Named]:
    """Return the sources and categories that queries name and nobody may know of."""
    named = dict.fromkeys(named for query in queries for named in query.named)
    return [one for one in named if not _is_known(db, one)]


def _is_known(db: Transaction, named: Named) -> bool:
    if named.kind == "source":
        return bool(find_meant(db, named.name))
    return named.kind == "language" or find_view(db, "category", slugify(named.name)) is not None


@lru_cache(65_536)  # fewer than there are sources would be none: they are read in order
def _fold_title(name: str | None, title: str | None, url: str) -> str:
    return fold(Source(0, url, "", "feed", url, name=name, title=title).display_title)


_PUBLIC = sources.c.private == false()
_BY_SLUG = select(sources.c.number, sources.c.slug).where(sources.c.slug == bindparam("slug"), _PUBLIC)
_TITLES = select(*(sources.c[name] for name in ("number", "slug", "name", "title", "url"))).where(_PUBLIC)
