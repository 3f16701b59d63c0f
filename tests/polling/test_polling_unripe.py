"""Files that may still be written, held until they rest."""

import tracemalloc

import pytest

from feeds.model import SeedFile
from feeds.polling.seeds import unripe
from feeds.polling.seeds.unripe import Unripe

OLD, YOUNG = 100.0, 0.1  # seconds


@pytest.fixture
def held():
    return Unripe()


def look(held, now, *files, is_import=False, age=YOUNG):
    """Look at files of these paths, or (path, size); return those that are ripe."""
    held.begin_look(is_import=is_import)
    found = [SeedFile(file, 1, 0, 0) if isinstance(file, str) else SeedFile(*file, 0, 0) for file in files]
    return [file.path for file in found if held.is_ripe(file, age, now)]


def test_a_file_is_ripe_when_it_has_looked_the_same_for_half_a_second(held):
    assert look(held, 0.0, ("a", 1)) == []
    assert look(held, 0.4, ("a", 2)) == []
    assert look(held, 0.8, ("a", 2)) == []
    assert look(held, 1.0, ("a", 2)) == ["a"]
    assert not held.paths


def test_in_an_import_the_times_of_files_are_believed(held):
    assert look(held, 0.0, "a", is_import=True, age=OLD) == ["a"]
    assert look(held, 0.0, "a", is_import=True, age=YOUNG) == []


def test_what_a_look_does_not_find_again_is_held_no_longer(held):
    look(held, 0.0, "a", "b")
    look(held, 0.2, "b")
    assert [*held.paths] == ["b"]
    assert look(held, 0.6, "a", "b") == ["b"]


def test_what_is_held_keeps_its_place_before_what_comes_later(held, monkeypatch):
    monkeypatch.setattr(unripe, "MOST_HELD", 2)
    look(held, 0.0, "m", "n")

    assert look(held, 0.2, "a", "b", "m", "n") == []
    assert [*held.paths] == ["m", "n"]
    assert held.has_more
    assert look(held, 0.6, "a", "b", "m", "n") == ["m", "n"]
    assert held.has_more
    assert look(held, 0.8, "a", "b") == []
    assert not held.has_more


def test_of_more_files_than_are_held_those_of_old_times_are_read_at_once(held, monkeypatch):
    monkeypatch.setattr(unripe, "MOST_HELD", 2)

    assert look(held, 0.0, "a", "b", "c", "d", age=OLD) == ["c", "d"]


def test_of_a_hundred_thousand_young_files_no_more_is_held_than_of_two_thousand(held):
    tracemalloc.start()
    for now in (0.0, 0.2):
        held.begin_look(is_import=False)
        for number in range(100_000):
            held.is_ripe(
                SeedFile(f"{number:07}_an_article_with_a_long_name.txt", 1000, 10**18, number), YOUNG, now
            )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_500_000
