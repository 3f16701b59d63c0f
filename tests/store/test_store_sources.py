"""Sources: declared, named, retired, taken up again."""

import pytest
from store_samples import NOW, fresh, minutes

from feeds.model import Declaration, Source, SourceState, Validators
from feeds.store import sources, states

A, B, C = (f"https://{letter}.example/feed" for letter in "abc")


def declared(*urls, **fields):
    return [Declaration(url, **fields) for url in urls]


def urls(found):
    return [source.url for source in found]


def test_a_new_source_has_its_address_as_its_permanent_key(shelf):
    source = shelf.add_source(A, name="Ä Name", category="News", interval=600, paused=True)

    assert source == Source(
        number=source.number,
        key=A,
        slug="ä-name",
        kind="feed",
        url=A,
        name="Ä Name",
        category="News",
        interval=600,
        paused=True,
        added=NOW,
        doors=("hand",),
    )


def test_a_key_it_had_elsewhere_is_kept(shelf, db):
    source = shelf.add_source(B, key=A)

    assert (source.key, source.url) == (A, B)
    assert sources.find_source_by_url(db, A) == sources.find_source_by_url(db, B) == source


def test_a_source_without_a_name_has_its_place_as_slug(shelf):
    assert (
        shelf.add_source("https://user:secret@www.a.example/blog/feed.xml?key=1").slug
        == "a-example-blog-feed-xml"
    )


def test_a_slug_is_never_given_twice(shelf, db):
    slugs = [shelf.add_source(url, name="News").slug for url in (A, B)]
    shelf.add_source("https://d.example/feed", name="News 3")
    sources.sync_door(db, "hand", [], NOW)
    slugs.append(shelf.add_source(C, name="News!").slug)

    assert slugs == ["news", "news-2", "news-4"]


def test_an_underscore_in_a_name_is_no_wildcard_for_taken_slugs(shelf):
    shelf.add_source(A, name="abc")

    assert shelf.add_source(B, name="a c").slug == "a-c"


def test_one_address_through_two_doors_is_one_source(shelf, db):
    shelf.add_source(A, door="config")
    source = shelf.add_source(A, door="list:a.opml")

    assert source.doors == ("config", "list:a.opml")
    assert urls(sources.list_sources(db)) == [A]
    assert sources.list_doors(db) == ["config", "list:a.opml"]


def test_a_door_may_be_a_file_whose_name_is_no_text(shelf, db):
    door = "list:b\udce4r 100%.opml"
    source = shelf.add_source(A, door=door)

    assert source.doors == (door,)
    assert sources.sync_door(db, door, [], NOW).retired[0].number == source.number


def test_a_source_is_retired_when_its_last_door_closes(shelf, db):
    shelf.add_source(A, door="config")
    source = shelf.add_source(A, door="list:a.opml")
    source = sources.close_door(db, source, "config", NOW)
    assert source.retired is None

    source = sources.close_door(db, source, "list:a.opml", NOW)
    assert (source.retired, source.doors, source.is_polled) == ("no longer declared", (), False)


def test_a_door_has_exactly_the_declared_sources(shelf, db):
    first = sources.sync_door(db, "config", declared(A, B), NOW)
    second = sources.sync_door(db, "config", declared(B, C), NOW)

    assert (urls(first.added), first.retired, first.kept) == ([A, B], (), ())
    assert (urls(second.added), urls(second.retired), urls(second.kept)) == ([C], [A], [B])
    assert [source.url for source in sources.list_sources(db) if source.retired is None] == [B, C]


def test_a_source_that_another_door_declares_is_not_retired(shelf, db):
    sources.sync_door(db, "config", declared(A), NOW)
    sources.sync_door(db, "list:a.opml", declared(A, B), NOW)
    changes = sources.sync_door(db, "list:a.opml", [], NOW)

    assert urls(changes.retired) == [B]
    assert sources.find_source_by_url(db, A).doors == ("config",)


def test_the_first_of_two_declarations_of_one_address_counts(shelf, db):
    changes = sources.sync_door(
        db, "config", [Declaration(A, name="First"), Declaration(A, name="Second")], NOW
    )

    assert [source.name for source in changes.added] == ["First"]


