"""What a feed says around its entries: other documents, hubs, and what is gone, in every format."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from syndication_rules import ATOM, CHECKS, HISTORY, TOMBSTONES, check_atom, check_json, check_rss
from syndication_samples import FULL, SITE, stored

from feeds.model import ALL, Frame, Tombstone, View
from feeds.syndication import FORMATS
from feeds.syndication.jsonfeed import render_json
from feeds.syndication.masthead import describe
from feeds.syndication.rss_atom import render_atom, render_rss

HERE = "https://feeds.example"
HUBS = ("https://feeds.example/hub", "https://hub.example/")
PAGE = Frame(url=f"{HERE}/search/atom.xml?q=桥&before=7", next=f"{HERE}/search/atom.xml?q=桥&before=3")
LIVE = Frame(prev_archive=f"{HERE}/archive/9/atom.xml")
ARCHIVE = Frame(
    url=f"{HERE}/archive/8/atom.xml",
    current=f"{HERE}/atom.xml",
    prev_archive=f"{HERE}/archive/7/atom.xml",
    next_archive=f"{HERE}/archive/9/atom.xml",
    is_archive=True,
)
GONE = Tombstone("tag:paper.example,2024:gone", datetime(2024, 5, 2, 3, 4, 5, tzinfo=UTC))


def channel_of(frame, site=SITE):
    return check_rss(render_rss(ALL, site, [stored(FULL)], frame))


def atom_of(frame, site=SITE):
    return check_atom(render_atom(ALL, site, [stored(FULL)], frame))


def json_of(frame, site=SITE):
    return check_json(render_json(ALL, site, [stored(FULL)], frame))


def links(head):
    return [(link.get("rel"), link.get("href")) for link in head.iterfind(f"{ATOM}link")]


def test_a_page_of_many_names_itself_and_the_next():
    assert links(atom_of(PAGE)) == [("self", PAGE.url), ("alternate", f"{HERE}/"), ("next", PAGE.next)]
    assert links(channel_of(PAGE)) == [("self", PAGE.url), ("next", PAGE.next)]
    feed = json_of(PAGE)
    assert (feed["feed_url"], feed["next_url"]) == (PAGE.url, PAGE.next)


def test_a_live_feed_leads_to_its_latest_archive():
    assert links(atom_of(LIVE))[2:] == [("prev-archive", LIVE.prev_archive)]
    assert links(channel_of(LIVE))[1:] == [("prev-archive", LIVE.prev_archive)]
    for head in (atom_of(LIVE), channel_of(LIVE)):
        assert head.find(f"{HISTORY}archive") is None
        assert head.find(f"{HISTORY}complete") is None


def test_an_archive_says_so_and_leads_both_ways_and_to_the_live_feed():
    expected = [
        ("current", ARCHIVE.current),
        ("prev-archive", ARCHIVE.prev_archive),
        ("next-archive", ARCHIVE.next_archive),
    ]
    assert links(atom_of(ARCHIVE))[2:] == links(channel_of(ARCHIVE))[1:] == expected
    for head in (atom_of(ARCHIVE), channel_of(ARCHIVE)):
        assert head.find(f"{HISTORY}archive") is not None


def test_a_feed_that_holds_everything_is_complete():
    for head in (atom_of(Frame(is_complete=True)), channel_of(Frame(is_complete=True))):
        assert head.find(f"{HISTORY}complete") is not None


def test_a_feed_that_leads_to_others_is_not_complete():
    assert atom_of(replace(LIVE, is_complete=True)).find(f"{HISTORY}complete") is None


def test_hubs_are_advertised():
    site = replace(SITE, hubs=(*HUBS, HUBS[0], "javascript:alert(1)"))

    assert links(atom_of(Frame(), site))[2:] == [("hub", hub) for hub in HUBS]
    assert links(channel_of(Frame(), site))[1:] == [("hub", hub) for hub in HUBS]
    assert json_of(Frame(), site)["hubs"] == [{"type": "WebSub", "url": hub} for hub in HUBS]


@pytest.mark.parametrize("rel_of", [atom_of, channel_of])
def test_what_no_hub_announces_advertises_none(rel_of):
    site = replace(SITE, hubs=HUBS)
    part = Frame(url="https://feeds.example/rss.xml?limit=3")

    assert "hub" not in dict(links(rel_of(part, site)))
    assert "hubs" not in json_of(part, site)
    assert describe(View("query", "a", query="a"), site, [], "rss.xml").hubs == ()


def test_a_withdrawn_entry_has_its_tombstone_before_the_entries():
    feed = atom_of(Frame(tombstones=(GONE,)))
    names = [child.tag for child in feed]

    [gone] = feed.iterfind(f"{TOMBSTONES}deleted-entry")
    assert dict(gone.attrib) == {"ref": GONE.id, "when": "2024-05-02T03:04:05Z"}
    assert gone.prefix == "at"
    assert names.index(gone.tag) == names.index(f"{ATOM}entry") - 1
    assert json_of(Frame(tombstones=(GONE,)))["_deleted"] == [
        {"id": GONE.id, "date_deleted": "2024-05-02T03:04:05Z"}
    ]


def test_a_withdrawal_dates_the_feed():
    frame = Frame(tombstones=(GONE,))

    assert atom_of(frame).findtext(f"{ATOM}updated") == "2024-05-02T03:04:05+00:00"
    assert channel_of(frame).findtext("lastBuildDate") == "Thu, 02 May 2024 03:04:05 GMT"


def test_of_one_id_there_is_one_tombstone_the_latest():
    later = replace(GONE, when=datetime(2024, 5, 3, tzinfo=UTC))
    frame = Frame(tombstones=(GONE, later, GONE, Tombstone("no IRI", GONE.when)))

    [gone] = atom_of(frame).iterfind(f"{TOMBSTONES}deleted-entry")
    assert gone.get("when") == "2024-05-03T00:00:00Z"
    assert len(json_of(frame)["_deleted"]) == 1


def test_a_feed_of_nothing_but_tombstones_is_valid():
    for name, format in FORMATS.items():
        CHECKS[name](format.render(ALL, SITE, (), Frame(tombstones=(GONE,))))


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_that_stands_alone_declares_nothing_of_it(name):
    body = FORMATS[name].render(ALL, SITE, [stored(FULL)])

    for word in (b"history", b"tombstones", b"_deleted", b"hub", b"next"):
        assert word not in body
