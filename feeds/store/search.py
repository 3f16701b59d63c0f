"""The search index: the folded text of every entry, and beside it what finds it quickly.

The text is in a table of its own. Its terms are in `search_terms`: on SQLite in a full-text table that keeps
nothing but which entry has which term, on PostgreSQL in an array with an inverted index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, column, delete, select, table, text
from sqlalchemy.exc import DatabaseError

from feeds.model import Entry
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, tells_damage
from feeds.store.schema import entries, search_state, search_texts, versions
from feeds.text.search import FOLDING, find_query_terms, fold, fold_parts, write_terms

#: Of a long query so many terms are looked up; the text itself decides anyway.
MOST_TERMS = 32
WRITTEN_AT_ONCE = 200_000  # characters of texts whose terms are in memory together
#: Bytes of terms that SQLite gathers before it writes them: more cost memory, fewer cost time.
GATHERED = 16 * 2**20

_CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_terms USING fts5"
        " (terms, content='', columnsize=0, detail=none, tokenize='ascii')",
        f"INSERT INTO search_terms (search_terms, rank) VALUES ('hashsize', {GATHERED})",  # noqa: S608 (a constant)
    ),
    "postgresql": (
        "CREATE TABLE search_terms (entry_number BIGINT PRIMARY KEY REFERENCES entries (number),"
        ' terms TEXT[] COLLATE "C" NOT NULL)',
        "CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms)",
    ),
}

#: Dropped and made anew on SQLite: a damaged one cannot even be emptied.
_CLEAR = {
    "sqlite": ("DROP TABLE search_terms", *_CREATE["sqlite"]),
    "postgresql": ("DELETE FROM search_terms",),
}
_DROP_TERMS = {
    "sqlite": "INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', :number, :terms)",
    "postgresql": "DELETE FROM search_terms WHERE entry_number = :number",
}
_ADD_TERMS = {
    "sqlite": "INSERT INTO search_terms (rowid, terms) VALUES (:number, :terms)",
    "postgresql": "INSERT INTO search_terms (entry_number, terms) VALUES (:number, :terms)",
}
#: What stands there as no schema describes it: the entry's number, and whether it has all terms.
search_terms = table("search_terms", column("rowid", BigInteger), column("entry_number", BigInteger))
NUMBERS = {"sqlite": "rowid", "postgresql": "entry_number"}
HAS_TERMS = {"sqlite": "search_terms MATCH :terms", "postgresql": "terms @> :terms"}
FIND_TERMS = {
    name: f"SELECT {NUMBERS[name]} FROM search_terms WHERE {HAS_TERMS[name]}"  # noqa: S608 (constants)
    for name in NUMBERS
}
#: Of the last entries that came and have all terms, `most` at most: how many they are, the number of the
#: first of them, and that of the last entry there is (SQLite).
SAMPLE_TERMS = (
    "count(*), min(rowid), (SELECT max(number) FROM entries) FROM (SELECT rowid FROM search_terms"
    " WHERE search_terms MATCH :terms ORDER BY rowid DESC LIMIT :most)"
)


def create_index(db: Transaction) -> None:
    """Make the table of terms, which no schema describes for both databases."""
    for statement in _CREATE[db.dialect.name]:
        db.exec_driver_sql(statement)


class Texts(NamedTuple):
    """What is kept of an entry's text beside itself."""

    excerpt: str
    searched: str  #: folded: its title and all there is to read


def find_texts(entry: Entry) -> Texts:
    """Return both at once, for making plain text of HTML costs more than anything else here."""
    # Imported late: a poll that brings nothing new needs none of it.
    from feeds.text.markup import cut_text, excerpt, has_caption, plain_text

    body = entry.content or entry.summary or ""
    plain = plain_text(body)
    shown = excerpt(body) if has_caption(body) else cut_text(plain)
    summary = plain_text(entry.summary) if entry.summary and entry.content else None
    return Texts(shown, fold_parts((entry.title, summary, plain)))


