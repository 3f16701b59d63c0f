"""What two entries have in common that may be one under two guids."""

import pytest

from feeds.text.likeness import find_likeness, find_place, fold_title


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/x/1",
        "https://a.example/x/1",
        "https://www.a.example/x/1/",
        "HTTPS://A.Example:443/x//1",
        "http://a.example:80/x/1?utm_source=rss&fbclid=1",
        "http://a.example/x/1#utm_source=rss",
        "http://a.example/x/1?#",
    ],
)
def test_a_page_is_the_same_however_its_address_is_spelled(url):
    assert find_place(url) == ("a.example", "/x/1")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://a.example/?p=1", ("a.example", "?p=1")),
        ("http://a.example/x?b=2&a=1", ("a.example", "/x?b=2&a=1")),
        ("http://a.example/x#comment-1", ("a.example", "/x#comment-1")),
        ("http://a.example:81/x", ("a.example:81", "/x")),
        ("http://a.example/X", ("a.example", "/X")),
        ("https://www.dw.com/zh/x/a-64358959", ("dw.com", "/a-64358959")),
        ("http://a.example", ("a.example", "")),
        ("https://www.a.example/", ("a.example", "")),
    ],
)
def test_what_tells_pages_apart_is_kept(url, place):
    assert find_place(url) == place


@pytest.mark.parametrize("url", [None, "", "mailto:a@b.example", "/x/1", "urn:x:1"])
def test_what_is_no_web_address_is_no_place(url):
    assert find_place(url) is None


@pytest.mark.parametrize("title", ["One, two!", " ONE  TWO", "Ｏｎｅ two", "one-two"])
def test_a_title_is_its_letters_and_digits(title):
    assert fold_title(title) == "onetwo"


def test_the_host_is_no_part_of_a_likeness_and_page_and_title_are():
    alike = find_likeness("http://a.example/1", "One")

    assert alike == find_likeness("https://b.example/1/", "one!")
    assert alike != find_likeness("http://a.example/2", "One")
    assert alike != find_likeness("http://a.example/1", "Two")
    assert -(2**63) <= alike < 2**63


@pytest.mark.parametrize(
    ("link", "title"),
    [(None, "One"), ("http://a.example/1", None), ("http://a.example/1", "…!"), ("http://a.example/", "One")],
)
def test_what_cannot_be_told_by_page_and_title_has_none(link, title):
    assert find_likeness(link, title) is None


def test_what_no_encoding_takes_has_one_all_the_same():
    assert find_likeness("http://a.example/\ud800", "a\ud800") is not None
