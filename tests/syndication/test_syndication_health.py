"""The feed of changes of health."""

from dataclasses import replace
from datetime import timedelta
from uuid import NAMESPACE_URL

from syndication_rules import ATOM, check_atom
from syndication_samples import SITE, SOURCE

from feeds.model import ALL, Health, HealthChange, Source
from feeds.syndication.addresses import feed_id
from feeds.syndication.health import render_changes

MOMENT = SOURCE.updated
FAILING = HealthChange(1, SOURCE, Health("failing", "failed 2 times in a row: HTTP 500"), MOMENT)
WELL = HealthChange(2, SOURCE, Health("healthy", "last polled well"), MOMENT + timedelta(hours=1))


def feed_of(*changes, site=SITE):
    return check_atom(render_changes(site, changes))


def text(element, path):
    return element.findtext("/".join(ATOM + name for name in path.split("/")))


def texts(feed, name):
    return [entry.findtext(f"{ATOM}{name}") for entry in feed.iterfind(f"{ATOM}entry")]


def test_a_change_says_which_source_is_what_since_when_and_why():
    [entry] = feed_of(FAILING).iterfind(f"{ATOM}entry")

    assert text(entry, "title") == "The Paper: failing"
    assert text(entry, "content") == "failed 2 times in a row: HTTP 500"
    assert text(entry, "updated") == "2024-05-01T00:00:00+00:00"
    assert entry.find(f"{ATOM}link").get("href") == "https://feeds.example/sources/paper/"
    assert entry.find(f"{ATOM}category").get("term") == "failing"


def test_the_feed_says_what_it_is_and_where():
    feed = feed_of(WELL, FAILING)

    assert text(feed, "title") == "Health of the sources – 晨报"
    assert text(feed, "author/name") == "晨报"
    assert [link.get("href") for link in feed.iterfind(f"{ATOM}link")] == [
        "https://feeds.example/status/atom.xml",
        "https://feeds.example/status/",
    ]
    assert texts(feed, "title") == ["The Paper: healthy", "The Paper: failing"]


def test_ids_are_made_of_the_site_and_the_number_of_the_change_alone():
    elsewhere = replace(SITE, base_url="https://moved.example")
    renamed = replace(FAILING, source=replace(SOURCE, title="Renamed", url="https://b.example/"))
    before, after = feed_of(FAILING), feed_of(renamed, site=elsewhere)

    assert text(before, "id") == text(after, "id")
    assert texts(before, "id") == texts(after, "id")
    assert len({text(before, "id"), *texts(feed_of(WELL, FAILING), "id"), feed_id(SITE, ALL)}) == 4
    assert text(before, "id") != text(feed_of(FAILING, site=replace(SITE, id=str(NAMESPACE_URL))), "id")


def test_the_feed_is_lasting_by_its_latest_change_else_by_the_start_of_the_site():
    assert text(feed_of(WELL, FAILING), "updated") == "2024-05-01T01:00:00+00:00"
    assert text(feed_of(), "updated") == "2024-01-02T03:04:05+00:00"


def test_the_same_changes_give_the_same_bytes():
    assert render_changes(SITE, [WELL, FAILING]) == render_changes(SITE, [WELL, FAILING])


def test_nothing_a_publisher_says_breaks_it_and_no_password_is_in_it():
    bare = Source(2, "k", "b", "feed", "https://user:pass@b.example/feed?key=abc&page=1")
    odd = HealthChange(3, bare, Health("failing", f"{bare.url}: <b>\x00\x0c]]> & more"), MOMENT)
    [entry] = feed_of(odd).iterfind(f"{ATOM}entry")

    assert text(entry, "title") == "https://b.example/feed?page=1: failing"
    assert text(entry, "content") == "https://b.example/feed?page=1: <b>]]> & more"
