"""What twins have in common."""

import pytest

from feeds.text.twins import find_marks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "http://www.a.example/x?utm_source=feed#top"),
        ("https://a.example/?p=1", "https://a.example/?p=1"),
    ],
)
def test_one_page_has_one_mark(one, other):
    assert find_marks(one, None).link == find_marks(other, None).link is not None


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
