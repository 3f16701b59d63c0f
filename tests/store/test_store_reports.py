"""What is told of sources: the one place that `feeds show`, pages and API speak from."""

from datetime import timedelta

import pytest
from store_samples import NOW, minutes

from feeds.model import PollOutcome, SourceState
from feeds.store import polls, reports, sources

DAY = timedelta(days=1)
SECRET = "https://user:pass@a.example/feed?key=abc"


def report(db, source, state=None, count=0):
    if state is not None:
        sources.save_state(db, source, state)
    return reports.report_source(db, source, NOW, count)


def test_a_source_is_told_with_its_health_its_next_poll_and_its_last_polls(shelf, db):
    source = shelf.add_source()
    outcomes = [PollOutcome("changed", NOW, NOW, new=n, next_poll=NOW, rule="every hour") for n in range(3)]
    for outcome in outcomes:
        polls.record_poll(db, source, outcome)
    told = report(
        db, source, SourceState(last_success=NOW, next_poll=NOW + minutes(60), rule="every hour"), 2
    )

    assert (told.health.word, told.state.next_poll, told.state.rule) == (
        "healthy",
        NOW + minutes(60),
        "every hour",
    )
    assert told.polls == (outcomes[2], outcomes[1])


def test_nothing_that_is_told_has_a_password_or_a_key_in_it(shelf, db):
    source = shelf.add_source(SECRET)
    state = SourceState(
        failures=2,
        last_error=f"{SECRET} leads nowhere",
        previous_url="https://b.example/feed?token=abc",
        offers=("https://c.example/rss?key=abc&page=2",),
    )
    polls.record_poll(
        db, source, PollOutcome("failed", NOW, NOW, error=f"{SECRET}: refused", rule=f"as {SECRET}")
    )
    told = report(db, source, state, count=1)

    assert "pass" not in repr(told)
    assert "abc" not in repr(told)
    assert told.source.url == "https://a.example/feed"
    assert told.health.reason == "failed 2 times in a row: https://a.example/feed leads nowhere"
    assert told.state.offers == ("https://c.example/rss?page=2",)


def test_the_error_of_a_poll_is_told_without_the_address_of_its_source(shelf, db):
    source = shelf.add_source("https://a.example/feed")
    for error in ("https://a.example/feed: timed out", "https://old.example/feed: timed out"):
        polls.record_poll(db, source, PollOutcome("failed", NOW, NOW, error=error))

    assert [poll.error for poll in report(db, source, count=9).polls] == [
        "https://old.example/feed: timed out",
        "timed out",
    ]


@pytest.mark.parametrize("end", ["pause", "retire"])
def test_of_a_source_that_is_not_polled_no_next_poll_is_told(shelf, db, end):
    source = shelf.add_source()
    if end == "pause":
        sources.set_paused(db, source, True)
    else:
        sources.retire(db, source, "gone for good")
    told = report(db, shelf.again(source), SourceState(next_poll=NOW, rule="every hour"))

    assert (told.state.next_poll, told.state.rule) == (None, None)


@pytest.mark.parametrize(
    ("state", "word", "since"),
    [
        (SourceState(), "new", NOW),
        (
            SourceState(failures=1, failing_since=NOW - DAY, health="healthy", health_since=NOW),
            "failing",
            NOW - DAY,
        ),
        (SourceState(last_success=NOW, health="healthy", health_since=NOW - DAY), "healthy", NOW - DAY),
        (SourceState(last_success=NOW, health="failing", health_since=NOW - DAY), "healthy", None),
        (
            SourceState(last_success=NOW, moved=NOW - DAY, previous_url="https://b.example/"),
            "moved",
            NOW - DAY,
        ),
    ],
)
def test_since_when_it_is_so_is_told_as_far_as_it_is_known(shelf, db, state, word, since):
    told = report(db, shelf.add_source(), state)

    assert (told.health.word, told.since) == (word, since)


def test_all_sources_are_told_at_once_as_each_is(shelf, db):
    for number in range(3):
        source = shelf.add_source(f"https://{number}.example/feed", name=f"{number}")
        if number:
            sources.save_state(db, source, SourceState(last_success=NOW, next_poll=NOW))
    listed = reports.report_sources(db, NOW)

    assert [told.source.slug for told in listed] == ["0", "1", "2"]
    assert listed == [reports.report_source(db, source, NOW) for source in sources.list_sources(db)]
