"""The query of a search: words and phrases."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.text.query import LONGEST, MOST_WORDS, OPERATORS, Named, Query, read_argument, read_query, tidy


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
        ('"source:x" "-y" "before: noon"', ("source:x", "-y", "before: noon")),
        ("http://a.example/ 12:30 other:x a-b", ("http://a.example/", "12:30", "other:x", "a-b")),
        ("- -- --x a - b", ("-", "--", "--x", "a", "b")),
        ("resource:x my-source:y", ("resource:x", "my-source:y")),
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
    assert read_query(text) == Query(words=words)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("-one two", Query(words=("two",), without=("one",))),
        ('-"New  York" times', Query(words=("times",), without=("New York",))),
        ("－選舉 台灣", Query(words=("台灣",), without=("選舉",))),
        ("-5", Query(without=("5",))),
        ("source:asia-daily", Query(named=(Named("source", "asia-daily"),))),
        ('Source:"Asia  Daily" lamp', Query(words=("lamp",), named=(Named("source", "Asia Daily"),))),
        ("source：“中央社”", Query(named=(Named("source", "中央社"),))),
        ('source:"not closed', Query(named=(Named("source", "not closed"),))),
        ("-source:x", Query(named=(Named("source", "x", is_without=True),))),
        ("category:新闻 -category:b", Query(named=(Named("category", "新闻"), Named("category", "b", True)))),
        ("lang:zh-Hans", Query(named=(Named("language", "zh-hans"),))),
        ("source:http://a.example/", Query(named=(Named("source", "http://a.example/"),))),
        ("source:x source:x source:y", Query(named=(Named("source", "x"), Named("source", "y")))),
        ("after:2024", Query(after=datetime(2024, 1, 1, tzinfo=UTC))),
        ("after:2024-05 after:2023", Query(after=datetime(2024, 5, 1, tzinfo=UTC))),
        ("before:2024-05-31 before:2025", Query(before=datetime(2024, 5, 31, tzinfo=UTC))),
        ('say "a"source:x', Query(words=("say", "a", "source:x"))),
        ('"" source:x', Query(named=(Named("source", "x"),))),
        ('-"" x', Query(words=("x",))),
    ],
)
def test_operators_and_hyphens_ask_for_more_than_words(text, query):
    assert read_query(text) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("New York", Query(words=("New York",))),
        ("a-b 12:30", Query(words=("a-b 12:30",))),
        ("x" * 500, Query(words=("x" * 500,))),
        ("New York -city", Query(words=("New", "York"), without=("city",))),
        ("-new york", Query(words=("york",), without=("new",))),
        ("source:x lamp", Query(words=("lamp",), named=(Named("source", "x"),))),
        ('say "New York"', Query(words=("say", "New York"))),
    ],
)
def test_an_argument_is_one_phrase_unless_it_says_more(text, query):
    assert read_argument(text) == query


PIECES = st.sampled_from(
    [*(f"{name}:" for name in OPERATORS), "-", "－", "：", '"', "“", " ", "2024-05", "zh", "台灣", "x"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # tables are loaded at first
@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
@example("lang:\U00018d09")
def test_whatever_is_typed_is_read_or_refused_in_one_line(text):
    try:
        query = read_query(text)
    except QueryError as error:
        told = str(error)
    else:
        told = ""
        assert query == read_query(tidy(text)) != Query()

    assert told.isprintable()


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
        (
            "before:yesterday",
            "‘before:’ takes a date, as 2024, 2024-05 or 2024-05-31 are, and not ‘yesterday’",
        ),
        ("x after:2024-02-30", "‘after:’ takes a date.*‘2024-02-30’"),
        ("after:24", "‘after:’ takes a date"),
        ("after:0000", "‘after:’ takes a date"),
        ("-before:2024", "‘before:’ takes no hyphen"),
        ("source: x", "nothing follows ‘source:’"),
        ('category:"" x', "nothing follows ‘category:’"),
        ("-Source:", "nothing follows ‘source:’"),
        ("lang:!", "‘lang:’ takes a language.*not ‘!’"),
        ("lang:traditional-chinese", "not ‘traditional-chinese’"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(text, reason):
    with pytest.raises(QueryError, match=reason) as told:
        read_query(text)
    assert "\n" not in str(told.value)


def test_white_space_makes_no_other_query():
    assert tidy(" a \n b ") == tidy("a b") == "a b"
