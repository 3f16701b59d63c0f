from datetime import UTC, datetime, timedelta

import pytest

from feeds.polling.schedule import SKIPPED, Facts, Policy, find_skip, next_poll, say

NOW = datetime(2022, 11, 1, 8, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICY = Policy(interval=HOUR, min_interval=15 * MINUTE, max_interval=DAY)


def decide(policy=POLICY, key="https://a.example/feed", **facts):
    return next_poll(NOW, policy, Facts(**facts), key=key)


@pytest.mark.parametrize(
    ("facts", "wait", "rule"),
    [
        pytest.param({}, HOUR, "every 60 minutes", id="general"),
        pytest.param(
            {"own_interval": 30 * MINUTE}, 30 * MINUTE, "every 30 minutes, as set for this source", id="own"
        ),
        pytest.param(
            {"own_interval": MINUTE}, 15 * MINUTE, "every 15 minutes, the shortest allowed", id="own-short"
        ),
        pytest.param(
            {"own_interval": 7 * DAY}, 7 * DAY, "every 7 days, as set for this source", id="own-long"
        ),
        pytest.param({"ttl": 2 * HOUR}, 2 * HOUR, "the publisher asks for 2 hours (ttl)", id="ttl-lengthens"),
        pytest.param({"ttl": 5 * MINUTE}, HOUR, "every 60 minutes", id="ttl-never-shortens"),
        pytest.param(
            {"ttl": 30 * DAY},
            DAY,
            "the publisher asks for 30 days (ttl), 24 hours at most are granted",
            id="ttl-bounded",
        ),
        pytest.param(
            {"own_interval": 30 * MINUTE, "ttl": 2 * HOUR, "fresh_for": 3 * HOUR},
            30 * MINUTE,
            "every 30 minutes, as set for this source",
            id="owner-before-publisher",
        ),
        pytest.param(
            {"fresh_for": 3 * HOUR}, 3 * HOUR, "the publisher asks for 3 hours (max-age)", id="max-age"
        ),
        pytest.param({"fresh_for": MINUTE}, HOUR, "every 60 minutes", id="max-age-never-shortens"),
        pytest.param(
            {"ttl": 2 * HOUR, "fresh_for": 5 * HOUR},
            5 * HOUR,
            "the publisher asks for 5 hours (max-age)",
            id="longer-wish",
        ),
        pytest.param({"failures": 1}, HOUR, "after 1 failure: in 60 minutes", id="first-failure"),
        pytest.param({"failures": 2}, 2 * HOUR, "after 2 failures in a row: in 2 hours", id="second"),
        pytest.param({"failures": 3}, 4 * HOUR, "after 3 failures in a row: in 4 hours", id="third"),
        pytest.param({"failures": 6}, DAY, "after 6 failures in a row: in 24 hours", id="bounded"),
        pytest.param(
            {"failures": 10**9}, DAY, "after 1000000000 failures in a row: in 24 hours", id="never-given-up"
        ),
        pytest.param(
            {"failures": 2, "own_interval": 20 * MINUTE},
            40 * MINUTE,
            "after 2 failures in a row: in 40 minutes",
            id="own-doubles",
        ),
        pytest.param(
            {"failures": 5, "own_interval": 7 * DAY},
            7 * DAY,
            "after 5 failures in a row: in 7 days",
            id="own-beyond-bounds",
        ),
        pytest.param({"is_delivered": True}, DAY, "its hub delivers what is new (WebSub)", id="hub"),
        pytest.param(
            {"is_delivered": True, "own_interval": 30 * MINUTE, "failures": 2},
            DAY,
            "its hub delivers what is new (WebSub)",
            id="hub-before-owner-and-failures",
        ),
        pytest.param(
            {"is_delivered": True, "own_interval": 7 * DAY},
            7 * DAY,
            "every 7 days, as set for this source",
            id="own-beyond-hub",
        ),
        pytest.param(
            {"rhythm": 8 * HOUR, "newest": NOW - HOUR},
            2 * HOUR,
            "every 2 hours: it posts about every 8 hours",
            id="rhythm",
        ),
        pytest.param(
            {"rhythm": 100 * MINUTE, "newest": NOW - HOUR},
            25 * MINUTE,
            "every 25 minutes: it posts about every 100 minutes",
            id="rhythm-shortens",
        ),
        pytest.param(
            {"rhythm": timedelta(seconds=1), "newest": NOW},
            15 * MINUTE,
            "every 15 minutes: it posts about every 1 second",
            id="rhythm-bounded-below",
        ),
        pytest.param(
            {"rhythm": 365 * DAY, "newest": NOW - HOUR},
            DAY,
            "every 24 hours: it posts about every 365 days",
            id="rhythm-bounded-above",
        ),
        pytest.param(
            {"rhythm": HOUR, "newest": NOW - 12 * HOUR},
            3 * HOUR,
            "every 3 hours: it has posted nothing for 12 hours",
            id="quiet",
        ),
        pytest.param({"newest": NOW - 2 * HOUR}, HOUR, "every 60 minutes", id="one-post-tells-no-rhythm"),
        pytest.param(
            {"newest": NOW - 12 * HOUR},
            3 * HOUR,
            "every 3 hours: it has posted nothing for 12 hours",
            id="quiet-without-rhythm",
        ),
        pytest.param({"newest": NOW + DAY}, HOUR, "every 60 minutes", id="clock-set-back-since"),
        pytest.param(
            {"rhythm": 8 * HOUR, "newest": NOW - HOUR, "ttl": 3 * HOUR},
            3 * HOUR,
            "the publisher asks for 3 hours (ttl)",
            id="wish-outlasts-rhythm",
        ),
        pytest.param(
            {"rhythm": 8 * HOUR, "newest": NOW - HOUR, "own_interval": 30 * MINUTE},
            30 * MINUTE,
            "every 30 minutes, as set for this source",
            id="owner-before-rhythm",
        ),
        pytest.param(
            {"rhythm": 365 * DAY, "newest": NOW - HOUR, "failures": 1},
            HOUR,
            "after 1 failure: in 60 minutes",
            id="failure-sooner-than-rhythm",
        ),
        pytest.param(
            {"failures": 1, "ttl": 3 * HOUR},
            3 * HOUR,
            "the publisher asks for 3 hours (ttl)",
            id="ttl-outlasts-failure",
        ),
    ],
)
def test_the_longest_wait_that_anything_asks_for_wins(facts, wait, rule):
    decision = decide(**facts)

    assert NOW + wait <= decision.when <= NOW + wait * 1.1
    assert decision.rule == rule


def test_a_general_interval_below_the_shortest_is_meant():
    policy = Policy(interval=2 * MINUTE, min_interval=15 * MINUTE, max_interval=DAY)

    assert decide(policy).rule == "every 2 minutes"
    assert decide(policy, own_interval=3 * MINUTE).rule == "every 3 minutes, as set for this source"


def test_who_asks_for_a_quicker_pace_gets_it_for_quiet_sources_too():
    policy = Policy(interval=timedelta(seconds=5), min_interval=15 * MINUTE, max_interval=DAY)

    assert (
        decide(policy, newest=NOW - 365 * DAY).rule == "every 2 minutes: it has posted nothing for 365 days"
    )
    assert (
        decide(policy, rhythm=MINUTE, newest=NOW).rule == "every 15 seconds: it posts about every 60 seconds"
    )


EVERY_HOUR, EVERY_DAY = tuple(range(24)), tuple(range(7))


@pytest.mark.parametrize(
    ("facts", "hour"),
    [
        pytest.param({"skip_hours": (9,)}, datetime(2022, 11, 1, 10, tzinfo=UTC), id="hour"),
        pytest.param({"skip_hours": (9, 10, 12)}, datetime(2022, 11, 1, 11, tzinfo=UTC), id="hours"),
        pytest.param(
            {"skip_hours": tuple(range(1, 24))}, datetime(2022, 11, 2, 0, tzinfo=UTC), id="midnight"
        ),
        pytest.param({"skip_days": (1,)}, datetime(2022, 11, 2, 0, tzinfo=UTC), id="day"),
        pytest.param(
            {"skip_days": (1, 2), "skip_hours": (0,)}, datetime(2022, 11, 3, 1, tzinfo=UTC), id="both"
        ),
    ],
)
def test_a_poll_is_put_off_to_the_next_hour_in_which_it_is_wanted(facts, hour):
    decision = decide(**facts)  # at nine on a Tuesday

    assert hour <= decision.when < hour + 6 * MINUTE
    assert decision.rule == f"every 60 minutes; put off: {SKIPPED}"
    assert find_skip(NOW + 66 * MINUTE, Facts(**facts), key="https://a.example/feed") == decision.when


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"skip_hours": (8, 10)}, id="other-hours"),
        pytest.param({"skip_days": (0, 2, 3, 4, 5, 6)}, id="other-days"),
        pytest.param({"skip_hours": EVERY_HOUR}, id="every-hour"),
        pytest.param({"skip_days": EVERY_DAY}, id="every-day"),
    ],
)
def test_hours_that_do_not_matter_put_nothing_off(facts):
    assert decide(**facts) == decide()


