"""The last look at a document: whatever breaks a rule is seen."""

import pytest
from syndication_samples import BARE, CHINESE, ENTRIES, FULL, SITE, SOURCE

from feeds.errors import EditionError
from feeds.model import ALL, Frame, Health, HealthChange, Tombstone
from feeds.syndication import FORMATS
from feeds.syndication.checking import check
from feeds.syndication.health import render_changes

CHANGE = HealthChange(1, SOURCE, Health("failing", "failed twice"), SITE.started)
FRAME = Frame(tombstones=(Tombstone("urn:x:gone", SITE.started),))

FAULTS = [
    ("rss.xml", "</channel>", "</chanel>", "no XML"),
    ("rss.xml", "A &lt;b&gt;bridge", "A \x0b", "no XML"),
    ("rss.xml", "<title>晨报</title>", "", "channel lacks"),
    ("rss.xml", BARE.id, CHINESE.id, "one id"),
    ("rss.xml", "<link>https://paper.example/2024/bridge</link>", "", "item lacks"),
    ("rss.xml", "<link>https://paper", "<link>//paper", "absolute"),
    ("rss.xml", "<comments>https", "<comments>javascript", "absolute"),
    ("rss.xml", 'url="https://paper.example/talk', 'url="/talk', "absolute"),
    ("rss.xml", "Tue, 30 Apr 2024 06:30:00 GMT", "yesterday", "date"),
    ("rss.xml", 'length="1234"', 'length="-1"', "length"),
    ("rss.xml", ' type="audio/mpeg"', "", "type"),
    ("rss.xml", ">https://paper.example/2024/bridge</guid>", ">urn:x:1</guid>", "permalink"),
    ("rss.xml", "Tue, 30 Apr 2024 06:30:00 GMT", "Mon, 99 Foo 2024 99:99:99 GMT", "date"),
    ("rss.xml", "Tue, 30 Apr 2024 06:30:00 GMT", "Tue, 31 Apr 2024 06:30:00 GMT", "date"),
    ("rss.xml", "Tue, 30 Apr 2024 06:30:00 GMT", "Wed, 30 Apr 2024 06:30:00 GMT", "date"),
    ("rss.xml", "</guid>", "</guid><dc:date>some day</dc:date>", "date"),
    ("rss.xml", "</guid>", "</guid><guid>urn:x:2</guid>", "or has two"),
    ("rss.xml", ' rel="self"', ' rel="next"', "own address"),
    ("rss.xml", "</title>", "</title><title>Another</title>", "channel lacks"),
    (
        "rss.xml",
        "<enclosure",
        '<enclosure url="http://a.example/"/><enclosure',
        "or has",
    ),
    ("rss.xml", ' isPermaLink="false"', "", "permalink"),
    ("atom.xml", "</feed>", "", "no XML"),
    ("atom.xml", "<updated>2024-04-30T08", "<updated>2024-13-30T08", "date"),
    ("atom.xml", "<published>2024-04-30T06:30", "<published>2024-04-31T06:30", "date"),
    ("atom.xml", "<updated>2024-04-30T08:00:00.250000Z", "<updated>some day", "date"),
    ("atom.xml", "</id>\n    <title>新", "</id><id>urn:x:2</id><title>新", "or has two"),
    ("atom.xml", "</published>", "</published><updated>2024-04-30T06:30:00Z</updated>", "or has two"),
    ("atom.xml", "</subtitle>", "</subtitle><title>Another</title>", "feed lacks"),
    ("atom.xml", ' rel="self" type', ' rel="next" type', "own address"),
    ("atom.xml", "<uri>https://paper.example/ada", "<uri>ada", "absolute"),
    ("atom.xml", "<name>Ada Weaver</name>", "<name> </name>", "no name"),
    ("atom.xml", "<source>\n      <id>https://paper.example/</id>", "<source>", "came from"),
    ("atom.xml", "source>", "about>", "came from"),
    ("atom.xml", "<name>电台</name>", "<name/>", "no name"),
    ("atom.xml", "<name>电台</name>", "<name>电台</name><uri>/</uri>", "absolute"),
    ("atom.xml", "<title>晨报</title>", "", "feed lacks"),
    ("atom.xml", "<title>新桥通车，行人先过</title>", "", "entry lacks"),
    ("atom.xml", f'<link href="{FULL.link}"/>', "", "entry lacks"),
    ("atom.xml", f"<id>{FULL.id}</id>", f"<id>{CHINESE.id}</id>", "one id"),
    ("atom.xml", f"<id>{FULL.id}</id>", "<id>no IRI</id>", "IRI"),
    ("atom.xml", 'ref="urn:x:gone"', 'ref="gone"', "IRI"),
    ("atom.xml", "<published>2024-04-30T06:30:00+00:00", "<published>2024-04-30", "date"),
    ("atom.xml", 'when="2024-01-02T03:04:05Z"', 'when="now"', "date"),
    ("atom.xml", 'href="https://paper.example/talk', 'href="/talk', "absolute"),
    ("atom.xml", 'length="1234"', 'length="some"', "length"),
    ("feed.json", '"items"', '"item"', "no JSON Feed"),
    ("feed.json", '"content_html": ""', '"content_none": ""', "neither"),
    ("feed.json", '"url": "https://paper.example/2024/bridge"', '"url": "/bridge"', "absolute"),
    ("feed.json", f'"id": "{FULL.id}"', f'"id": "{CHINESE.id}"', "one id"),
    ("feed.json", '"size_in_bytes": 1234', '"size_in_bytes": 0', "no JSON Feed"),
    ("feed.json", "2024-04-30T06:30:00Z", "2024-04-30T06:30:00", "no JSON Feed"),
    ("feed.json", "2024-04-30T06:30:00Z", "2024-13-30T06:30:00Z", "no JSON Feed"),
    ("feed.json", f'"id": "{FULL.id}"', '"id": "no IRI"', "IRI"),
    ("feed.json", '"_source"', '"_origin"', "no JSON Feed"),
    ("feed.json", '"url": "https://paper.example/feed.xml"', '"url": "/feed.xml"', "absolute"),
    ("feed.json", '"comments_url": "https:', '"comments_url": "', "absolute"),
    ("feed.json", '"_entry": {', '"_related": [{"url": "x"}], "_entry": {', "absolute"),
    ("feed.json", '"title": "晨报"', '"title": 5', "no JSON Feed"),
    ("feed.json", '"tags": [', '"tags": [[], ', "no JSON Feed"),
    ("feed.json", '"language": "en"', '"language": []', "no JSON Feed"),
    ("feed.json", '"summary": "A bridge opens."', '"summary": 5', "no JSON Feed"),
]


def check_changed(name, written, changed):
    format = FORMATS[name]
    text = format.render(ALL, SITE, ENTRIES, FRAME).decode()
    assert written in text
    count = -1 if written == "source>" else 1  # of an element both tags
    check(text.replace(written, changed, count).encode(), format.media_type)


@pytest.mark.parametrize("name", FORMATS)
def test_what_we_write_passes(name):
    check_changed(name, "晨报", "晨报")


@pytest.mark.parametrize(("name", "written", "changed", "reason"), FAULTS)
def test_a_broken_rule_is_seen_and_named(name, written, changed, reason):
    with pytest.raises(EditionError, match=reason) as caught:
        check_changed(name, written, changed)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_of_another_format_does_not_pass(name):
    for format in FORMATS.values():
        if format.name != name:
            with pytest.raises(EditionError):
                check(format.render(ALL, SITE, ENTRIES, FRAME), FORMATS[name].media_type)


def test_what_is_no_feed_of_entries_has_no_sources():
    with pytest.raises(EditionError, match="came from"):
        check(render_changes(SITE, [CHANGE]), FORMATS["atom.xml"].media_type)
    check(render_changes(SITE, [CHANGE]), FORMATS["atom.xml"].media_type, has_origins=False)
