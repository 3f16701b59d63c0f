"""The page of a search: the form, what is found with its matches marked, and how to keep the search."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, render_template, request

from feeds.errors import QueryError
from feeds.model import Selection, StoredEntry, View
from feeds.store import Transaction
from feeds.store.naming import list_unknown
from feeds.store.patience import limited
from feeds.store.selections import count_selected
from feeds.store.views import list_searches
from feeds.syndication.selecting import MOST_SECONDS
from feeds.text.markup import plain_text
from feeds.text.query import Query, read_query, tidy
from feeds.text.search import fold
from feeds.text.snippets import Part, cut_snippet, mark
from feeds.web.names import find_named_view
from feeds.web.paging import Page, read_page
from feeds.web.presentation import write_headline
from feeds.web.river import PAGE_LENGTH, find_newer
from feeds.web.service import get_service

blueprint = Blueprint("searching", __name__)

MOST_COUNTED = 1000
#: Characters of texts that are looked through for one page; beyond them the beginning of a text is shown.
MOST_READ = 2_000_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, as the page shows it."""

    stored: StoredEntry
    title: Sequence[Part]
    snippet: Sequence[Part]


@blueprint.get("/search/")
def show_search() -> str | tuple[str, int]:
    """What a reader searches for; without a query the form, and the searches that are saved."""
    asked = request.args.get("q", "")
    with get_service().store.read() as db:
        if not asked.strip():
            return render_template("search.html", view=None, asked="", searches=list_searches(db))
        try:
            query = read_query(asked)
        except QueryError as error:
            searches = list_searches(db)
            return render_template("search.html", view=None, asked=asked, error=error, searches=searches), 400
        return _show_found(db, find_named_view(db, "query", tidy(asked)), query)


@blueprint.get("/searches/<name>/")
def show_saved_search(name: str) -> str:
    with get_service().store.read() as db:
        view = find_named_view(db, "search", name)
        return _show_found(db, view, read_query(view.query or ""))


def _show_found(db: Transaction, view: View, query: Query) -> str:
    """Render the page of a search; a few are carried out at once, and none for long."""
    before = request.args.get("before")
    with get_service().editions.turns.take(), limited(db, MOST_SECONDS):
        page = read_page(db, view, PAGE_LENGTH, before)
        count = _count(db, view, page, before)
        newer = find_newer(db, view, Selection(before=before))
        hits = describe_hits(page.entries, query)
    return render_template(
        "search.html",
        view=view,
        asked=view.query,
        query=query,
        days=[(day, list(group)) for day, group in groupby(hits, _find_day)],
        count=count,
        most=MOST_COUNTED,
        older=page.older,
        newer=newer,
        before=before,
        unknown=[] if hits else list_unknown(db, [query]),
        saved_as=write_saved(view.query or ""),
        searches=list_searches(db),
    )


def _count(db: Transaction, view: View, page: Page, before: str | None) -> int | None:
    """Return how many entries there are, one more than MOST_COUNTED if there are more; None where unknown."""
    if before is None and page.older is None:
        return len(page.entries)
    return count_selected(db, view, Selection(), MOST_COUNTED + 1)


def describe_hits(found: Sequence[StoredEntry], query: Query) -> list[Hit]:
    """Return what is shown of the entries: title and a piece of text, what was looked for marked in both."""
    words = [folded for word in query.words if (folded := fold(word))]
    left = MOST_READ
    hits = []
    for stored in found:
        size = len(stored.entry.content or "") + len(stored.entry.summary or "")
        snippet = _find_snippet(stored, words, is_read=left >= size)
        left -= size
        hits.append(Hit(stored, mark(write_headline(stored), words), snippet))
    return hits


def _find_snippet(stored: StoredEntry, words: Sequence[str], *, is_read: bool) -> Sequence[Part]:
    """Return the piece of text to show: of what is shown elsewhere first, for that is at hand."""
    found = cut_snippet(stored.excerpt, words) if words else None
    if found is None and words and is_read:
        for html in (stored.entry.content, stored.entry.summary):
            if html and (found := cut_snippet(plain_text(html), words)):
                break
    return found or ([Part(stored.excerpt)] if stored.entry.title and stored.excerpt else [])


def _find_day(hit: Hit) -> date:
    return hit.stored.position.astimezone(get_service().timezone).date()


def write_saved(query: str) -> str:
    """Return the lines of the configuration that save a search (TOML; its strings are those of JSON)."""
    text = json.dumps(query, ensure_ascii=False)
    return f"[[searches]]\nname = {text}\nquery = {text}"
