"""The entries of a view that are asked for: in what order of steps they are found soonest.

Without words one shelf is walked, and what else is asked is looked up in passing. Words are in few
entries or in many: the few are looked up by the index of terms and put in order; of many the newest are met
soon on a walk along the shelf. Which it is SQLite does not foresee, so that it is tried; PostgreSQL knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, text, true

from feeds.model import Selection, StoredEntry, View
from feeds.store.database import Transaction
from feeds.store.fetching import fetch, write_moment
from feeds.store.identifiers import find_tie
from feeds.store.patience import ExhaustedError, spending
from feeds.store.search import COUNT_TERMS, find_terms, fold_all
from feeds.store.selection_schema import entry_languages
from feeds.store.shelves import Form, Found, ShelfName, find_stored, make_statement, read_stored
from feeds.text.query import read_query

#: Entries that are looked up one by one rather than met on a walk; and where walks have met too few of them.
FEW = 500
MANY = 20_000
#: Steps of SQLite's machine (ten take about a microsecond) for a walk that reads every text, and for one that
#: passes over those without the terms.
WALK = 100_000
LONG_WALK = 250_000

#: Entries that are read at once, and the characters of text that one document holds: what is rendered takes
#: twenty times as much memory.
PORTION = 100
MOST_TEXT = 3_000_000

Place = tuple[datetime, str]  # position and id


def list_selected(
    db: Transaction,
    view: View,
    selection: Selection,
    limit: int,
    after: Place | None = None,
) -> list[StoredEntry]:
    """Return the entries of a view that are selected, newest first (of one position: by id).

    `after` is (position, id) of the last one seen: the page that follows it. Of the selection count
    `since`, `language`, `query`, and `is_live`: this leaves out floods, but for the view of their own
    source. Raises QueryError.
    """
    return list_holding(db, view, selection, read_words(view, selection), limit, after)


def list_keys(db: Transaction, view: View, limit: int) -> list[str]:
    """Return the keys of the newest entries of a view, in its order, which costs less; raises QueryError."""
    question = Question(db, view, Selection(), read_words(view, Selection()))
    question.asked["limit"] = limit
    return [key for _, key, *_ in question.find().rows]


def list_fitting(
    db: Transaction,
    view: View,
    selection: Selection,
    limit: int,
    after: Place | None = None,
    room: int | None = None,
) -> tuple[list[StoredEntry], bool]:
    """Return as many of the entries selected as have room in one document, and whether more follow.

    One has room always. The arguments are those of `list_selected`; `room` is what is left of MOST_TEXT.
    Raises QueryError.
    """
    room = MOST_TEXT if room is None else room
    fitting: list[StoredEntry] = []
    while True:
        wanted = min(PORTION, limit - len(fitting))
        listed = list_selected(db, view, selection, wanted + 1, after)
        for stored in listed[:wanted]:
            room -= weigh(stored)
            if room < 0 and fitting:
                return fitting, True
            fitting.append(stored)
        if len(listed) <= wanted or len(fitting) == limit:
            return fitting, len(listed) > wanted
        after = fitting[-1].position, fitting[-1].entry.id


def weigh(stored: StoredEntry) -> int:
    """Return how many characters of text an entry has."""
    return len(stored.entry.content or "") + len(stored.entry.summary or "")


def list_holding(
    db: Transaction,
    view: View,
    selection: Selection,
    words: Sequence[str],
    limit: int,
    after: Place | None = None,
) -> list[StoredEntry]:
    """Return the same of those whose title and text hold all the words, whatever `selection.query` says."""
    question = Question(db, view, selection, words)
    question.asked["limit"] = limit
    if after is not None:
        question.asked |= {"position": write_moment(after[0]), "tie": find_tie(after[1])}
        question.form = question.form._replace(is_after=True)
    return read_stored(question.find())


def read_words(view: View, selection: Selection) -> list[str]:
    """Return what the entries have to hold; raises QueryError."""
    return [word for query in (view.query, selection.query) if query for word in read_query(query)]


def ask(db: Transaction, view: View, selection: Selection) -> Question:
    """Return the question for all entries of a view that are selected; raises QueryError."""
    return Question(db, view, selection, read_words(view, selection))


class Question:
    """What is asked of the store: the form of the statement, and what stands in it."""

    def __init__(self, db: Transaction, view: View, selection: Selection, words: Sequence[str]) -> None:
        self.db = db
        self.asked: dict[str, Any] = {}
        base: ShelfName = view.kind if view.kind in ("source", "category") else "all"
        shelves: list[ShelfName] = [] if base == "all" else [base]
        self.asked |= {base: view.name} if shelves else {}
        if selection.language is not None:
            shelves.append("language")
            self.asked["language"] = selection.language.casefold()
        if selection.since is not None:
            self.asked["since"] = write_moment(selection.since)
        self._folded = fold_all(words)
        self.asked |= {f"word_{n}": word for n, word in enumerate(self._folded)}
        if len(shelves) == 2 and not self._is_rare_language():
            shelves.reverse()
        self._shelves = tuple(reversed(shelves))
        walked, *others = self._shelves or ("all",)
        self.form = Form(
            walked,
            tuple(others),
            len(self._folded),
            is_since=selection.since is not None,
            is_live=selection.is_live and view.kind != "source",
        )

    def find(self) -> Found:
        """Return the entries, as they are stored."""
        terms = find_terms(self.db, self._folded)
        if terms is None:
            return self._find(self.form)
        self.asked["terms"] = terms
        if self.db.dialect.name == "postgresql":
            return self._find(self.form._replace(terms="find"))
        looked_up = self.as_looked_up()._replace(terms="find")
        count = self._count(terms, FEW + 1)
        if count == 0:
            return Found((), {})
        if count <= FEW:
            return self._find(looked_up)
        passing = self.form._replace(terms="pass")
        for steps, form in ((WALK, self.form), (LONG_WALK, passing)):
            try:
                with spending(self.db, steps):
                    return self._find(form)
            except ExhaustedError:
                continue
        is_looked_up = self._count(terms, MANY) < MANY
        return self._find(looked_up if is_looked_up else passing)

    def _count(self, terms: str | list[str], most: int) -> int:
        [[count]] = fetch(self.db, _COUNT, {"terms": terms, "most": most})
        return int(count)

    def as_looked_up(self) -> Form:
        """Return the form for entries that are found otherwise than on a walk."""
        return self.form._replace(shelf="all", others=self._shelves, is_walked=False)

    def _find(self, form: Form) -> Found:
        return find_stored(self.db, make_statement(self.db.dialect.name, form), self.asked)

    def _is_rare_language(self) -> bool:
        """Whether so few entries are in the language that they are walked rather than those of the view."""
        [[count]] = fetch(self.db, _COUNT_LANGUAGE, {"language": self.asked["language"]})
        return bool(count < FEW)


_COUNT = select(text(COUNT_TERMS))
_COUNT_LANGUAGE = select(func.count()).select_from(
    select(literal(1))
    .where(entry_languages.c.name == bindparam("language"), entry_languages.c.visible == true())
    .limit(FEW)
    .subquery()
)
