"""The table of health: which sources it has, in what order, and what is counted of them."""

from datetime import timedelta
from itertools import product

import pytest
from store_plans import explain_all
from store_samples import NOW, minutes, placed

from feeds.model import PollOutcome, SourceState
from feeds.model.health import judge
from feeds.store import entries, overview, polls, sources
from feeds.store.overview import Order

DAY = timedelta(days=1)

WELL = SourceState(last_success=NOW)
STATES = [
    SourceState(),
    WELL,
    SourceState(last_success=NOW, failures=2),
    SourceState(last_success=NOW, retry_after=NOW + DAY),
    SourceState(last_success=NOW, retry_after=NOW),
    SourceState(last_success=NOW, moved=NOW - DAY, previous_url="https://b.example/"),
    SourceState(last_success=NOW, moved=NOW - DAY),
    SourceState(last_success=NOW, moved=NOW - 7 * DAY, previous_url="https://b.example/"),
    SourceState(last_success=NOW, rhythm=3600, newest=NOW - 3 * DAY),
    SourceState(last_success=NOW, rhythm=3600, newest=NOW - 3 * DAY - minutes(1)),
    SourceState(last_success=NOW, rhythm=86_400, newest=NOW - 5 * DAY),
    SourceState(last_success=NOW, rhythm=86_400, newest=NOW - 5 * DAY - minutes(1)),
    SourceState(last_success=NOW, rhythm=0, newest=NOW - 50 * DAY),
    SourceState(last_success=NOW, rhythm=3600),
]


def add(shelf, name, state=None, **facts):
    source = shelf.add_source(f"https://{name}.example/feed", name=name, **facts)
    if state is not None:
        sources.save_state(shelf.db, source, state)
    return source


def listed(db, *order, limit=100, offset=0, days=None):
    numbers = overview.list_numbers(db, NOW, Order(*order), limit, offset, days)
    names = {source.number: source.name for source in sources.list_sources(db)}
    return [names[number] for number in numbers]


# --- The words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [None, "pause", "close", "retire"])
def test_the_table_judges_every_source_as_its_page_does(shelf, db, end):
    kinds = ("feed", "archive") if end is None else ("feed",)
    expected: dict[str, int] = {}
    for number, (state, kind) in enumerate(product(STATES, kinds)):
        source = add(shelf, f"s{number}", state, kind=kind)
        if end == "pause":
            sources.set_paused(db, source, True)
        elif end == "close":
            sources.close_door(db, source, "hand", NOW)
        elif end == "retire":
            sources.retire(db, source, "gone for good")
        word = judge(shelf.again(source), state, NOW).word
        expected[word] = expected.get(word, 0) + 1
        assert source.name in listed(db, "title", False, word)

    assert overview.tally_words(db, NOW) == expected


def test_the_tally_begins_with_what_is_most_urgent_and_leaves_private_sources_out(shelf, db):
    add(shelf, "new")
    add(shelf, "healthy", WELL)
    add(shelf, "failing", SourceState(failures=1))
    add(shelf, "secret", SourceState(failures=1), private=True)

    assert list(overview.tally_words(db, NOW).items()) == [("failing", 1), ("new", 1), ("healthy", 1)]
    assert overview.count_hidden(db) == 1
    assert "secret" not in listed(db)


def test_in_trouble_is_what_fails_is_gone_or_waits_as_long_as_it_is_declared(shelf, db):
    waiting = add(shelf, "waiting", SourceState(retry_after=NOW + DAY))
    gone, closed = add(shelf, "gone"), add(shelf, "closed")
    failing = add(shelf, "failing", SourceState(failures=1))
    add(shelf, "healthy", WELL)
    for source in (gone, closed):
        sources.retire(db, source, "gone for good")
    sources.close_door(db, closed, "hand", NOW)

    assert overview.list_troubled(db, NOW) == [failing.number, gone.number, waiting.number]
    assert overview.list_troubled(db, NOW, 1) == [failing.number]


# --- The order --------------------------------------------------------------------------------------


def test_the_table_goes_by_title_and_ends_with_what_nobody_wants_to_be_polled(shelf, db):
    for name in ("b", "A", "c"):
        add(shelf, name)
    add(shelf, "0 archive", kind="archive")
    sources.close_door(db, add(shelf, "0 retired"), "hand", NOW)

    assert listed(db) == ["A", "b", "c", "0 archive", "0 retired"]
    assert listed(db, "title", True) == ["c", "b", "A", "0 retired", "0 archive"]