def test_a_source_declared_again_takes_up_its_key_slug_and_entries(shelf, db):
    source = shelf.add_source(A, name="Name")
    shelf.poll(source, new=["a"])
    sources.sync_door(db, "hand", [], NOW)
    assert shelf.ids() == ["a"]

    again = shelf.add_source(A, name="Another name")
    assert (again.number, again.key, again.slug, again.added) == (source.number, A, "name", NOW)
    assert (again.retired, again.name) == (None, "Another name")
    assert shelf.find("a").source == again


def test_a_source_declared_again_is_due_at_once_and_without_its_failures(shelf, db):
    source = shelf.add_source(A)
    validators = Validators('"1"')
    sources.save_state(
        db, source, SourceState(validators, next_poll=NOW + minutes(60), failures=9, last_error="404")
    )
    sources.sync_door(db, "hand", [], NOW)
    source = shelf.add_source(A)

    assert sources.due_sources(db, NOW) == [source]
    assert sources.find_state(db, source) == SourceState(validators)


def test_a_source_that_was_paused_and_removed_is_polled_when_it_is_added_again(shelf, db):
    source = shelf.add_source(A)
    sources.set_paused(db, source, True)
    sources.close_door(db, source, "hand", NOW)

    assert shelf.add_source(A).is_polled


def test_what_is_gone_for_good_stays_retired_while_its_door_stays_open(shelf, db):
    (source,) = sources.sync_door(db, "config", declared(A), NOW).added
    sources.retire(db, source, "410 Gone")
    sources.sync_door(db, "config", declared(A), NOW)
    assert shelf.again(source).retired == "410 Gone"


def test_what_is_gone_for_good_is_tried_again_when_a_person_adds_it_again(shelf):
    source = shelf.add_source(A)
    sources.retire(shelf.db, source, "410 Gone")

    assert shelf.add_source(A).retired is None


def test_a_moved_source_keeps_its_key_and_is_known_by_both_addresses(shelf, db):
    (source,) = sources.sync_door(db, "config", declared(A), NOW).added
    sources.move(db, source, B)
    changes = sources.sync_door(db, "config", declared(A), NOW)

    assert (changes.added, urls(changes.kept)) == ((), [B])
    assert shelf.add_source(B, door="hand").key == A
    assert shelf.again(source).slug == source.slug


def test_the_configuration_has_more_to_say_than_a_list(shelf, db):
    sources.sync_door(db, "list:a.opml", [Declaration(A, name="List", category="Listed", interval=60)], NOW)
    sources.sync_door(db, "config", [Declaration(A, name="Config", interval=None)], NOW)
    source = sources.find_source_by_url(db, A)
    assert (source.name, source.category, source.interval) == ("Config", "Listed", 60)

    sources.sync_door(db, "config", [], NOW)
    assert sources.find_source_by_url(db, A).name == "List"


def test_a_source_is_private_if_one_of_its_doors_says_so(shelf, db):
    sources.sync_door(db, "list:a.opml", declared(A), NOW)
    sources.sync_door(db, "config", declared(A, private=True), NOW)
    assert sources.find_source_by_url(db, A).private

    sources.sync_door(db, "config", declared(A), NOW)
    assert not sources.find_source_by_url(db, A).private


def test_what_was_resumed_by_hand_stays_so_until_its_declaration_changes(shelf, db):
    (source,) = sources.sync_door(db, "config", declared(A, paused=True), NOW).added
    assert source.paused
    sources.set_paused(db, source, False)
    sources.sync_door(db, "config", declared(A, paused=True, name="New name"), NOW)
    assert not shelf.again(source).paused

    sources.sync_door(db, "config", declared(A), NOW)
    sources.sync_door(db, "config", declared(A, paused=True), NOW)
    assert shelf.again(source).paused


def test_what_was_paused_by_hand_stays_so_when_the_configuration_is_read_again(shelf, db):
    (source,) = sources.sync_door(db, "config", declared(A), NOW).added
    sources.set_paused(db, source, True)
    sources.sync_door(db, "config", declared(A, name="New name"), NOW)

    assert shelf.again(source).paused
    assert not shelf.again(source).is_polled


