"""The query of a search, read: what a text has to hold and must not hold, and where the entry has to stand.

Words, and phrases in quotation marks, are looked for as substrings (`text/search`): what parts words in one
script is no matter in another. An operator is one of `OPERATORS` with a colon and a value; whatever else has
a colon in it is a word. A hyphen in front excludes. An entry has to meet all that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from unicodedata import normalize

from feeds.errors import QueryError
from feeds.text.characters import is_written

LONGEST = 200  # characters
MOST_WORDS = 20

#: What an entry may be of.
Kind = Literal["source", "category", "language"]
KINDS: dict[str, Kind] = {"source": "source", "category": "category", "lang": "language"}
OPERATORS = (*KINDS, "before", "after")

#: Keyboards for Chinese write colon and hyphen wide.
_OPERATOR = rf"(?:{'|'.join(OPERATORS)})[:：]"
#: A hyphen that excludes; an operator; a phrase in straight or curly quotation marks (one that is not closed
#: goes to the end), or a word.
PART = re.compile(
    rf"(?P<minus>(?<!\S)[-－](?=[^\s\-－]))?(?P<operator>(?<![^\s\-－]){_OPERATOR})?"
    r'(?:["“”＂](?P<phrase>[^"“”＂]*)(?:["“”＂]|$)|(?P<word>[^\s"“”＂]+)|(?(operator)|(?!)))',
    re.IGNORECASE,
)
#: What makes more of a command's argument than one phrase.
SPECIAL = re.compile(rf'["“”＂]|(?<!\S)(?:[-－][^\s\-－]|{_OPERATOR})', re.IGNORECASE)

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class Named(NamedTuple):
    """A source, category or language that an entry has to be of, or must not be of."""

    kind: Kind
    name: str  #: as it is written; a language is folded
    is_without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of an entry: all of it has to hold."""

    words: tuple[str, ...] = ()  #: and phrases, that its title or text holds
    without: tuple[str, ...] = ()  #: that they do not hold
    named: tuple[Named, ...] = ()
    after: datetime | None = None  #: its place is there or later
    before: datetime | None = None  #: its place is earlier


class _Part(NamedTuple):
    operator: str | None
    value: str
    is_without: bool


def tidy(text: str) -> str:
    """Return a query as it stands in addresses and titles, spelled alike whatever its white space."""
    return " ".join(text.split())


def read_query(text: str) -> Query:
    """Return what a query asks for, in its order, each word once.

    Raises QueryError, in one line, where an operator makes no sense, where nothing is asked for that a search
    would look for, and where it is too long or too much.
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST} characters")
    if not is_written(tidy(text)):
        raise QueryError("the query holds characters that cannot be written")
    parts = list(dict.fromkeys(filter(_is_asked, map(_read_part, PART.finditer(text)))))
    if not parts:
        raise QueryError("the query is empty")
    if len(parts) > MOST_WORDS:
        raise QueryError(f"the query has more than {MOST_WORDS} words and phrases")
    return _put_together(parts)


def read_argument(text: str) -> Query:
    """Return the query of a command's argument: a phrase, unless it says more."""
    return read_query(text) if SPECIAL.search(text) else Query(words=(text,))


def is_searched(word: str) -> bool:
    """Whether a search looks for anything of it: of a lone joiner or selector of a form it does not."""
    if word.isascii():
        return bool(word.strip())
    from feeds.text.search import fold  # only here: the tables that it loads would slow down every command

    return bool(fold(word))


def _read_part(found: re.Match[str]) -> _Part:
    value = tidy(found["phrase"] or found["word"] or "")
    operator = found["operator"][:-1].lower() if found["operator"] else None
    if operator and not value:
        raise QueryError(
            f"nothing follows ‘{operator}:’; to look for the word itself, put it in quotation marks"
        )
    if operator in ("before", "after") and found["minus"]:
        raise QueryError(f"‘{operator}:’ takes no hyphen in front")
    return _Part(operator, value, bool(found["minus"]))


def _is_asked(part: _Part) -> bool:
    return part.operator is not None or is_searched(part.value)


def _put_together(parts: Iterable[_Part]) -> Query:
    words: list[str] = []
    without: list[str] = []
    named: list[Named] = []
    after: list[datetime] = []
    before: list[datetime] = []
    for operator, value, is_without in parts:
        if operator is None:
            (without if is_without else words).append(value)
        elif operator in KINDS:
            named.append(Named(KINDS[operator], _read_name(operator, value), is_without))
        else:
            (after if operator == "after" else before).append(_read_date(operator, normalize("NFKC", value)))
    return Query(
        tuple(words),
        tuple(without),
        tuple(named),
        after=max(after, default=None),
        before=min(before, default=None),
    )


def _read_name(operator: str, value: str) -> str:
    if operator != "lang":
        return value
    if not LANGUAGE.fullmatch(value):
        raise QueryError(f"‘lang:’ takes a language, as zh, zh-Hans or en are, and not ‘{_show(value)}’")
    return value.casefold()


def _read_date(operator: str, value: str) -> datetime:
    """Return the beginning of a year, month or day."""
    try:
        if found := DATE.fullmatch(value):
            year, month, day = (int(part or 1) for part in found.groups())
            return datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # there is no such day
        pass
    raise QueryError(
        f"‘{operator}:’ takes a date, as 2024, 2024-05 or 2024-05-31 are, and not ‘{_show(value)}’"
    )


def _show(value: str) -> str:
    """Return what was typed as it can stand in a message."""
    return "".join(character if character.isprintable() else "\ufffd" for character in value)
