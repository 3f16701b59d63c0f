"""Snippets: what of a text is shown, and marked, where something was found."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.text.search import fold
from feeds.text.snippets import LENGTH, align, cut_snippet, mark

CHARACTERS = st.sampled_from(
    "台灣湾東京タワーｶﾞ서울시각ᆨ éÉe\u0301\u0327ﬁßİ ＡＢ"
    "\u00a0\u3000\t\n\u00ad\u200b\u200d\ufe0f´¨Å가\u1161x,.。"
) | st.characters(exclude_categories=["Cs", "Cn", "Co"])
TEXTS = st.text(CHARACTERS, max_size=60)
LONG_TEXTS = st.lists(TEXTS, min_size=1, max_size=20).map("".join)


def show(parts):
    return "".join(f"[{text}]" if is_match else text for text, is_match in parts)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # tables are loaded at first
@given(TEXTS | LONG_TEXTS)
def test_a_text_is_folded_piece_by_piece_as_it_is_folded_whole(text):
    aligned = align(text)

    assert aligned.text == fold(text)
    assert len(aligned.ranges) == len(aligned.text)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # tables are loaded at first
@given(LONG_TEXTS, st.data())
def test_whatever_a_text_holds_is_marked_in_its_snippet(text, data):
    start = data.draw(st.integers(0, len(text)))
    word = fold(text[start : start + data.draw(st.integers(1, 12))])
    if not word or word not in fold(text):
        assert cut_snippet(text, [word or "\n"]) is None
        return

    for parts in (cut_snippet(text, [word]), mark(text, [word])):
        matches = [part.text for part in parts if part.is_match]
        assert any(word in fold(match) for match in matches)
        assert fold("".join(part.text for part in parts)).strip("…. ") in fold(text)
    assert "".join(part.text for part in mark(text, [word])) == text


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("臺灣與台湾", ["台湾"], "[臺灣]與[台湾]"),
        ("New  York, new york", ["new york"], "[New  York], [new york]"),
        ("so\u00adft", ["soft"], "[so\u00adft]"),
        ("oﬃce", ["f"], "o[ﬃ]ce"),
        ("Cafe\u0301s", ["é"], "Caf[e\u0301]s"),
        ("ｶﾞラス", ["ガ"], "[ｶﾞ]ラス"),
        ("STRASSE straße", ["strasse"], "[STRASSE] [straße]"),
        ("aaa", ["aa", "a"], "[aaa]"),
        ("<b>&", ["<b>"], "[<b>]&"),
        ("nothing", ["x"], "nothing"),
    ],
)
def test_matches_are_marked_in_the_text_as_it_is_written(text, words, shown):
    assert show(mark(text, words)) == shown


def test_a_snippet_of_han_text_is_cut_anywhere_but_before_no_sign():
    text = "一" * 100 + "，" + "二" * 29 + "台灣" + "三" * 200
    shown = show(cut_snippet(text, ["台湾"]))

    assert shown == "…" + "二" * 29 + "[台灣]" + "三" * (LENGTH - 31) + "…"


def test_a_snippet_of_words_is_cut_between_them():
    text = "lantern " * 30 + "harbour " + "quay " * 40
    shown = show(cut_snippet(text, ["harbour"]))

    assert shown.startswith("…lantern lantern lantern [harbour] quay")
    assert shown.endswith("quay …")
    assert len(shown) <= LENGTH + 4


def test_a_snippet_shows_where_the_most_is_found_together():
    text = "one " + "x " * 300 + "two one three"

    assert "[one]" in show(cut_snippet(text, ["one", "two"]))
    assert show(cut_snippet("two one three " + "x " * 300 + "one", ["one", "two"])).startswith("[two] [one]")


def test_what_is_found_far_behind_is_shown():
    text = "字" * 100_000 + "台灣" + "字" * 1000

    assert "[台灣]" in show(cut_snippet(text, ["台湾"]))


def test_one_long_word_is_cut_all_the_same():
    shown = show(cut_snippet("x" * 500 + "needle" + "y" * 500, ["needle"]))

    assert "[needle]" in shown
    assert len(shown) < LENGTH + 10


def test_a_match_that_is_longer_than_a_snippet_is_shown_whole():
    assert show(cut_snippet("a" + "b" * 300 + "c", ["b" * 300])) == "a[" + "b" * 300 + "]…"


@pytest.mark.parametrize("text", ["= " * 100_000, "0 1 " * 50_000, "1,2,3," * 30_000, "·" * 200_000])
def test_a_text_without_words_is_looked_through_as_quickly_as_any(text):
    before = time.process_time()
    cut_snippet(f"{'word ' * 200}{text}", [text[0]])

    assert time.process_time() - before < 1
