from datetime import UTC, datetime, timedelta

from feeds.model import Entry
from feeds.polling.rhythm import Rhythm, find_rhythm

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def posted(*ages):
    return [Entry(id=f"urn:x:{age}", published=NOW - age * HOUR) for age in ages]


def test_the_rhythm_is_the_mean_distance_of_the_dates():
    assert find_rhythm(posted(1, 9, 3), NOW) == Rhythm(NOW - HOUR, 4 * HOUR)


def test_only_the_latest_ten_count():
    assert find_rhythm(posted(*range(1, 11), 10_000), NOW).gap == HOUR


def test_the_order_of_a_document_does_not_matter():
    assert find_rhythm(posted(3, 1, 2), NOW) == find_rhythm(posted(1, 2, 3), NOW)


def test_what_is_dated_in_the_future_does_not_count():
    assert find_rhythm(posted(-48, 1, 2), NOW) == Rhythm(NOW - HOUR, HOUR)


def test_several_at_one_moment_are_one_post():
    assert find_rhythm(posted(1, 1, 1, 5), NOW) == Rhythm(NOW - HOUR, 4 * HOUR)


def test_one_post_tells_no_rhythm():
    assert find_rhythm(posted(5), NOW) == Rhythm(NOW - 5 * HOUR, None)


def test_no_dates_tell_nothing():
    assert find_rhythm([Entry(id="urn:x:1")], NOW) == Rhythm(None, None)


def test_an_updated_date_stands_in_for_a_published_one():
    entries = [Entry(id="urn:x:1", updated=NOW - HOUR), Entry(id="urn:x:2", published=NOW - 3 * HOUR)]

    assert find_rhythm(entries, NOW) == Rhythm(NOW - HOUR, 2 * HOUR)
