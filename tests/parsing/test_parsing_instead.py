"""Pages in place of a feed that are made to take time."""

import time

import pytest

from feeds.errors import PageError, ParseError
from feeds.model import Document
from feeds.parsing import parse

CAPTCHA = "<div class='g-recaptcha'></div>"
LENGTH = 1_000_000  # characters


@pytest.mark.parametrize(
    ("before", "repeated"),
    [
        pytest.param("", "<input type", id="fields-that-never-end"),
        pytest.param("<input", " type", id="a-field-of-many-words"),
        pytest.param("", "<", id="tags-that-never-begin"),
        pytest.param(CAPTCHA, "<a ", id="links-that-never-end"),
        pytest.param("", "<b><i><p>", id="misnested"),
        pytest.param("", "<!--", id="comments-that-never-end"),
        pytest.param("", "<script>", id="scripts-that-never-end"),
    ],
)
def test_a_page_is_told_in_time_whatever_it_holds(before, repeated):
    html = f"<!doctype html><html><body>{before}{repeated * (LENGTH // len(repeated))}"
    begun = time.process_time()

    with pytest.raises(ParseError):
        parse(Document("https://a.example/f", html.encode(), media_type="text/html"))

    assert time.process_time() - begun < 6


def test_a_page_names_its_feeds_at_its_beginning():
    link = "<link rel='alternate' type='application/rss+xml' href='/{}'>"
    html = f"<!doctype html><html><head>{link.format('a')}</head>{'<p>Hello' * 200_000}{link.format('b')}"

    with pytest.raises(PageError) as caught:
        parse(Document("https://a.example/f", html.encode(), media_type="text/html"))

    assert caught.value.offers == ("https://a.example/a",)
