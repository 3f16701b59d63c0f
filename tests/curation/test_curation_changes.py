"""What a poll finds new, modified or late, decided without a store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.curation.changes import MOST_LATE, find_changes, find_hash, find_rank
from feeds.model import Entry, FreshEntry, KnownEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)


def entry(id: str = "urn:x:1", **fields) -> Entry:
    return Entry(id=id, **{"title": "Title", "content": "<p>Text</p>", "published": BEFORE, **fields})


def fresh(given: Entry, **fields) -> FreshEntry:
    return FreshEntry(given, find_hash(given), **fields)


def known(given: Entry, **fields) -> dict[str, KnownEntry]:
    return {given.id: KnownEntry(given.id, find_hash(given), given, **fields)}


def changes_of(*candidates, stored=None, previous_poll=BEFORE, **options):
    return find_changes(stored or {}, candidates, now=NOW, previous_poll=previous_poll, **options)


def test_an_unknown_entry_is_new_and_stands_at_its_date():
    [placed] = changes_of(fresh(entry(published=NOW - timedelta(minutes=5)))).new

    assert placed.position == NOW - timedelta(minutes=5)
    assert not placed.late


def test_an_entry_that_gives_no_other_date_stands_at_its_updated():
    [placed] = changes_of(fresh(entry(published=None, updated=BEFORE + timedelta(minutes=1)))).new

    assert placed.position == BEFORE + timedelta(minutes=1)


@pytest.mark.parametrize("published", [None, NOW + timedelta(days=1)])
def test_an_entry_without_a_date_or_from_the_future_stands_at_first_seen(published):
    [placed] = changes_of(fresh(entry(published=published))).new

    assert placed.position == NOW


def test_entries_without_a_date_keep_the_order_of_the_document():
    new = changes_of(*(fresh(entry(f"urn:x:{n}", published=None)) for n in range(3))).new

    assert [placed.position for placed in new] == sorted((p.position for p in new), reverse=True)
    assert len({placed.position for placed in new}) == 3


def test_at_the_first_poll_nothing_is_late():
    [placed] = changes_of(fresh(entry(published=NOW - timedelta(days=900))), previous_poll=None).new

    assert placed.position == NOW - timedelta(days=900)


def test_a_late_arrival_is_placed_at_the_previous_poll():
    [placed] = changes_of(fresh(entry(published=BEFORE - timedelta(days=3)))).new

    assert (placed.position, placed.late) == (BEFORE, True)


@pytest.mark.parametrize(("count", "moved"), [(MOST_LATE, True), (MOST_LATE + 1, False)])
def test_more_than_twenty_late_arrivals_take_their_places_in_history(count, moved):
    old = BEFORE - timedelta(days=3)
    new = changes_of(*(fresh(entry(f"urn:x:{n}", published=old)) for n in range(count))).new

    places = [BEFORE - timedelta(microseconds=n) for n in range(count)] if moved else [old] * count
    assert [placed.position for placed in new] == places


def test_late_arrivals_keep_their_order():
    dates = [BEFORE - timedelta(days=days) for days in (3, 5, 4)]
    new = changes_of(*(fresh(entry(f"urn:x:{n}", published=date)) for n, date in enumerate(dates))).new

    assert [BEFORE - placed.position for placed in new] == [timedelta(microseconds=n) for n in (0, 2, 1)]


def test_a_part_of_a_poll_moves_no_late_arrival_but_marks_it():
    [placed] = changes_of(fresh(entry(published=BEFORE - timedelta(days=3))), front=()).new

    assert (placed.position, placed.late) == (BEFORE - timedelta(days=3), True)


def test_an_unchanged_entry_is_only_seen():
    changes = changes_of(fresh(entry(updated=NOW)), stored=known(entry()))

    assert not changes
    assert changes.seen == ("urn:x:1",)


def test_a_significant_edit_moves_updated_to_the_newer_stamp_of_the_source():
    stamp = NOW - timedelta(minutes=1)
    [modified] = changes_of(fresh(entry(title="Other", updated=stamp)), stored=known(entry())).modified

    assert modified.entry.updated == stamp


def test_a_significant_edit_without_a_newer_stamp_is_dated_now():
    [modified] = changes_of(fresh(entry(content="<p>Other text</p>")), stored=known(entry())).modified

    assert modified.entry.updated == NOW


@pytest.mark.parametrize("content", ["<p>Text!</p>", "<p> Text</p>", "<div>Te<b>xt</b></div>"])
def test_an_edit_of_spaces_punctuation_or_markup_leaves_updated_alone(content):
    edited = fresh(entry(content=content, updated=NOW))
    [modified] = changes_of(edited, stored=known(entry())).modified

    assert modified.entry.updated is None


@pytest.mark.parametrize(
    ("before", "after", "is_significant"),
    [
        ("दिन", "दीन", True),
        ("กิน", "กัน", True),
        ("كَتَبَ", "كُتِبَ", True),
        ("£100", "$100", True),
        ("C++", "C", True),
        ("👍", "👎", True),
        ("❤", "❤\ufe0f", False),
        ("résumé", "re\u0301sume\u0301", False),
        ("Wait...", "Wait…", False),
        ("说：好", "说“好”", False),
        ("co\u00adoperate", "cooperate", False),
    ],
)
def test_only_white_space_and_punctuation_do_not_count(before, after, is_significant):
    edited = fresh(entry(title=after, updated=NOW))
    [modified] = changes_of(edited, stored=known(entry(title=before))).modified

    assert (modified.entry.updated == NOW) == is_significant


def test_a_word_that_goes_from_the_text_into_the_title_is_a_significant_edit():
    edited = fresh(entry(title="Bridge opens", summary="today", updated=NOW))
    stored = known(entry(title="Bridge", summary="opens today"))

    assert changes_of(edited, stored=stored).modified[0].entry.updated == NOW


@pytest.mark.parametrize("published", [NOW - timedelta(days=9), None])
def test_an_insignificant_edit_leaves_alone_what_is_served_as_updated(published):
    """Where the source gives no `updated` that is the date of publication, else when it came."""
    first_seen = NOW - timedelta(days=5)
    edited = fresh(entry(title="Title!", published=NOW))
    stored = known(entry(title="Title", published=published), first_seen=first_seen)

    assert changes_of(edited, stored=stored).modified[0].entry.updated == (published or first_seen)


def test_a_stamp_in_the_future_is_no_newer_one():
    edited = fresh(entry(title="Other", updated=NOW + timedelta(days=900)))

    assert changes_of(edited, stored=known(entry())).modified[0].entry.updated == NOW


def test_a_changed_link_is_a_significant_edit():
    edited = fresh(entry(link="https://a.example/moved"))
    [modified] = changes_of(edited, stored=known(entry(link="https://a.example/"))).modified

    assert modified.entry.updated == NOW


def test_an_entry_for_which_another_source_speaks_is_only_seen():
    changes = changes_of(fresh(entry(title="Other")), stored=known(entry(), is_foreign=True))

    assert not changes
    assert changes.seen == ("urn:x:1",)


def test_a_withdrawn_entry_that_comes_back_is_restored():
    stored = known(entry(), withdrawn=True)

    assert len(changes_of(fresh(entry()), stored=stored).modified) == 1


def test_the_first_of_two_entries_with_one_id_wins_in_a_feed():
    changes = changes_of(fresh(entry(title="First")), fresh(entry(title="Second")))

    assert [placed.fresh.entry.title for placed in changes.new] == ["First"]
    assert [version.entry.title for version in changes.older] == ["Second"]


@pytest.mark.parametrize("newer_first", [True, False])
def test_the_highest_rank_of_several_files_wins_whatever_their_order(newer_first):
    old = fresh(entry(title="Old"), rank=find_rank(BEFORE, 10, "a"), path="a.txt")
    new = fresh(entry(title="New"), rank=find_rank(NOW, 10, "a"), path="b.txt")
    changes = changes_of(*((new, old) if newer_first else (old, new)))

    assert [placed.fresh.entry.title for placed in changes.new] == ["New"]
    assert [version.entry.title for version in changes.older] == ["Old"]


def test_a_file_of_lower_rank_goes_into_the_history():
    stored = known(entry(), rank=find_rank(NOW, 10, "a"), path="a.txt")
    changes = changes_of(
        fresh(entry(title="Older"), rank=find_rank(BEFORE, 10, "a"), path="b.txt"), stored=stored
    )

    assert not changes.modified
    assert [version.entry.title for version in changes.older] == ["Older"]


def test_an_edited_file_replaces_its_own_version_whatever_its_rank():
    stored = known(entry(), rank=find_rank(NOW, 10, "a"), path="a.txt")
    edited = fresh(entry(title="Shorter"), rank=find_rank(BEFORE, 5, "a"), path="a.txt")

    assert len(changes_of(edited, stored=stored).modified) == 1


def test_a_seed_with_a_newer_timestamp_moves_to_it():
    stored = known(entry(), rank=find_rank(BEFORE, 10, "a"), path="a.txt")
    newer = BEFORE + timedelta(minutes=9)
    [modified] = changes_of(
        fresh(entry(title="Other", published=newer), rank=find_rank(newer, 10, "a"), path="b.txt"),
        stored=stored,
    ).modified

    assert modified.position == newer
    assert modified.entry.updated is None  # its own newer timestamp says it already


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        (find_rank(BEFORE, 9, "f"), find_rank(NOW, 1, "a")),
        (find_rank(NOW, 9, "f"), find_rank(NOW, 10, "a")),
        (find_rank(NOW, 9, "a"), find_rank(NOW, 9, "b")),
        (
            find_rank(datetime(1969, 1, 1, tzinfo=UTC), 9, "a"),
            find_rank(datetime(1971, 1, 1, tzinfo=UTC), 9, "a"),
        ),
    ],
)
def test_ranks_compare_by_timestamp_then_length_then_hash(lower, higher):
    assert lower < higher


def test_the_hash_is_of_what_is_seen_and_not_of_dates():
    assert find_hash(entry()) == find_hash(replace(entry(), published=NOW, updated=NOW, language="fr"))
    assert find_hash(entry()) != find_hash(entry(title="Other"))


def test_in_the_first_poll_no_version_is_a_correction_of_another():
    changes = changes_of(
        fresh(entry(content="<p>Other text</p>"), rank=find_rank(BEFORE, 20, "b"), path="b.txt"),
        stored=known(entry(), rank=find_rank(BEFORE, 10, "a"), path="a.txt"),
        previous_poll=None,
    )

    assert [one.entry.updated for one in changes.modified] == [None]


@pytest.mark.parametrize(
    ("link", "is_dated"),
    [("https://b.example/1/", False), ("https://b.example/2", True), (None, True)],
)
def test_where_a_site_has_moved_only_another_page_is_a_significant_edit(link, is_dated):
    edited = fresh(entry(link=link), is_rekeyed=True)
    [modified] = changes_of(edited, stored=known(entry(link="http://a.example/1"))).modified

    assert (modified.entry.updated == NOW) == is_dated
