"""The lists of what is read and of what is served."""

from dataclasses import replace

import pytest
from lxml import etree
from syndication_opml import check_opml
from syndication_samples import ARCHIVE, PAPER, SITE, SOURCE

from feeds.model import ALL, View
from feeds.syndication.opml import NAMESPACE, Served, render_opml, render_served

KEY = f"{{{NAMESPACE}}}feedsKey"
TITLE = f"{{{NAMESPACE}}}feedsTitle"


def outlines(sources, path="body/outline"):
    return read(render_opml(SITE, sources), path)


def read(document, path="body/outline"):
    root = check_opml(document)
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
            KEY: "https://paper.example/feed.xml",
            TITLE: 'Say "纸" & <go>',
        }
    ]


def test_what_a_source_calls_itself_stands_beside_what_the_owner_calls_it():
    [named, untitled] = outlines(
        [replace(SOURCE, name="Mine"), replace(SOURCE, url="https://b.example/", title=" ")]
    )

    assert (named["title"], named[TITLE]) == ("Mine", "The Paper")
    assert TITLE not in untitled


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


def test_a_category_is_told_as_opml_has_it_too():
    [outline] = outlines([replace(SOURCE, category=" 桥 & roads ")], "body/outline/outline")

    assert outline["category"] == "/桥 & roads"


@pytest.mark.parametrize("name", ["News/Views", "News, Views"])
def test_a_category_that_would_be_read_as_several_is_a_folder_only(name):
    sources = [replace(SOURCE, category=name)]

    assert [folder["text"] for folder in outlines(sources)] == [name]
    assert "category" not in outlines(sources, "body/outline/outline")[0]


def test_the_lists_bear_no_date_and_the_same_sources_give_the_same_bytes():
    document = render_opml(SITE, [SOURCE])

    assert document == render_opml(replace(SITE, started=None), [SOURCE])
    assert [element.tag for element in etree.fromstring(document).iterfind("head/*")] == ["title"]


SERVED = Served(
    views=(ALL, View("category", "桥", title="桥"), PAPER, View("source", "plain", title="Plain")),
    categories={"paper": "News"},
)


def test_what_is_served_is_listed_with_its_pages():
    assert read(render_served(SITE, SERVED)) == [
        {
            "type": "rss",
            "text": "晨报",
            "title": "晨报",
            "xmlUrl": "https://feeds.example/atom.xml",
            "htmlUrl": "https://feeds.example/",
        },
        {
            "type": "rss",
            "text": "Plain",
            "title": "Plain",
            "xmlUrl": "https://feeds.example/sources/plain/atom.xml",
            "htmlUrl": "https://feeds.example/sources/plain/",
        },
        {
            "type": "rss",
            "text": "Health of the sources",
            "title": "Health of the sources",
            "xmlUrl": "https://feeds.example/status/atom.xml",
            "htmlUrl": "https://feeds.example/status/",
        },
        {"text": "Categories"},
        {"text": "News"},
    ]


def test_the_feeds_of_categories_have_a_folder_and_those_of_sources_that_of_their_category():
    inside = read(render_served(SITE, SERVED), "body/outline/outline")

    assert [(outline["text"], outline.get("category")) for outline in inside] == [
        ("桥", None),
        ("The Paper", "/News"),
    ]
    assert inside[0]["xmlUrl"] == "https://feeds.example/categories/%E6%A1%A5/atom.xml"


def test_a_category_that_is_called_as_a_folder_of_ours_has_one_of_its_own():
    views = (View("search", "elections", title="Elections"), PAPER)
    document = render_served(SITE, Served(views, {"paper": "Searches"}))

    assert [outline["text"] for outline in read(document)] == [
        "Health of the sources",
        "Searches",
        "Searches",
    ]
    assert [outline["text"] for outline in read(document, "body/outline/outline")] == [
        "The Paper",
        "Elections",
    ]


def test_a_view_without_a_title_goes_by_its_name():
    [listed, _] = read(render_served(SITE, Served((View("source", "paper"),), {})))

    assert listed["title"] == "paper"


def test_odd_characters_in_titles_make_no_broken_list():
    odd = View("source", "odd", title='\x00\ufffe<b>"&\n')
    [listed, _] = read(render_served(SITE, Served((odd,), {"odd": "\x0b"})))

    assert listed["title"] == '<b>"&'
