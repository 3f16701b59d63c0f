"""Rows as the database gives them, for the questions that every reader asks.

SQLAlchemy's way from a statement to typed rows takes several times as long as SQLite takes for fifty entries.
So these statements are compiled once and their columns left as they are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Function,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)

from feeds.store.columns import EPOCH, MICROSECOND, Moment
from feeds.store.database import Transaction


class Compiled(NamedTuple):
    sql: str
    names: Sequence[str]  #: of the parameters, in order
    fixed: Mapping[str, Any]  #: what stands in the statement itself


def as_stored(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column without the type that would make something of what is stored."""
    if isinstance(column.type, Moment):
        return type_coerce(column, BigInteger)
    return column if isinstance(column.type, Boolean | Integer) else type_coerce(column, Text)


def fetch(db: Transaction, statement: Select[Any], asked: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement that was made once; moments in `asked` are as they are stored, too."""
    if db.dialect.name != "sqlite":
        return db.execute(statement, asked).all()
    compiled = _compile(statement, db.dialect)
    values = [asked[name] if name in asked else compiled.fixed[name] for name in compiled.names]
    driver: Any = db.connection.driver_connection
    rows: Sequence[Sequence[Any]] = driver.execute(compiled.sql, values).fetchall()
    return rows


@lru_cache(512)
def _compile(statement: Select[Any], dialect: Dialect) -> Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    return Compiled(str(compiled), tuple(compiled.positiontup), compiled.params)


def is_among(dialect: str, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Whether a number is in the list that the parameter `name` holds (`write_list`).

    As JSON a list is one parameter: a statement serves for every length.
    """
    numbers: ColumnElement[Any] = bindparam(name, type_=Text)
    each = func.json_each(numbers) if dialect == "sqlite" else _list_each(numbers)
    return column.in_(select(cast(each.table_valued("value").c.value, BigInteger)))


def _list_each(numbers: ColumnElement[Any]) -> Function[Any]:
    # Imported late: who is on SQLite needs nothing of the other dialect.
    from sqlalchemy.dialects.postgresql import JSONB

    return func.jsonb_array_elements_text(cast(numbers, JSONB))


def write_list(numbers: Iterable[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"


def read_moment(stored: int) -> datetime:
    return EPOCH + timedelta(microseconds=stored)


def find_moment(stored: int | None) -> datetime | None:
    return None if stored is None else EPOCH + timedelta(microseconds=stored)


def write_moment(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