def test_a_publisher_is_one_source_however_often_it_is_met(shelf, db):
    publisher = Declaration("https://news.example/", name="News", kind="archive")
    first, second = (sources.ensure_publisher(db, publisher, NOW) for _ in range(2))

    assert first == second
    assert (first.kind, first.key, first.doors, first.retired) == ("archive", publisher.url, (), None)


def test_an_archive_that_somebody_subscribes_to_is_polled(shelf, db):
    archive = sources.ensure_publisher(db, Declaration(A, name="News"), NOW)
    source = shelf.add_source(A)

    assert (source.number, source.kind, source.is_polled) == (archive.number, "feed", True)


def test_sources_are_listed_by_title_and_by_kind(shelf, db):
    shelf.add_source(A, name="zebra")
    shelf.add_source(B, name="Apple")
    shelf.add_source(C, name="monkey", private=True)
    shelf.add_source("seeds:", name="Seeds", kind="seeds")

    assert [one.name for one in sources.list_sources(db)] == ["Apple", "monkey", "Seeds", "zebra"]
    assert [one.name for one in sources.list_sources(db, ["seeds", "page"])] == ["Seeds"]


def test_an_unknown_source_is_none(shelf, db):
    assert sources.find_source(db, "nowhere") is None
    assert sources.find_source_by_url(db, A) is None
    assert sources.find_source_by_number(db, 1) is None


# --- State and schedule -----------------------------------------------------------------------------


def test_a_source_that_was_never_polled_has_the_default_state(shelf, db):
    assert sources.find_state(db, shelf.add_source()) == SourceState()


def test_a_state_is_read_back_as_it_was_saved(shelf, db):
    source = shelf.add_source()
    state = SourceState(
        Validators('W/"é"', "Wed, 01 May 2024 12:00:00 GMT"),
        body_hash="00",
        next_poll=NOW + minutes(60),
        rule="every hour",
        failures=2,
        last_poll=NOW,
        last_success=NOW - minutes(60),
        first_success=NOW - minutes(120),
        last_error="timed out",
        retry_after=NOW + minutes(1),
        ttl=60,
    )
    sources.save_state(db, source, SourceState(failures=1))
    sources.save_state(db, source, state)

    assert sources.find_state(db, source) == state


def test_due_are_those_never_polled_then_those_that_have_waited_longest(shelf, db):
    for minute, url in ((0, A), (-5, B), (5, C)):
        sources.save_state(db, shelf.add_source(url), SourceState(next_poll=NOW + minutes(minute)))
    shelf.add_source("https://new.example/feed")

    assert urls(sources.due_sources(db, NOW)) == ["https://new.example/feed", B, A]
    assert urls(sources.due_sources(db, NOW, limit=2)) == ["https://new.example/feed", B]


@pytest.mark.parametrize("reason", ["paused", "retired", "archive"])
def test_what_is_not_polled_is_never_due(shelf, db, reason):
    if reason == "archive":
        sources.ensure_publisher(db, Declaration(A, name="News"), NOW)
    else:
        source = shelf.add_source(A, paused=reason == "paused")
        if reason == "retired":
            sources.retire(db, source, "gone")

    assert sources.due_sources(db, NOW) == []


