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
        ("می\u200cخواهم", ("می\u200cخواهم",)),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", ("👨\u200d👩\u200d👧", "❤\ufe0f")),
        ("\u200fשלום", ("\u200fשלום",)),
        ("\ufeffword so\u00adft", ("\ufeffword", "so\u00adft")),
        (
            "\U0001fae9 \U0001faff \ue000 \u202eRTL\u202c",
            ("\U0001fae9", "\U0001faff", "\ue000", "\u202eRTL\u202c"),
        ),
        ("one \ufe0f \u200b", ("one",)),
        ('"\u00ad" two', ("two",)),
        ("a\x1cb\u2028c\x85d", ("a", "b", "c", "d")),
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
        ("\ufe0f", "empty"),
        ('\u200b "\u200d\ufeff"', "empty"),
        ("a" * (LONGEST + 1), "longer than 200"),
        (" ".join(map(str, range(MOST_WORDS + 1))), "more than 20"),
        ("a\x00b", "cannot be written"),
        ("a\x1bb", "cannot be written"),
        ("a\x7f", "cannot be written"),
        ("\x9f", "cannot be written"),
        ("\ud800", "cannot be written"),
        ("\ufdd0", "cannot be written"),
        ("a\uffff", "cannot be written"),
        ("\U0010fffe", "cannot be written"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(text, reason):
    with pytest.raises(QueryError, match=reason) as told:
        read_query(text)
    assert "\n" not in str(told.value)


def test_white_space_makes_no_other_query():
    assert tidy(" a \n b ") == tidy("a b") == "a b"
