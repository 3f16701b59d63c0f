"""What is asked for at the desk, and how long it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from store_samples import NOW, minutes

from feeds.errors import TooSlowError
from feeds.model import Declaration, FoundFeed, Preview, PreviewedEntry
from feeds.store import sources
from feeds.store.by_hand import HAND_DOOR, subscribe
from feeds.store.desk_requests import (
    KEPT_FOR,
    MOST_KEPT,
    MOST_WAITING,
    answer_request,
    expire_requests,
    find_needs,
    find_request,
    read_answer,
    record_request,
    requeue_requests,
    take_request,
)
from feeds.store.desk_schema import desk_requests

ADDRESS = b"https://a.example/?key=s3cret"
PREVIEW = Preview(
    asked="https://a.example/",
    feeds=(
        FoundFeed("https://a.example/feed", "page", "News", "rss"),
        FoundFeed("https://a.example/2", "page"),
    ),
    title="新闻",
    count=12,
    newest=NOW,
    gap=3600,
    entries=(PreviewedEntry("One", None, NOW, "An excerpt", "en", has_picture=True),),
)


def ask(db, body=ADDRESS, now=NOW, **facts):
    return record_request(db, facts.pop("kind", "preview"), body, now, **facts)


def count(db) -> int:
    return len(db.execute(select(desk_requests.c.number)).all())


def test_a_request_is_found_as_it_was_recorded(db):
    made = ask(db, b"\x00<opml/>\xff", kind="import", name="订阅.opml")

    assert find_request(db, made.id) == made
    assert (made.state, made.body, made.name) == ("waiting", b"\x00<opml/>\xff", "订阅.opml")


def test_nobody_can_guess_a_request(db):
    first, second = ask(db), ask(db)

    assert len(first.id) == len(second.id) == 32
    assert first.id != second.id
    assert find_request(db, "0" * 32) is None


def test_what_has_waited_longest_is_taken_first_and_once(db):
    first, second = ask(db), ask(db)

    assert take_request(db, NOW).id == first.id
    assert find_request(db, first.id).state == "running"
    assert take_request(db, NOW).id == second.id
    assert take_request(db, NOW) is None


def test_an_answer_comes_back_as_what_it_was(db):
    made = ask(db)
    take_request(db, NOW)
    answer_request(db, made.id, PREVIEW, NOW + minutes(1))
    found = find_request(db, made.id)

    assert (found.state, found.ended) == ("done", NOW + minutes(1))
    assert read_answer(found, Preview) == PREVIEW


def test_an_answer_in_plain_data_tells_a_problem(db):
    made = ask(db)
    answer_request(db, made.id, {"problem": "it is broken"}, NOW)

    assert read_answer(find_request(db, made.id), Preview) == Preview(problem="it is broken")


def test_what_was_sent_is_let_go_when_it_is_answered(db):
    made = ask(db)
    answer_request(db, made.id, Preview(), NOW)

    assert find_request(db, made.id).body == b""


def test_what_a_dead_poller_left_running_waits_again_and_what_is_done_does_not(db):
    left, done = ask(db), ask(db)
    take_request(db, NOW)
    take_request(db, NOW)
    answer_request(db, done.id, Preview(), NOW)
    requeue_requests(db)

    assert find_request(db, left.id).state == "waiting"
    assert find_request(db, done.id).state == "done"
    assert take_request(db, NOW).id == left.id


def test_a_tick_is_told_what_there_is_to_do(db):
    assert find_needs(db, NOW) == (False, False)
    ask(db)
    assert find_needs(db, NOW) == (True, False)
    take_request(db, NOW)
    assert find_needs(db, NOW) == (False, False)
    assert find_needs(db, NOW + KEPT_FOR) == (False, True)


@pytest.mark.parametrize("later", [KEPT_FOR, -KEPT_FOR - timedelta(seconds=1)], ids=["an hour", "set back"])
def test_a_request_and_its_answer_are_gone_after_an_hour(db, later):
    made = ask(db)
    answer_request(db, made.id, PREVIEW, NOW)
    expire_requests(db, NOW + KEPT_FOR - timedelta(seconds=1))
    assert find_request(db, made.id) is not None
    expire_requests(db, NOW + later)

    assert find_request(db, made.id) is None


def test_what_is_recorded_puts_an_end_to_what_is_over(db):
    old = ask(db)
    ask(db, now=NOW + KEPT_FOR)

    assert find_request(db, old.id) is None


def test_what_nobody_has_carried_out_within_an_hour_is_not_taken(db):
    ask(db)

    assert take_request(db, NOW + KEPT_FOR) is None


def test_no_more_than_ten_requests_wait(db):
    for _ in range(MOST_WAITING):
        ask(db)
    with pytest.raises(TooSlowError, match="10 requests wait"):
        ask(db)
    take_request(db, NOW)
    ask(db)

    assert count(db) == MOST_WAITING + 1


def test_the_fifty_newest_requests_are_kept(db):
    made = [ask(db)]
    for _ in range(MOST_KEPT):
        answer_request(db, made[-1].id, Preview(), NOW)
        made.append(ask(db))

    assert count(db) == MOST_KEPT
    assert find_request(db, made[0].id) is None
    assert find_request(db, made[1].id) is not None


# --- By hand ----------------------------------------------------------------------------------------


def test_a_subscription_says_whether_it_is_new(db):
    declaration = Declaration("https://a.example/feed")
    source, is_new = subscribe(db, declaration, NOW)

    assert is_new
    assert source.doors == (HAND_DOOR,)
    assert subscribe(db, declaration, NOW) == (source, False)
    sources.close_door(db, source, HAND_DOOR, NOW)
    assert subscribe(db, declaration, NOW)[1]


def test_what_was_said_by_hand_and_is_not_said_anew_stays(db):
    said = Declaration("https://a.example/feed", name="Mine", category="News", interval=600, private=True)
    subscribe(db, said, NOW)
    source, _ = subscribe(db, Declaration(said.url, category="Other"), NOW)

    assert (source.name, source.category, source.interval) == ("Mine", "Other", 600)
    assert source.private
