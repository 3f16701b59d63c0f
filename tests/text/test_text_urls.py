import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.urls import (
    find_host,
    find_twin,
    is_web_url,
    normalize_link,
    public_typed,
    public_url,
    resolve,
    same_site,
    typed_address,
)

BASE = "https://a.example/news/today?page=2"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://b.example/x", "https://b.example/x"),
        ("story.html", "https://a.example/news/story.html"),
        ("/story.html", "https://a.example/story.html"),
        ("../story.html", "https://a.example/story.html"),
        ("?page=3", "https://a.example/news/today?page=3"),
        ("#part", "https://a.example/news/today?page=2#part"),
        ("//b.example/x", "https://b.example/x"),
        ("  story\n.html ", "https://a.example/news/story.html"),
        ("\\story.html", "https://a.example/story.html"),
        ("a b.html", "https://a.example/news/a%20b.html"),
        ("新聞?題=一#段", "https://a.example/news/%E6%96%B0%E8%81%9E?%E9%A1%8C=%E4%B8%80#%E6%AE%B5"),
        ("100%.html", "https://a.example/news/100%25.html"),
        ("a%20b%e4.html", "https://a.example/news/a%20b%e4.html"),
        ('x?q=[1]|"', "https://a.example/news/x?q=%5B1%5D%7C%22"),
        ("https://B.Example/X", "https://b.example/X"),
        ("HTTP://B.Example:8080/X", "http://b.example:8080/X"),
        ("http://新聞.example/", "http://xn--efvv70d.example/"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("http://b.example./x", "http://b.example./x"),
        ("http://b.example:80/x", "http://b.example:80/x"),
        ("http://b.example:/x", "http://b.example/x"),
        ("http://b.example:0080/x", "http://b.example:80/x"),
        ("http://b.example/a/../x", "http://b.example/a/../x"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://a@b:c@d.example/", "http://a%40b:c@d.example/"),
        ("http://a_b.example/x", "http://a_b.example/x"),
        ("http://%E6%96%B0%E8%81%9E.example/", "http://xn--efvv70d.example/"),
        ("http://新聞。example/", "http://xn--efvv70d.example/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://Ⅷß.example/", "http://xn--viii-yna.example/"),
        ("http://💩.example/", "http://xn--ls8h.example/"),
        ("a\ud800b", "https://a.example/news/a%3Fb"),
        ("a//b", "https://a.example/news/a//b"),
        ("-/javascript:x", "https://a.example/news/-/javascript:x"),
        ("JavaScript%3A_The_Parts", "https://a.example/news/JavaScript%3A_The_Parts"),
        ("2:b", "https://a.example/news/2:b"),
        ("https://me:secret@b.example/x", "https://me:secret@b.example/x"),
        ("mailto:a b@c.example", "mailto:a%20b@c.example"),
        ("magnet:?xt=urn:btih:1", "magnet:?xt=urn:btih:1"),
    ],
)
def test_an_address_becomes_absolute_and_a_uri(href, url):
    assert resolve(BASE, href) == url


@pytest.mark.parametrize(
    "href",
    [
        "",
        "   ",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:",
        "http://",
        "http:",
        "//",
        "http://[::1",
        "http://[1.2.3.4]/",
        "http://xn--é.example/",
        "http://" + "a" * 300 + ".example/",
        "http://a.example/" + "a" * 70_000,
        "/" + "a" * 70_000,
        "localhost:8080",
        "tag:a.example,2020:1",
        "view-source:http://a.example/",
        "\u200bjavascript:alert(1)",
        "`javascript:alert(1)`",
        "\\x0BJavaScript :alert(1)",
        '"vbscript:x',
        "\u202edata:text/html,x",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://a b.example/",
        "http://<b>/",
        "http://-a.example/",
        "https://" + "é" * 80 + ".example/",
    ],
)
def test_an_unusable_address_is_none(href):
    assert resolve(BASE, href) is None


#: RFC 3986, section 5.4; the last one is there called what older parsers do, and browsers do it.
EXAMPLES = """
    g b/c/g | ./g b/c/g | g/ b/c/g/ | /g g | ?y b/c/d;p?y | g?y b/c/g?y | #s b/c/d;p?q#s | g#s b/c/g#s
    g?y#s b/c/g?y#s | ;x b/c/;x | g;x b/c/g;x | g;x?y#s b/c/g;x?y#s | . b/c/ | ./ b/c/ | .. b/ | ../ b/
    ../g b/g | ../../g g | ../../../g g | ../../../../g g | /./g g | /../g g | g. b/c/g. | .g b/c/.g
    g.. b/c/g.. | ..g b/c/..g | ./../g b/g | ./g/. b/c/g/ | g/./h b/c/g/h | g/../h b/c/h
    g;x=1/./y b/c/g;x=1/y | g;x=1/../y b/c/y | g?y/./x b/c/g?y/./x | g?y/../x b/c/g?y/../x
    g#s/./x b/c/g#s/./x | g#s/../x b/c/g#s/../x | http:g b/c/g
"""


