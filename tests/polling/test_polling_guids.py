"""Ids last when a site moves under a guid, when guids are shared or exchanged, whoever is asked first."""

import pytest
from polling_publisher import DAY, OTHER_DAY, Publisher, item

LINK = "http://a.example/1"
GUID = "http://a.example/?p=1"
MOVED = {"link": "http://b.example/"}


def day(number):
    return f"{number:02} Feb 2026 10:00:00 GMT"


def article(guid, number, **parts):
    """An entry that is like no other in anything."""
    told = {"title": f"Title {number}", "link": f"http://a.example/{number}", "text": f"Text {number}"}
    return item(guid, **{**told, "date": day(number), **parts})


def permalinked(site, number, **parts):
    address = f"{site}/{number}"
    return article(address, number, link=address, **parts)


def stored(publisher):
    """Title and link of each entry by its id."""
    return {one.entry.id: (one.entry.title, one.entry.link) for one in publisher.here.entries()}


# --- The same guid, another site --------------------------------------------------------------------


@pytest.mark.parametrize("guid", [GUID, "tag:a.example,2026:1"])
@pytest.mark.parametrize(
    "again",
    [
        pytest.param({"title": "One, corrected", "link": "http://b.example/1"}, id="title-edited"),
        pytest.param({"link": "http://b.example/2026/one"}, id="another-path"),
        pytest.param({"title": None, "link": "http://b.example/1"}, id="no-title"),
        pytest.param({"title": "Two", "link": "http://b.example/2", "date": OTHER_DAY}, id="all-of-it"),
    ],
)
def test_a_guid_gives_one_id_wherever_its_site_goes(publisher, guid, again):
    publisher.poll(item(guid))
    before = publisher.ids()
    away = publisher.poll(item(guid, **again), **MOVED)
    back = publisher.poll(item(guid))

    assert before == {guid}
    assert publisher.ids() == before
    assert (away.new, away.modified, back.new, back.modified) == (0, 1, 0, 1)


def test_a_guid_that_was_hashed_once_is_so_when_its_site_is_its_own(publisher):
    publisher.poll(item(GUID, link="http://redirecting.example/1"), link="http://planet.example/")
    before = publisher.ids()
    outcome = publisher.poll(item(GUID, "One, corrected"))

    assert GUID not in before
    assert publisher.ids() == before
    assert (outcome.new, outcome.modified) == (0, 1)


def test_the_link_of_one_entry_of_a_planet_may_be_corrected(publisher):
    planet = {"link": "http://planet.example/"}
    publisher.poll(item("http://blog.example/1", link="http://blog.example/1"), **planet)
    publisher.poll(item("http://blog.example/1", link="http://video.example/1"), **planet)

    assert stored(publisher) == {"http://blog.example/1": ("One", "http://video.example/1")}


@pytest.mark.parametrize("planet_first", [True, False])
def test_what_others_bring_by_a_guid_is_not_what_a_source_brought_by_it(publisher, here, serve, planet_first):
    planet, blog = publisher, Publisher(here, serve)
    planet.poll(item(GUID, link="http://redirecting.example/1"), link="http://planet.example/")
    [hashed] = planet.ids()
    last = [
        lambda: planet.poll(item(GUID, "One, corrected"), link="http://planet.example/"),
        lambda: blog.poll(item(GUID)),
    ]
    for poll in last if planet_first else reversed(last):
        poll()

    assert {id: title for id, (title, _) in stored(planet).items()} == {
        hashed: "One, corrected",
        GUID: "One",
    }


def test_a_tombstone_withdraws_what_its_guid_stood_for_before_the_site_moved(publisher):
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
        '<title>F</title><link href="http://{}.example/"/>{}</feed>'
    )
    written = f'<entry><id>{GUID}</id><title>One</title><link href="http://redirecting.example/1"/></entry>'
    stone = f'<at:deleted-entry ref="{GUID}" when="2026-02-01T00:00:00Z"/>'
    documents = [atom.format("planet", written), atom.format("a", stone)]
    outcomes = [publisher.poll_document(document) for document in documents]

    assert [(one.new, one.withdrawn) for one in outcomes] == [(1, 0), (0, 1)]


# --- The same address, spelled otherwise ------------------------------------------------------------


