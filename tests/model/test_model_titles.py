"""What sources and views are called, wherever they are told."""

import pytest

from feeds.model import ALL, Source, View

SECRET = "https://me:hush@paper.example/feed?token=hush&page=1"


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"name": "Mine", "title": "The Paper"}, "Mine"),
        ({"title": " The Paper "}, "The Paper"),
        ({"name": " ", "title": "The Paper"}, "The Paper"),
        ({}, "https://paper.example/feed?page=1"),
    ],
)
def test_a_source_goes_by_the_owners_name_then_its_own_title_then_its_address(facts, title):
    assert Source(1, key=SECRET, slug="paper", kind="feed", url=SECRET, **facts).display_title == title


@pytest.mark.parametrize(
    ("view", "title"),
    [
        (View("source", "paper", title="The Paper"), "The Paper"),
        (View("category", "news", title=" "), "news"),
        (ALL, ""),
    ],
)
def test_a_view_goes_by_its_title_then_its_name(view, title):
    assert view.display_title == title
