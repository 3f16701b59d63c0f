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
from feeds.model import Selection, StoredEntry, View
from feeds.store import Transaction
from feeds.store.entries import find_key
from feeds.store.newer import find_page_before
from feeds.store.patience import limited
from feeds.store.selections import list_fitting
from feeds.store.twins import list_folded
from feeds.syndication.selecting import MOST_SECONDS, list_parameters
from feeds.web.addresses import is_usually_folded, write_address
from feeds.web.narrowing import find_choices, find_narrowed
from feeds.web.paging import Day, find_place, split_days
from feeds.web.parameters import read_selection
from feeds.web.presentation import capitalize
from feeds.web.service import get_service

PAGE_LENGTH = 40  # entries
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
        return write_address(self.view, replace(self.selection, before=None))

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
            entries, twins = folded.entries, folded.twins
            last = find_key(folded.last[1]) if folded.last else None
        else:
            entries, has_more = list_fitting(db, view, selection, PAGE_LENGTH, after)
            twins = {}
            last = entries[-1].key if has_more else None
        newer = find_newer(db, view, selection) if after is not None else None
    except QueryError as error:
        abort(400, f"{capitalize(str(error))}.")
    older = write_address(view, replace(selection, before=last)) if last else None
    days = tuple(split_days(entries, get_service().timezone))
    return River(view, selection, days, twins, older, newer)


def read_page_selection(view: View) -> Selection:
    """Return what the address selects from a view; answers 400 to what cannot be understood."""
    asked = {name: request.args[name] for name in PARAMETERS if name in request.args}
    if view.kind == "query":
        asked.pop("q", None)  # that is the view itself
    asked.setdefault("fold", "1" if is_usually_folded(view) else "0")
    return read_selection(asked, PAGE_LENGTH)


def find_newer(db: Transaction, view: View, selection: Selection) -> str | None:
    """Return the page that ends where the one of the selection begins; None where that is the first."""
    if selection.before is None:
        return None
    first = find_page_before(db, view, selection, PAGE_LENGTH, find_place(db, selection.before))
    return write_address(view, replace(selection, before=first.key if first else None))


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
