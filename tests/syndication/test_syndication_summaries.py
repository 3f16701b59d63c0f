"""Feeds of summaries alone, and entries that stand for others."""

from dataclasses import replace

import pytest
from syndication_rules import ATOM, CONTENT, check_atom, check_json, check_rss
from syndication_samples import BARE, CHINESE, FULL, SITE, SOURCE, stored

from feeds.model import ALL, ALONE, Frame, Origin, Related
from feeds.syndication.jsonfeed import render_json
from feeds.syndication.rss_atom import render_atom, render_rss

SUMMARIES = Frame(is_full=False)
OTHER = Related("https://other.example/bridge", "A bridge & a river", "The Other")
CUT = replace(stored(CHINESE), excerpt="大桥今天 <通车>。")


def item_of(entry, frame=SUMMARIES):
    return check_rss(render_rss(ALL, SITE, [entry], frame)).find("item")


def entry_of(entry, frame=SUMMARIES):
    return check_atom(render_atom(ALL, SITE, [entry], frame)).find(f"{ATOM}entry")


def json_of(entry, frame=SUMMARIES):
    return check_json(render_json(ALL, SITE, [entry], frame))["items"][0]


def test_a_feed_of_summaries_has_no_content():
    assert item_of(stored(FULL)).findtext("description") == "<p>A bridge opens.</p>"
    assert item_of(stored(FULL)).find(f"{CONTENT}encoded") is None
    assert entry_of(stored(FULL)).findtext(f"{ATOM}summary") == "<p>A bridge opens.</p>"
    assert entry_of(stored(FULL)).find(f"{ATOM}content") is None
    assert json_of(stored(FULL))["content_text"] == "A bridge opens."
    assert "content_html" not in json_of(stored(FULL))
    assert "summary" not in json_of(stored(FULL))


def test_an_entry_without_a_summary_is_summed_up_by_its_excerpt():
    assert item_of(CUT).findtext("description") == "大桥今天 &lt;通车&gt;。"  # HTML of plain text
    assert entry_of(CUT).findtext(f"{ATOM}summary") == "大桥今天 &lt;通车&gt;。"
    assert json_of(CUT)["content_text"] == "大桥今天 <通车>。"


@pytest.mark.parametrize("content", [None, CHINESE.content])
def test_a_summary_that_is_a_whole_body_is_cut_to_the_excerpt(content):
    entry = replace(CUT, entry=replace(CHINESE, summary=f"<p>{'很长。' * 400}</p>", content=content))

    assert item_of(entry).findtext("description") == "大桥今天 &lt;通车&gt;。"
    assert entry_of(entry).findtext(f"{ATOM}summary") == "大桥今天 &lt;通车&gt;。"
    assert json_of(entry)["content_text"] == "大桥今天 <通车>。"
    assert "很长" in item_of(entry, ALONE).findtext("description")


def test_nothing_is_invented_where_there_is_nothing_to_sum_up():
    assert entry_of(stored(BARE)).find(f"{ATOM}summary") is None
    assert json_of(stored(BARE))["content_text"] == ""


def test_an_entry_links_to_the_others_it_stands_for():
    folded = replace(
        stored(FULL), related=(OTHER, Related("https://third.example/"), Related("javascript:x"))
    )
    expected = [
        {"rel": "related", "href": OTHER.url, "title": "A bridge & a river – The Other"},
        {"rel": "related", "href": "https://third.example/"},
    ]

    for element in (item_of(folded), entry_of(folded)):
        found = [dict(link.attrib) for link in element.iterfind(f"{ATOM}link")]
        assert [link for link in found if link.get("rel") == "related"] == expected
    assert json_of(folded)["_related"] == [
        {"url": OTHER.url, "title": OTHER.title, "source_title": OTHER.source_title},
        {"url": "https://third.example/"},
    ]


def via_of(entry):
    links = entry_of(entry).iterfind(f"{ATOM}link")
    return [link.get("href") for link in links if link.get("rel") == "via"]


def test_a_republished_entry_says_where_it_was_taken_from():
    entry = stored(FULL, origin=Origin(title="Elsewhere", url="https://elsewhere.example/feed"))

    assert via_of(entry) == ["https://paper.example/"]
    assert json_of(entry)["_entry"]["via_url"] == "https://paper.example/"


def test_without_a_page_it_was_taken_from_the_feed_without_its_keys():
    secret = replace(SOURCE, link=None, url="https://me:hush@paper.example/feed?token=hush&a=1")
    entry = stored(FULL, secret, origin=Origin(url="https://elsewhere.example/feed"))

    assert via_of(entry) == ["https://paper.example/feed?a=1"]


@pytest.mark.parametrize(
    "entry",
    [
        stored(FULL),
        stored(FULL, origin=Origin(title="Nowhere", url="nowhere")),
        stored(FULL, origin=Origin(url="https://elsewhere.example/feed", link=SOURCE.link)),
        stored(
            FULL, replace(SOURCE, kind="seeds", link=None), origin=Origin(url="https://elsewhere.example/")
        ),
    ],
    ids=["its own", "an origin that is no place", "the same page", "a source that is no place"],
)
def test_otherwise_there_is_nothing_to_say_of_it(entry):
    assert via_of(entry) == []
