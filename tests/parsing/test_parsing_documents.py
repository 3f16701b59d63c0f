"""What a document is, and what becomes of one that is not what it should be."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import FORMATS, parse
from feeds.parsing.detect import find_format
from feeds.parsing.opml import parse_opml
from feeds.parsing.page import find_feed_links

URL = "https://a.example/feed"
RSS = '<rss version="2.0"><channel><title>{}</title></channel></rss>'
TIMESTAMP = "<!--1673498825000-->\n"
TITLE_LINE = "[<rss> and <feed>](https://a.example/1)\n------\n\n<p>x</p>\n"


def document(text, media_type=None, path=None, url=URL):
    return Document(url, text.encode() if isinstance(text, str) else text, media_type, path=path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<rss version='2.0'/>", "rss"),
        ("<?xml version='1.0'?>\n<!-- <feed> -->\n<!DOCTYPE rss SYSTEM 'x'><rss/>", "rss"),
        ("\n\n <rdf:RDF xmlns:rdf='x'/>", "rdf"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom"),
        ("<a:feed xmlns:a='http://www.w3.org/2005/Atom'/>", "atom"),
        ("<entry/>", "atom"),
        ("\ufeff {\"version\": \"https://jsonfeed.org/version/1\"}", "jsonfeed"),
        ("<opml version='2.0'>", "opml"),
        ("<!doctype html><html><body><rss>", "html"),
        ("<HTML>", "html"),
        ("<!--" + "x" * 10_000 + "--><rss/>", "rss"),
        ("hello", None),
        ("<sitemap/>", None),
        ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_is_known_by_what_it_holds(text, name, encoding):
    assert find_format(document(text.encode(encoding))) == name


@pytest.mark.parametrize(
    ("text", "media_type", "name"),
    [
        ("<rss/>", "text/html; charset=utf-8", "rss"),
        ("{}", "text/plain", "jsonfeed"),
        ("<p>hello", "Text/HTML; charset=utf-8", "html"),
        ("hello", "application/rss+xml", "rss"),
        ("hello", "text/plain", None),
    ],
)
def test_the_media_type_decides_only_where_the_content_does_not(text, media_type, name):
    assert find_format(document(text, media_type)) == name


@pytest.mark.parametrize("text", [TIMESTAMP + TITLE_LINE, "<!--NaN-->\n" + TITLE_LINE, TITLE_LINE])
def test_a_file_is_a_seed_before_it_is_anything_else(text):
    assert find_format(document(text, path="a.txt")) == "seed"
    assert find_format(document(text)) != "seed"


def test_a_file_may_be_a_feed():
    assert find_format(document("<!-- notes -->\n<rss/>", path="a.xml")) == "rss"


def test_the_charset_of_the_media_type_outranks_the_declaration():
    body = ('<?xml version="1.0" encoding="iso-8859-1"?>' + RSS.format("標題")).encode()

    assert parse(document(body, "application/xml; charset=utf-8")).title.value == "標題"


@pytest.mark.parametrize(
    ("url", "path", "subject"),
    [
        ("https://me:pw@a.example/feed?token=1", None, "https://a.example/feed"),
        ("file:///x/a.txt", "news/a.txt", "news/a.txt"),
    ],
)
def test_an_error_names_the_document_without_its_secrets(url, path, subject):
    with pytest.raises(ParseError) as caught:
        parse(document("hello", path=path, url=url))

    assert str(caught.value) == f"{subject}: the document is of no format we know"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("body", [b"", b" \n", b"hello", b"\x00\xff\xfe\x01", b"<a/>", b"[1]", b"{" * 50_000])
def test_every_reader_refuses_what_it_cannot_read(name, body):
    with pytest.raises(ParseError):
        FORMATS[name](document(body, path="a.txt" if name == "seed" else None))


HOSTILE = {
    "quadratic entities": '<!DOCTYPE rss [<!ENTITY a "' + "x" * 50_000 + '">]>' + RSS.format("&a;" * 50_000),
    "document types without end": "<!DOCTYPE rss [" * 100_000,
    "comments without end": "<rss><!--" * 100_000,
    "character data without end": "<rss><![CDATA[" * 100_000,
    "elements without end": "<rss>" + "<item>" * 300_000,
    "attributes": "<rss " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>",
    "ampersands": RSS.format("&" * 1_000_000),
    "signs": RSS.format("<" * 1_000_000),
    "one long text": RSS.format("x" * 12_000_000),
    "mailboxes": f"<rss><channel><title>x</title><author>&lt;{'@' * 1_000_000}</author></channel></rss>",
    "namespaces": "<rss>" + "".join(f'<x xmlns="urn:{number}"/>' for number in range(30_000)) + "</rss>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_read_in_bounds_or_refused(name):
    started = time.process_time()
    try:
        parsed = parse(document(HOSTILE[name]))
        size = len(parsed.title.value) if parsed.title else 0
    except ParseError:
        size = 0

    assert time.process_time() - started < 5
    assert size <= len(HOSTILE[name]) * 5


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "<rss><channel><item>", "<feed><entry>", '{"version":"', "<opml>"]),
)
def test_only_our_own_error_comes_out(body, start):
    for reader in (parse, parse_opml, find_feed_links):
        try:
            reader(document(start.encode() + body))
        except ParseError:
            continue


def test_lists_nested_without_end_are_read_in_bounds():
    text = "<opml><body>" + "<outline text='x'>" * 100_000

    assert parse_opml(document(text)) == ()