def index_new(db: Transaction, texts: Mapping[int, str]) -> None:
    """Let entries that were not indexed, by number, be found by these folded texts."""
    rows = [{"entry_number": number, "text": folded} for number, folded in texts.items()]
    if rows:
        db.execute(search_texts.insert(), rows)
        _change_terms(db, _ADD_TERMS, texts)


def index_changed(db: Transaction, texts: Mapping[int, str]) -> None:
    """Let entries, by number, be found by these folded texts and no longer by those they had."""
    for numbers in chunks(texts):
        chosen = search_texts.c.entry_number.in_(numbers)
        former = {row.entry_number: row.text for row in db.execute(select(search_texts).where(chosen))}
        _change_terms(db, _DROP_TERMS, former)
        db.execute(delete(search_texts).where(chosen))
    index_new(db, texts)


def is_current(db: Transaction) -> bool:
    """Whether the texts are folded as this program folds a query."""
    return FOLDING in db.scalars(select(search_state.c.folding)).all()


def find_index_damage(db: Transaction) -> bool:
    """Whether the table of terms is broken in itself (SQLite, which checks it at no other time)."""
    try:
        db.exec_driver_sql("INSERT INTO search_terms (search_terms) VALUES ('integrity-check')")
    except DatabaseError as error:
        if tells_damage(str(error)):
            return True
        raise
    return False


def rebuild(db: Transaction) -> None:
    """Index every entry anew; the marks of twins, which are made of folded titles, are no longer current."""
    db.execute(delete(search_texts))
    for statement in _CLEAR[db.dialect.name]:
        db.exec_driver_sql(statement)
    _index_all(db)
    db.execute(delete(search_state))
    db.execute(search_state.insert().values(folding=FOLDING))


def _index_all(db: Transaction) -> None:
    current = (
        select(entries.c.number, versions.c.data)
        .join(
            versions,
            and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current),
        )
        .order_by(entries.c.number)
    )
    for numbers in chunks(db.scalars(select(entries.c.number)).all()):
        rows = db.execute(current.where(entries.c.number.in_(numbers)))
        index_new(db, {row.number: find_texts(row.data).searched for row in rows})


def fold_all(queries: Iterable[str]) -> list[str]:
    """Return the queries folded, without those that another one holds."""
    unique = list(dict.fromkeys(filter(None, map(fold, queries))))
    return [query for query in unique if not any(query in other for other in unique if other is not query)]


def find_terms(db: Transaction, folded: Sequence[str]) -> str | list[str] | None:
    """Return what stands for `:terms` in `FIND_TERMS`: only entries with all of these can hold the queries.

    None where the index knows nothing of them.
    """
    terms = list(dict.fromkeys(term for query in folded for term in find_query_terms(query)))[:MOST_TERMS]
    if not terms:
        return None
    if db.dialect.name == "sqlite":
        return " ".join(f'"{term}"' for term in terms)
    # A plan made once for every query would take each for a rare one.
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return terms


def is_term(folded: str) -> bool:
    """Whether the index tells without the text which entries hold it."""
    return find_query_terms(folded) == [folded]


def _change_terms(db: Transaction, statements: Mapping[str, str], texts: Mapping[int, str]) -> None:
    statement = text(statements[db.dialect.name])
    for numbers in _cut_by_size(texts):
        db.execute(statement, [_terms_row(db, number, texts[number]) for number in numbers])


def _cut_by_size(texts: Mapping[int, str]) -> Iterator[list[int]]:
    """Cut the texts, by number, into groups whose terms can stand in memory together."""
    group: list[int] = []
    size = 0
    for number, folded in texts.items():
        if group and size + len(folded) > WRITTEN_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(number)
        size += len(folded)
    if group:
        yield group


def _terms_row(db: Transaction, number: int, folded: str) -> dict[str, Any]:
    terms = write_terms(folded)
    # SQLite's index drops doubles by itself; PostgreSQL would keep them in the row.
    return {"number": number, "terms": terms if db.dialect.name == "sqlite" else list(set(terms.split()))}
