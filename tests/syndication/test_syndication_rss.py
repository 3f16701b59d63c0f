"""What an RSS document of ours says."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from syndication_rules import ATOM, CONTENT, DC, MEDIA, check_rss
from syndication_samples import ARCHIVE, BARE, CHINESE, ENTRIES, FULL, PAPER, SITE, SOURCE, stored

from feeds.model import ALL, Enclosure, Origin, Source
from feeds.syndication.rss_atom import render_rss


def channel_of(*entries, view=ALL, site=SITE):
    return check_rss(render_rss(view, site, entries))


def item_of(entry):
    return channel_of(entry).find("item")


def texts(element, name):
    return [child.text for child in element.iterfind(name)]


def test_the_channel_of_everything_is_the_site():
    channel = channel_of(*ENTRIES)

    assert channel.findtext("title") == "晨报"
    assert channel.findtext("link") == "https://feeds.example/"
    assert channel.findtext("description") == "Everything worth reading"
    assert channel.findtext("generator") == "feeds"
    assert channel.find(f"{ATOM}link").attrib == {
        "href": "https://feeds.example/rss.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_the_channel_of_a_view_bears_both_names():
    channel = channel_of(view=PAPER)

    assert channel.findtext("title") == "The Paper – 晨报"
    assert channel.findtext("link") == "https://feeds.example/sources/paper/"
    assert channel.findtext("description") == "Daily"
    assert channel.findtext("language") == "en"


def test_a_channel_without_a_subtitle_is_described_by_its_title():
    channel = channel_of(site=replace(SITE, subtitle="  "))

    assert channel.findtext("description") == "晨报"


def test_a_site_without_a_title_is_called_by_its_address():
    assert channel_of(site=replace(SITE, title="")).findtext("title") == "https://feeds.example"


def test_the_channel_is_lasting_by_its_latest_entry():
    channel = channel_of(stored(CHINESE), stored(FULL))

    assert channel.findtext("lastBuildDate") == "Tue, 30 Apr 2024 08:00:00 GMT"


def test_an_empty_channel_is_lasting_by_the_start_of_the_site():
    assert channel_of().findtext("lastBuildDate") == "Tue, 02 Jan 2024 03:04:05 GMT"


def test_an_empty_channel_of_a_site_that_never_started_has_no_date_to_give():
    with pytest.raises(ValueError, match="start of its site"):
        render_rss(ALL, replace(SITE, started=None), ())


def test_items_keep_the_order_given():
    channel = channel_of(*ENTRIES)

    assert texts(channel, "item/guid") == [FULL.id, CHINESE.id, BARE.id]


def test_an_item_says_all_that_is_known():
    item = item_of(stored(FULL))

    assert item.findtext("title") == "The bridge & the <river>"
    assert item.findtext("description") == "<p>A bridge opens.</p>"
    assert item.findtext(f"{CONTENT}encoded") == "<p>A <b>bridge</b> opens &amp; people cross it.</p>"
    assert item.findtext("pubDate") == "Tue, 30 Apr 2024 06:30:00 GMT"
    assert texts(item, f"{DC}creator") == ["Ada Weaver", "李白"]
    assert texts(item, "category") == ["Towns", "桥"]
    assert item.findtext("comments") == "https://paper.example/2024/bridge#comments"
    assert item.findtext(f"{DC}rights") == "© 2024 The Paper"
    assert item.findtext(f"{DC}language") == "en"


def test_an_item_that_is_only_known_to_have_changed_has_that_date_and_is_not_said_to_be_published():
    item = item_of(stored(FULL, published=None))

    assert item.findtext("pubDate") is None
    assert item.findtext(f"{DC}date") == "2024-04-30T08:00:00Z"
    assert item_of(stored(FULL)).findtext(f"{DC}date") is None
    assert item_of(stored(BARE)).findtext(f"{DC}date") is None


def test_an_id_that_is_the_link_is_a_permalink():
    guid = item_of(stored(FULL)).find("guid")

    assert (guid.text, guid.get("isPermaLink")) == (FULL.link, "true")


def test_any_other_id_is_no_permalink():
    for entry in (stored(CHINESE), stored(FULL, id="https://paper.example/?p=1")):
        assert item_of(entry).find("guid").get("isPermaLink") == "false"


def test_a_date_of_a_change_stands_in_where_no_other_is_known():
    item = item_of(stored(FULL, published=None))

    assert item.find("pubDate") is None
    assert item.findtext(f"{DC}date") == "2024-04-30T08:00:00Z"  # to the second, as RSS has it
    assert item_of(stored(FULL)).find(f"{DC}date") is None


def test_the_lead_picture_and_the_files_beside_the_first_are_media():
    item = item_of(stored(FULL, image="https://paper.example/lead.png"))

    assert [dict(file.attrib) for file in item.iterfind(f"{MEDIA}content")] == [
        {"url": "https://paper.example/lead.png", "medium": "image"},
        {"url": "https://paper.example/bridge.jpg", "type": "image/jpeg", "medium": "image"},
    ]
    assert item.find(f"{MEDIA}thumbnail").attrib == {"url": "https://paper.example/lead.png"}


def test_a_lead_picture_that_is_a_file_is_one_medium_with_its_type():
    media = item_of(stored(FULL)).findall(f"{MEDIA}content")

    assert [dict(file.attrib) for file in media] == [
        {"url": "https://paper.example/bridge.jpg", "type": "image/jpeg", "medium": "image"}
    ]


def test_an_entry_without_a_picture_has_no_media():
    item = item_of(stored(FULL, image=None, enclosures=FULL.enclosures[:1]))

    assert item.find("enclosure") is not None
    assert item.find(f"{MEDIA}content") is None
    assert item.find(f"{MEDIA}thumbnail") is None


def test_content_alone_is_the_description():
    item = item_of(stored(CHINESE))

    assert item.findtext("description") == "<p>大桥今天通车。</p>"
    assert item.find(f"{CONTENT}encoded") is None


def test_an_entry_without_a_link_links_to_its_page_here():
    entry = stored(BARE)

    assert item_of(entry).findtext("link") == f"https://feeds.example/entries/{entry.key}/"


def test_nothing_is_invented_for_a_bare_entry():
    item = item_of(stored(BARE))

    assert {child.tag for child in item} == {"link", "description", "guid", "source"}
    assert item.findtext("description").strip() == ""


def test_the_first_enclosure_is_the_one_rss_knows():
    enclosure = item_of(stored(FULL)).find("enclosure")

    assert enclosure.attrib == {
        "url": "https://paper.example/talk.mp3",
        "length": "1234",
        "type": "audio/mpeg",
    }


@pytest.mark.parametrize(
    ("url", "stated", "media_type"),
    [
        ("https://a.example/x.MP3?y=1", None, "audio/mpeg"),
        ("https://a.example/x.mp3", "audio/x-mpeg; codecs=mp3", "audio/x-mpeg"),
        ("https://a.example/x", "a mp3", "application/octet-stream"),
    ],
)
def test_an_enclosure_always_has_a_type_and_a_length(url, stated, media_type):
    enclosure = item_of(stored(FULL, enclosures=(Enclosure(url, stated),))).find("enclosure")

    assert (enclosure.get("type"), enclosure.get("length")) == (media_type, "0")


def test_the_source_is_the_feed_an_entry_came_from():
    source = item_of(stored(FULL)).find("source")

    assert (source.get("url"), source.text) == ("https://paper.example/feed.xml", "The Paper")


def test_the_source_of_an_archived_entry_is_the_publisher():
    source = item_of(stored(CHINESE, ARCHIVE)).find("source")

    assert (source.get("url"), source.text) == ("https://radio.example/", "电台")


def test_the_source_of_a_republished_entry_is_where_it_was_first():
    origin = Origin(title="Elsewhere", url="https://elsewhere.example/feed")
    source = item_of(stored(FULL, origin=origin)).find("source")

    assert (source.get("url"), source.text) == ("https://elsewhere.example/feed", "Elsewhere")


def test_an_origin_that_names_no_place_says_nothing():
    source = item_of(stored(FULL, origin=Origin(title="Somewhere", url="nowhere"))).find("source")

    assert source.text == "The Paper"


def test_a_source_without_a_place_on_the_web_is_represented_by_its_page():
    seeds = Source(
        number=3, key="seeds", slug="seeds", kind="seeds", url="file:///home/me/seeds", name="Seeds"
    )
    source = item_of(stored(FULL, seeds)).find("source")

    assert (source.get("url"), source.text) == ("https://feeds.example/sources/seeds/", "Seeds")


def test_passwords_and_keys_in_the_address_of_a_source_stay_here():
    address = "https://me:hush@paper.example/feed?token=hush&a=1"
    secret = replace(SOURCE, url=address, key=address, title=None, guid=None)

    assert b"hush" not in render_rss(ALL, SITE, [stored(FULL, secret)])
    assert item_of(stored(FULL, secret)).find("source").get("url") == "https://paper.example/feed?a=1"


def test_a_year_before_1000_has_four_digits():
    channel = channel_of(stored(FULL, published=datetime(1, 1, 1, tzinfo=UTC), updated=None))

    assert channel.findtext("item/pubDate") == "Mon, 01 Jan 0001 00:00:00 GMT"
    assert channel.findtext("lastBuildDate") == "Mon, 01 Jan 0001 00:00:00 GMT"