@pytest.mark.parametrize("guid", [GUID, None], ids=["permalink", "no-guid"])
@pytest.mark.parametrize("after", ["https://a.example/?p=1", "https://www.a.example/?p=1"])
@pytest.mark.parametrize("again", [{"title": None, "text": "Corrected"}, {"title": "One, corrected"}])
def test_on_its_own_host_an_address_names_the_same_whatever_that_says(publisher, guid, after, again):
    publisher.poll(item(guid, title=again["title"] and "One", link=GUID))
    before = publisher.ids()
    outcome = publisher.poll(item(guid and after, link=after, **again), link="https://a.example/")

    assert publisher.ids() == before
    assert (outcome.new, outcome.modified) == (0, 1)


def test_notes_without_titles_move_with_their_site(publisher):
    publisher.poll(*(permalinked("http://a.example", n, title=None) for n in (1, 2, 3)))
    before = publisher.ids()
    outcome = publisher.poll(*(permalinked("https://b.example", n, title=None) for n in (2, 3, 4)), **MOVED)

    assert outcome.new == 1
    assert publisher.ids() == before | {"https://b.example/4"}


def test_a_site_that_moves_may_number_its_notes_anew(publisher):
    publisher.poll(permalinked("http://a.example", 1, title=None))
    publisher.poll(permalinked("http://b.example", 1, title=None, date=OTHER_DAY, text="Other"), **MOVED)

    assert len(publisher.ids()) == 2


@pytest.mark.parametrize(("before", "after"), [(None, "g"), (None, LINK), (LINK, None), (LINK, "g")])
def test_a_note_that_gets_or_loses_its_guid_is_known_by_its_link(publisher, before, after):
    publisher.poll(item(before, title=None))
    ids = publisher.ids()
    publisher.poll(item(after, title=None), item("other", title=None, link="http://a.example/2"))

    assert len(publisher.ids()) == 2
    assert ids < publisher.ids()


def test_what_stands_on_a_part_of_a_domain_moves_with_it(publisher):
    publisher.poll(*(permalinked("http://blog.a.example", n) for n in (1, 2)))
    before = publisher.ids()
    outcome = publisher.poll(
        *(permalinked("http://blog.b.example", n, date=day(n + 10)) for n in (1, 2, 3)), **MOVED
    )

    assert outcome.new == 1
    assert publisher.ids() == before | {"http://blog.b.example/3"}


@pytest.mark.parametrize("feed_first", [True, False])
def test_feed_and_entries_may_move_in_different_polls(publisher, feed_first):
    old, new = ([permalinked(f"http://{host}.example", n) for n in (1, 2)] for host in "ab")
    publisher.poll(*old)
    before = publisher.ids()
    publisher.poll(*old, **MOVED) if feed_first else publisher.poll(*new)
    publisher.poll(*new, **MOVED)

    assert publisher.ids() == before


# --- Several sources --------------------------------------------------------------------------------


@pytest.mark.parametrize("owner_first", [True, False])
@pytest.mark.parametrize("owner_moves_first", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda n: permalinked("https://a.example", n), id="to-tls"),
        pytest.param(lambda n: permalinked("https://a.example", n, title=f"New {n}"), id="to-tls-corrected"),
        pytest.param(lambda n: article(f"https://a.example/posts/{n}", n), id="other-guids"),
        pytest.param(lambda n: article(f"new {n}", n), id="plain-guids"),
    ],
)
def test_two_feeds_of_a_site_keep_their_entries_whichever_is_polled_first(
    publisher, here, serve, owner_first, owner_moves_first, change
):
    main, part = publisher, Publisher(here, serve)
    polls = [(main, (1, 2, 3)), (part, (1, 3))]
    for source, numbers in polls if owner_first else reversed(polls):
        source.poll(*(permalinked("http://a.example", n) for n in numbers), hours=5)
    before = main.ids()
    for source, numbers in (polls if owner_moves_first else polls[::-1]) * 2:
        source.poll(*(change(n) for n in numbers))
        source.poll(*(change(n) for n in numbers), article("another", 9))

    assert {one.entry.id for one in here.entries() if one.entry.title != "Title 9"} == before
    assert {f"http://a.example/{n}" for n in (1, 2, 3)} == before


@pytest.mark.parametrize("owner_moves_first", [True, False])
def test_notes_of_two_feeds_move_beside_a_new_one(publisher, here, serve, owner_moves_first):
    def notes(site, *numbers):
        return [permalinked(site, n, title=None) for n in numbers]

    sources = [publisher, Publisher(here, serve)]
    for source in sources:
        source.poll(*notes("http://a.example", 1, 2))
    before = publisher.ids()
    for source in (sources if owner_moves_first else sources[::-1]) * 2:
        source.poll(*notes("https://a.example", 1, 2, 3), link="https://a.example/")

    assert publisher.ids() == before | {"https://a.example/3"}


