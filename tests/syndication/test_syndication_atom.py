"""What an Atom document of ours says."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from syndication_rules import ATOM, check_atom
from syndication_samples import ARCHIVE, BARE, CHINESE, ENTRIES, FULL, PAPER, SITE, SOURCE, stored

from feeds.model import ALL, Origin, Person
from feeds.syndication.rss_atom import render_atom

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def feed_of(*entries, view=ALL, site=SITE):
    return check_atom(render_atom(view, site, entries))


def entry_of(entry, view=ALL):
    return feed_of(entry, view=view).find(f"{ATOM}entry")


def text(element, path):
    return element.findtext("/".join(ATOM + name for name in path.split("/")))


def links(element):
    return [dict(link.attrib) for link in element.iterfind(f"{ATOM}link")]


def test_the_feed_of_everything_is_the_site():
    feed = feed_of(*ENTRIES)

    assert text(feed, "title") == "晨报"
    assert text(feed, "subtitle") == "Everything worth reading"
    assert text(feed, "generator") == "feeds"
    assert text(feed, "author/name") == "晨报"
    assert links(feed) == [
        {"href": "https://feeds.example/atom.xml", "rel": "self", "type": "application/atom+xml"},
        {"href": "https://feeds.example/", "rel": "alternate", "type": "text/html"},
    ]


def test_the_feed_of_a_view_bears_both_names():
    feed = feed_of(view=PAPER)

    assert text(feed, "title") == "The Paper – 晨报"
    assert feed.get(LANG) == "en"


def test_the_id_of_a_feed_depends_on_the_view_and_not_on_the_address():
    moved = replace(SITE, base_url="https://moved.example/reader")

    assert text(feed_of(view=PAPER), "id") == text(feed_of(view=PAPER, site=moved), "id")
    assert text(feed_of(view=PAPER), "id") != text(feed_of(view=ALL), "id")
    assert text(feed_of(), "id") == "urn:uuid:" + text(feed_of(), "id")[9:]


def test_a_feed_is_lasting_by_its_latest_entry_and_an_empty_one_by_the_start_of_the_site():
    assert text(feed_of(stored(CHINESE), stored(FULL)), "updated") == "2024-04-30T08:00:00.250000+00:00"
    assert text(feed_of(), "updated") == "2024-01-02T03:04:05+00:00"


def test_an_entry_announced_for_later_does_not_date_the_feed_in_the_future():
    feed = feed_of(stored(FULL, published=datetime(2100, 1, 1, tzinfo=UTC), updated=None))
    assert text(feed, "updated") == "2024-06-01T12:00:00+00:00"
    assert text(feed.find(f"{ATOM}entry"), "published") == "2100-01-01T00:00:00+00:00"


def test_entries_keep_the_order_given():
    ids = [entry.findtext(f"{ATOM}id") for entry in feed_of(*ENTRIES).iterfind(f"{ATOM}entry")]

    assert ids == [FULL.id, CHINESE.id, BARE.id]


def test_an_entry_says_all_that_is_known():
    entry = entry_of(stored(FULL))

    assert text(entry, "title") == "The bridge & the <river>"
    assert text(entry, "published") == "2024-04-30T06:30:00+00:00"
    assert text(entry, "updated") == "2024-04-30T08:00:00.250000+00:00"
    assert text(entry, "summary") == "<p>A bridge opens.</p>"
    assert text(entry, "content") == "<p>A <b>bridge</b> opens &amp; people cross it.</p>"
    assert text(entry, "rights") == "© 2024 The Paper"
    assert [category.get("term") for category in entry.iterfind(f"{ATOM}category")] == ["Towns", "桥"]
    assert links(entry) == [
        {"href": "https://paper.example/2024/bridge"},
        {
            "rel": "enclosure",
            "href": "https://paper.example/talk.mp3",
            "type": "audio/mpeg",
            "length": "1234",
        },
        {"rel": "enclosure", "href": "https://paper.example/bridge.jpg", "type": "image/jpeg"},
        {"rel": "replies", "href": "https://paper.example/2024/bridge#comments", "type": "text/html"},
    ]


def test_html_is_marked_as_html_and_a_title_is_plain_text():
    entry = entry_of(stored(FULL))

    assert entry.find(f"{ATOM}summary").get("type") == "html"
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.find(f"{ATOM}title").get("type", "text") == "text"


def test_authors_are_persons():
    entry = entry_of(stored(FULL))
    authors = [{child.tag: child.text for child in author} for author in entry.iterfind(f"{ATOM}author")]

    assert authors == [
        {
            f"{ATOM}name": "Ada Weaver",
            f"{ATOM}email": "ada@paper.example",
            f"{ATOM}uri": "https://paper.example/ada",
        },
        {f"{ATOM}name": "李白"},
    ]


def test_an_author_known_by_an_address_alone_goes_by_it():
    authors = (Person(email="ada@paper.example"), Person(url="https://paper.example/ada"))
    entry = entry_of(stored(FULL, authors=(*authors, Person(url="javascript:alert(1)"))))

    names = [author.findtext(f"{ATOM}name") for author in entry.iterfind(f"{ATOM}author")]
    assert names == ["ada@paper.example", "https://paper.example/ada"]


def test_no_author_is_invented_for_an_entry_but_its_publisher_answers_for_it():
    entry = entry_of(stored(CHINESE, ARCHIVE))

    assert entry.find(f"{ATOM}author") is None
    assert text(entry, "source/author/name") == "电台"


def test_the_source_of_an_entry_with_authors_needs_none():
    assert text(entry_of(stored(FULL)), "source/author/name") is None


def test_an_entry_without_dates_is_updated_when_it_was_first_seen():
    entry = entry_of(stored(BARE))

    assert text(entry, "updated") == "2024-06-01T12:00:00+00:00"
    assert text(entry, "published") is None


def test_an_entry_without_a_title_has_an_empty_one():
    assert text(entry_of(stored(BARE)), "title").strip() == ""


def test_an_entry_without_a_link_links_to_its_page_here():
    entry = stored(BARE)

    assert links(entry_of(entry)) == [{"href": f"https://feeds.example/entries/{entry.key}/"}]


def test_an_entry_names_its_language_where_it_is_not_that_of_the_feed():
    assert entry_of(stored(CHINESE, ARCHIVE)).get(LANG) == "zh-Hans"
    assert entry_of(stored(FULL), view=PAPER).get(LANG) is None


def test_a_language_that_is_not_known_is_not_that_of_the_feed():
    assert entry_of(stored(BARE), view=PAPER).get(LANG) == "und"
    assert entry_of(stored(BARE)).get(LANG) is None


def test_what_is_no_language_tag_is_left_out():
    assert entry_of(stored(FULL, language="English (US)")).get(LANG) is None


def test_the_source_of_an_entry_is_its_feed():
    source = entry_of(stored(FULL)).find(f"{ATOM}source")

    assert text(source, "id") == "https://paper.example/"
    assert text(source, "title") == "The Paper"
    assert text(source, "rights") == "© The Paper"
    assert links(source) == [
        {"rel": "alternate", "href": "https://paper.example/"},
        {"rel": "self", "href": "https://paper.example/feed.xml"},
    ]


def test_a_new_date_of_a_source_leaves_the_bytes_of_its_entries_alone():
    later = replace(SOURCE, updated=datetime(2030, 1, 1, tzinfo=UTC))

    assert render_atom(ALL, SITE, [stored(FULL, later)]) == render_atom(ALL, SITE, [stored(FULL)])


def test_the_source_of_a_republished_entry_is_where_it_was_first():
    origin = Origin(
        title="Elsewhere",
        link="https://elsewhere.example/",
        id="tag:elsewhere.example,2020:feed",
        updated=datetime(2024, 4, 1, tzinfo=UTC),
    )
    source = entry_of(stored(FULL, origin=origin)).find(f"{ATOM}source")

    assert text(source, "id") == "tag:elsewhere.example,2020:feed"
    assert text(source, "updated") == "2024-04-01T00:00:00Z"
    assert links(source) == [{"rel": "alternate", "href": "https://elsewhere.example/"}]


@pytest.mark.parametrize(
    ("origin", "title"),
    [
        (Origin(url="https://elsewhere.example/feed", link="https://elsewhere.example/"), "feed"),
        (Origin(link="https://elsewhere.example/"), ""),
    ],
)
def test_an_origin_without_a_title_goes_by_its_address(origin, title):
    entry = stored(FULL, origin=origin)

    assert text(entry_of(entry), "source/title") == f"https://elsewhere.example/{title}"
    assert text(entry_of(stored(replace(FULL, authors=()), origin=origin)), "source/author/name") is None


def test_a_source_whose_own_id_is_no_address_goes_by_its_key():
    source = entry_of(stored(FULL, replace(SOURCE, guid="our feed"))).find(f"{ATOM}source")

    assert text(source, "id") == "https://paper.example/feed.xml"
