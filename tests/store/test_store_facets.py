"""What the newest entries of a view have in common, and pages towards what is newer."""

import random

import pytest
from store_samples import NOW, fresh, in_category, minutes, of_source, placed

from feeds.model import ALL, Selection
from feeds.store.entries import list_entries
from feeds.store.facets import MOST, find_facets
from feeds.store.newer import list_newer


@pytest.fixture
def papers(shelf):
    one, two = (
        shelf.add_source("https://one.example/", name="One"),
        shelf.add_source("https://two.example/", name="Two"),
    )
    shelf.poll(
        one,
        new=[placed(fresh("a", language="en", categories=("City",))), placed(fresh("b", language="en-GB"))],
    )
    shelf.poll(two, new=[placed(fresh("c", language="zh-Hant", categories=("City", "Rain")))])
    return one, two


def told(facets):
    return [(facet.view.display_title, facet.entries) for facet in facets]


def test_sources_categories_and_languages_are_counted(db, papers):
    facets = find_facets(db, ALL)

    assert told(facets.sources) == [("One", 2), ("Two", 1)]
    assert told(facets.categories) == [("City", 2), ("Rain", 1)]
    assert dict(facets.languages) == {"en": 2, "zh": 1, "zh-hant": 1}


def test_a_view_counts_its_own_entries_alone(db, papers):
    assert told(find_facets(db, of_source(papers[1])).categories) == [("City", 1), ("Rain", 1)]
    assert told(find_facets(db, in_category("rain")).sources) == [("Two", 1)]
    assert find_facets(db, of_source(papers[1])).sources == []
    assert find_facets(db, in_category("rain")).categories == []


def test_nothing_is_told_of_private_sources_nor_of_what_was_withdrawn(db, shelf, papers):
    hidden = shelf.add_source("https://hidden.example/", name="Hidden", private=True)
    shelf.poll(hidden, new=[placed(fresh("d", language="fr", categories=("Whispers",)))])
    shelf.poll(papers[1], withdrawn=["c"])

    assert told(find_facets(db, ALL).sources) == [("One", 2)]
    assert told(find_facets(db, ALL).categories) == [("City", 1)]
    assert dict(find_facets(db, ALL).languages) == {"en": 2}


def test_of_many_the_most_frequent_are_told(db, shelf):
    source = shelf.add_source()
    shelf.poll(
        source, new=[placed(fresh(f"e{n}", categories=(f"Topic {n}", "All"))) for n in range(MOST + 5)]
    )
    found = told(find_facets(db, ALL).categories)

    assert len(found) == MOST
    assert found[0] == ("All", MOST + 5)


@pytest.mark.parametrize("language", [None, "zh"])
def test_what_is_newer_is_what_stands_before_in_the_view(db, shelf, language):
    source = shelf.add_source()
    chance = random.Random(7)
    new = [
        placed(fresh(f"e{n}", language=chance.choice(["zh-Hans", "en"])), NOW + minutes(chance.randrange(9)))
        for n in range(60)  # many of one position
    ]
    shelf.poll(source, new=new)
    view = of_source(source)
    listed = [
        one
        for one in list_entries(db, view, 100)
        if language is None or (one.entry.language or "").startswith(language)
    ]
    for place, stored in enumerate(listed):
        before = listed[max(0, place - 5) : place][::-1]
        at = stored.position, stored.entry.id

        assert list_newer(db, view, Selection(language=language), 5, at) == before


def test_words_are_looked_for_towards_what_is_newer_too(db, shelf):
    source = shelf.add_source()
    shelf.poll(
        source, new=[placed(fresh(f"{'台灣' if n % 3 else 'rain'} {n}"), NOW + minutes(n)) for n in range(20)]
    )
    last = list_entries(db, ALL, 100)[-1]
    found = list_newer(db, ALL, Selection(query="台湾"), 3, (last.position, last.entry.id))

    assert [stored.entry.title for stored in found] == ["台灣 1", "台灣 2", "台灣 4"]


def test_languages_with_regions_push_no_other_out(db, shelf):
    source = shelf.add_source()
    languages = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
    tags = [f"{language}-{region}" for language in languages for region in ("AA", "BB")]
    shelf.poll(source, new=[placed(fresh(tag, language=tag)) for tag in tags])

    assert {name for name, _ in find_facets(db, ALL).languages} == {tag[:2] for tag in tags}