def test_a_source_corrects_nothing_that_another_speaks_for(publisher, here, serve):
    publisher.poll(item("http://a.example/1"))
    other = Publisher(here, serve)
    other.poll(item("http://a.example/1"))
    outcome = other.poll(item("https://a.example/1", text="Other words", link="https://a.example/1"))
    [shown] = here.entries()

    assert (outcome.new, outcome.modified, shown.versions) == (0, 0, 1)
    assert shown.entry.summary == "Text"


def test_no_source_can_have_the_next_entry_of_another_taken_for_its_last(publisher, here, serve):
    """Who brings an entry under a guid that its owner has not given yet finds out nothing for the owner."""
    publisher.poll(permalinked("http://a.example", 1))
    other = Publisher(here, serve)
    other.poll(permalinked("http://a.example", 1))
    other.poll(article("http://a.example/2", 1))
    outcome = publisher.poll(permalinked("http://a.example", 2))

    assert outcome.new == 1
    assert stored(publisher) == {
        "http://a.example/1": ("Title 1", "http://a.example/1"),
        "http://a.example/2": ("Title 2", "http://a.example/2"),
    }


def test_what_the_owner_recognizes_itself_is_its_own_finding(publisher, here, serve):
    publisher.poll(permalinked("http://a.example", 1))
    other = Publisher(here, serve)
    other.poll(permalinked("http://a.example", 1))
    for source in (other, publisher):
        source.poll(article("new", 1))
    publisher.poll(article("new", 2))

    assert stored(publisher) == {"http://a.example/1": ("Title 2", "http://a.example/2")}


# --- One guid, several entries ----------------------------------------------------------------------


@pytest.mark.parametrize("titles", [("A", "B"), (None, None)], ids=["titled", "untitled"])
@pytest.mark.parametrize("date", [DAY, OTHER_DAY, None])
def test_a_guid_that_two_share_for_a_while_makes_none_of_them_the_other(publisher, titles, date):
    one = item("g", titles[0], "http://a.example/a", text="A")
    two = item("g", titles[1], "http://a.example/b", text="B", date=date)
    first = publisher.poll(one)
    before = publisher.ids()
    second = publisher.poll(two, one)
    both = stored(publisher)
    rest = [publisher.poll(*some) for some in ([two], [one], [one, two], [two])]

    assert (first.new, second.new, len(both)) == (1, 1, 2)
    assert before < both.keys()
    assert [(outcome.new, outcome.modified) for outcome in rest] == [(0, 0)] * 4
    assert stored(publisher) == both
    assert {link for _, link in both.values()} == {"http://a.example/a", "http://a.example/b"}


@pytest.mark.parametrize("date", [DAY, OTHER_DAY])
def test_a_link_that_two_share_for_a_while_makes_none_of_them_the_other(publisher, date):
    one = item(None, "A", "http://a.example/live", text="A")
    two = item(None, "B", "http://a.example/live", text="B", date=date)
    publisher.poll(one)
    before = publisher.ids()
    publisher.poll(two, one)
    both = stored(publisher)
    rest = [publisher.poll(*some) for some in ([two], [one], [one, two], [two])]

    assert before < both.keys()
    assert [(outcome.new, outcome.modified) for outcome in rest] == [(0, 0)] * 4
    assert {title for title, _ in stored(publisher).values()} == {"A", "B"}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({"1": 3, "2": 2, "3": 1}, id="exchanged"),
        pytest.param({"1": 2, "2": 3, "3": 1}, id="in-a-circle"),
        pytest.param({"3": 1, "4": 2}, id="that-of-one-that-has-left"),
        pytest.param({"2": 1}, id="that-of-one-that-has-left-alone"),
    ],
)
@pytest.mark.parametrize("is_dated", [True, False])
def test_guids_that_change_places_change_no_entry(publisher, after, is_dated):
    dates = {} if is_dated else {"date": None}
    publisher.poll(*(article(str(n), n, **dates) for n in (1, 2, 3)))
    before = stored(publisher)
    again = [publisher.poll(*(article(guid, n, **dates) for guid, n in after.items())) for _ in range(2)]

    assert [(outcome.new, outcome.modified) for outcome in again] == [(0, 0)] * 2
    assert stored(publisher) == before


@pytest.mark.parametrize("title", ["Title {}", None], ids=["titled", "untitled"])
def test_guids_that_count_from_the_top_name_no_entry(publisher, title):
    for top in (3, 4, 5, 6, 8):
        window = range(top, top - 3, -1)
        shown = [article(str(top - n), n, title=title and title.format(n)) for n in window]
        outcome = publisher.poll(*shown)
        assert outcome.modified == 0

    assert sorted(link for _, link in stored(publisher).values()) == [
        f"http://a.example/{n}" for n in range(1, 9)
    ]


