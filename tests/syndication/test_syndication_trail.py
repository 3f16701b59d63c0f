"""What is remembered of past editions, and what can be said of it."""

from datetime import UTC, datetime, timedelta

from feeds.syndication.trail import MOST_GONE, MOST_TAGS, Seen, Trail, Trails

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def show(states: str) -> dict[str, Seen]:
    """Entries `a1 b1`: key and state; a key is the older the later its letter."""
    return {
        key: Seen(int(state), NOON - timedelta(hours=ord(key))) for key, state in map(tuple, states.split())
    }


def walk(*editions: str, is_full: bool = True, hidden: str = "") -> Trail:
    """A trail of editions whose tags are 1, 2, …; `hidden` when the last is made."""
    trail = Trail()
    for number, states in enumerate(editions, start=1):
        gone = hidden if number == len(editions) else ""
        trail.add(str(number), show(states), gone, is_full=is_full)
    return trail


def test_what_came_and_what_changed_is_told():
    trail = walk("b1 c1", "a1 b1 c2", "a1 b2 c2")

    assert trail.find_changed("1", "3", ()) == {"a", "b", "c"}
    assert trail.find_changed("2", "3", ()) == {"b"}
    assert trail.find_changed("3", "3", ()) == set()


def test_nothing_is_said_of_an_edition_that_is_not_known_or_not_the_last():
    trail = walk("b1", "a1 b1")

    assert trail.find_changed("9", "2", ()) is None
    assert trail.find_changed("1", "1", ()) is None
    assert trail.knows("1")
    assert not trail.knows("9")


def test_an_entry_that_newer_ones_pushed_out_needs_no_word():
    assert walk("b1 c1", "a1 b1").find_changed("1", "2", ()) == {"a"}


def test_an_entry_that_was_taken_back_must_be_told():
    trail = walk("a1 b1 c1", "a1 c1")

    assert trail.find_changed("1", "2", ()) is None
    assert trail.find_changed("1", "2", {"b"}) == set()


def test_where_there_is_room_nothing_was_pushed_out():
    assert walk("a1 b1 c1", "a1 b1", is_full=False).find_changed("1", "2", ()) is None


def test_an_entry_may_be_withdrawn_after_it_was_pushed_out():
    trail = walk("b1 c1", "a1 b1", "a2 b1", hidden="c")

    assert trail.find_changed("1", "3", ()) is None
    assert trail.find_changed("2", "3", ()) is None  # who came from 1 has it still
    assert trail.find_changed("2", "3", {"c"}) == {"a"}


def test_what_readers_may_hold_and_an_edition_does_not_is_asked_for():
    trail = walk("b1 c1 d1", "a1 b1 c1")

    assert set(trail.list_missing({"a", "b"})) == {"c", "d"}
    assert trail.list_missing("abcd") == []


def test_an_entry_may_be_withdrawn_with_the_edition_that_would_have_pushed_it_out():
    trail = walk("b1 c1", "a1 b1", hidden="c")

    assert trail.find_changed("1", "2", ()) is None
    assert trail.find_changed("1", "2", {"c"}) == {"a"}


def test_a_withdrawal_outside_the_window_is_told_with_the_next_change():
    trail = walk("b1 c1", "a1 b1")
    trail.add("2", show("a1 b1"), {"c"}, is_full=True)  # the bytes are the same
    trail.add("3", show("a2 b1"), (), is_full=True)

    assert trail.find_changed("2", "3", ()) is None
    assert trail.find_changed("2", "3", {"c"}) == {"a"}
    assert trail.find_changed("3", "3", ()) == set()


def test_what_the_window_has_reached_again_and_does_not_show_was_taken_back():
    trail = walk("b1 c1 d1", "a1 b1 c1", "c1 e1")

    assert trail.find_changed("2", "3", {"a", "b"}) is None  # d would stand before e
    assert trail.find_changed("2", "3", {"a", "b", "d"}) == {"e"}


def test_an_entry_that_came_later_is_not_missed_by_who_never_had_it():
    assert walk("b1", "a1 b1", "b1", is_full=False).find_changed("1", "3", ()) == set()


def test_an_entry_that_is_back_is_sent_again():
    trail = walk("b1 c1", "a1 b1", "b1 c1")

    assert trail.find_changed("1", "3", {"a"}) == {"c"}
    assert trail.find_changed("2", "3", {"a"}) == {"c"}


def test_a_trail_is_bounded():
    trail = Trail()
    for number in range(3000):
        entries = {str(key): Seen(1, NOON + timedelta(hours=key)) for key in range(number, number + 3)}
        trail.add(f"t{number}", entries, (), is_full=number % 2 == 0)

    assert len(trail) <= MOST_TAGS + MOST_GONE + 3
    assert not trail.knows("t0")
    assert trail.knows("t2999")


def test_trails_that_were_used_least_recently_make_room():
    trails = Trails(most_records=10)
    for name in "xyz":
        trails.find(("view", name)).add("1", show("a1 b1 c1"), (), is_full=True)
        trails.fit()

    assert not trails.find(("view", "x")).knows("1")
    assert trails.find(("view", "z")).knows("1")
