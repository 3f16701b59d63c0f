"""The feeds over HTTP."""

import gzip
import json
import os
from dataclasses import replace
from urllib.parse import quote

import pytest
from web_samples import NOW, rewrite

from feeds.syndication import FORMATS

FILES = ["rss.xml", "atom.xml", "feed.json"]
TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}


@pytest.fixture(autouse=True)
def entry(shelf):
    source = shelf.source(name="早报", category="World News")
    return shelf.entry(source, title="好消息", categories=("经济",))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("folder", ["/", "/sources/早报/", "/categories/经济/", "/categories/world-news/"])
def test_every_view_has_its_feeds_beside_its_page(client, folder, file):
    response = client.get(quote(folder + file))

    assert response.status_code == 200
    assert response.headers["Content-Type"].lower() == TYPES[file]
    text = json.dumps(response.json, ensure_ascii=False) if file == "feed.json" else response.text
    assert "好消息" in text
    assert client.get(quote(folder)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/sources/nobody/rss.xml",
        "/categories/nothing/atom.xml",
        "/index.xml",
        "/sources/x/opml.xml",
        "/sources/a%00b/rss.xml",
    ],
)
def test_an_unknown_view_or_format_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_private_source_has_no_feeds(client, shelf):
    shelf.entry(shelf.source("https://b.example/", name="secret", private=True), title="hidden")

    assert client.get("/sources/secret/rss.xml").status_code == 404
    assert "hidden" not in client.get("/rss.xml").text


@pytest.mark.parametrize("file", FILES)
def test_a_feed_that_has_not_changed_is_not_sent_again(client, file):
    first = client.get(f"/{file}")
    for header, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        response = client.get(f"/{file}", headers={header: first.headers[value]})

        assert response.status_code == 304
        assert response.data == b""
        assert "Content-Type" not in response.headers
        for name in ("ETag", "Last-Modified", "Vary", "Cache-Control"):
            assert response.headers[name] == first.headers[name]


def test_what_is_sent_says_how_it_may_be_kept(client):
    headers = client.get("/rss.xml").headers

    assert headers["Vary"] == "Accept-Encoding, A-IM"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["ETag"].startswith('"')


def test_each_coding_has_its_own_tag(client):
    plain = client.get("/atom.xml")
    packed = client.get("/atom.xml", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get("/atom.xml", headers=again).status_code == 304


@pytest.mark.parametrize("path", ["/atom.xml", "/atom.xml?limit=1", "/feeds.opml"])
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_what_is_not_sent_has_no_coding(client, path, coding):
    """RFC 9110, section 15.4.5: it is none of the fields of a 304."""
    asked = {"Accept-Encoding": coding}
    again = asked | {"If-None-Match": client.get(path, headers=asked).headers["ETag"]}
    answer = client.get(path, headers=again)
    assert answer.status_code == 304
    assert answer.headers["ETag"] == again["If-None-Match"]
    assert "Content-Encoding" not in answer.headers


def test_head_gives_the_header_of_get(client):
    get, head = client.get("/rss.xml"), client.head("/rss.xml")

    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)
    assert int(head.headers["Content-Length"]) == len(get.data)


def test_a_precondition_that_fails_is_told(client):
    assert client.get("/rss.xml", headers={"If-Match": '"other"'}).status_code == 412


def test_a_new_entry_makes_a_new_edition(client, shelf):
    before = client.get("/rss.xml")
    shelf.entry(shelf.source(), title="Fresh")
    after = client.get("/rss.xml", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert "Fresh" in after.text


def test_the_feed_follows_the_configuration_file(build, tmp_path):
    app = build('[site]\ntitle = "Before"\nbase_url = "https://feeds.example"\n')
    client = app.test_client()
    assert client.get("/feed.json").json["title"] == "Before"
    rewrite(app, tmp_path / "config.toml", '[site]\ntitle = "After it"\n')
    changed = client.get("/feed.json").json

    assert changed["title"] == "After it"


def test_a_configuration_file_that_is_being_written_is_left_to_settle(build, tmp_path):
    app = build('[site]\ntitle = "Before"\n[output]\nlimit = 7\n')
    client = app.test_client()
    etag = client.get("/feed.json").headers["ETag"]
    path = tmp_path / "config.toml"
    rewrite(app, path, "[output]\nlimit = 7\n")
    os.utime(path)  # written to just now: half of a file, as its editor left it for a moment

    assert client.get("/feed.json").headers["ETag"] == etag
    rewrite(app, path, '[output]\nlimit = 7\n[site]\ntitle = "Before"\n')
    assert client.get("/feed.json").headers["ETag"] == etag


def test_addresses_in_feeds_come_from_base_url_not_from_the_request(client):
    feed = client.get("/feed.json", headers={"Host": "evil.example"}).json

    assert feed["feed_url"] == "http://feeds.example/feed.json"
    assert "evil.example" not in json.dumps(feed)


def test_the_published_date_is_that_of_the_entry(client):
    [item] = client.get("/feed.json").json["items"]

    assert item["date_published"].startswith(f"{NOW:%Y-%m-%d}")


@pytest.fixture
def spoiled(monkeypatch):
    """Every RSS document comes out empty, as an error in this program would make it."""
    monkeypatch.setitem(FORMATS, "rss.xml", replace(FORMATS["rss.xml"], render=lambda *_: b""))


def test_a_feed_that_cannot_be_made_is_503_in_one_line(client, spoiled):
    response = client.get("/rss.xml")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == "This feed cannot be given at the moment. The status page says why.\n"
    assert client.get("/atom.xml").status_code == 200


def test_a_feed_that_cannot_be_made_any_more_stays_as_it_was_and_that_is_told(
    client, shelf, monkeypatch, store
):
    before = client.get("/rss.xml")
    monkeypatch.setitem(FORMATS, "rss.xml", replace(FORMATS["rss.xml"], render=lambda *_: b""))
    shelf.entry(shelf.source(name="早报"), title="later")
    after = client.get("/rss.xml")

    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    told = "The feed rss.xml of all cannot be made"
    assert told in client.get("/status/").text
    assert "All is well" not in client.get("/status/").text
    status = client.get("/api/v1/status").json
    assert status["state"] == "attention"
    assert told in status["notices"][0]["text"]


def test_an_entry_that_spoils_a_feed_is_told_with_its_reason(client, shelf, monkeypatch, entry):
    plain = FORMATS["rss.xml"].render

    def render(view, site, shown, frame):
        if any(one.entry.title == "spoiling" for one in shown):
            raise ValueError("nobody can write this down")
        return plain(view, site, shown, frame)

    monkeypatch.setitem(FORMATS, "rss.xml", replace(FORMATS["rss.xml"], render=render))
    shelf.entry(shelf.source(name="早报"), title="spoiling")
    body = client.get("/rss.xml").text

    assert "好消息" in body
    assert "spoiling" not in body
    [row] = client.get("/api/v1/status").json["quarantined"]
    assert (row["title"], row["reason"]) == ("spoiling", "it cannot be rendered: nobody can write this down")
    assert row["reason"] in client.get("/status/").text
