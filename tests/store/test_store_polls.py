"""Polls and the refreshes that asked for them."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from store_samples import NOW, minutes

from feeds.model import PollOutcome, RefreshRequest, RefreshResult
from feeds.store import polls

OUTCOME = PollOutcome(
    "changed",
    NOW,
    NOW + minutes(1),
    new=3,
    modified=2,
    withdrawn=1,
    error=None,
    status=200,
    size=5_000_000_000,
)
FAILED = PollOutcome("failed", NOW, NOW, error="https://a.example/feed: 500", status=500)
REQUEST = RefreshRequest("cli")


def test_polls_are_listed_as_they_were_recorded_the_newest_first(shelf, db):
    source, other = shelf.add_source(), shelf.add_source("https://b.example/feed")
    for outcome in (OUTCOME, FAILED):
        polls.record_poll(db, source, outcome)
    polls.record_poll(db, other, OUTCOME)

    assert polls.list_polls(db, source) == [FAILED, OUTCOME]
    assert polls.list_polls(db, source, limit=1) == [FAILED]


@pytest.mark.parametrize(("keep", "left"), [(0, 0), (2, 2), (3, 3), (9, 3)])
def test_the_latest_polls_of_a_source_are_kept(shelf, db, keep, left):
    source, other = shelf.add_source(), shelf.add_source("https://b.example/feed")
    outcomes = [replace(OUTCOME, new=n) for n in range(3)]
    for outcome in outcomes:
        polls.record_poll(db, source, outcome)
        polls.record_poll(db, other, outcome)
    polls.prune_polls(db, source, keep)

    assert polls.list_polls(db, source) == outcomes[::-1][:left]
    assert len(polls.list_polls(db, other)) == 3


def test_the_number_of_a_poll_is_never_given_twice(shelf, db):
    source = shelf.add_source()
    numbers = []
    for _ in range(2):
        polls.record_poll(db, source, OUTCOME)
        numbers.append(db.scalar(text("SELECT max(number) FROM polls")))
        polls.prune_polls(db, source, 0)

    assert numbers[1] > numbers[0]


def test_a_refresh_is_queued_run_and_done(shelf, db):
    source = shelf.add_source(name="Name")
    asked = polls.ask_refresh(db, REQUEST, NOW)
    assert (asked.state, asked.asked, asked.request) == ("queued", NOW, REQUEST)
    assert polls.find_refresh(db, asked.id) == asked

    taken = polls.take_refresh(db, NOW + minutes(1))
    assert taken == replace(asked, state="running", started=NOW + minutes(1))

    polls.start_refresh(db, asked.id, 2, NOW + minutes(2))
    polls.record_poll(db, source, OUTCOME, asked.id)
    polls.record_poll(db, source, FAILED)
    running = polls.find_refresh(db, asked.id)
    assert (running.total, running.polled, running.new) == (2, 1, 3)
    assert running.results == (RefreshResult(source.slug, "Name", OUTCOME),)

    polls.end_refresh(db, asked.id, NOW + minutes(3))
    assert polls.find_refresh(db, asked.id) == replace(running, state="done", ended=NOW + minutes(3))


def test_the_id_of_a_refresh_cannot_be_guessed(db):
    ids = {polls.ask_refresh(db, replace(REQUEST, sources=(f"{n}",)), NOW).id for n in range(9)}

    assert len(ids) == 9
    assert all(re.fullmatch("[a-z2-7]{12}", id) for id in ids)


def test_whoever_asks_for_the_same_joins_the_refresh_that_is_still_to_do(db):
    first = polls.ask_refresh(db, RefreshRequest("cli", sources=("a", "b")), NOW)
    polls.take_refresh(db, NOW)

    joined = polls.ask_refresh(db, RefreshRequest("page", sources=("b", "a", "a")), NOW)
    assert joined.id == first.id
    assert joined.request.asked_by == "cli"


@pytest.mark.parametrize(
    "other", [{"sources": ("a",)}, {"due_only": True}, {"force": True}, {"accept_deletions": True}]
)
def test_whoever_asks_for_something_else_gets_another_refresh(db, other):
    first = polls.ask_refresh(db, REQUEST, NOW)

    assert polls.ask_refresh(db, replace(REQUEST, **other), NOW).id != first.id


def test_a_refresh_that_is_done_is_not_joined(db):
    first = polls.ask_refresh(db, REQUEST, NOW)
    polls.end_refresh(db, first.id, NOW)

    assert polls.ask_refresh(db, REQUEST, NOW).id != first.id


def test_refreshes_are_taken_in_the_order_they_were_asked_for(db):
    asked = [polls.ask_refresh(db, replace(REQUEST, sources=(f"{n}",)), NOW).id for n in range(3)]

    assert [polls.take_refresh(db, NOW).id for _ in asked] == asked
    assert polls.take_refresh(db, NOW) is None
    assert [refresh.id for refresh in polls.list_refreshes(db, limit=2)] == asked[:0:-1]


def test_what_a_dead_poller_left_running_begins_anew(shelf, db):
    source = shelf.add_source()
    asked = polls.ask_refresh(db, REQUEST, NOW)
    polls.take_refresh(db, NOW)
    polls.start_refresh(db, asked.id, 5, NOW)
    polls.record_poll(db, source, OUTCOME, asked.id)

    polls.requeue_refreshes(db)

    assert polls.find_refresh(db, asked.id) == asked
    assert polls.list_polls(db, source) == [OUTCOME]
    assert polls.take_refresh(db, NOW).id == asked.id


def test_an_unknown_refresh_is_none(db):
    assert polls.find_refresh(db, "aaaaaaaaaaaa") is None


def test_a_result_shows_no_password(shelf, db):
    source = shelf.add_source("https://user:secret@a.example/feed")
    asked = polls.ask_refresh(db, REQUEST, NOW)
    polls.record_poll(db, source, OUTCOME, asked.id)

    assert polls.find_refresh(db, asked.id).results[0].title == "https://a.example/feed"


def test_a_refresh_that_waits_or_runs_is_joined_and_none_is_made_by_looking(db):
    assert polls.join_refresh(db, REQUEST) is None
    asked = polls.ask_refresh(db, REQUEST, NOW)
    assert polls.join_refresh(db, replace(REQUEST, asked_by="page")) == asked
    polls.take_refresh(db, NOW)
    assert polls.join_refresh(db, REQUEST).id == asked.id
    assert polls.join_refresh(db, replace(REQUEST, force=True)) is None
    polls.end_refresh(db, asked.id, NOW)
    assert polls.join_refresh(db, REQUEST) is None


def test_when_the_last_refresh_ended_is_known_whatever_has_begun_since(db):
    assert polls.last_ended(db) is None
    for number in range(3):
        asked = polls.ask_refresh(db, REQUEST, NOW)
        polls.end_refresh(db, asked.id, NOW + minutes(number))
    polls.ask_refresh(db, REQUEST, NOW)
    polls.take_refresh(db, NOW + minutes(9))

    assert polls.last_ended(db) == NOW + minutes(2)
