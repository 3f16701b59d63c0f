"""The entries of a view that are asked for: in what order of steps they are found soonest.

Without words one shelf is walked, and what else is asked is looked up in passing. Words are in few
entries or in many: the few are looked up by the index of terms and put in order, and read in that order; of
many the newest are met soon on a walk along the shelf, which passes over those without the terms, or, where
nearly all have them, reads every text. Which it is SQLite does not foresee; PostgreSQL knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from feeds.model import Selection, Source, StoredEntry, View
from feeds.store.asking import Asked, read_asked
from feeds.store.database import Transaction
from feeds.store.fetching import fetch, write_list, write_moment
from feeds.store.identifiers import find_tie
from feeds.store.patience import ExhaustedError, briefly, spending
from feeds.store.search import SAMPLE_TERMS, find_terms, is_term
from feeds.store.shelves import (
    EVERYWHERE,
    Form,
    Found,
    find_stored,
    make_count,
    make_places,
    make_statement,
    read_stored,
)
from feeds.text.query import Query, read_query

#: Entries that are looked up rather than met on a walk; and where walks have met too few of them.
FEW = 900
MANY = 20_000
#: A walk that reads every text is quicker than one that lists what has the terms first, and passes over the
#: others, where the square of their share, times the number of all entries, is more than this (measured).
DENSE = 3_300
#: Steps of SQLite's machine (ten take about a microsecond) for a walk that reads every text, and for one that
#: passes over those without the terms.
WALK = 100_000
LONG_WALK = 250_000
READ = 100  # texts that are looked through at once
#: What a count may take: steps, and where every text is read; on PostgreSQL seconds.
COUNT = 400_000
COUNT_READING = 40_000
COUNT_SECONDS = 0.1

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
    return list_holding(db, view, selection, read_queries(view, selection), limit, after)


def list_keys(db: Transaction, view: View, limit: int) -> list[str]:
    """Return the keys of the newest entries of a view, in its order, which costs less; raises QueryError."""
    question = Question(db, view, Selection(), read_queries(view, Selection()))
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
    queries: Sequence[Query],
    limit: int,
    after: Place | None = None,
) -> list[StoredEntry]:
    """Return the same of those that meet all the queries, whatever `selection.query` says."""
    question = Question(db, view, selection, queries)
    question.asked["limit"] = limit
    if after is not None:
        question.follow(after)
    return read_stored(question.find())


def count_selected(db: Transaction, view: View, selection: Selection, most: int) -> int | None:
    """Return how many entries of a view are selected, `most` at most; None where to count takes too long.

    Raises QueryError.
    """
    question = ask(db, view, selection)
    question.asked["most"] = most
    return question.count()


def read_queries(view: View, selection: Selection) -> list[Query]:
    """Return what is asked of the entries; raises QueryError."""
    return [read_query(query) for query in (view.query, selection.query) if query]


def ask(db: Transaction, view: View, selection: Selection) -> Question:
    """Return the question for all entries of a view that are selected; raises QueryError."""
    return Question(db, view, selection, read_queries(view, selection))


class Question:
    """What is asked of the store: the form of the statement, and what stands in it."""

    def __init__(self, db: Transaction, view: View, selection: Selection, queries: Sequence[Query]) -> None:
        self.db = db
        self._read: Asked = read_asked(db, view, selection, queries)
        self.asked = self._read.values
        self.form = self._read.form

    @property
    def is_void(self) -> bool:
        """Whether no entry can meet it."""
        return self._read.is_void

    def follow(self, place: Place) -> None:
        """Ask for what follows a place only: it, or `until`, says where the walk begins."""
        position = write_moment(place[0])
        if self.form.is_until and position >= self.asked["until"]:
            return
        self.asked |= {"position": position, "tie": find_tie(place[1])}
        self.form = self.form._replace(is_after=True, is_until=False)

    def find(self) -> Found:
        """Return the entries, as they are stored."""
        if self.is_void:
            return Found((), {})
        terms = find_terms(self.db, self._read.folded)
        if terms is None:
            return self._find(self.form)
        self.asked["terms"] = terms
        if self.db.dialect.name == "postgresql":
            return self._find(self.form._replace(terms="find"))
        count, first, last = self._sample(FEW + 1)
        if count <= FEW:
            return self._look_up()
        passing = self.form._replace(terms="pass")
        walks = [(WALK, self.form)] if _is_dense(count, first, last) else []
        for steps, form in (*walks, (LONG_WALK, passing)):
            try:
                with spending(self.db, steps):
                    return self._find(form)
            except ExhaustedError:
                continue
        return self._look_up() if self._sample(MANY)[0] < MANY else self._find(passing)

    def _sample(self, most: int) -> Sequence[int]:
        [row] = fetch(self.db, _SAMPLE_TERMS, {"terms": self.asked["terms"], "most": most})
        return row

    def _look_up(self) -> Found:
        """Find those that have the terms, and look through their texts from the newest on."""
        places = self.as_looked_up()._replace(terms="find", words=0, words_without=0)
        dialect, limit = self.db.dialect.name, self.asked["limit"]
        numbers = [number for [number] in fetch(self.db, make_places(dialect, places), self.asked)]
        listed = make_statement(dialect, self._as_listed())
        rows: list[Sequence[Any]] = []
        origins: dict[int, Source] = {}
        for start in range(0, len(numbers), READ):
            asked = {"numbers": write_list(numbers[start : start + READ]), "limit": limit - len(rows)}
            found = find_stored(self.db, listed, self.asked | asked)
            rows += found.rows
            origins |= found.origins
            if len(rows) == limit:
                break
        return Found(rows, origins)

    def _as_listed(self) -> Form:
        """Return the form for entries whose numbers are listed: what is left to ask is in their texts."""
        words, without = self.form.words, self.form.words_without
        return Form(words=words, words_without=without, terms="listed", is_walked=False)

    def count(self) -> int | None:
        """Return how many entries there are, as far as they can be counted soon."""
        if self.is_void:
            return 0
        form, steps = self.form, COUNT
        if terms := find_terms(self.db, self._read.folded):
            self.asked["terms"] = terms
            form = self._as_counted()
        elif form.words or form.words_without:
            steps = COUNT_READING
        try:
            with briefly(self.db, steps, COUNT_SECONDS):
                [[count]] = fetch(self.db, make_count(self.db.dialect.name, form), self.asked)
        except ExhaustedError:
            return None
        return int(count)

    def _as_counted(self) -> Form:
        """Return the form for entries of which the index knows all that their texts would tell."""
        is_known = all(map(is_term, self._read.folded))
        return self.as_looked_up()._replace(terms="find", words=0 if is_known else self.form.words)

    def as_looked_up(self) -> Form:
        """Return the form for entries that are found otherwise than on a walk."""
        return self.form._replace(spot=EVERYWHERE, others=self._read.shelves, is_walked=False)

    def _find(self, form: Form) -> Found:
        return find_stored(self.db, make_statement(self.db.dialect.name, form), self.asked)


def _is_dense(count: int, first: int, last: int) -> bool:
    """Whether so many of the entries have the terms that to read their texts is quicker than to list them.

    Those that came last are looked at: they are most of the newest.
    """
    share = count / (last - first + 1)
    return share * share * last > DENSE


_SAMPLE_TERMS = select(text(SAMPLE_TERMS))
