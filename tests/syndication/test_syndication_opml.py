"""The list of subscriptions."""

from dataclasses import replace

from lxml import etree
from syndication_samples import ARCHIVE, SITE, SOURCE

from feeds.syndication.opml import render_opml


def outlines(sources, path="body/outline"):
    root = etree.fromstring(render_opml(SITE, sources))
    assert root.get("version") == "2.0"
    return [dict(outline.attrib) for outline in root.iterfind(path)]


def test_a_subscription_keeps_its_names_addresses_and_key():
    moved = replace(SOURCE, url="https://paper.example/new.xml", title='Say "纸" & <go>\x00')

    assert outlines([moved]) == [
        {
            "type": "rss",
            "text": 'Say "纸" & <go>',
            "title": 'Say "纸" & <go>',
            "xmlUrl": "https://paper.example/new.xml",
            "htmlUrl": "https://paper.example/",
            "feedsKey": "https://paper.example/feed.xml",
        }
    ]


def test_a_category_is_a_folder():
    other = replace(SOURCE, url="https://other.example/feed", key="https://other.example/feed", category="桥")
    third = replace(other, url="https://third.example/feed", category="Art")
    sources = [other, SOURCE, third]

    folders = [outline["text"] for outline in outlines(sources) if "xmlUrl" not in outline]
    assert folders == ["Art", "桥"]
    assert [outline["xmlUrl"] for outline in outlines(sources, "body/outline/outline")] == [
        third.url,
        other.url,
    ]


def test_what_is_no_public_subscription_stays_out():
    retired = replace(SOURCE, retired="gone")
    private = replace(SOURCE, private=True)
    seeds = replace(SOURCE, kind="seeds", url="file:///seeds")

    assert outlines([retired, private, seeds, ARCHIVE]) == []


def test_passwords_and_keys_never_leave():
    address = "https://me:hush@paper.example/feed?token=hush"
    source = replace(SOURCE, url=address, key=address, link=address, title=None)

    document = render_opml(SITE, [source])
    assert b"hush" not in document
    assert b'xmlUrl="https://paper.example/feed"' in document