def test_what_is_not_due_is_not_looked_at(shelf, db):
    for url in (A, B, C):
        sources.save_state(db, shelf.add_source(url), SourceState(next_poll=NOW + minutes(5)))
    asked = str(states.find_due(NOW).compile(db, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN"
    if db.dialect.name == "postgresql":  # it would scan so small a table whatever its indexes are
        db.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    plan = " ".join(row[-1] for row in db.exec_driver_sql(f"{explain} {asked}"))

    assert "SCAN source" not in plan
    assert plan.count("ix_source_states_next_poll") == 2


def test_entries_are_counted_and_dated_by_source(shelf, db):
    source, other = shelf.add_source(A), shelf.add_source(B)
    shelf.poll(source, new=[fresh("a"), fresh("b")])
    shelf.poll(source, withdrawn=["b"])
    shelf.poll(other, seen=["a"])

    assert sources.count_by_source(db) == {source.number: 1, other.number: 1}
    assert sources.latest_by_source(db) == {source.number: NOW, other.number: NOW}


# --- Back again, by whatever address ----------------------------------------------------------------


def moved(shelf, url=A, to=B):
    """A source that has moved, and been removed since."""
    source = shelf.add_source(url)
    assert sources.move(shelf.db, source, to)
    sources.save_state(shelf.db, source, SourceState(previous_url=url))
    return shelf.again(source)


@pytest.mark.parametrize("url", [A, B, "http://a.example/feed", "http://b.example/feed"])
def test_a_source_that_moved_is_taken_up_by_its_old_and_its_new_address(shelf, db, url):
    source = moved(shelf)
    sources.sync_door(db, "hand", [], NOW)
    again = shelf.add_source(url)

    assert (again.number, again.key, again.slug, again.url) == (source.number, A, source.slug, B)
    assert again.retired is None
    assert sources.find_subscribed(db, Declaration(url)) == again


def test_the_address_before_the_last_move_is_known_too(shelf, db):
    source = moved(shelf)
    sources.move(db, source, C)
    sources.save_state(db, source, SourceState(previous_url=B))

    assert shelf.add_source(B).number == source.number


def test_with_tls_it_is_the_same_source_and_asked_so_from_now_on(shelf, db):
    source = shelf.add_source("http://a.example/feed")
    [again] = sources.sync_door(db, "hand", declared(A), NOW).kept
    state = sources.find_state(db, again)

    assert (again.number, again.key, again.url) == (source.number, "http://a.example/feed", A)
    assert (state.previous_url, state.moved) == ("http://a.example/feed", NOW)


def test_without_tls_it_is_the_same_source_and_asked_with_it(shelf):
    source = shelf.add_source(A)

    assert shelf.add_source("http://a.example/feed", door="config").url == A
    assert shelf.again(source).doors == ("config", "hand")


def test_another_port_is_another_source(shelf):
    source = shelf.add_source("http://a.example:81/feed")

    assert shelf.add_source("https://a.example:81/feed").number != source.number


def test_what_is_a_source_by_itself_is_no_other_one_s_former_address(shelf, db):
    other = shelf.add_source(C)
    source = shelf.add_source(A)
    sources.save_state(db, source, SourceState(previous_url=C))

    assert shelf.add_source(C).number == other.number


def test_what_its_server_leads_away_from_tls_stays_there(shelf, db):
    plain = "http://a.example/feed"
    for key in (A, plain):
        source = shelf.add_source(A, key=key, door=key)
        sources.move(db, source, plain)
        sources.save_state(db, source, SourceState(previous_url=A))

        assert shelf.add_source(A, door=key).url == plain
        assert shelf.add_source(A, door="config").url == plain


SECRET = "https://me:hush@a.example/feed?page=1&token=hush"
TOLD = "https://a.example/feed?page=1"


def test_a_source_is_known_by_its_key_as_a_list_of_ours_tells_it_without_secrets(shelf, db):
    source = shelf.add_source(SECRET)
    again = shelf.add_source(TOLD, key=TOLD)

    assert (again.number, again.url) == (source.number, SECRET)
    assert len(sources.list_sources(db)) == 1


def test_who_adds_an_address_without_the_secret_means_that_address(shelf):
    source = shelf.add_source(SECRET)

    assert shelf.add_source(TOLD).number != source.number


def test_a_key_without_secrets_goes_before_one_that_is_told_so(shelf):
    shelf.add_source(SECRET)
    source = shelf.add_source(TOLD)

    assert shelf.add_source(TOLD, key=TOLD, door="list:a.opml").number == source.number


def test_of_two_keys_that_are_told_alike_the_first_is_meant(shelf, db):
    first = shelf.add_source(SECRET)
    shelf.add_source(SECRET.replace("hush", "other"))

    assert shelf.add_source(TOLD, key=TOLD).number == first.number
    assert len(sources.list_sources(db)) == 2
