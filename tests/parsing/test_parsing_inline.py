"""Tags that stand in a document, written as HTML: hardly longer, and in time as long as the text."""

import time

import pytest

from feeds.model import Document
from feeds.parsing import parse

FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/">'
    '<entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{}</div></content></entry></feed>'
)
MANY = 200_000


def content_of(inner):
    return parse(Document("https://a.example/", FEED.format(inner).encode())).entries[0].content.value


@pytest.mark.parametrize(
    "inner",
    [
        f'<b title="{" " * MANY}xmlns"/>',
        f'<b title="{"/ " * MANY}">xmlns</b><br/>',
        f'<b title="{"x" * MANY}:"/>',
        f'<p xml:base="b/"><img srcset="{" " * MANY}"/><img srcset="{"a," * MANY}"/></p>',
        f'<p xml:base="b/"><img srcset="{", " * MANY}"/><img srcset="{"a " * MANY}"/></p>',
        f"&lt;b {' ' * MANY}/&gt;",
    ],
)
def test_time_is_that_of_the_length(inner):
    started = time.process_time()
    content_of(inner)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("base", ["x" * 1000 + "/", "x" * 400 + "/"])
def test_a_long_base_is_not_written_at_every_address(base):
    assert content_of(f'<p xml:base="{base}"><a href="y">z</a></p>').endswith('<a href="y">z</a></p>')


def test_bases_do_not_grow_without_end():
    bases = '<p xml:base="directory/">' * 100 + '<a href="y">z</a>' + "</p>" * 100

    assert len(content_of(bases)) < len(bases) + 500
