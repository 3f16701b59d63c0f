"""What a link leads to is a page, a text, or no article; and no page takes long, however it is made."""

import time

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing.addresses import is_shortcut, parse_shortcut
from feeds.parsing.page import parse_fetched_page
from feeds.parsing.page.reading import MOST_ELEMENTS, parse_page

TEXT = "<p>The quay was empty when the lamp went out, and the harbour master wrote down the hour.</p>"
PICTURE, FEED = "it is a picture", "it is a feed: subscribe to it instead"
DENSE = '<div class=x><p>Some <b>bold</b> <a href="/x">link</a></p></div>'


def fetched(body, media_type=None, url="https://lamp.example/notes/The%20hour.txt"):
    body = body.encode() if isinstance(body, str) else body
    return parse_fetched_page(Document(url, body, media_type)).entries[0]


@pytest.mark.parametrize(
    ("body", "media_type", "reason"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "it is a PDF"),
        (b"%PDF-1.7 ...", "text/html", "it is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "image/png", PICTURE),
        (b"\xff\xd8\xff\xe0", "text/html", PICTURE),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", PICTURE),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "it is a film"),
        (b"PK\x03\x04", "application/zip", "it is an archive"),
        (b"words \0 words", None, "it is no text"),
        ("p { color: red }", "text/css", "it is a style sheet"),
        ('{"a": 1}', "application/json", "it is data for programs (JSON)"),
        ('{"a": 1}', "text/html", "it is data for programs (JSON)"),
        ("<?xml version='1.0'?><Error/>", "application/xml", "it is data for programs (XML)"),
        ("<?xml version='1.0'?><rss version='2.0'/>", "application/rss+xml", FEED),
        ("<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>", "text/html", FEED),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "application/json", FEED),
        ("x", "application/x-lamp", "it is of a kind that is not read (application/x-lamp)"),
        (" \n ", "text/html", "the page is empty"),
        ("<html><body></body></html>", "text/html", "there is no text in the page"),
    ],
)
def test_what_is_no_page_is_refused_with_what_it_is(body, media_type, reason):
    with pytest.raises(ParseError) as caught:
        fetched(body, media_type)

    assert caught.value.reason == reason


def test_a_text_is_kept_as_it_is_under_the_name_of_its_address():
    entry = fetched("[1] The hour <b>\n\nNobody knows.\n", "text/plain; charset=utf-8")

    assert entry.title.value == "The hour.txt"
    assert entry.links[0].href == "https://lamp.example/notes/The%20hour.txt"
    assert entry.content.value == "<p>[1] The hour &lt;b&gt;</p><p>Nobody knows.</p>"


def test_markdown_is_read_as_such_and_known_by_where_it_was_found():
    entry = fetched("---\nlink: https://other.example/\n---\n# The hour\n\n*Nobody* knows.", "text/markdown")

    assert entry.title.value == "The hour"
    assert entry.links[0].href == "https://lamp.example/notes/The%20hour.txt"
    assert entry.content.value == "<p><em>Nobody</em> knows.</p>"


@pytest.mark.parametrize("media_type", ["text/html", "application/xml", "text/plain", "image/png", None])
def test_what_begins_as_a_page_is_one_whatever_it_is_called(media_type):
    entry = fetched(f"<?xml version='1.0'?><!DOCTYPE html><html><body>{TEXT}</body></html>", media_type)

    assert entry.content.value == TEXT


def test_a_page_that_shows_a_feed_is_a_page():
    body = f"<!doctype html><html><body><rss><channel><title>x</title></channel></rss>{TEXT}</body></html>"

    assert TEXT in fetched(body, "text/html").content.value


def test_a_page_that_leads_to_itself_is_only_loaded_again():
    head = '<meta http-equiv="refresh" content="300; url=?"><meta http-equiv="refresh" content="300">'

    assert fetched(
        f"<html><head>{head}</head><body><p>Tide: 3 m</p></body></html>", "text/html", "https://a.example/?"
    )


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (DENSE * (MOST_ELEMENTS // 4 + 1), "it has more than 100,000 elements"),
        ("<article>" * 8000 + TEXT, "its HTML is nested too deeply"),
    ],
)
def test_what_nobody_wrote_by_hand_is_refused(html, reason):
    with pytest.raises(ParseError) as caught:
        parse_page(Document("https://lamp.example/", html.encode()))

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "html",
    [
        TEXT * 20_000,
        DENSE * 12_000,
        "<article>" * 900 + "<p>xx</p>" * 20_000,
        "<aside>x</aside><p>y</p>" * 25_000 + TEXT,
        "<article><p>xx</p></article>" * 25_000 + TEXT,
        "<div>" * 900 + "<img src=/a.png><noscript><img src=/b.png></noscript>" * 10_000 + TEXT,
        "<noscript>" * 900 + TEXT * 2000,
        "<span itemprop=author>x</span>" * 25_000 + TEXT,
        '<script type="application/ld+json">' + '[{"a":"b",},' * 100_000 + "</script>" + TEXT,
        f"<img srcset='{'a.png 1x, ' * 100_000}'>{TEXT}",
    ],
    ids=range(10),
)
def test_a_page_is_read_in_seconds(html):
    started = time.process_time()
    parse_page(Document("https://lamp.example/", html.encode()))

    assert time.process_time() - started < 8


def test_shortcuts_of_other_desktops_are_read():
    website = b"[{000214A0-0000-0000-C000-000000000046}]\nProp3=19,2\n[InternetShortcut]\nURL=https://lamp.example/a\n"
    desktop = b"[Desktop Entry]\nType=Link\nName=Lamp\nURL[$e]=https://lamp.example/b\n"

    assert parse_shortcut(Document("file:///a.website", website)).pages == ("https://lamp.example/a",)
    assert parse_shortcut(Document("file:///b.desktop", desktop)).pages == ("https://lamp.example/b",)
    assert is_shortcut(website.decode())
    assert is_shortcut(desktop.decode())


def test_what_starts_a_program_is_no_shortcut_to_a_page():
    body = b"[Desktop Entry]\nType=Application\nExec=lamp\nURL=https://lamp.example/\n"

    with pytest.raises(ParseError) as caught:
        parse_shortcut(Document("file:///lamp.desktop", body))

    assert caught.value.reason == "it is no link, but of the type Application"


@pytest.mark.parametrize(
    "text", ["", "[1] A note\n", "{}", "Text about\n[InternetShortcut]\n", "[DEFAULT]\na=b\n"]
)
def test_other_texts_are_no_shortcuts(text):
    assert not is_shortcut(text)
