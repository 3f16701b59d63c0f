"""The page of an entry: what it shows, what stands around it, and what it tells machines."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from web_markup import Page
from web_microdata import find_properties, read_items
from web_samples import NOW, Shelf

from feeds import web
from feeds.model import Enclosure, Feed, FreshEntry, Origin, Person
from feeds.store.entries import find_entry
from feeds.store.sources import update_feed_facts
from feeds.text.markup import sanitize

MINUTE = timedelta(minutes=1)
STYLE = Path(web.__file__).parent / "static" / "style.css"


def look(client, key: str) -> Page:
    """The page of an entry, which is sound."""
    page = Page(client.get(f"/entries/{key}/").text)
    assert page.problems == []
    return page


def correct(shelf: Shelf, source, key: str, **facts) -> None:
    with shelf.store.read() as db:
        stored = find_entry(db, key)
    fresh = FreshEntry(replace(stored.entry, **facts), hash=f"later {facts}")
    shelf.apply(source, modified=(fresh,))


@pytest.fixture
def whole(shelf):
    """An entry with everything that one can have, and its key."""
    source = shelf.source(name="早报")
    with shelf.store.write() as db:
        update_feed_facts(db, source, Feed(link="https://paper.example/", language="zh-Hans"))
    return shelf.entry(
        source,
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        title="“好”消息",
        authors=(Person(name="张伟", url="https://paper.example/zw"), Person(email="b@a.example")),
        updated=datetime(2026, 1, 3, 4, 5, 6, tzinfo=UTC),
        rights="© 早报",
        image="https://a.example/p.jpg",
        categories=("经济", "a & b"),
        comments="https://a.example/comments",
        content='<p>一 <img src="https://a.example/1.png" alt="" width="10" height="20"></p>',
        enclosures=(
            Enclosure("https://a.example/ep%201.mp3", "audio/mpeg", 12_000_000),
            Enclosure("https://a.example/film.mp4", "video/mp4"),
            Enclosure("https://a.example/p.png", "image/png"),
            Enclosure("https://a.example/a.pdf", "application/pdf", 900),
        ),
    )


# --- What it tells machines -------------------------------------------------------------------------


def test_microdata_says_what_the_page_shows(client, whole):
    [item] = read_items(client.get(f"/entries/{whole}/").text, "https://schema.org/Article")
    people = [person["name"] for person in item["author"]]

    assert item["headline"] == ["“好”消息"]
    assert item["datePublished"] == ["2026-01-02T03:04:05Z"]
    assert item["dateModified"] == ["2026-01-03T04:05:06Z"]
    assert people == [["张伟"], ["b@a.example"]]
    assert item["author"][0]["url"] == ["https://paper.example/zw"]
    assert item["publisher"] == [{"name": ["早报"], "url": ["https://paper.example/"]}]
    assert item["image"] == ["https://a.example/p.jpg"]
    assert item["inLanguage"] == ["zh-Hans"]
    assert item["mainEntityOfPage"] == [f"http://feeds.example/entries/{whole}/"]
    assert item["url"] == ["https://a.example/1"]
    assert item["articleBody"] == ["一"]


def test_the_publisher_is_where_it_was_first(client, shelf):
    origin = Origin("First Review", link="https://first.example/")
    key = shelf.entry(shelf.source(), origin=origin)
    text = client.get(f"/entries/{key}/").text
    [item] = read_items(text, "https://schema.org/Article")

    assert item["publisher"] == [{"name": ["First Review"], "url": ["https://first.example/"]}]
    assert "First in" in text
    assert "Via" in text
    assert 'href="/sources/a-paper/"' in text


def test_a_password_in_the_address_of_an_origin_is_not_told(client, shelf):
    origin = Origin("First", url="https://me:hush@first.example/feed?token=hush")
    key = shelf.entry(shelf.source(), origin=origin)

    assert "hush" not in client.get(f"/entries/{key}/").text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example"])
def test_what_is_no_address_of_a_page_is_no_link(client, shelf, address):
    person, origin = Person(name="Ann", url=address), Origin("First", link=address, url=address)
    page = look(client, shelf.entry(shelf.source(), authors=(person,), origin=origin))

    assert not [link for link in page.find("a") if link["href"] == address]


def test_a_reader_of_h_entry_finds_the_same(client, whole):
    found = find_properties(client.get(f"/entries/{whole}/").text)

    assert found["p-name"][0] == "“好”消息"
    assert set(found["u-url"]) == {"https://a.example/1", "https://paper.example/zw"}
    assert found["u-uid"] == ["https://a.example/1"]
    assert found["dt-published"] == ["2026-01-02T03:04:05Z"]
    assert found["dt-updated"] == ["2026-01-03T04:05:06Z"]
    assert found["p-author"] == ["张伟", "b@a.example"]
    assert found["p-category"] == ["经济", "a & b"]
    assert found["u-photo"] == ["https://a.example/p.jpg"]
    assert found["e-content"] == ["一"]


def test_nothing_is_said_that_the_source_does_not_give(client, shelf):
    key = shelf.entry(
        shelf.source(), title=None, content=None, link=None, authors=(), published=None, language=None
    )
    text = client.get(f"/entries/{key}/").text
    [item] = read_items(text, "https://schema.org/Article")

    assert set(item) == {"publisher", "mainEntityOfPage", "url", "identifier"}
    assert item["url"] == [f"http://feeds.example/entries/{key}/"]
    assert "p-name" not in find_properties(text)


def test_dates_can_be_told_in_the_readers_own_zone(client, whole):
    times = look(client, whole).find("time")

    assert times
    assert all("data-local" in time and time["datetime"].endswith("Z") for time in times)


def test_the_head_tells_what_the_page_shows(client, whole):
    page = look(client, whole)
    told = {meta["property"]: meta["content"] for meta in page.find("meta") if "property" in meta}
    topics = [meta["content"] for meta in page.find("meta", property="article:tag")]

    assert told.pop("article:tag")
    assert told == {
        "og:site_name": "Papers",
        "og:type": "article",
        "og:title": "“好”消息",
        "og:description": "一",
        "og:url": f"http://feeds.example/entries/{whole}/",
        "og:image": "https://a.example/p.jpg",
        "og:locale": "zh_CN",
        "article:published_time": "2026-01-02T03:04:05Z",
        "article:modified_time": "2026-01-03T04:05:06Z",
    }
    assert topics == ["经济", "a & b"]
    assert [link["href"] for link in page.find("link", rel="canonical")] == ["https://a.example/1"]


def test_an_entry_without_a_link_stands_here_first(client, shelf):
    key = shelf.entry(shelf.source(), link=None)

    [canonical] = look(client, key).find("link", rel="canonical")
    assert canonical["href"] == f"http://feeds.example/entries/{key}/"


def test_the_feeds_of_its_source_are_announced_before_those_of_everything(client, whole):
    announced = [link["href"] for link in look(client, whole).find("link", rel="alternate")]
    folder = quote("/sources/早报/")

    assert announced == [
        *(f"{folder}{file}" for file in ("rss.xml", "atom.xml", "feed.json")),
        *("/rss.xml", "/atom.xml", "/feed.json"),
    ]


# --- What it shows ----------------------------------------------------------------------------------


def test_pictures_wait_until_a_reader_comes_to_them_and_keep_their_place(client, whole):
    pictures = look(client, whole).find("img")

    assert {picture["src"] for picture in pictures} == {"https://a.example/p.jpg", "https://a.example/1.png"}
    assert all((picture["loading"], picture["decoding"]) == ("lazy", "async") for picture in pictures)
    assert [p for p in pictures if (p.get("width"), p.get("height")) == ("10", "20")]


def test_what_looks_like_a_picture_inside_an_attribute_stays_text(client, shelf):
    html = '<a href="https://a.example/" title="<img onerror=alert(1) src=x>">a</a><p>&lt;img src=x&gt;</p>'
    key = shelf.entry(shelf.source(), content=sanitize(html, None))
    page = look(client, key)

    assert page.find("img") == []
    assert page.find("a", title="<img onerror=alert(1) src=x>")


def test_sound_and_films_are_played_and_other_files_are_links(client, whole):
    page = look(client, whole)
    links = {link["href"] for link in page.find("a")}

    assert page.find("audio", src="https://a.example/ep%201.mp3", preload="none")[0].keys() >= {"controls"}
    assert page.find("video", src="https://a.example/film.mp4", preload="none")[0].keys() >= {"controls"}
    assert len(page.find("audio") + page.find("video")) == 2
    assert links >= {f"https://a.example/{name}" for name in ("ep%201.mp3", "film.mp4", "p.png", "a.pdf")}
    text = client.get(f"/entries/{whole}/").text
    assert "ep 1.mp3</bdi>" in text
    assert "audio/mpeg, 12.0 MB" in text


def test_a_player_in_the_body_is_not_repeated_below_it(client, shelf):
    url = "https://a.example/a.mp3?a=1&b=2"
    body = f'<audio src="{url.replace("&", "&amp;")}" controls=""></audio>'
    key = shelf.entry(shelf.source(), content=body, enclosures=(Enclosure(url, "audio/mpeg"),))
    page = look(client, key)

    assert page.find("audio") == [{"preload": "none", "src": url, "controls": ""}]
    assert page.find("a", href=url)


def test_an_entry_without_a_title_begins_with_its_text(client, shelf):
    key = shelf.entry(shelf.source(), title=None, content="<p>Only text.</p>")
    [heading] = look(client, key).find("h1")

    assert heading["class"] == "unseen", "it would say the same twice; who cannot see the page needs one"


@pytest.mark.parametrize(("title", "is_long"), [("长" * 250, True), ("t " * 250, True), ("长" * 40, False)])
def test_a_very_long_title_is_set_smaller(client, shelf, title, is_long):
    [heading] = look(client, shelf.entry(shelf.source(), title=title)).find("h1")

    assert ("long" in heading["class"].split()) is is_long


def test_an_entry_without_text_says_so(client, shelf):
    assert "gives no text" in client.get(f"/entries/{shelf.entry(shelf.source(), content=None)}/").text


def test_an_entry_that_is_damaged_is_not_said_to_have_no_text(client, shelf, store):
    key = shelf.entry(shelf.source())
    with store.write() as db:
        db.exec_driver_sql("UPDATE versions SET data = '{'")
    text = client.get(f"/entries/{key}/").text

    assert "is damaged" in text
    assert "gives no text" not in text


def test_a_correction_is_told_with_its_date(client, shelf):
    source = shelf.source()
    key = shelf.entry(source)
    correct(shelf, source, key, title="After")
    text = client.get(f"/entries/{key}/").text

    assert "2 versions</a>, last corrected" in text
    assert f'<a href="/entries/{key}/history/">' in text


# --- What stands around it --------------------------------------------------------------------------


def test_newer_and_older_lead_through_the_view_of_its_source(client, shelf):
    source, other = shelf.source(), shelf.source("https://b.example/feed", name="Other")
    keys = [shelf.entry(source, NOW + MINUTE * (n // 3)) for n in range(9)]
    shelf.entry(other, NOW + MINUTE)
    listed = [entry["key"] for entry in client.get("/api/v1/entries?source=a-paper").json["entries"]]
    walked = [listed[0]]
    while older := look(client, walked[-1]).find("a", rel="next"):
        [newer] = look(client, older[0]["href"].split("/")[2]).find("a", rel="prev")
        assert newer["href"] == f"/entries/{walked[-1]}/"
        walked.append(older[0]["href"].split("/")[2])

    assert sorted(walked) == sorted(keys)
    assert walked == listed
    assert look(client, listed[0]).find("a", rel="prev") == []


def test_the_same_story_at_other_sources_is_told(client, shelf):
    key = shelf.entry(shelf.source(), NOW, title="Same story")
    tw = shelf.source("https://tw.example/feed", name="時報")
    twin = shelf.entry(tw, NOW + MINUTE, title="Same story", language="zh-Hant")
    text = client.get(f"/entries/{key}/").text

    assert "The same story elsewhere" in text
    assert Page(text).problems == []
    assert Page(text).find("li", lang="zh-Hant")
    assert f'/entries/{twin}/"' in text
    assert f'/entries/{key}/"' in client.get(f"/entries/{twin}/").text


def test_where_nobody_else_tells_it_nothing_is_said_of_it(client, shelf):
    assert "elsewhere" not in client.get(f"/entries/{shelf.entry(shelf.source())}/").text


def test_a_private_source_stands_beside_no_entry(client, shelf):
    key = shelf.entry(shelf.source(), NOW, title="Same story")
    secret = shelf.source("https://s.example/feed", name="Secret", private=True)
    shelf.entry(secret, NOW, title="Same story", id="https://s.example/1")
    text = client.get(f"/entries/{key}/").text

    assert "Secret" not in text
    assert "elsewhere" not in text


# --- How it is set ----------------------------------------------------------------------------------


def test_who_reads_the_interface_in_another_language_is_told_which_words_are_of_it(client, whole):
    page = Page(client.get(f"/entries/{whole}/", headers={"Accept-Language": "zh-TW"}).text)

    assert page.find("article", lang="zh-Hans")
    assert page.find("footer", lang="zh-Hant")
    assert page.find("p", **{"class": "byline", "lang": "zh-Hant"})


@pytest.mark.parametrize("language", ["zh", "zh-Hant", "ja"])
def test_faces_for_han_text_draw_its_quotation_marks(language):
    """The first family of each stack holds nothing but the marks; in other text the Latin faces draw them."""
    style = STYLE.read_text(encoding="utf-8")
    [rule] = re.findall(rf"^:lang\({language}\)[^{{]*{{\n  --text: (.*);\n  --display: (.*);", style, re.M)
    for fonts in rule:
        first = fonts.split(",")[0]
        assert re.search(rf"@font-face {{\s+font-family: {first};[^}}]*U\+2018-201D", style)