@pytest.mark.parametrize(
    "example", [example for part in EXAMPLES.replace("\n", "|").split("|") if (example := part.split())]
)
def test_references_are_resolved_as_the_standard_says(example):
    assert resolve("http://a/b/c/d;p?q", example[0]) == f"http://a/{example[1]}"


@pytest.mark.parametrize(
    ("base", "href", "url"),
    [
        ("http://a/b/c/d;p?q", "//g", "http://g"),
        ("http://a/b/c/d;p?q", "..", "http://a/b/"),
        ("http://a/b/c/d;p?q", "../..", "http://a/"),
        ("http://a", "g", "http://a/g"),
        ("http://a?q", "g", "http://a/g"),
        ("http://a?q", "#s", "http://a?q#s"),
        ("http://a/b//c/d", "g", "http://a/b//c/g"),
        ("http://a/b/", "?", "http://a/b/?"),
    ],
)
def test_references_at_the_edges_of_a_base(base, href, url):
    assert resolve(base, href) == url


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("http:/b.example/x", "http://b.example/x"),
        ("http:///b.example/x", "http://b.example/x"),
        ("http:b.example", "http://b.example"),
        ("https:/b/c", "https://a.example/b/c"),
        ("https:b/c", "https://a.example/news/b/c"),
        ("///b.example/x", "https://b.example/x"),
        ("\\\\b.example\\x?\\", "https://b.example/x?%5C"),
        ("http://http://b.example/x", "http://b.example/x"),
        ("http://HTTPS://b.example/x", "https://b.example/x"),
        ("feed:https://b.example/x", "https://b.example/x"),
        ("feed://b.example/x", "http://b.example/x"),
        ("FEED://http://b.example/x", "http://b.example/x"),
        ("itpc://b.example/x", "http://b.example/x"),
        ("\n https://b.example/a\r\n     b/c\n", "https://b.example/ab/c"),
        ("\ufeffhttps://b.example/\u200b", "https://b.example/"),
        ("\u3000https://b.example/\xa0", "https://b.example/"),
        ("https://b.example/?a=1&amp;b=2", "https://b.example/?a=1&b=2"),
        ("https://b.example/?a=1&amp;amp;b=2&#038;c=3&#x26;d", "https://b.example/?a=1&b=2&c=3&d"),
        ("x?a&ampere;&amp", "https://a.example/news/x?a&ampere;&amp"),
    ],
)
def test_a_crooked_address_is_mended(href, url):
    assert resolve(BASE, href) == url


@pytest.mark.parametrize("base", [None, "", "file:///seeds/a.txt", "urn:x"])
def test_an_address_that_lacks_its_scheme_alone_needs_no_base(base):
    assert resolve(base, "//b.example/x") == "https://b.example/x"


@pytest.mark.parametrize(
    "href",
    [
        "http:" * 9_000,
        "feed:" * 9_000,
        "/" * 60_000,
        "../" * 20_000,
        "%" * 60_000,
        " " * 60_000 + "x",
        "a\n" * 30_000,
        "&amp;" * 12_000,
        "&#0" * 20_000,
        "http://" + "@" * 60_000 + ":x",
        "http://" + "a." * 30_000,
        "http://" + "é." * 30_000,
    ],
    ids=lambda href: repr(href[:12]),
)
def test_a_long_address_takes_no_longer_than_its_length(href):
    start = time.process_time()
    for base in (None, BASE):
        resolve(base, href)
        find_host(href)
        public_url(href)

    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("base", [None, "", "file:///seeds/a.txt", "urn:x", "http://[::1"])
def test_a_relative_address_without_a_usable_base_is_none(base):
    assert resolve(base, "story.html") is None


def test_backslashes_cannot_hide_the_host():
    assert find_host(resolve(None, r"https://b.example\@a.example/")) == "b.example"


def test_nothing_secret_is_inherited_from_the_base():
    base = "https://me:secret@a.example/feed?token=1&page=2"

    assert resolve(base, "story.html") == "https://a.example/story.html"
    assert resolve(base, "#part") == "https://a.example/feed?page=2#part"


@given(st.text(max_size=60), st.sampled_from([None, BASE]))
def test_what_is_resolved_stays_as_it_is(href, base):
    url = resolve(base, href)

    assert url is None or (url.isascii() and resolve(None, url) == url)


@given(st.text(alphabet="ht:/\\@?#[].%a新 \n", max_size=30))
def test_resolving_a_crooked_address_never_fails(href):
    url = resolve(BASE, href)

    assert url is None or resolve(None, url) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x", True),
        ("HTTP://a.example", True),
        ("https:///x", False),
        ("ftp://a.example/", False),
        ("mailto:a@a.example", False),
        ("a.example/x", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_a_web_url_is_http_with_a_host(url, expected):
    assert is_web_url(url) is expected


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.A.example:8080/x", "a.example"),
        ("https://me:secret@a.example./x", "a.example"),
        ("http://[::1]:80/", "::1"),
        ("mailto:a@a.example", None),
        ("http://", None),
    ],
)
def test_the_host_is_folded(url, host):
    assert find_host(url) == host


