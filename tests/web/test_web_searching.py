"""The page of a search."""

import re
import tomllib
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from web_markup import Page
from web_samples import NOW

from feeds.store import patience, selections
from feeds.store.searches import sync_searches
from feeds.web import searching


@pytest.fixture
def paper(shelf):
    return shelf.source()


@pytest.fixture
def find(client):
    """Ask for the page of a query; return its text."""

    def find(query, status=200):
        response = client.get(f"/search/?q={quote(query)}")
        assert response.status_code == status, response.text
        assert Page(response.text).problems == []
        return response.text

    return find


def list_marks(text):
    return [unescape(mark) for mark in re.findall(r"<mark>(.*?)</mark>", text)]


def read_snippets(text):
    plain = (re.sub("<[^>]+>", "", each) for each in re.findall(r'<p class="snippet"[^>]*>(.*?)</p>', text))
    return [unescape(each) for each in plain]


# --- What is found ----------------------------------------------------------------------------------


def test_what_is_looked_for_is_marked_in_title_and_text(shelf, paper, find):
    shelf.entry(paper, title="臺灣海峽", content="<p>" + "海" * 300 + "台<b>湾</b>" + "風" * 300 + "</p>")
    text = find("台灣")

    assert list_marks(text) == ["臺灣", "台湾"]
    [snippet] = read_snippets(text)
    assert snippet.startswith("…海")
    assert snippet.endswith("風…")
    assert len(snippet) <= 122


def test_a_match_in_the_summary_alone_is_shown(shelf, paper, find):
    shelf.entry(paper, summary="<p>Of a lighthouse.</p>", content="<p>Something else.</p>")

    assert read_snippets(find("lighthouse")) == ["Of a lighthouse."]


def test_what_is_found_by_its_title_alone_shows_how_its_text_begins(shelf, paper, find):
    shelf.entry(paper, title="Harbour", content="<p>Of a quay.</p>")
    text = find("harbour")

    assert list_marks(text) == ["Harbour"]
    assert read_snippets(text) == ["Of a quay."]


def test_an_entry_without_a_title_is_shown_by_its_text(shelf, paper, find):
    shelf.entry(paper, title=None, content="<p>Of a quay.</p>")

    assert "<mark>quay</mark>" in find("quay")


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b onclick=x&gt;{{ 7*7 }}"]
)
def test_what_is_marked_is_text_and_never_markup(shelf, paper, find, title):
    shelf.entry(paper, title=f"{title} quay", content=f"<p>{title.replace('<', '&lt;')} quay</p>")

    for query in ("quay", title, "alert", "b"):
        text = find(f'"{query}"' if '"' not in query else query)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b onclick" not in text
    assert "quay" in list_marks(find("quay"))


def test_of_very_long_texts_only_the_first_are_looked_through(shelf, paper, find, monkeypatch):
    for _ in range(3):
        shelf.entry(paper, content="<p>" + "x " * 200 + "quay</p>")
    monkeypatch.setattr(searching, "MOST_READ", 1000)

    assert list_marks(find("quay")) == ["quay", "quay"]


def test_an_excluded_word_is_marked_nowhere_and_none_of_its_entries_are_there(shelf, paper, find):
    shelf.entry(paper, title="quay one")
    shelf.entry(paper, title="quay two")
    text = find("quay -two")

    assert list_marks(text) == ["quay"]
    assert "1 entry" in text


# --- How many ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "told"), [(1000, "50 entries"), (49, "More than 49 entries")])
def test_it_is_told_how_many_there_are(shelf, paper, find, client, monkeypatch, most, told):
    monkeypatch.setattr(searching, "MOST_COUNTED", most)
    shelf.entries(paper, 50, title="quay")
    text = find("quay")
    older = unescape(re.search(r'href="([^"]+)" rel="next"', text)[1])

    assert told in text
    assert text.count('<article class="hit"') == 40
    assert told in client.get(older).text
    assert client.get(older).text.count('<article class="hit"') == 10


def test_what_cannot_be_counted_soon_is_told_so(shelf, paper, find, monkeypatch):
    monkeypatch.setattr(selections, "COUNT", 0)
    monkeypatch.setattr(patience, "PULSE", 10)
    shelf.entries(paper, 50, title="quay")

    assert "At least 40 entries" in find("quay")


# --- Nothing, and what cannot be read ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lamp before:noon", "‘before:’ takes a date, as 2024, 2024-05 or 2024-05-31 are, and not ‘noon’."),
        ("source:", "Nothing follows ‘source:’"),
        ("a" * 201, "The query is longer than 200 characters."),
        ("lang:<b>", "not ‘&lt;b&gt;’"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_read_stays_in_the_form_with_the_reason(find, query, reason):
    text = find(query, 400)
    [field] = [attributes for tag, attributes in Page(text).elements if attributes.get("name") == "q"]

    assert reason in text
    assert field["value"] == query
    assert field["aria-describedby"] == "wrong"


def test_nothing_found_is_said_and_what_to_do(find):
    text = find("absent other lang:zh")

    assert "Nothing is found" in text
    assert "look for fewer" in text
    assert 'href="/search/?q=%22absent%22%20%22other%22"' in text
    assert "rss.xml" in text  # it can be subscribed to all the same


def test_of_a_private_source_nothing_is_told(shelf, find):
    secret = shelf.source("https://b.example/", name="Secret", private=True)
    shelf.entry(secret, title="quay")
    told = find("source:secret")

    assert told.replace("secret", "nobody") == find("source:nobody")
    assert "No source goes by the name ‘secret’" in told


def test_what_there_is_is_not_called_unknown(shelf, paper, find):
    assert "No source goes by" not in find("source:a-paper absent")
    assert "There is no category ‘towns’" in find("category:towns")


# --- Kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["台灣", '选举 "New York" -x', "source:'a' \\b", "<b>&amp;"])
def test_the_lines_that_save_a_search_are_those_of_the_configuration(find, query):
    lines = unescape(re.search(r'<pre class="lines"><code>(.*?)</code>', find(query), re.DOTALL)[1])

    assert tomllib.loads(lines) == {"searches": [{"name": query, "query": query}]}


def test_the_form_leads_to_the_saved_searches(client, store):
    with store.write() as db:
        sync_searches(db, {"台灣": "台灣"})
    text = client.get("/search/").text

    assert f'<a href="{quote("/searches/台灣/")}" dir="auto">台灣</a>' in text
    assert 'name="q"' in text


def test_a_saved_search_is_shown_with_its_query_in_the_form(client, shelf, paper, store):
    with store.write() as db:
        sync_searches(db, {"Quays": "quay -two"})
    shelf.entry(paper, title="quay one")
    text = client.get("/searches/quays/").text

    assert '<h1 dir="auto">Quays</h1>' in text
    assert 'value="quay -two"' in text
    assert "<mark>quay</mark>" in text
    assert "Save this search" not in text


def test_each_page_has_one_heading_that_says_what_it_is(client, find, shelf, paper):
    shelf.entry(paper, title="quay")

    for text in (client.get("/search/").text, find("quay"), find("absent"), find("source:", 400)):
        assert re.findall(r"<h1[^>]*>(.*?)</h1>", text) == ["Search"]


def test_an_entry_that_was_published_on_another_day_says_which(client, shelf):
    shelf.entry(shelf.source(), NOW, published=NOW - timedelta(days=400), title="An old boat")

    assert "28 January 2025" in client.get("/search/?q=boat").text
