"""Feeds that are answered before Flask is asked: the same answers, at once up to date."""

import itertools
import time
from contextlib import closing
from urllib.parse import quote

import pytest
from feedgen.feed import FeedGenerator
from flask.testing import FlaskClient
from running import wait_until
from web_samples import NOW, Shelf, rewrite

from feeds.store import open_store
from feeds.web import front
from feeds.web.security import HEADERS

CONFIG = '[site]\nbase_url = "http://feeds.example"\n'
PREFIXED = '[site]\nbase_url = "http://feeds.example/news"\n'


class Behind(FlaskClient):
    """A client of the application without anything before it."""

    def run_wsgi_app(self, environ, buffered=False):
        app, self.application.wsgi_app = (
            self.application.wsgi_app,
            self.application.wsgi_app._wsgi_app._wsgi_app,
        )
        try:
            return super().run_wsgi_app(environ, buffered)
        finally:
            self.application.wsgi_app = app


@pytest.fixture
def behind(app):
    app.test_client_class = Behind
    client = app.test_client()
    app.test_client_class = None
    return client


@pytest.fixture
def flask_calls(app, monkeypatch):
    """The paths that Flask was asked for."""
    calls = []
    layer = app.wsgi_app._wsgi_app
    inner = layer._wsgi_app

    def call(environ, start_response):
        calls.append(environ["PATH_INFO"].encode("latin-1").decode())
        return inner(environ, start_response)

    monkeypatch.setattr(layer, "_wsgi_app", call)
    return calls


@pytest.fixture(autouse=True)
def entry(shelf):
    return shelf.entry(shelf.source(name="早报", category="World News"), title="好消息")


@pytest.mark.parametrize("path", ["/rss.xml", "/sources/早报/atom.xml", "/categories/world-news/feed.json"])
def test_both_ways_answer_alike(client, behind, path):
    path = quote(path)
    first = client.get(path)
    tags = (None, first.headers["ETag"], f'{first.headers["ETag"][:-1]}-gzip"', "*", '"x"')
    codings = (None, "gzip", "br, gzip", "identity;q=0", "gzip;q=0")
    moments = (None, first.headers["Last-Modified"])
    for method, tag, coding, moment, fields in itertools.product(
        ("GET", "HEAD"), tags, codings, moments, ("If-None-Match", "If-Match")
    ):
        given = {fields: tag, "Accept-Encoding": coding, "If-Modified-Since": moment, "A-IM": "feed"}
        headers = {name: text for name, text in given.items() if text is not None}
        ours = client.open(path, method=method, headers=headers)
        theirs = behind.open(path, method=method, headers=headers)

        assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data)
        assert sorted(ours.headers) == sorted(theirs.headers)


def test_flask_is_not_asked_for_a_feed(client, flask_calls):
    for path in ("/rss.xml", "/sources/%E6%97%A9%E6%8A%A5/atom.xml", "/categories/world-news/feed.json"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert flask_calls == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/rss.xml?q=x", 200),
        ("/sources/nobody/rss.xml", 404),
        ("/sources/%ff/rss.xml", 404),
        ("/sources/a%00b/rss.xml", 404),
        ("/sources/a/b/rss.xml", 404),
        ("/categories/World News/rss.xml", 308),
        ("/status/atom.xml", 200),
    ],
)
def test_all_else_is_left_to_flask(client, flask_calls, path, status):
    assert client.get(path).status_code == status
    assert len(flask_calls) == 1


def test_other_methods_are_left_to_flask(client, flask_calls):
    assert client.post("/rss.xml").status_code == 405
    assert client.options("/rss.xml").status_code == 200
    assert len(flask_calls) == 2


@pytest.mark.parametrize(
    ("headers", "status"), [({"If-Match": '"x"'}, 412), ({"Accept-Encoding": "identity;q=0"}, 406)]
)
def test_what_is_refused_is_told_by_a_page(client, headers, status):
    response = client.get("/rss.xml", headers=headers)

    assert response.status_code == status
    assert "<h1>" in response.text


def test_the_answer_says_what_every_answer_says(client):
    headers = client.get("/rss.xml").headers

    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert len(headers.getlist("Cache-Control")) == 1


def test_an_answer_is_found_once_as_long_as_nothing_changes(client, app, shelf, monkeypatch):
    made = []
    find = front.find_answer
    monkeypatch.setattr(front, "find_answer", lambda *args: made.append(args) or find(*args))
    etag = client.get("/rss.xml").headers["ETag"]
    for _ in range(5):
        client.get("/rss.xml")
        client.get("/rss.xml", headers={"If-None-Match": etag})
    first = len(made)
    shelf.entry(shelf.source("https://b.example/"), title="Fresh")

    assert first <= 3  # the first of all has written when the edition changed
    assert "Fresh" in client.get("/rss.xml", headers={"If-None-Match": etag}).text
    assert len(made) > first


