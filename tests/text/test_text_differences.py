"""What differs between two texts, for people to see."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import differences
from feeds.text.differences import Piece, find_difference


def shown(old, new):
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-", "gap": "…"}
    return "".join(marks[piece.kind].format(piece.text) for piece in find_difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("same", "same", "same"),
        ("", "new", "+new+"),
        ("The bridge opens", "The bridge closes", "The bridge -opens-+closes+"),
        ("one two three", "one three", "one -two -three"),
        ("大桥今天通车。", "大桥明天通车。", "大桥-今-+明+天通车。"),
        ("a, b", "a; b", "a-,-+;+ b"),
    ],
)
def test_words_and_characters_that_differ_are_marked(old, new, expected):
    assert shown(old, new) == expected


def test_what_is_alike_and_far_from_any_difference_is_left_out():
    words = " ".join(map(str, range(1000)))
    text = shown(f"{words} old {words}", f"{words} new {words}")

    assert "-old-+new+" in text
    assert text.count("…") == 2
    assert len(text) < 200


@given(st.text("ab 大桥.", max_size=60), st.text("ab 大桥.", max_size=60))
def test_both_texts_can_be_read_from_the_pieces(old, new):
    pieces = find_difference(old, new)

    assert all(piece.kind != "gap" for piece in pieces)
    assert "".join(piece.text for piece in pieces if piece.kind in ("same", "removed")) == old
    assert "".join(piece.text for piece in pieces if piece.kind in ("same", "added")) == new


@given(st.text("ab 大桥.\n", max_size=60), st.text("ab 大桥.\n", max_size=60))
def test_long_texts_are_compared_by_sentences_without_losing_any(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "MOST_COMPARED", 9)
        pieces = find_difference(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind in ("same", "removed")) == old
    assert "".join(piece.text for piece in pieces if piece.kind in ("same", "added")) == new


@pytest.mark.parametrize(
    ("sentence", "old", "new", "expected"),
    [
        ("All is quiet on page {}. ", "one", "two", "-one-+two+"),
        ("第{}页没有什么新闻，一切如常。", "今", "明", "-今-+明+"),
    ],
)
def test_two_small_edits_far_apart_in_a_long_text_are_two(sentence, old, new, expected):
    middle = "".join(sentence.format(number) for number in range(400))
    text = shown(f"{old}. {middle}{old}.", f"{new}. {middle}{new}.")

    assert text.count(expected) == 2
    assert len(text) < 300


def test_texts_that_have_nothing_in_common_are_not_compared_for_long():
    old, new = " ".join("ab" * 20_000), " ".join("ba" * 20_000)
    started = time.process_time()
    pieces = find_difference(f"a{old}", f"b{new}")

    assert time.process_time() - started < 1
    assert Piece("same", "") not in pieces