@pytest.mark.parametrize(
    ("host_a", "host_b", "expected"),
    [
        ("a.example", "a.example", True),
        ("www.a.example", "a.example", True),
        ("news.a.example", "a.example", True),
        ("a.example", "news.a.example", True),
        ("news.a.example", "blog.a.example", False),
        ("ba.example", "a.example", False),
        ("a.example", "example", False),
        ("localhost", "localhost", True),
        ("a.co.uk", "co.uk", False),
        ("a.co.uk", "b.co.uk", False),
        ("a.com.tw", "com.tw", False),
        ("a.github.io", "github.io", False),
        ("a.github.io", "b.github.io", False),
        ("www.a.co.uk", "news.a.co.uk", True),
        ("10.0.0.1", "0.0.1", False),
        ("", "", False),
    ],
)
def test_a_site_is_a_host_and_its_subdomains(host_a, host_b, expected):
    assert same_site(host_a, host_b) is expected
    assert same_site(host_b, host_a) is expected


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("http://www.a.example//cn//x.html#new_tab", "https://a.example/cn/x.html"),
        ("https://A.example:443/x/", "https://a.example/x/"),
        ("http://a.example:80/x", "https://a.example/x"),
        ("http://a.example:8080/x", "https://a.example:8080/x"),
        ("https://a.example/x?utm_source=rss&id=5&fbclid=1&UTM_Medium=a", "https://a.example/x?id=5"),
        ("https://a.example/x?gclid=1", "https://a.example/x"),
        ("https://a.example/x?b=2&a=1&b", "https://a.example/x?b=2&a=1&b"),
        ("https://a.example/x?next=//y", "https://a.example/x?next=//y"),
        ("https://a.example/a%20b%E3%80%80", "https://a.example/a%20b%E3%80%80"),
        ("https://www.dw.com/zh/%E4%B8%80/a-123?maca=rss", "https://dw.com/a-123"),
        ("http://amp.dw.com/zh/x/a-123", "https://dw.com/a-123"),
        ("https://www.dw.com/zh/x/av-123", "https://dw.com/zh/x/av-123"),
        ("https://a.example/a-123", "https://a.example/a-123"),
        ("http://www.ftchinese.com/story/001?full=y", "https://ftchinese.com/story/001"),
        ("http://cn.ft.com/story/001?full=y", "https://cn.ft.com/story/001"),
        ("mailto:a@a.example", "mailto:a@a.example"),
    ],
)
def test_all_spellings_of_a_link_have_one_form(url, identity):
    assert normalize_link(url) == identity
    assert normalize_link(identity) == identity


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/feed?page=2", "https://a.example/feed?page=2"),
        ("https://me:secret@a.example:81/feed", "https://a.example:81/feed"),
        ("https://a.example/feed?token=1&page=2", "https://a.example/feed?page=2"),
        ("https://a.example/feed?Access_Token=1", "https://a.example/feed"),
        ("https://a.example/feed?access_key=1&feed_key=2&authtoken=3&PHPSESSID=4", "https://a.example/feed"),
        ("https://a.example/feed?X-Amz-Signature=1&X-Amz-Credential=2&jwt=3", "https://a.example/feed"),
        ("https://a.example/feed?sort_key=1&monkey=2", "https://a.example/feed?sort_key=1&monkey=2"),
        ("https://a.example/feed?api-key=1&password=2&key=3#x", "https://a.example/feed#x"),
        (
            "https://a.example/feed?keyword=1&author=2&tokens=3",
            "https://a.example/feed?keyword=1&author=2&tokens=3",
        ),
        ("http://me:secret@[::1/feed?token=1", "[::1/feed"),
    ],
)
def test_what_is_shown_holds_no_secret(url, shown):
    assert public_url(url) == shown


@pytest.mark.parametrize(
    ("url", "twin"),
    [
        ("http://a.example/feed?x=1#y", "https://a.example/feed?x=1#y"),
        ("https://a.example", "http://a.example"),
        ("https://user:pw@a.example/feed", "http://user:pw@a.example/feed"),
        ("http://a.example:80/feed", None),
        ("http://user:pw@a.example:81/feed", None),
        ("ftp://a.example/feed", None),
        ("seeds:", None),
    ],
)
def test_an_address_has_a_twin_with_or_without_tls(url, twin):
    assert find_twin(url) == twin


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.org", "https://example.org"),
        (" example.org/a?b=c#d\n", "https://example.org/a?b=c#d"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://example.org/", "http://example.org/"),
        ("feed://example.org/", "http://example.org/"),
        ("mailto:me@example.org", None),
        ("javascript:alert(1)", None),
        ("me@example.org", None),
        ("two words", None),
        ("/etc/passwd", None),
        ("", None),
        ("x" * 2000, None),
    ],
)
def test_what_a_person_types_is_an_address_with_and_without_its_scheme(typed, address):
    assert typed_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ftp://u:p@a.example/?key=s3cret", "ftp://a.example/"),
        ("u:p@a.example", "a.example"),
        ("two words", "two words"),
        ("http://[", "http://["),
    ],
)
def test_what_a_person_types_is_shown_without_its_secrets(typed, shown):
    assert public_typed(typed) == shown