def test_an_old_guid_goes_to_a_new_entry_and_a_new_one_to_an_old_entry(publisher):
    publisher.poll(article("1", 1), article("2", 2))
    before = stored(publisher)
    outcome = publisher.poll(article("3", 1), article("1", 3), article("2", 2))
    after = stored(publisher)

    assert (outcome.new, outcome.modified) == (1, 0)
    assert before.items() < after.items()
    assert publisher.poll(article("3", 1), article("1", 3, text="Corrected"), article("2", 2)).modified == 1
    assert stored(publisher) == after


def test_what_cannot_make_way_stays_and_what_came_for_its_id_is_new(publisher):
    publisher.poll(article("1", 1), article("2", 2))
    before = publisher.ids()
    outcome = publisher.poll(article("3", 1), article("1", 3, link=None), article("2", 2))

    assert (outcome.new, outcome.modified) == (1, 1)
    assert before < publisher.ids()
    assert publisher.ledger() == [[], [], []]


def test_guids_that_count_from_the_top_of_a_growing_feed_name_no_entry(publisher):
    for top in (2, 3, 5):
        outcome = publisher.poll(*(article(str(top - n), n) for n in range(top, 0, -1)))
        assert outcome.modified == 0

    assert len(publisher.ids()) == 5


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({"title": "Corrected"}, id="title"),
        pytest.param({"link": "http://a.example/moved"}, id="link"),
        pytest.param({"title": "Corrected", "link": "http://a.example/moved"}, id="both"),
        pytest.param(
            {"title": "Corrected", "link": "http://a.example/moved", "date": day(9)}, id="dated-anew"
        ),
        pytest.param({"title": "Title 2"}, id="the-title-of-another"),
        pytest.param({"link": "http://a.example/2"}, id="the-page-of-another"),
    ],
)
def test_what_is_edited_under_its_guid_is_corrected(publisher, again):
    publisher.poll(*(article(str(n), n) for n in (1, 2, 3)))
    before = publisher.ids()
    outcome = publisher.poll(article("1", 1, **again), article("2", 2), article("3", 3))

    assert (outcome.new, outcome.modified) == (0, 1)
    assert publisher.ids() == before


def test_what_becomes_like_another_that_is_there_is_corrected(publisher):
    publisher.poll(article("1", 1), article("2", 2))
    before = publisher.ids()
    outcome = publisher.poll(article("1", 2), article("2", 2))

    assert (outcome.new, outcome.modified) == (0, 1)
    assert publisher.ids() == before


# --- Another date -----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_new_there", [True, False])
def test_a_whole_document_under_new_guids_and_dates_keeps_its_ids(publisher, is_new_there):
    publisher.poll(*(article(f"old {n}", n) for n in (1, 2, 3)))
    before = publisher.ids()
    more = [article("new 9", 9)] if is_new_there else []
    outcome = publisher.poll(*(article(f"new {n}", n, date=day(20 + n)) for n in (1, 2, 3)), *more)

    assert (outcome.new, outcome.modified) == (len(more), 0)
    assert before <= publisher.ids()
    assert publisher.poll(article("new 1", 1, title="Corrected"), article("new 2", 2)).new == 0


def column(name, number, text):
    return item(f"{name} {number}", name, f"http://a.example/{name}", date=day(number), text=text)


@pytest.mark.parametrize(
    "windows",
    [
        pytest.param([[1], [2], [3]], id="one-a-day"),
        pytest.param([[1], [2, 1], [3, 2]], id="some-days"),
    ],
)
@pytest.mark.parametrize("columns", [["Weather"], ["Weather", "Markets"], ["Weather", "Markets", "Chess"]])
@pytest.mark.parametrize("text", ["Of day {}.", None], ids=["with-text", "without"])
def test_columns_with_one_title_and_one_page_stay_separate(publisher, windows, columns, text):
    for days in windows:
        publisher.poll(*(column(name, n, text and text.format(n)) for n in days for name in columns))

    assert len(publisher.ids()) == 3 * len(columns)


def test_a_column_that_says_every_day_the_same_stays_separate_beside_others(publisher):
    publisher.poll(column("Weather", 1, "Look out."), *(article(str(n), n) for n in (1, 2)))
    outcome = publisher.poll(column("Weather", 2, "Look out."), *(article(str(n), n) for n in (2, 3)))

    assert outcome.new == 2
