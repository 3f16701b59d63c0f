"""The query of a search, read: words, and phrases in quotation marks; a text has to hold them all.

Each is looked for as a substring (`text/search`): what parts words in one script is no matter in another.
"""

from __future__ import annotations

import re

from feeds.errors import QueryError
from feeds.text.characters import is_written

LONGEST = 200  # characters
MOST_WORDS = 20

#: A phrase in straight or curly quotation marks (one that is not closed goes to the end), or a word.
PART = re.compile(r'["“”]([^"“”]*)(?:["“”]|$)|([^\s"“”]+)')


def tidy(text: str) -> str:
    """Return a query as it stands in addresses and titles, spelled alike whatever its white space."""
    return " ".join(text.split())


def read_query(text: str) -> tuple[str, ...]:
    """Return the words and phrases of a query, in its order, each once.

    Raises QueryError where there are none that a search would look for, where they are too long or too many.
    """
    if len(text) > LONGEST:
        raise QueryError(f"the query is longer than {LONGEST} characters")
    if not is_written(tidy(text)):
        raise QueryError("the query holds characters that cannot be written")
    parts = dict.fromkeys(tidy(phrase or word) for phrase, word in PART.findall(text))
    words = tuple(filter(is_searched, parts))
    if not words:
        raise QueryError("the query is empty")
    if len(words) > MOST_WORDS:
        raise QueryError(f"the query has more than {MOST_WORDS} words and phrases")
    return words


def is_searched(word: str) -> bool:
    """Whether a search looks for anything of it: of a lone joiner or selector of a form it does not."""
    if word.isascii():
        return bool(word.strip())
    from feeds.text.search import fold  # only here: the tables that it loads would slow down every command

    return bool(fold(word))