def test_an_interval_of_the_owner_does_not_heed_hours():
    assert decide(own_interval=HOUR, skip_hours=(9,)) == decide(own_interval=HOUR)


def test_a_retry_after_that_ends_in_an_unwanted_hour_is_put_off_too():
    decision = decide(retry_after=NOW + 2.5 * HOUR, skip_hours=(10,))

    assert datetime(2022, 11, 1, 11, tzinfo=UTC) <= decision.when < datetime(2022, 11, 1, 11, 6, tzinfo=UTC)
    assert decision.rule == f"the server asks to wait (Retry-After); put off: {SKIPPED}"


def test_retry_after_is_a_floor():
    asked = NOW + 5 * HOUR

    decision = decide(failures=1, retry_after=asked)

    assert decision.when == asked
    assert decision.rule == "the server asks to wait (Retry-After)"


def test_a_retry_after_that_ends_sooner_changes_nothing():
    assert decide(failures=3, retry_after=NOW + HOUR) == decide(failures=3)


def test_sources_are_spread_over_a_tenth_of_the_wait():
    waits = [decide(key=f"https://{n}.example/feed").when - NOW for n in range(1000)]

    assert min(waits) >= HOUR
    assert max(waits) <= 66 * MINUTE
    per_minute = [sum(n * MINUTE <= wait - HOUR < (n + 1) * MINUTE for wait in waits) for n in range(6)]
    assert min(per_minute) > 100


def test_a_source_has_its_place_for_good():
    assert decide() == decide()
    assert decide().when == NOW + timedelta(hours=1, minutes=5, seconds=44.340272)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (2 * MINUTE, "2 minutes"),
        (HOUR, "60 minutes"),
        (100 * MINUTE, "100 minutes"),
        (2 * HOUR, "2 hours"),
        (2.5 * HOUR, "2.5 hours"),
        (DAY, "24 hours"),
        (2 * DAY, "2 days"),
        (30 * DAY, "30 days"),
    ],
)
def test_lengths_are_said_in_the_unit_that_reads_best(length, words):
    assert say(length) == words
