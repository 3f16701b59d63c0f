"""What twins have in common."""

import pytest

from feeds.text.twins import find_marks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "http://www.a.example/x?utm_source=feed#top"),
        ("https://a.example/?p=1", "https://a.example/?p=1"),
        ("https://a.example/x#", "https://a.example/x"),
        ("https://a.example/x#comments", "https://a.example/x#respond"),
        ("https://a.example/x#more-17", "https://a.example/x#xtor=RSS-3208"),
        ("https://a.example/x#utm_source=rss&utm_medium=feed", "https://a.example/x#:~:text=word"),
        ("https://a.example/x#2024-01", "http://www.a.example/x?utm_source=feed#2024-01"),
        ("https://a.example/x#part:~:text=word", "https://a.example/x#part"),
        ("urn:x:1#part", "urn:x:1#part"),
    ],
)
def test_one_page_has_one_mark(one, other):
    assert find_marks(one, None).link == find_marks(other, None).link is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/now.html#2024-01", "https://a.example/now.html#2024-02"),
        ("https://a.example/now.html#2024-01", "https://a.example/now.html"),
        ("https://a.example/x#comment-1", "https://a.example/x#comment-2"),
        ("https://a.example/x#!/one", "https://a.example/x#!/two"),
        ("https://a.example/x#top-ten", "https://a.example/x"),
    ],
)
def test_parts_of_a_page_have_marks_of_their_own(one, other):
    assert find_marks(one, None).link != find_marks(other, None).link


@pytest.mark.parametrize(
    "link", [None, "", "https://a.example", "https://a.example/", "http://www.a.example/#x"]
)
def test_a_front_page_has_none(link):
    assert find_marks(link, None).link is None


def test_titles_are_alike_as_a_search_takes_them():
    assert find_marks(None, "臺灣 NEWS").title == find_marks(None, " 台湾  news").title
    assert find_marks(None, "台湾").title != find_marks(None, "台湾!").title
    assert find_marks(None, "").title is find_marks(None, None).title is None


def test_a_mark_fits_into_64_bits_with_sign():
    marks = [find_marks(f"https://a.example/{n}", f"{n}") for n in range(50)]

    assert all(-(2**63) <= mark < 2**63 for pair in marks for mark in pair)
    assert len({mark for pair in marks for mark in pair}) == 100
