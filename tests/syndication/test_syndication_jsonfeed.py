"""What a JSON Feed of ours says."""

from syndication_rules import check_json
from syndication_samples import ARCHIVE, BARE, CHINESE, ENTRIES, FULL, PAPER, SITE, stored

from feeds.model import ALL
from feeds.syndication.jsonfeed import render_json


def feed_of(*entries, view=ALL):
    return check_json(render_json(view, SITE, entries))


def item_of(entry):
    return feed_of(entry)["items"][0]


def test_the_feed_of_everything_is_the_site():
    feed = feed_of(*ENTRIES)

    assert [item["id"] for item in feed.pop("items")] == [FULL.id, CHINESE.id, BARE.id]
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "晨报",
        "home_page_url": "https://feeds.example/",
        "feed_url": "https://feeds.example/feed.json",
        "description": "Everything worth reading",
    }


def test_the_feed_of_a_view_has_its_language():
    assert feed_of(view=PAPER)["language"] == "en"


def test_a_language_that_is_not_known_is_not_that_of_the_feed():
    [item] = feed_of(stored(BARE), view=PAPER)["items"]

    assert item["language"] == "und"
    assert "language" not in item_of(stored(BARE))


def test_an_item_says_all_that_is_known():
    assert item_of(stored(FULL)) == {
        "id": FULL.id,
        "url": FULL.link,
        "title": "The bridge & the <river>",
        "content_html": "<p>A <b>bridge</b> opens &amp; people cross it.</p>",
        "summary": "A bridge opens.",
        "image": "https://paper.example/bridge.jpg",
        "date_published": "2024-04-30T06:30:00Z",
        "date_modified": "2024-04-30T08:00:00.250000Z",
        "authors": [{"name": "Ada Weaver", "url": "https://paper.example/ada"}, {"name": "李白"}],
        "tags": ["Towns", "桥"],
        "language": "en",
        "attachments": [
            {"url": "https://paper.example/talk.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234},
            {"url": "https://paper.example/bridge.jpg", "mime_type": "image/jpeg"},
        ],
        "_entry": {
            "rights": "© 2024 The Paper",
            "comments_url": "https://paper.example/2024/bridge#comments",
        },
        "_source": {
            "id": "https://paper.example/",
            "title": "The Paper",
            "url": "https://paper.example/feed.xml",
            "home_page_url": "https://paper.example/",
            "rights": "© The Paper",
        },
    }


def test_a_summary_alone_is_the_content():
    item = item_of(stored(FULL, content=None))

    assert item["content_html"] == "<p>A bridge opens.</p>"
    assert "summary" not in item


def test_nothing_is_invented_for_a_bare_entry():
    entry = stored(BARE, ARCHIVE)

    assert item_of(entry) == {
        "id": BARE.id,
        "url": f"https://feeds.example/entries/{entry.key}/",
        "content_html": "",
        "_source": {
            "id": "https://radio.example/",
            "title": "电台",
            "home_page_url": "https://radio.example/",
        },
    }


def test_chinese_is_written_as_it_is():
    assert "新桥通车，行人先过".encode() in render_json(ALL, SITE, [stored(CHINESE)])
