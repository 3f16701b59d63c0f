"""The query of a search: words and phrases."""

import pytest

from feeds.errors import QueryError
from feeds.text.query import LONGEST, MOST_WORDS, read_query, tidy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one", ("one",)),
        ("  one\ttwo\u3000three ", ("one", "two", "three")),
        ('"New  York" times', ("New York", "times")),
        ("“新 竹” 縣", ("新 竹", "縣")),
        ('"not closed', ("not closed",)),
        ('say "', ("say",)),
        ('a"b c"d', ("a", "b c", "d")),
        ("one one", ("one",)),
        ("source:x -y", ("source:x", "-y")),
    ],
)
def test_a_query_is_words_and_phrases(text, words):
    assert read_query(text) == words


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ('""', "empty"),
        ("a" * (LONGEST + 1), "longer than 200"),
        (" ".join(map(str, range(MOST_WORDS + 1))), "more than 20"),
        ("a\x00b", "cannot be written"),
        ("\ud800", "cannot be written"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(text, reason):
    with pytest.raises(QueryError, match=reason) as told:
        read_query(text)
    assert "\n" not in str(told.value)


def test_white_space_makes_no_other_query():
    assert tidy(" a \n b ") == tidy("a b") == "a b"
