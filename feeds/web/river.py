"""The page of a view: its entries by day, and where it leads: to what is older, newer, or narrower.

A page takes the parameters of the feeds that lie beside it (`lang`, `q`, `since`, `fold`, `before`), so that
what a reader looks at is what can be subscribed to. Where several sources meet, a story is told once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, render_template, request

from feeds.errors import QueryError
from feeds.model import Selection, StoredEntry, View, ViewKind
from feeds.store import Transaction
from feeds.store.newer import list_newer_keys
from feeds.store.patience import limited
from feeds.store.selections import list_fitting
from feeds.store.twins import list_folded
from feeds.syndication.selecting import MOST_SECONDS, list_parameters
from feeds.web.narrowing import find_choices, find_narrowed
from feeds.web.paging import Day, find_place, split_days
from feeds.web.parameters import read_selection
from feeds.web.presentation import capitalize
from feeds.web.service import get_service

PAGE_LENGTH = 40  # entries
#: Whether stories are told once where nobody says: whoever searches wants all there is.
USUAL_FOLD: dict[ViewKind, str] = {"all": "1", "category": "1", "source": "0", "search": "0", "query": "0"}
PARAMETERS = ("lang", "q", "since", "fold", "before")  # of a page


@dataclass(frozen=True, slots=True)
class River:
    """Some entries of a view, newest first, and the pages around them."""

    view: View
    selection: Selection
    days: Sequence[Day]
    twins: Mapping[int, Sequence[StoredEntry]]  #: what is folded into an entry, by its number
    older: str | None  #: the path of the page that follows
    newer: str | None  #: of the page before

    @property
    def newest(self) -> str:
        """The path of the first of these pages."""
        return address(self.view, replace(self.selection, before=None))

    @property
    def parameters(self) -> dict[str, str]:
        """What a feed of the same entries is asked with."""
        return list_parameters(replace(self.selection, before=None, is_folded=False))


def read_river(db: Transaction, view: View) -> River:
    """Return the page that the address asks for; answers 400 or 404 where it cannot be read."""
    selection = read_page_selection(view)
    after = None if selection.before is None else find_place(db, selection.before)
    try:
        if selection.is_folded:
            folded = list_folded(db, view, selection, PAGE_LENGTH, after)
            entries, twins, has_more = folded.entries, folded.twins, folded.last is not None
        else:
            entries, has_more = list_fitting(db, view, selection, PAGE_LENGTH, after)
            twins = {}
        newer = find_newer(db, view, selection, entries) if after is not None else None
    except QueryError as error:
        abort(400, f"{capitalize(str(error))}.")
    older = address(view, replace(selection, before=entries[-1].key)) if has_more and entries else None
    days = tuple(split_days(entries, get_service().timezone))
    return River(view, selection, days, twins, older, newer)


def read_page_selection(view: View) -> Selection:
    """Return what the address selects from a view; answers 400 to what cannot be understood."""
    asked = {name: request.args[name] for name in PARAMETERS if name in request.args}
    if view.kind == "query":
        asked.pop("q", None)  # that is the view itself
    asked.setdefault("fold", USUAL_FOLD[view.kind])
    return read_selection(asked, PAGE_LENGTH)


def address(view: View, selection: Selection) -> str:
    """Return the path of a page; that stories are told once goes without saying."""
    told = list_parameters(replace(selection, is_folded=False))
    fold = "1" if selection.is_folded else "0"
    return view.address(**told, **({} if fold == USUAL_FOLD[view.kind] else {"fold": fold}))


def find_newer(
    db: Transaction, view: View, selection: Selection, entries: Sequence[StoredEntry]
) -> str | None:
    """Return the page that ends where this one begins, the first page if it would be no other."""
    if not entries:
        return None
    first = entries[0]
    keys = list_newer_keys(db, view, selection, PAGE_LENGTH + 1, (first.position, first.entry.id))
    before = keys[PAGE_LENGTH] if len(keys) > PAGE_LENGTH else None
    return address(view, replace(selection, before=before))


def show_view(db: Transaction, template: str, view: View, **more: Any) -> str:
    """Render the page of a view, from the place on that the address asks for."""
    with _taking_turns(view), limited(db, MOST_SECONDS):
        river = read_river(db, view)
        choices = find_choices(db, view, river.selection)
    narrowed = find_narrowed(view, river.selection)
    return render_template(template, view=view, river=river, choices=choices, narrowed=narrowed, **more)


def _taking_turns(view: View) -> AbstractContextManager[None]:
    """Let few at once ask for what takes long: words, or the language of few entries."""
    is_costly = view.query is not None or "q" in request.args or "lang" in request.args
    return get_service().editions.turns.take() if is_costly else nullcontext()
