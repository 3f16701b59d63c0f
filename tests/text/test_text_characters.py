"""What may be served, and what was meant by what may not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.characters import ILLEGAL, is_legal, strip_illegal


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("", ""),
        ("plain\ttext\r\n", "plain\ttext\r\n"),
        ("a\0b\x08c\x0bd\x0ce\x1ff\x7f", "abcdef\x7f"),
        ("é\ufffeè\uffffê\ufffd", "éèê\ufffd"),
        ("a\ud800b\udfffc", "abc"),
        ("\ud83d\ude00", ""),
        ("😀\0", "😀"),
        ("It\x92s \x93so\x94\x85", "It’s “so”…"),
        ("\x80\0\ud800", "€"),
        ("\xe2\x80\xa6", "…"),
        ("中 Itâ\x80\x99s \xc3\x89 \xe2\x82\xac\0", "中 It’s É €"),
        ("caf\xc3\xa9 â\x80\x93 \xe4\xb8\xad", "café – 中"),
        ("caf\xc3\xa9", "cafÃ©"),
        ("CAFÉ\x94 à\xa0\xab", "CAFÉ” à\xa0«"),
        ("\xe0\x80\x80", "à€€"),
        ("\xa0é", "\xa0é"),
    ],
)
def test_what_xml_cannot_hold_is_left_out(text, legal):
    assert strip_illegal(text) == legal


#: Without the letters with which UTF-8 begins where it is taken for ISO 8859-1.
ANY = st.characters(codec=None, exclude_characters="".join(map(chr, range(0xC2, 0xF5))))


@given(st.text(ANY))
def test_every_text_becomes_legal_and_loses_nothing_else(text):
    legal = strip_illegal(text)

    assert not ILLEGAL.search(legal)
    assert not re.search("[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]", legal)
    assert len(legal) == len(text) - len(ILLEGAL.findall(text))


@given(st.text())
def test_what_is_legal_stays_as_it_is(text):
    legal = strip_illegal(text)

    assert not ILLEGAL.search(legal)
    assert strip_illegal(legal) == legal


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("", True),
        ("plain\ttext\r\n <b>桥</b> é 😀 \x7f\ufffd", True),
        ("a\x0b", False),
        ("a\ud800", False),
        ("é\uffff", False),
        ("It\x92s", False),
    ],
)
def test_what_is_legal_needs_no_change(text, is_so):
    assert is_legal(text) is is_so


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=8), max_size=4))
def test_where_the_whole_is_legal_no_part_of_it_is_changed(parts):
    if is_legal("".join(parts)):
        assert [strip_illegal(part) for part in parts] == parts
