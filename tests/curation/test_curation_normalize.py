"""What is repaired, once, for all formats."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import pytest

from feeds.curation.identity import seed_id
from feeds.curation.normalize import normalize
from feeds.model import Document, Enclosure, Link, ParsedEntry, ParsedFeed, Person, Text

URL = "https://blog.example/feed.xml"


def normalized(*entries: ParsedEntry, format: str = "rss", path: str | None = None, **feed):
    document = Document(url="file:///x" if path else URL, body=b"", path=path)
    return normalize(ParsedFeed(format=format, entries=entries, **feed), document, URL, URL)


def only_entry(**fields):
    [entry] = normalized(ParsedEntry(**{"guid": "1", **fields})).entries
    return entry


def test_a_title_is_plain_text_on_one_line():
    assert only_entry(title=Text("<b>R&amp;D</b>\n  today\x00", "html")).title == "R&D today"


def test_a_text_title_keeps_its_brackets():
    assert only_entry(title=Text("a < b & c")).title == "a < b & c"


def test_a_title_keeps_spaces_that_are_characters_of_their_own():
    assert only_entry(title=Text("一\u3000二 100\u00a0km")).title == "一\u3000二 100\u00a0km"


def test_a_title_may_be_a_whole_text():
    assert len(only_entry(title=Text("long " * 1000)).title) == 4999


def test_content_is_sanitized_and_its_addresses_are_absolute():
    content = only_entry(
        content=Text('<a href="/x" onclick="no()">x</a><script>no()</script>', "html")
    ).content

    assert 'href="https://blog.example/x"' in content
    assert "no()" not in content


def test_plain_text_content_becomes_safe_html():
    assert only_entry(content=Text("1 < 2")).content == "1 &lt; 2"


def test_a_summary_that_repeats_the_content_is_dropped():
    entry = only_entry(summary=Text("<p>x</p>", "html"), content=Text("<p>x</p>", "html"))

    assert (entry.summary, entry.content) == (None, "<p>x</p>")


def test_dates_are_read_or_stay_empty():
    entry = only_entry(published="Sun, 01 Mar 2026 10:00:00 +0100", updated="soon")

    assert (entry.published, entry.updated) == (datetime(2026, 3, 1, 9, tzinfo=UTC), None)


def test_the_first_day_of_year_one_is_no_date():
    assert only_entry(published="0001-01-01T00:00:00Z").published is None


def test_a_permalink_guid_stands_in_for_a_missing_link():
    assert only_entry(guid="https://blog.example/1", guid_is_link=True).link == "https://blog.example/1"


def test_an_address_without_its_scheme_has_that_of_the_document():
    [entry] = normalized(ParsedEntry(links=(Link("www.a.example/1"),))).entries

    assert entry.link == "https://www.a.example/1"


def test_a_guid_that_is_no_link_does_not():
    assert only_entry(guid="https://blog.example/1").link is None


def test_an_html_page_goes_before_other_alternates():
    links = (Link("/1.json", media_type="application/json"), Link("/1", media_type="text/html"))

    assert only_entry(links=links).link == "https://blog.example/1"


def test_one_entry_comes_out_per_id():
    twice = ParsedEntry(guid="1", links=(Link("/1"),))

    assert len(normalized(twice, twice).entries) == 1


def test_entries_that_share_a_guid_but_not_a_link_all_come_out():
    first, second = (ParsedEntry(guid="same", links=(Link(f"/{n}"),)) for n in (1, 2))

    assert len({entry.id for entry in normalized(first, second).entries}) == 2


def test_entries_without_a_guid_that_share_a_link_all_come_out():
    entries = [ParsedEntry(title=Text(title), links=(Link("/"),)) for title in ("One", "Two", "Two")]

    assert [entry.title for entry in normalized(*entries).entries] == ["One", "Two"]


@pytest.mark.parametrize("nothing", [ParsedEntry(), ParsedEntry(guid_is_link=True)])
def test_an_entry_that_says_nothing_is_none(nothing):
    assert [entry.guid for entry in normalized(nothing, ParsedEntry(guid="1")).entries] == ["1"]


@pytest.mark.parametrize(
    "fact",
    [
        {"published": "2026-01-01T00:00:00Z"},
        {"authors": (Person("Ana"),)},
        {"categories": ("News",)},
        {"enclosures": (Link("/a.mp3"),)},
        {"rights": Text("Ana")},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_an_entry_that_says_anything_comes_out(fact):
    [entry] = normalized(ParsedEntry(**fact)).entries

    assert getattr(entry, next(iter(fact)))


@pytest.mark.parametrize(("format", "count"), [("atom", 1), ("jsonfeed", 1), ("rss", 0), ("rdf", 0)])
def test_authors_are_inherited_where_the_format_says_so(format, count):
    person = Person(name="Ana")
    [entry] = normalized(ParsedEntry(guid="1"), format=format, authors=(person,)).entries

    assert entry.authors == (person,) * count


def test_an_address_that_is_none_is_no_email():
    assert only_entry(authors=(Person("Ana", "hidden"), Person(email="nobody"))).authors == (Person("Ana"),)


def test_enclosures_keep_a_length_only_where_it_is_a_number():
    links = (Link("/a.mp3", media_type="audio/mpeg", length="12"), Link("/b.mp3", length="many"), Link(""))

    assert only_entry(enclosures=links).enclosures == (
        Enclosure("https://blog.example/a.mp3", "audio/mpeg", 12),
        Enclosure("https://blog.example/b.mp3"),
    )


def test_a_user_and_a_password_are_in_no_address_of_an_entry_and_a_key_stays():
    secret, told = (
        "http://user:p%40ss@files.example/a@b?token=x@y#u@v",
        "http://files.example/a@b?token=x@y#u@v",
    )
    entry = only_entry(
        links=(Link(secret),),
        enclosures=(Link(secret), Link(told), Link("http://me@files.example/b")),
        image=Link(secret),
        comments=Link(secret),
        authors=(Person("A", url=secret),),
    )

    assert (entry.link, entry.image, entry.comments, entry.authors[0].url) == (told,) * 4
    assert [file.url for file in entry.enclosures] == [told, "http://files.example/b"]
    picture = Text('<img src="https://me:you@files.example/p.png" alt="">', "html")
    assert only_entry(content=picture).image == "https://files.example/p.png"


def test_an_id_is_made_of_what_is_written():
    secret = "http://user:pw@blog.example/1"
    entry = only_entry(guid=secret, links=(Link(secret),))
    assert (entry.id, entry.link) == (secret, "http://blog.example/1")

    [entry] = normalized(ParsedEntry(links=(Link(secret),))).entries
    assert entry.id == uuid5(NAMESPACE_URL, f"{URL}\n{secret}").urn
    [entry] = normalized(ParsedEntry(links=(Link(secret),)), format="seed", path="a.txt").entries
    assert (entry.id, entry.link) == (seed_id("https://user:pw@blog.example/1"), "http://blog.example/1")


def test_categories_are_trimmed_and_unique():
    assert only_entry(categories=(" News ", "news", "", "Sport")).categories == ("News", "Sport")


@pytest.mark.parametrize(
    ("declared", "tag"),
    [("zh-cn", "zh-CN"), ("en_us", "en-US"), ("ZH-HANS", "zh-Hans"), ("<x>", None), ("", None)],
)
def test_a_declared_language_is_written_as_bcp_47_does(declared, tag):
    assert normalized(language=declared).language == tag


def test_the_characters_tell_the_language_before_the_declaration_does():
    title = Text("這個國家與歐洲聯盟簽署了貿易協議，雙方對結果表示滿意")
    [entry] = normalized(ParsedEntry(title=title), language="en").entries

    assert entry.language == "zh-Hant"


def test_a_declared_language_stays_where_the_characters_do_not_tell():
    [entry] = normalized(ParsedEntry(title=Text("Bonjour tout le monde")), language="fr").entries

    assert entry.language == "fr"


@pytest.mark.parametrize(
    ("entry", "tag"),
    [
        ({"language": "de", "content": Text("x", language="fr")}, "de"),
        ({"content": Text("x", language="fr"), "title": Text("x", language="it")}, "fr"),
        ({"summary": Text("x", language="it")}, "it"),
        ({"title": Text("x", language="pt_br")}, "pt-BR"),
        ({"title": Text("x", language="")}, "en"),
    ],
)
def test_what_is_declared_nearest_to_the_text_counts(entry, tag):
    [found] = normalized(ParsedEntry(**entry), language="en").entries

    assert found.language == tag


def test_a_seed_is_identified_by_its_normalized_link():
    parsed = ParsedEntry(links=(Link("http://www.news.example//a/1?utm_source=x#top"),), title=Text("One"))
    [entry] = normalized(parsed, format="seed", path="a.txt").entries

    assert entry.id == seed_id("https://news.example/a/1")
    assert entry.language == "en"


def test_articles_of_two_folders_may_give_the_same_id():
    parsed = ParsedEntry(guid="intro", title=Text("One"))
    ids = {
        normalized(parsed, format="markdown", path=path).entries[0].id
        for path in ("one/a.md", "one/b.md", "two/a.md")
    }

    assert len(ids) == 2


def test_relative_addresses_in_a_seed_refer_to_its_link():
    parsed = ParsedEntry(
        links=(Link("https://news.example/a/1"),), content=Text('<a href="/b">b</a>', "html")
    )
    [entry] = normalized(parsed, format="seed", path="a.txt").entries

    assert 'href="https://news.example/b"' in entry.content


def test_a_ttl_is_a_number_of_minutes():
    assert normalized(ttl="120").ttl == 120
    assert normalized(ttl="120.0").ttl == 120
    assert normalized(ttl="often").ttl is None
    assert normalized(ttl="1.5").ttl is None


@pytest.mark.parametrize(
    ("period", "frequency", "minutes"),
    [
        ("hourly", None, 60),
        ("daily", "2", 720),
        (" Weekly ", "1", 10_080),
        ("daily", "0", 1440),
        (None, "2", 720),
        (None, "0", None),
        ("soon", "1", None),
    ],
)
def test_an_update_period_is_a_ttl(period, frequency, minutes):
    assert normalized(update_period=period, update_frequency=frequency).ttl == minutes


def test_a_ttl_goes_before_an_update_period():
    assert normalized(ttl="30", update_period="daily").ttl == 30


def test_hours_and_days_to_skip_are_numbers_in_order():
    feed = normalized(
        skip_hours=("23", "0", "24", "x", "25", " 7 "), skip_days=("Sunday", "monday", "Someday")
    )

    assert (feed.skip_hours, feed.skip_days) == ((0, 7, 23), (0, 6))
