"""What categories are called: by their owner, by entries, and never by what is private."""

import pytest
from store_samples import NOW, fresh

from feeds.model import Declaration
from feeds.store import sources, views
from feeds.store.catalogue import categories_by_source, list_views

A, B, C = (f"https://{letter}.example/feed" for letter in "abc")


def title(db, name="plan"):
    """What a category is called, the same wherever it is told."""
    found = views.find_view(db, "category", name)
    assert found is None or found in list_views(db)
    return found and found.title


def bring(shelf, source, label):
    shelf.poll(source, new=[fresh(f"{source.slug} {label}", categories=(label,))])


def declare(shelf, *declarations):
    sources.sync_door(shelf.db, "config", declarations, NOW)


@pytest.mark.parametrize("labels", [("plan", "Plan", "PLAN"), ("PLAN", "Plan", "plan")])
def test_a_category_that_somebody_declares_does_not_decide_what_another_is_called(shelf, db, labels):
    source = shelf.add_source(A, category="News")
    for label in labels:
        bring(shelf, source, label)

    assert title(db) == "PLAN"


def test_an_owner_corrects_his_label(shelf, db):
    for label in ("plan", "PLAN", "Plan"):
        declare(shelf, Declaration(A, category=label))
        assert title(db) == label


def test_of_two_labels_of_owners_that_of_the_first_source_counts(shelf, db):
    declare(shelf, Declaration(A, category="plan"), Declaration(B, category="Plan"))
    assert title(db) == "plan"

    declare(shelf, Declaration(A, category="Other"), Declaration(B, category="Plan"))
    assert title(db) == "Plan"


def test_a_category_that_no_owner_names_any_more_is_called_as_entries_call_it(shelf, db):
    declare(shelf, Declaration(A, category="plan"))
    bring(shelf, shelf.add_source(B), "Plan")
    bring(shelf, shelf.add_source(B), "PLAN")
    assert title(db) == "plan"

    declare(shelf, Declaration(A))
    assert title(db) == "PLAN"


def test_a_private_entry_does_not_say_what_a_category_is_called(shelf, db):
    bring(shelf, shelf.add_source(A), "plan")
    bring(shelf, shelf.add_source(B, private=True), "PLAN")

    assert title(db) == "plan"


def test_a_public_entry_says_it_of_a_category_that_was_private_before(shelf, db):
    bring(shelf, shelf.add_source(B, private=True), "PLAN")
    assert title(db) is None

    bring(shelf, shelf.add_source(A), "plan")
    assert title(db) == "plan"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_private_source_does_not_say_what_a_category_is_called(shelf, db, is_first):
    if is_first:
        shelf.add_source(C, private=True, category="PLAN")
    shelf.add_source(A, category="plan")
    shelf.add_source(B, private=True, category="Plan")

    assert title(db) == "plan"


def test_the_label_of_a_source_that_becomes_private_is_not_told_any_more(shelf, db):
    declare(shelf, Declaration(A, category="PLAN"))
    bring(shelf, shelf.add_source(B), "plan")
    declare(shelf, Declaration(A, category="PLAN", private=True))
    assert title(db) == "plan"

    declare(shelf, Declaration(A, category="PLAN"))
    assert title(db) == "PLAN"


@pytest.mark.parametrize("label", ["PLAN", "plan"])
def test_the_labels_of_entries_of_a_source_count_as_long_as_it_is_public(shelf, db, label):
    bring(shelf, shelf.add_source(B), "Plan")
    declare(shelf, Declaration(A))
    bring(shelf, sources.find_source_by_url(db, A), label)
    before = title(db)
    declare(shelf, Declaration(A, private=True))
    assert title(db) == "Plan"

    declare(shelf, Declaration(A))
    assert title(db) == before == min("Plan", label)


def test_a_category_that_becomes_public_is_not_called_as_another_private_source_calls_it(shelf, db):
    bring(shelf, shelf.add_source(B, private=True), "PLAN")
    declare(shelf, Declaration(A, private=True))
    bring(shelf, sources.find_source_by_url(db, A), "plan")
    declare(shelf, Declaration(A))

    assert title(db) == "plan"


def test_what_is_private_alone_is_a_category_of_nobody(shelf, db):
    bring(shelf, shelf.add_source(A, private=True, category="Plan"), "PLAN")

    assert title(db) is None


def test_sources_that_spell_a_category_differently_are_in_one(shelf, db):
    declare(shelf, Declaration(A, name="a", category="Plan"), Declaration(B, name="b", category="PLAN"))
    declare(shelf, *shelf_of(db), Declaration(C, name="c", category="PLAN", private=True))

    assert categories_by_source(db) == {"a": "Plan", "b": "Plan"}


def shelf_of(db):
    """What the sources were declared as."""
    return [Declaration(one.url, name=one.name, category=one.category) for one in sources.list_sources(db)]


def test_the_label_of_a_source_is_kept_without_the_space_around_it(shelf, db):
    shelf.add_source(A, category=" Plan ")

    assert title(db) == "Plan"
