import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.slugs import slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("A Simple Title", "a-simple-title"),
        ("  --Hello, World!--  ", "hello-world"),
        ("德國之聲 DW", "德國之聲-dw"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full-width"),
        ("Straße & Größe", "strasse-grösse"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("I ❤️ feeds", "i-feeds"),
        ("snake_case", "snake-case"),
        ("a/b?c=d", "a-b-c-d"),
        ("", "untitled"),
        ("!?…", "untitled"),
        ("❤️", "untitled"),
    ],
)
def test_a_slug_keeps_letters_and_digits_of_any_script(text, slug):
    assert slugify(text) == slug


def test_a_slug_is_at_most_sixty_characters_and_ends_in_one():
    assert slugify("字" * 100) == "字" * 60
    assert slugify("a" * 59 + " bcd") == "a" * 59


@given(st.text(max_size=100))
def test_a_slug_is_never_empty_and_stays_itself(text):
    slug = slugify(text)

    assert slug
    assert slugify(slug) == slug


def test_marks_without_a_letter_are_no_slug():
    assert slugify("\u0301\u0302") == "untitled"