def test_an_answer_without_its_date_is_given_again_until_that_has_come(client, shelf, monkeypatch):
    for title in ("One", "Two", "Three"):
        client.get("/rss.xml")
        shelf.entry(shelf.source("https://b.example/"), id=f"urn:x:{title}", title=title)
    made = []
    find = front.find_answer
    monkeypatch.setattr(front, "find_answer", lambda *args: made.append(args) or find(*args))
    answers = [client.get("/rss.xml") for _ in range(6)]

    assert not any("Last-Modified" in answer.headers for answer in answers)
    assert len(made) <= 2  # the first of all has written when the edition changed
    wait_until(lambda: "Last-Modified" in client.get("/rss.xml").headers, 8, "its date has come")


def test_what_is_committed_is_served_by_the_next_answer(client, shelf):
    source = shelf.source("https://b.example/")
    for number in range(20):
        shelf.entry(source, title=f"Fresh {number}", position=NOW)

        assert f"Fresh {number}<" in client.get("/rss.xml").text


def test_what_another_process_commits_is_served_after_a_millisecond(client, store):
    with closing(open_store(str(store.engine.url))) as other:  # whose writing `store` is not told of
        source = Shelf(other).source("https://b.example/")
        for number in range(20):
            client.get("/rss.xml")
            Shelf(other).entry(source, id=f"urn:x:{number}", title=f"Fresh {number}", position=NOW)
            time.sleep(front.LOOK_AGAIN)

            assert f"Fresh {number}<" in client.get("/rss.xml").text


def test_a_source_that_has_become_private_is_gone_at_once(client, store):
    assert client.get("/sources/%E6%97%A9%E6%8A%A5/rss.xml").status_code == 200
    with store.write() as db:
        db.exec_driver_sql("UPDATE sources SET private = 1")

    assert client.get("/sources/%E6%97%A9%E6%8A%A5/rss.xml").status_code == 404


def test_the_site_lies_under_the_path_of_its_base_url(build):
    client = build(PREFIXED).test_client()
    under, cut = client.get("/news/feed.json"), client.get("/feed.json")

    assert under.json["feed_url"] == cut.json["feed_url"] == "http://feeds.example/news/feed.json"


def test_new_settings_are_heeded(build, tmp_path, monkeypatch):
    monkeypatch.setattr(front, "LOOK_AGAIN", 0)
    app = build(CONFIG)
    client = app.test_client()
    client.get("/feed.json")
    rewrite(app, tmp_path / "config.toml", f'{CONFIG}title = "Evening"\n')

    assert client.get("/feed.json").json["title"] == "Evening"


def test_a_store_that_cannot_be_read_is_told(client, store, tmp_path):
    client.get("/rss.xml")
    store.close()
    for file in tmp_path.glob("feeds.db*"):
        file.unlink()
    (tmp_path / "feeds.db").mkdir()
    response = client.get("/rss.xml")

    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_answers_are_bounded(client, app, monkeypatch):
    monkeypatch.setattr(front, "MOST_ANSWERS", 5)
    for number in range(20):
        assert client.get("/rss.xml", headers={"If-None-Match": f'"{number}"'}).status_code == 200

    layer = app.wsgi_app._wsgi_app
    assert 0 < len(layer._answers.known) <= 5
    monkeypatch.setattr(front, "MOST_BYTES", 10)
    client.get("/rss.xml", headers={"If-None-Match": '"y"'})
    assert len(layer._answers.known) == 1


def test_what_was_asked_counts_among_what_is_kept(client, app):
    for number in range(200):
        client.get("/rss.xml", headers={"If-None-Match": f'"{number}{"x" * 100_000}"'})

    kept = app.wsgi_app._wsgi_app._answers.known
    assert sum(len(part or "") for key in kept for part in key) <= front.MOST_BYTES


def test_what_cannot_be_answered_is_told_by_the_application(client, monkeypatch, flask_calls):
    monkeypatch.setattr(front, "find_answer", lambda *args: 1 / 0)

    assert client.get("/rss.xml").status_code == 200
    assert flask_calls == ["/rss.xml"]


def test_the_last_good_edition_is_not_kept_here(client, app, shelf, monkeypatch):
    """It is served until the feed is tried again: that is soon, and nothing may have changed until then."""
    client.get("/rss.xml")
    shelf.entry(shelf.source("https://b.example/"), title="Fresh")
    with monkeypatch.context() as patch:
        patch.setattr(FeedGenerator, "rss_str", lambda *args, **kwargs: b"<rss/>")
        assert "Fresh" not in client.get("/rss.xml").text

    assert not app.wsgi_app._wsgi_app._answers.known


def test_what_could_not_be_dated_is_not_kept(client, app, store):
    with store.write() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON editions BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    for _ in range(2):
        assert client.get("/rss.xml").status_code == 200

    assert not app.wsgi_app._wsgi_app._answers.known


def test_on_postgresql_every_answer_is_found_anew(postgresql, tmp_path):
    from feeds.config import Configuration
    from feeds.web import create_app

    store = open_store(postgresql())
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    client = create_app(Configuration(tmp_path / "config.toml", {}), store).test_client()
    source = Shelf(store).source()
    for number in range(3):
        shelf = Shelf(store)
        shelf.entry(
            source, title=f"Fresh {number}", id=f"urn:x:{number}", link=f"https://a.example/x{number}"
        )
        response = client.get("/rss.xml")

        assert f"Fresh {number}<" in response.text
        assert client.get("/rss.xml", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    store.close()
