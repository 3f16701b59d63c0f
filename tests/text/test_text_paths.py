"""Paths are shown so that no two look alike."""

import os

import pytest

from feeds.text.paths import find_folders, show_path


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a/b.txt", "a/b.txt"),
        ("新闻/一.txt".encode(), "新闻/一.txt"),
        (b"caf\xe9", r"caf\xe9"),
        (b"\xa0", r"\xa0"),
        ("\u00a0".encode(), r"\u00a0"),
        (b"a\nb\x1b[2J", r"a\nb\x1b[2J"),
        (b"a\\xe9", r"a\\xe9"),
    ],
)
def test_a_path_is_one_printable_line(name, shown):
    assert show_path(os.fsdecode(name)) == shown


def test_the_folders_of_a_file_are_text():
    assert find_folders(os.fsdecode(b"news/caf\xe9/ x /a.txt")) == ("news", "caf\ufffd", "x")
    assert find_folders("a.txt") == ()
