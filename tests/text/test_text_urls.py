import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text.urls import find_host, is_web_url, normalize_link, public_url, resolve, same_site

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
        "http:///x",
        "http://[::1",
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
