"""What each id was made of, told by `feeds doctor --ids`."""

import json
import sqlite3
from contextlib import closing
from uuid import NAMESPACE_URL, uuid5

import pytest
from running import publishing

from feeds.store.identifiers import find_key

SEED = """<!--1673498825000-->
[美日會談](https://www.dw.com/zh/x/a-64358959)
------

正文
"""
PAGE = b"<html><head><title>P</title></head><body><article><h1>P</h1><p>%s</p></article></body></html>"
ITEM = "<item><guid>{guid}</guid><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
DATE = "Mon, 02 Feb 2026 10:00:00 GMT"


def feed(*items, link="http://a.example/", more=""):
    written = "".join(
        ITEM.format(guid=guid, title=title, link=page, date=DATE) for guid, title, page in items
    )
    return f"<rss><channel><title>F</title><link>{link}</link>{written}{more}</channel></rss>".encode()


WORDS = (
    "<item><title>Only words</title></item>"
    "<item><title>Linked</title><link>http://a.example/linked</link></item>"
)
ONE = "http://a.example/1", "One", "http://a.example/1"
FIRST = feed(ONE, ("plain", "Two", "http://a.example/2"), more=WORDS)
AGAIN = feed(ONE, ("changed", "Two", "http://a.example/2"), more=WORDS)
SAVED = feed(("saved", "Saved", "http://s.example/1"), link="http://s.example/")
SELF = b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="http://t.example/feed"/><entry><id>7</id>'
SELF += b"<title>Told</title></entry></feed>"


@pytest.fixture
def publisher():
    with publishing({"/feed": FIRST, "/page": PAGE % (b"The lamp burns. " * 40)}) as server:
        yield server


@pytest.fixture
def filled(call, allow, publisher, tmp_path):
    """A store with an entry for every way to an id; one was recognized under another guid."""
    (tmp_path / "seeds/a.txt").write_text(SEED, encoding="utf-8")
    (tmp_path / "seeds/note.md").write_text("# A note\n\nText\n")
    (tmp_path / "seeds/own.md").write_text("---\nid: urn:isbn:9780000000002\n---\n\n# Own\n\nText\n")
    (tmp_path / "seeds/links.txt").write_text(f"{publisher.url('/page')}\n")
    (tmp_path / "seeds/saved.xml").write_bytes(SAVED)
    (tmp_path / "seeds/self.xml").write_bytes(SELF)
    assert call("add", publisher.url("/feed"))[0] == 0
    assert call("refresh")[0] == 0
    publisher.files["/feed"] = AGAIN
    assert call("refresh", "--force")[0] == 0
    return publisher.url("/feed")


def hashed(key, text):
    return uuid5(NAMESPACE_URL, f"{key}\n{text}").urn


def tell(call, name):
    [told] = json.loads(call("doctor", "--json", "--ids", name)[1])
    return told


def test_what_each_id_was_made_of_is_told(call, filled):
    found = {}
    for word in ("One", "Two", "Only", "Linked", "美日", "note", "Own", "lamp", "Saved", "Told"):
        [entry] = json.loads(call("search", "--json", word)[1])
        told = tell(call, entry["id"])
        assert told["id"] == entry["id"]
        found[word] = told["rule"], told["made_of"], told["made_with_key"]

    assert found == {
        "One": ("guid", "http://a.example/1", None),
        "Two": ("key and guid", "plain", filled),
        "Only": ("key and words", None, filled),
        "Linked": ("key and link", "http://a.example/linked", filled),
        "美日": ("link", "https://dw.com/a-64358959", None),
        "note": ("path", "note.md", None),
        "Own": ("own id", "urn:isbn:9780000000002", None),
        "lamp": ("listed address", found["lamp"][1], None),
        "Saved": ("key and guid", "saved", "http://s.example/"),
        "Told": ("saved feed", None, None),
    }
    assert found["lamp"][1].endswith("/page")


def test_a_fact_stands_on_each_line_and_every_name_of_an_entry_leads_to_it(call, filled):
    id = hashed(filled, "plain")
    out = call("doctor", "--ids", id)[1]
    key = tell(call, id)["key"]

    assert out.startswith(f"{id}\n  entry: /entries/{key}/  Two\n  source: ")
    assert f" (key {filled})\n  first seen: 20" in out
    assert "  made of: uuid5 of the key of its source and its guid\n" in out
    assert f"  that key: {filled}\n  that text: plain\n  guid: plain\n  link: http://a.example/2\n" in out
    assert "  came as: changed since 20" in out
    assert f"(from {filled}; would else be {hashed(filled, 'changed')})\n" in out
    for name in ("plain", "http://a.example/2", "changed", key, hashed(filled, "changed")):
        assert call("doctor", "--ids", name)[1] == out


def test_all_of_them_are_worked_out_anew(call, filled, tmp_path):
    (tmp_path / "seeds/note.md").rename(tmp_path / "seeds/renamed.md")
    call("refresh", "seeds")
    status, out, _ = call("doctor", "--ids")
    told = json.loads(call("doctor", "--ids", "--json")[1])

    assert status == 0
    assert "ok  1 made of: uuid5 of the path where its file was first seen\n" in out
    assert out.endswith("\n10 entries, 1 that came under another guid later, 0 wrong\n")
    assert (told["entries"], told["rekeyed"], told["problems"]) == (10, 1, [])

    with closing(sqlite3.connect(tmp_path / "instance/feeds.db", isolation_level=None)) as db:
        db.execute("UPDATE entries SET id = 'urn:x:forged' WHERE id = 'http://a.example/1'")
    status, out, _ = call("doctor", "--ids")

    assert status == 1
    assert "BAD urn:x:forged: is made of nothing that is stored\n" in out
    assert "BAD urn:x:forged: stands under the key " in out


def test_an_id_of_words_is_believed_only_of_what_nothing_else_names(call, allow, publisher, tmp_path):
    link = "http://a.example/live"
    live = "".join(f"<item><title>Live {n}</title><link>{link}</link></item>" for n in (1, 2))
    publisher.files["/feed"] = feed(("plain", "Two", "http://a.example/2"), more=WORDS + live)
    call("add", publisher.url("/feed"))
    call("refresh")
    assert call("doctor", "--ids")[:2] == (
        0,
        "ok  1 made of: uuid5 of the key of its source and its guid\n"
        "ok  1 made of: uuid5 of the key of its source and its link, which stands in for the guid\n"
        "ok  3 made of: uuid5 of the key of its source and a hash of title and content as they were written\n"
        "5 entries, 0 that came under another guid later, 0 wrong\n",
    )

    forged = hashed("nobody", "nothing")
    with closing(sqlite3.connect(tmp_path / "instance/feeds.db", isolation_level=None)) as db:
        asked = forged, find_key(forged), hashed(publisher.url("/feed"), "plain")
        db.execute("UPDATE entries SET id = ?, key = ? WHERE id = ?", asked)
    status, out, _ = call("doctor", "--ids")

    assert status == 1
    assert f"BAD {forged}: is made of nothing that is stored\n" in out
    assert tell(call, forged)["rule"] == "unknown"


def test_what_no_entry_is_known_by_is_told(call):
    assert call("doctor", "--ids", "nothing") == (
        1,
        "",
        "feeds: nothing: no entry has this id, key, link or guid\n",
    )


def test_json_is_of_ids_only(call):
    assert call("doctor", "--json")[0] == 2