def test_a_source_without_a_name_goes_by_its_title_else_by_its_address(shelf, db):
    named = add(shelf, "m")
    titled = shelf.add_source("https://z.example/feed", title="a title")
    addressed = shelf.add_source("https://z.example/other")

    assert overview.list_numbers(db, NOW, Order(), 9) == [titled.number, addressed.number, named.number]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("success", ["never", "long ago", "lately"]),
        ("next", ["never", "lately", "long ago"]),
        ("state", ["long ago", "never", "lately"]),
    ],
)
def test_the_table_is_sorted_by_any_column_either_way(shelf, db, sort, expected):
    add(shelf, "long ago", SourceState(last_success=NOW - DAY, failures=3, next_poll=NOW + DAY))
    add(shelf, "lately", SourceState(last_success=NOW, next_poll=NOW))
    add(shelf, "never")

    assert listed(db, sort) == expected
    assert listed(db, sort, True) == expected[::-1]


def test_the_table_is_sorted_by_failures_in_a_row_a_source_without_polls_has_none(shelf, db):
    add(shelf, "two", SourceState(failures=2))
    add(shelf, "none")
    add(shelf, "ten", SourceState(failures=10))

    assert listed(db, "failures", True) == ["ten", "two", "none"]
    assert listed(db, "failures") == ["none", "two", "ten"]


def test_what_is_paused_comes_after_every_next_poll(shelf, db):
    paused = add(shelf, "a", SourceState(next_poll=NOW))
    sources.set_paused(db, paused, True)
    add(shelf, "b", SourceState(next_poll=NOW + DAY))

    assert listed(db, "next") == ["b", "a"]


def test_by_posts_the_visible_entries_of_the_days_asked_for_count(shelf, db):
    one, two = add(shelf, "one"), add(shelf, "two")
    shelf.poll(one, new=[placed("a", NOW), placed("b", NOW - 9 * DAY), placed("c", NOW - 9 * DAY)])
    shelf.poll(two, new=[placed("d", NOW), placed("e", NOW)])
    days = NOW - 2 * DAY, 3

    assert listed(db, "posts", True, days=days) == ["two", "one"]
    assert overview.count_days_of(db, [one.number, two.number], *days) == {
        one.number: [0, 0, 1],
        two.number: [0, 0, 2],
    }
    entries.withdraw(db, ["d", "e"], NOW)
    assert listed(db, "posts", True, days=days) == ["one", "two"]
    assert overview.count_days_of(db, [two.number], *days) == {two.number: [0, 0, 0]}


def test_pages_of_the_table_hold_every_source_once(shelf, db):
    names = [f"s{number:02}" for number in range(7)]
    for name in names:
        add(shelf, name)
    pages = [listed(db, "state", limit=3, offset=offset) for offset in (0, 3, 6)]

    assert pages == [names[:3], names[3:6], names[6:]]


# --- The polls --------------------------------------------------------------------------------------


def test_of_each_source_the_last_polls_are_told_the_latest_last(shelf, db):
    one, two, none = add(shelf, "one"), add(shelf, "two"), add(shelf, "none")
    for kind in ("changed", "failed", "held", "unchanged"):
        polls.record_poll(db, one, PollOutcome(kind, NOW, NOW))
    polls.record_poll(db, two, PollOutcome("changed", NOW, NOW))
    told = overview.list_last_polls(db, [one.number, two.number, none.number], 3)

    assert told == {one.number: ["failed", "held", "unchanged"], two.number: ["changed"]}


def test_no_statement_of_the_table_goes_through_entries_or_polls(sqlite):
    with sqlite.read() as db:
        days = (NOW, 30)
        plans = explain_all(db, lambda: overview.list_numbers(db, NOW, Order("posts"), 100, 0, days))
        plans += explain_all(db, lambda: overview.count_days_of(db, [1, 2], *days))
        plans += explain_all(db, lambda: overview.list_last_polls(db, [1, 2], 20))
        steps = [step for plan in plans for step in plan]

    assert steps
    assert not [step for step in steps if step.startswith(("SCAN polls", "SCAN entry_sources"))]
