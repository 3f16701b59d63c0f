"""The table of health: its rows in any order, and what is counted of many sources at once.

How a source is `model.health.judge` decides. The same is said here in SQL, so that of thousands of sources
those of one page alone are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from feeds.model import OutcomeKind
from feeds.model.health import QUIET_AFTER, QUIET_AT_LEAST, TOLD_MOVED, HealthWord
from feeds.model.sources import NO_LONGER_DECLARED
from feeds.store.columns import MICROSECOND
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, is_among, write_list, write_moment
from feeds.store.schema import doors, entry_sources, polls, source_states, sources
from feeds.store.states import IS_POLLED

Sort = Literal["title", "state", "posts", "success", "next", "failures"]
SORTS: tuple[Sort, ...] = get_args(Sort)

#: What needs somebody's attention comes first, and what is never polled last.
URGENCY: tuple[HealthWord, ...] = (
    "failing",
    "gone",
    "held",
    "quiet",
    "moved",
    "new",
    "healthy",
    "paused",
    "retired",
    "archive",
)
TROUBLED: tuple[HealthWord, ...] = ("failing", "gone", "held")

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Order:
    """Which rows of the table are asked for, and how they are sorted."""

    sort: Sort = "title"
    descending: bool = False
    word: HealthWord | None = None  #: the one state that is shown


# --- As SQL -----------------------------------------------------------------------------------------

_state = source_states.c
_NOW = bindparam("now", type_=BigInteger)


def _word(word: HealthWord) -> ColumnElement[str]:
    return literal_column(f"'{word}'")


def _length(span: timedelta) -> ColumnElement[int]:
    return literal_column(str(span // MICROSECOND), BigInteger)


_BEFORE_QUIET = as_stored(_state.rhythm) * _length(timedelta(seconds=QUIET_AFTER))
_WORD = case(
    (sources.c.kind == "archive", _word("archive")),
    (sources.c.retired == NO_LONGER_DECLARED, _word("retired")),
    (sources.c.retired.is_not(None), _word("gone")),
    (sources.c.paused == true(), _word("paused")),
    (as_stored(_state.retry_after) > _NOW, _word("held")),
    (_state.failures > 0, _word("failing")),
    (_state.last_success.is_(None), _word("new")),
    (and_(as_stored(_state.moved) > _NOW - _length(TOLD_MOVED), _state.previous_url != ""), _word("moved")),
    (
        and_(
            _state.rhythm != 0,
            as_stored(_state.newest) < _NOW - _BEFORE_QUIET,
            as_stored(_state.newest) < _NOW - _length(QUIET_AT_LEAST),
        ),
        _word("quiet"),
    ),
    else_=_word("healthy"),
)
_RANK = case({word: literal_column(str(rank), Integer) for rank, word in enumerate(URGENCY)}, value=_WORD)
#: Whether somebody wants it to be polled, be it that its publisher says that it is gone.
_IS_DECLARED = and_(
    sources.c.kind != "archive",
    or_(sources.c.retired.is_(None), exists().where(doors.c.source_number == sources.c.number)),
)
_TITLE = func.lower(
    func.coalesce(
        func.nullif(func.trim(sources.c.name), ""), func.nullif(func.trim(sources.c.title), ""), sources.c.url
    )
)
_POSTS = (
    select(func.count())
    .where(
        entry_sources.c.source_number == sources.c.number,
        entry_sources.c.visible == true(),
        as_stored(entry_sources.c.position) >= bindparam("start", type_=BigInteger),
        as_stored(entry_sources.c.position) < bindparam("end", type_=BigInteger),
    )
    .scalar_subquery()
)
#: By what each sort goes; a moment that there is none of is before all others, of what is not polled after.
_KEYS: dict[Sort, ColumnElement[Any]] = {
    "title": _TITLE,
    "state": _RANK,
    "posts": _POSTS,
    "success": func.coalesce(as_stored(_state.last_success), literal_column("-1", BigInteger)),
    "next": case(
        (IS_POLLED, func.coalesce(as_stored(_state.next_poll), literal_column("-1", BigInteger))),
        else_=literal_column(str(2**62), BigInteger),
    ),
    "failures": func.coalesce(_state.failures, literal_column("0", Integer)),
}


@cache
def _make_listing(sort: Sort, descending: bool, has_word: bool) -> Select[Any]:
    key = _KEYS[sort].desc() if descending else _KEYS[sort].asc()
    statement = _select_public(sources.c.number).order_by(_IS_DECLARED.desc(), key, _TITLE, sources.c.number)
    if has_word:
        statement = statement.where(_WORD.in_([bindparam("word")]))
    return statement.limit(bindparam("limit")).offset(bindparam("offset"))


def _select_public(*columns: Any) -> Select[Any]:
    joined = select(*columns).select_from(sources)
    joined = joined.outerjoin(source_states, _state.source_number == sources.c.number)
    return joined.where(sources.c.private == false())


_TALLY = _select_public(_WORD, func.count()).group_by(literal_column("1"))
_TROUBLED = (
    _select_public(sources.c.number)
    .where(_WORD.in_([_word(word) for word in TROUBLED]), _IS_DECLARED)
    .order_by(_RANK, _TITLE, sources.c.number)
    .limit(bindparam("limit"))
)
_HIDDEN = select(func.count()).select_from(sources).where(sources.c.private == true(), _IS_DECLARED)


# --- Asked ------------------------------------------------------------------------------------------


def list_numbers(
    db: Transaction,
    now: datetime,
    order: Order,
    limit: int,
    offset: int = 0,
    days: tuple[datetime, int] | None = None,
) -> list[int]:
    """Return the row numbers of the public sources of one page of the table.

    Of one place, they go by title; those that nobody wants to be polled come last. `days` (the first moment,
    and how many from there on) are those of which a sort by posts counts the entries.
    """
    asked: dict[str, Any] = {"now": write_moment(now), "limit": limit, "offset": offset, "word": order.word}
    if order.sort == "posts":
        start, count = days or (now, 0)
        asked |= {"start": write_moment(start), "end": write_moment(start + count * DAY)}
    statement = _make_listing(order.sort, order.descending, order.word is not None)
    return [row[0] for row in fetch(db, statement, asked)]


def list_troubled(db: Transaction, now: datetime, limit: int | None = None) -> list[int]:
    """Return the row numbers of the public sources that fail, are gone or wait, the most urgent first."""
    most = 2**31 if limit is None else limit
    return [row[0] for row in fetch(db, _TROUBLED, {"now": write_moment(now), "limit": most})]


def tally_words(db: Transaction, now: datetime) -> dict[HealthWord, int]:
    """Return how many public sources are in each state, the most urgent first."""
    counts = {row[0]: int(row[1]) for row in fetch(db, _TALLY, {"now": write_moment(now)})}
    return {word: counts[word] for word in URGENCY if word in counts}


def count_hidden(db: Transaction) -> int:
    """Return how many private sources there are that somebody wants to be polled."""
    [[count]] = fetch(db, _HIDDEN, {})
    return int(count)


def count_days_of(
    db: Transaction, numbers: Collection[int], start: datetime, days: int
) -> dict[int, list[int]]:
    """Return of each source how many visible entries stand in each of `days` times 24 hours from `start`."""
    found = {number: [0] * days for number in numbers}
    asked = {"numbers": write_list(numbers), "start": write_moment(start)}
    asked |= {"end": write_moment(start + days * DAY)}
    for number, day, count in fetch(db, _make_days(db.dialect.name), asked):
        found[number][day] = count
    return found


def list_last_polls(db: Transaction, numbers: Collection[int], limit: int) -> dict[int, list[OutcomeKind]]:
    """Return how the last polls of each source ended, the latest last."""
    found: dict[int, list[OutcomeKind]] = defaultdict(list)
    asked = {"numbers": write_list(numbers), "skipped": limit - 1}
    for number, kind in fetch(db, _make_last_polls(db.dialect.name), asked):
        found[number].append(kind)
    return found


@cache
def _make_days(dialect: str) -> Select[Any]:
    place = entry_sources.c
    position, start = as_stored(place.position), bindparam("start", type_=BigInteger)
    day = (position - start) // _length(DAY)
    return (
        select(place.source_number, day.label("day"), func.count())
        .where(is_among(dialect, place.source_number, "numbers"), place.visible == true())
        .where(position >= start, position < bindparam("end", type_=BigInteger))
        .group_by(place.source_number, "day")  # by name: PostgreSQL does not see that two expressions are one
    )


@cache
def _make_last_polls(dialect: str) -> Select[Any]:
    older = polls.alias()
    first = (
        select(older.c.number)
        .where(older.c.source_number == sources.c.number)
        .order_by(older.c.number.desc())
        .offset(bindparam("skipped"))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(polls.c.source_number, polls.c.kind)
        .join(sources, sources.c.number == polls.c.source_number)
        .where(is_among(dialect, sources.c.number, "numbers"))
        .where(polls.c.number >= func.coalesce(first, literal_column("0", BigInteger)))
        .order_by(polls.c.source_number, polls.c.number)
    )
