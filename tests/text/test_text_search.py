"""What texts are searched by."""

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import search
from feeds.text.search import find_query_terms, fold, fold_parts, write_terms


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("台灣", "台湾"),
        ("臺灣", "台湾"),
        ("為爲为", "为为为"),
        ("裏裡里", "里里里"),
        ("皇后與後宮", "皇后与后宫"),
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "strasse"),
        ("ΣΑΣ", "σασ"),
        ("ｶﾞ", "ガ"),
        ("e\u0301", "é"),
        ("한국", "한국"),
        ("  a\n\u3000b\u00a0 c ", "a b c"),
        ("zero\u200bwidth so\u00adft", "zerowidth soft"),
        ("葛\U000e0100城 ❤\ufe0f \u202eabc\u200f", "葛城 ❤ abc"),
        ("a\0b\ud800c", "abc"),
        ("隨著 瞭解 祇是 夥伴", "随着 了解 只是 伙伴"),
        ("", ""),
    ],
)
def test_a_text_is_folded(written, folded):
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_no_heap_of_marks_takes_long_to_fold():
    text = "a" + "\u0301\u0323" * 200_000
    started = time.process_time()

    assert len(fold(text)) <= 31
    assert time.process_time() - started < 2


def test_no_query_reaches_from_one_part_into_the_next():
    assert fold("東京 大阪") not in fold_parts(["東京", None, "大阪"])
    assert fold("大阪") in fold_parts(["東京", "", "大阪"])


ALPHABET = st.sampled_from("台湾北京abcé1 ，。_ 한กำ")


@given(st.text(ALPHABET), st.data())
def test_a_text_has_the_terms_of_every_substring(text, data):
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    end = data.draw(st.integers(start, len(folded)))

    assert set(find_query_terms(fold(folded[start:end]))) <= set(write_terms(folded).split())


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("湾", ["湾"]),
        ("台湾", ["台湾"]),
        ("台湾大选", ["台湾", "湾大", "大选"]),
        ("g", ["g"]),
        ("g7", ["g7"]),
        ("taiwan", ["tai", "aiw", "iwa", "wan"]),
        ("g7峰会", ["g7", "7峰", "峰会"]),
        ("new york", ["new", "yor", "ork"]),
        ("?!", []),
        ("😀", ["😀"]),
        ("。", ["。"]),
        ("湾。!", ["湾", "。"]),
    ],
)
def test_a_query_has_terms(query, terms):
    assert find_query_terms(query) == terms


def test_other_terms_have_another_number():
    text = fold("The 2nd G7 summit, Café déjà-vu：台灣的颱風與 Straße 한국 ひらがな 😀 ａｂｃ…")
    terms = " ".join(sorted(write_terms(text).split()))

    # An index is only right for the terms it was made of, each as often: the number has it made anew.
    assert search.FOLDING.startswith("2 ")
    assert hashlib.sha256(terms.encode()).hexdigest()[:16] == "81cac20c1c3394f2"


@given(text=st.text(ALPHABET))
def test_a_long_text_has_the_terms_of_a_short_one(text):
    whole = set(write_terms(fold(text)).split())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "SLICE", 5)
        assert set(write_terms(fold(text)).split()) == whole
