"""Parameters of feeds, and searches, over HTTP."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import pytest
from web_markup import Page
from web_samples import NOW

from feeds.store.searches import sync_searches
from feeds.web import problems
from feeds.web.parameters import read_selection

FILES = ["rss.xml", "atom.xml", "feed.json"]
VIEWS = ["/", "/sources/a-paper/", "/categories/news/", "/searches/台灣/"]


@pytest.fixture(autouse=True)
def keys(shelf, store):
    """The keys of six entries, an hour apart, the newest first."""
    source = shelf.source()
    with store.write() as db:
        sync_searches(db, {"台灣": "台灣", "Other": "Title"})
    return [
        shelf.entry(source, title=f"臺灣 {n}", categories=("News",), language=("en", "zh-Hant")[n % 2])
        for n in range(6)
    ]


def titles(response):
    assert response.status_code == 200, response.text
    return [item["title"] for item in response.json["items"]]


@pytest.fixture
def ask(client):
    def ask(view="/", query=""):
        return client.get(f"{quote(view)}feed.json{'?' if query else ''}{query}")

    return ask


# --- Parameters -------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("limit=2", [0, 1]),
        ("lang=zh", [1, 3, 5]),
        ("lang=ZH-hant&limit=1", [1]),
        ("lang=fr", []),
        (f"q={quote('-3 lang:zh source:a-paper category:News')}", [1, 5]),
        (f"q={quote('source:nobody')}", []),
        (f"q={quote('灣 3')}", [3]),
        ("q=%EF%BB%BF%E7%81%A3%E2%80%8D+3+%EF%B8%8F", [3]),
        (f"since={(NOW - timedelta(hours=2)).isoformat().replace('+', '%2B')}", [0, 1]),
        (f"since={(NOW - timedelta(hours=2)).isoformat()}", [0, 1]),
        ("since=2026-03-04", [0, 1, 2, 3, 4]),
        ("since=2026-03-04T12:00:00%2B08:00", [0]),
        ("since=2026-03-04T03:06:07.000000999Z", [0, 1]),
        ("since=2026-03-04t03:06:07.000001999z", [0]),
        ("full=0&fold=1", [0, 1, 2, 3, 4, 5]),
        ("utm_source=reader&fbclid=1", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_every_view_takes_every_parameter(ask, view, query, expected):
    assert titles(ask(view, query)) == [f"臺灣 {n}" for n in expected]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("limit=0", "‘limit’ is a number from 1 to 1000."),
        ("limit=1001", "‘limit’ is a number from 1 to 1000."),
        ("limit=٣", "‘limit’ is a number from 1 to 1000."),
        ("limit=", "‘limit’ is a number"),
        ("since=yesterday", "‘since’ is a date"),
        ("since=2026-13-01", "‘since’ is a date"),
        ("since=2026-03-04T01:59:61Z", "‘since’ is a date"),
        ("since=2026-03-04T01:59:00.Z", "‘since’ is a date"),
        ("since=2026-03-04T01.59.00Z", "‘since’ is a date"),
        ("since=9999-12-31T23:59:60Z", "‘since’ is a date"),
        ("since=0001-01-01T00:00:00%2B09:00", "‘since’ is a date"),
        ("lang=中文", "‘lang’ is a language tag"),
        ("lang=", "‘lang’ is a language tag"),
        ("q=", "‘q’: the query is empty."),
        ("q=%20%22", "‘q’: the query is empty."),
        (f"q={'a' * 201}", "‘q’: the query is longer than 200 characters."),
        ("q=%EF%B8%8F", "‘q’: the query is empty."),
        ("q=a%00b", "‘q’: the query holds characters"),
        ("full=yes", "‘full’ is 0 or 1."),
        ("fold=2", "‘fold’ is 0 or 1."),
        ("before=nothing", "‘before’ takes the key"),
        (f"before={'a' * 26}", "The entry to continue from is not here."),
    ],
)
def test_what_cannot_be_understood_is_told(client, file, query, complaint):
    response = client.get(f"/{file}?{query}")

    assert response.status_code == 400
    assert complaint in response.text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04T05:06:07.123456789Z", datetime(2026, 3, 4, 5, 6, 7, 123456, UTC)),
        ("2026-03-04T05:06:07.5+01:00", datetime(2026, 3, 4, 4, 6, 7, 500000, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T15:59:60.25-08:00", datetime(2017, 1, 1, 0, 0, 0, 250000, UTC)),
        ("2016-12-31", datetime(2016, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_to_the_microsecond_and_a_leap_second_is_the_next(text, moment):
    assert read_selection({"since": text}, 100).since == moment


def test_a_default_is_the_plain_feed(client):
    plain = client.get("/rss.xml")
    for query in ("limit=100", "full=1&fold=0", "utm_medium=x"):
        assert client.get(f"/rss.xml?{query}").headers["ETag"] == plain.headers["ETag"]
        assert "Last-Modified" in client.get(f"/rss.xml?{query}").headers


def test_equal_questions_have_one_answer(app, client):
    client.get("/rss.xml?lang=zh-Hant&limit=2&since=2026-03-04T08:00:00%2B08:00")
    client.get("/rss.xml?since=2026-03-04T00:00:00Z&x=y&limit=2&lang=ZH-HANT&limit=3")

    assert len(app.extensions["feeds"].editions._passing._kept) == 1


def test_a_selection_is_not_sent_again_while_it_is_the_same(client):
    first = client.get("/rss.xml?limit=2")
    again = client.get("/rss.xml?limit=2", headers={"If-None-Match": first.headers["ETag"]})

    assert "Last-Modified" not in first.headers
    assert (again.status_code, again.data) == (304, b"")
    # Its date is not known: conditions on a date are ignored (RFC 9110, section 13.1.3).
    dated = client.get("/rss.xml?limit=2", headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert dated.status_code == 200


def test_a_page_follows_an_entry(ask, keys):
    assert titles(ask("/", f"before={keys[1]}&limit=2")) == ["臺灣 2", "臺灣 3"]


# --- Searches ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_a_search_is_a_feed(client, file):
    response = client.get(f"/search/{file}?q={quote('“台湾 3”')}")

    assert response.status_code == 200
    assert "臺灣 3" in (response.json["items"][0]["title"] if file == "feed.json" else response.text)
    assert client.get(f"/search/{file}").status_code == 400


def test_a_search_goes_on_by_parameters_too(client):
    assert titles(client.get(f"/search/feed.json?q={quote('台灣')}&lang=zh&limit=1")) == ["臺灣 1"]


@pytest.mark.parametrize(
    "path",
    [
        "/search/",
        "/search/?q=",
        "/search/?q=%E5%8F%B0%E7%81%A3",
        "/search/?q=absent%20%3Cb%3E",
        "/searches/台灣/",
    ],
)
def test_the_pages_of_searches_are_sound(client, path):
    response = client.get(quote(path, safe="/?=%"))

    assert response.status_code == 200
    assert Page(response.text).problems == []


@pytest.mark.parametrize(
    ("page", "feed"),
    [("/search/?q=台灣 1", "/search/{}?q=台灣 1"), ("/searches/台灣/", "/searches/台灣/{}")],
)
def test_a_search_announces_its_feeds_and_is_shown(client, page, feed):
    response = client.get(quote(page, safe="/?="))
    links = [
        urlsplit(attributes["href"])
        for tag, attributes in Page(response.text).elements
        if tag == "link" and attributes.get("rel") == "alternate"
    ]

    assert [f"{link.path}?{link.query}".rstrip("?") for link in links] == [
        quote(feed.format(file), safe="/?=") for file in FILES
    ]
    assert "<mark>臺灣" in response.text
    assert all(client.get(f"{link.path}?{link.query}").status_code == 200 for link in links)


def test_an_unknown_saved_search_is_not_found(client):
    for path in ("/searches/nothing/", "/searches/nothing/rss.xml"):
        assert client.get(path).status_code == 404


def test_a_search_is_read_on_page_by_page(client, shelf):
    source = shelf.source("https://b.example/", name="B")
    for _ in range(60):
        shelf.entry(source, title="many")
    pages, path = [], "/search/?q=many"
    while path:
        elements = Page(client.get(path).text).elements
        links = [attributes["href"] for tag, attributes in elements if tag == "a"]
        pages.append(sum("/entries/" in link for link in links))
        path = next((a["href"] for tag, a in elements if tag == "a" and a.get("rel") == "next"), None)

    assert pages == [40, 20]


def test_too_many_searches_at_once_are_put_off(app, client, monkeypatch):
    turns = app.extensions["feeds"].editions.turns
    monkeypatch.setattr(turns, "_patience", 0.01)
    with turns.take(), turns.take():
        for path in (
            "/search/?q=one",
            "/search/rss.xml?q=one",
            "/rss.xml?lang=en",
            "/feed.json?fold=1",
            "/atom.xml?limit=1000",
            f"{quote('/searches/台灣/')}rss.xml?full=0",
            "/api/v1/entries?q=one",
        ):
            response = client.get(path)
            assert response.status_code == 503
            assert response.headers["Retry-After"] == str(problems.RETRY_AFTER)
            assert "too many searches" in response.text
        for path in ("/rss.xml", "/rss.xml?limit=20", "/feed.json?full=0", "/atom.xml?since=2024-01-01"):
            assert client.get(path).status_code == 200, path


# --- The API ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"q={quote('台灣 2')}", [2]),
        ("lang=zh&limit=2", [1, 3]),
        ("since=2026-03-04T04:00:00Z&source=a-paper", [0]),
        (f"search={quote('台灣')}&lang=en", [0, 2, 4]),
        (f"q={quote('台湾 -1 -3 lang:zh source:a-paper')}", [5]),
    ],
)
def test_the_api_selects_alike(client, query, expected):
    answer = client.get(f"/api/v1/entries?{query}").json

    assert [entry["title"] for entry in answer["entries"]] == [f"臺灣 {n}" for n in expected]


def test_the_api_goes_on_with_the_same_question(client):
    path, found = f"/api/v1/entries?q={quote('台灣')}&lang=zh&limit=2", []
    while path:
        answer = client.get(path).json
        found += [entry["title"] for entry in answer["entries"]]
        path = answer["next"] and answer["next"].removeprefix("http://feeds.example")

    assert found == ["臺灣 1", "臺灣 3", "臺灣 5"]


def test_the_api_tells_what_it_cannot_understand(client):
    response = client.get("/api/v1/entries?search=a&source=b")

    assert response.status_code == 400
    assert response.json == {"error": "‘source’ and ‘search’ cannot be asked for together."}
    assert client.get("/api/v1/entries?search=nothing").status_code == 404
    assert client.get("/api/v1/entries?lang=!").status_code == 400
