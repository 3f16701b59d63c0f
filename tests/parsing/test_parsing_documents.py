"""What a document is, and what becomes of one that is not what it should be."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feeds
from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import FORMATS, parse
from feeds.parsing.detect import find_format
from feeds.parsing.discovery import find_feed_links
from feeds.parsing.files import find_kind
from feeds.parsing.opml import parse_opml
from feeds.parsing.xml import read_xml

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
        ("<!--" + "x" * 100_000 + "--><rss/>", "rss"),
        (" " * 100_000 + "<rss/>", "rss"),
        ("<!DOCTYPE html>\n<rss><channel><title>a</title></channel></rss>", "rss"),
        ("<html><body><p>a</p><pre><feed><title>a</title></feed></pre></body></html>", "atom"),
        ("<html><body><pre>&lt;rss version='2.0'&gt;", "rss"),
        ("<html><body><p>How to write &lt;rss&gt; or <rss>", "html"),
        ("<html><!-- <rss><channel> --><body>", "html"),
        ("<string><![CDATA[<?xml version='1.0'?><rdf:RDF>", "rdf"),
        ("<envelope><RSS><CHANNEL>", "rss"),
        ("<items><item><title>a</title></item></items>", "rss"),
        ("<items><item>a</item></items>", None),
        (")]}',\n{}", "jsonfeed"),
        ("while(1);{}", "jsonfeed"),
        ("/* a */ callback({});", "jsonfeed"),
        ("[1]", "jsonfeed"),
        ("hello", None),
        ("<sitemap/>", None),
        ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_is_known_by_what_it_holds(text, name, encoding):
    assert find_format(document(text.encode(encoding))) == name


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08", b"PK\x03\x04", b"%PDF-1.7", b"\x89PNG\r\n", b"GIF89a"])
def test_what_is_no_text_is_known_as_that(start):
    assert find_format(document(start + b"<rss/>")) == "binary"


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
    assert find_kind(document(text, path="a.txt")) == "seed"
    assert find_format(document(text)) != "seed"


def test_a_file_may_be_a_feed():
    assert find_kind(document("<!-- notes -->\n<rss/>", path="a.xml")) == "rss"


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


DECLARED_ENTITIES = "".join(f'<!ENTITY a{n} "&a{n + 1};">' for n in range(50_000))
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
    "attributes given twice": RSS.format("<a " + 'a="" ' * 100_000 + "/>&"),
    "elements": RSS.format("<a/>" * 1_000_000),
    "entries": "<rss><channel>" + "<item/>" * 1_000_000,
    "entries with titles": "<rss><channel>" + "<item><title>a</title></item>" * 1_000_000,
    "nested elements": RSS.format("<a>" * 1_000_000 + "</a>" * 1_000_000),
    "nested elements, one by one": RSS.format("".join(f"<a{number}>" for number in range(60_000))),
    "end tags": RSS.format("</a>" * 200_000),
    "texts without start": "<rss><channel><item>" + "a</title>" * 50_000,
    "entries without start": "<rss><channel><item/>" + "a</item>" * 50_000,
    "entities": f"<!DOCTYPE rss [{DECLARED_ENTITIES}]>{RSS.format('&a0;')}",
    "references": RSS.format("&bogus;" * 200_000),
    "long references": RSS.format("&#" + "0" * 1_000_000 + "9" * 1_000_000 + ";"),
    "halves of characters": RSS.format("&#xD800;" * 200_000),
    "zero": RSS.format("\0" * 2_000_000),
    "a long name": RSS.format("<" + "a" * 1_000_000 + "/>"),
    "a long attribute": RSS.format('<a a="' + "a" * 12_000_000 + '"/>'),
    "comments": RSS.format("<!---->" * 500_000),
    "comments and entries": RSS.format("<!-- <item> and so on " * 50_000 + "-->"),
    "instructions": RSS.format("<?a?>" * 500_000),
    "instructions without end": "<rss>" + "<?a and so on " * 100_000,
    "character data in character data": RSS.format("<![CDATA[" * 100_000 + "]]>" * 100_000),
    "character data left open": "<rss>" + "<title><![CDATA[a</title>" * 50_000 + "]]>",
    "quotes without end": "<rss>" + "<a b=\"<and so on><c d='" * 50_000,
    "feeds": "<rss version='2.0'><channel>" * 100_000,
    "escaped feeds": "<a>" * 500_000 + "&lt;rss",
    "nested namespaces": "<rss>" + "".join(f'<x xmlns:a{n}="urn:{n}">and so on' for n in range(50_000)),
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
    text = "<opml><body>" + "<outline text='x'>" * 30_000

    assert parse_opml(document(text))[0] == ()


@pytest.mark.parametrize(
    "text",
    [
        "<opml><body>" + "<outline text='x'>" * 200_000,
        "<rss>" + "<item/>" * 200_000,
        "<rss><a " + 'a="" ' * 200_000 + "/></rss>",
        "<rss><item><description>" + "<b>x" * 200_000,
    ],
)
def test_a_document_of_nothing_but_tags_is_refused(text):
    with pytest.raises(ParseError, match="more elements than a feed can"):
        read_xml(document(text))


@pytest.mark.parametrize(
    "entry",
    [
        "<item><title>Short</title></item>",
        "<item><title>Short</title><link>https://a.example/1</link><guid>1</guid></item>",
        "<item><title>A</title><description><![CDATA[" + "<td><b></b></td>" * 30 + "]]></description></item>",
    ],
)
def test_ten_thousand_entries_are_read_however_short_they_are(entry):
    text = "<rss><channel>" + entry * 10_000 + "</channel></rss>"

    assert len(parse(document(text)).entries) == 10_000


def test_a_text_that_is_longer_than_the_parser_allows_is_read_whole():
    text = "x" * 12_000_000

    assert parse(document(RSS.format(text))).title.value == text


#: What gets into documents. None of it may take away the words around it, nor the entries behind it.
INTRUDERS = [
    "&", "& ", "&;", "&#", "&#x;", "&#0;", "&#xD800;", "&#146;", "&bogus;", "&nbsp", "&nbsp;",
    "&amp;nbsp;", "<", "< ", "<3", "<-", "<>", "</", "</>", "</ b>", "<b>", "</b>", "<b/>", "<p>",
    "<br>", "<BR>", "<i><b></i>", "<unknown>", "<x:y>", "</x:y>", "<x:y z:a='1'/>", "<a b>", "<a b=c>",
    "<a b='c>", '<a b="c>', "<a b='<'>", "<a b=1 b=2>", "<1>", "<a$>", "<!", "<!x>", "<!-- -- -->",
    "<!---->", "<!-->", "-->", "<!--", "<!DOCTYPE x>", "<?", "<?x", "<?x?>", "<?xml version='1.0'?>",
    "<![CDATA[]]>", "<![CDATA[<b>&]]>", "]]>", "<![", "<![endif]>", "\0", "\x1f", "\x0c", "\ufffe",
    "\ufeff", "\ud800", "</title>", "</titel>", "</TITLE>", "</link>", "</item>", "</channel>", "</rss>",
    "</html>", "<title>", "<link>", "<guid>", "<pubDate>", "<channel>", "<rss>", "<item>",
    "<description>",
]  # fmt: skip
PLACES = ["in a title", "in character data", "in an entry", "in the channel"]
BROKEN = (
    '<rss version="2.0"><channel><title>News</title>\n'
    "<item><title>one {0} two</title><link>https://a.example/1</link>{2}"
    "<description><![CDATA[<p>three {1} four</p>]]></description></item>{3}\n"
    "<item><title>five</title><description>six &amp; &lt;b>seven&lt;/b></description></item>\n"
    "<item><title>eight</title></item></channel></rss>"
)


@pytest.mark.parametrize("place", range(4), ids=PLACES)
@pytest.mark.parametrize("intruder", INTRUDERS)
def test_nothing_that_gets_into_a_document_takes_its_words_away(intruder, place):
    intruders = [intruder if number == place else "" for number in range(4)]
    text = BROKEN.format(*intruders).encode("utf-8", "surrogatepass")

    words = " ".join(map(str, read_xml(document(text)).itertext()))
    titles = [entry.title.value for entry in parse(document(text)).entries if entry.title]

    missing = [
        word for word in ("one", "two", "three", "four", "five", "six", "seven", "eight") if word not in words
    ]
    assert missing == []
    assert titles[-2:] == ["five", "eight"]


@pytest.mark.parametrize("length", range(40, len(BROKEN), 7))
def test_a_document_may_end_anywhere(length):
    text = BROKEN.format("", "", "", "")[:length]
    whole = text[: text.rindex("<")] if text.rindex("<") > text.rindex(">") else text

    words = "".join(map(str, read_xml(document(text)).itertext()))

    for word in ("News", "one", "two", "three", "four", "five", "eight"):
        assert (word in words) == (word in whole), word


def test_signs_of_windows_are_read_as_they_are_meant():
    feed = feeds.parse_feed(RSS.format("It&#146;s \x93so\x94 &#133;").encode(), URL)

    assert feed.title == "It’s “so” …"


def test_compressed_bytes_are_called_so():
    with pytest.raises(ParseError, match="compressed or no text at all"):
        parse(document(b"\x1f\x8b\x08\x00rubbish"))


def one_entry(item, before="", url="https://a.example/feed"):
    body = f"{before}<rss version='2.0'><channel><title>x</title><item>{item}</item></channel></rss>"
    [entry] = feeds.parse_feed(body.encode(), url).entries
    return entry


def test_a_document_type_is_read_wherever_it_stands():
    before = f"<!--{'x' * 5000}--><!DOCTYPE rss [<!ENTITY co 'Acme &amp; Co'>]>"

    assert one_entry("<title>&co; news</title>", before).title == "Acme & Co news"


def test_a_blank_attribute_says_nothing():
    item = "<title>x</title><enclosure url=' ' href='/a.mp3'/>"

    assert [file.url for file in one_entry(item).enclosures] == ["https://a.example/a.mp3"]


@pytest.mark.parametrize("media_type", ["text/html", "TEXT/HTML", "text/html; charset=utf-8"])
def test_a_page_is_told_by_its_type_however_it_is_written(media_type):
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>y</title>
        <link type="application/json" href="1.json"/><link type="{media_type}" href="1"/>
        <link rel="replies" type="{media_type}" href="1/comments"/>
    </entry></feed>"""
    [entry] = feeds.parse_feed(body.encode(), "https://a.example/feed").entries

    assert entry.link == "https://a.example/1"
    assert entry.comments == "https://a.example/1/comments"


def test_an_address_in_a_json_title_stays_as_it_is():
    items = b'[{"id": "1", "title": "x?a=1&copy=2 &#8211; &amp;"}]'
    body = b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + items + b"}"
    [entry] = feeds.parse_feed(body, "https://a.example/feed").entries

    assert entry.title == "x?a=1&copy=2 – &"
