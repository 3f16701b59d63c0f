"""What became of entries: their versions compared, and the tombstones of those that were withdrawn."""

import re
from dataclasses import replace

from feeds.curation.changes import find_hash
from feeds.model import Enclosure, FreshEntry
from feeds.store.entries import find_entry


def correct(shelf, source, key, **changes):
    with shelf.store.read() as db:
        entry = replace(find_entry(db, key).entry, **changes)
    shelf.apply(source, modified=(FreshEntry(entry, find_hash(entry)),))


def test_each_version_shows_what_it_changed(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, title="The bridge opens", content="<p>大桥今天通车。</p>")
    correct(shelf, source, key, title="The bridge closes", content="<p>大桥明天通车。</p>")
    text = client.get(f"/entries/{key}/history/").text

    assert "The bridge <del>opens</del><ins>closes</ins>" in text
    assert "大桥<del>今</del><ins>明</ins>天通车。" in text


def test_a_version_that_reads_the_same_says_so(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, content="<p>One</p>")
    correct(shelf, source, key, content="<div>One</div>")

    assert "only its markup" in client.get(f"/entries/{key}/history/").text


def test_a_file_that_has_only_become_longer_is_shown(client, shelf):
    source = shelf.source()
    files = [(Enclosure("https://a.example/1.mp3", "audio/mpeg", length),) for length in (1000, 2000)]
    key = shelf.entry(source, enclosures=files[0])
    correct(shelf, source, key, enclosures=files[1])

    assert "<del>1000</del><ins>2000</ins> bytes" in client.get(f"/entries/{key}/history/").text


def test_versions_are_shown_twenty_at_a_time(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, title="Version 1!")
    for number in range(2, 46):
        correct(shelf, source, key, title=f"Version {number}!")

    path, numbers, compared = f"/entries/{key}/history/", [], 0
    while path:
        text = client.get(path).text
        numbers += map(int, re.findall(r"<h2>Version (\d+)", text))
        compared += text.count("<dt lang")
        found = re.search(r'href="([^"]+)" rel="next"', text)
        path = found and found[1]
    assert numbers == list(range(45, 0, -1))
    assert compared == 44
    assert client.get(f"/entries/{key}/history/?before=x").text.count("<h2>Version") == 20
    assert client.get(f"/entries/{key}/history/?before=1").text.count("<h2>Version") == 0


def test_markup_in_a_title_is_shown_and_not_run(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, title="a")
    correct(shelf, source, key, title="<script>alert(1)</script>")
    page = client.get(f"/entries/{key}/history/")

    assert "<script>alert" not in page.text
    assert "&lt;" in page.text


def test_what_was_withdrawn_is_listed_the_latest_first(client, shelf):
    source, hidden = shelf.source(), shelf.source("https://b.example/", private=True, name="Hidden")
    assert "Nothing was withdrawn" in client.get("/withdrawn/").text
    keys = shelf.entries(source, 45)
    shelf.entry(hidden, id="https://b.example/secret")
    for number in range(1, 46):
        shelf.apply(source, **{"deleted" if number % 2 else "withdrawn": (f"https://a.example/{number}",)})
    shelf.apply(hidden, withdrawn=("https://b.example/secret",))

    first = client.get("/withdrawn/").text
    older = client.get(f"/withdrawn/?before={keys[5]}").text
    assert "secret" not in first + older
    assert first.count("<code>") == 40
    assert older.count("<code>") == 5
    assert "deleted by its source" in first
    assert "its file is gone" in first

    path, seen = "/api/v1/withdrawn?limit=20", []
    while path:
        page = client.get(path.removeprefix("http://feeds.example")).json
        seen += [(one["key"], one["deleted"]) for one in page["withdrawn"]]
        path = page["next"]
    assert [key for key, _ in seen] == keys[::-1]
    assert [deleted for _, deleted in seen[:2]] == [True, False]


def test_an_archive_document_is_served_and_no_other(client, shelf):
    source = shelf.source(category="News")
    shelf.entries(source, 60)
    for path in ("/", "/sources/a-paper/", "/categories/news/"):
        response = client.get(f"{path}archive/1/atom.xml")

        assert response.status_code == 200
        assert response.content_type.startswith("application/atom+xml")
        assert response.text.count("<entry>") + response.text.count("<entry ") == 50
        assert client.get(f"{path}archive/2/atom.xml").status_code == 404
        assert client.get(f"{path}archive/0/atom.xml").status_code == 404
    assert client.get("/archive/99999999999999999999/atom.xml").status_code == 404
    assert client.get("/categories/News/archive/1/atom.xml").location.endswith("/news/archive/1/atom.xml")
    etag = client.get("/archive/1/atom.xml").headers["ETag"]
    assert client.get("/archive/1/atom.xml", headers={"If-None-Match": etag}).status_code == 304
