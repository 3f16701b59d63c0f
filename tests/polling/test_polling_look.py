"""Looks through the directory beside the ledger: what they find, and what they keep in memory."""

import os
import socket
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from feeds.model import SeedFile
from feeds.polling.seeds import look as looking
from feeds.polling.seeds.look import Look, sort_places, walk
from feeds.polling.seeds.vanished import find_doubtful
from feeds.polling.seeds.watch import Hints, find_place
from feeds.store import files


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "seeds"
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "a-b/x.txt", "a%b.txt", "é/灯.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    with open(os.fsencode(root) + b"/\xff.txt", "wb"):
        return root


def look_through(store, root, *places, most=1000):
    """Look, enter what has changed, strike out what is missing; return both."""
    look, changed, missing = Look(root, list(places or ("",))), [], []
    while True:
        with store.write() as db:
            step = look.step(db, most)
            files.save_files(db, step.changed)
            files.forget_files(db, step.missing)
        changed += [file.path for file in step.changed]
        missing += step.missing
        if step.is_last:
            return changed, missing


def test_files_come_in_the_order_of_the_ledger(store, root):
    found = list(walk(root, ""))

    assert [one.key for one in found] == sorted(one.key for one in found)
    assert [one.path for one in found] == [
        "\udcff.txt",
        "a%b.txt",
        "a-b/x.txt",
        "a.txt",
        "a/b/c.txt",
        "a/z.txt",
        "b.txt",
        "é/灯.txt",
    ]


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_a_second_look_finds_nothing(store, root, most):
    changed, _ = look_through(store, root, most=most)

    assert len(changed) == 8
    assert look_through(store, root, most=most) == ([], [])


def test_what_is_new_changed_and_missing_is_found(store, root):
    look_through(store, root)
    (root / "a/b/c.txt").write_text("longer than before")
    (root / "a/new.txt").touch()
    (root / "b.txt").unlink()

    assert look_through(store, root) == (["a/b/c.txt", "a/new.txt"], ["b.txt"])


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("a", (["a/b/c.txt", "a/new.txt"], ["a/z.txt"])),
        ("a/b", (["a/b/c.txt"], [])),
        ("a/b/c.txt", (["a/b/c.txt"], [])),
        ("a/z.txt", ([], ["a/z.txt"])),
        ("b.txt", ([], [])),
        ("nowhere/at/all", ([], [])),
        ("a-b", ([], [])),
    ],
)
def test_a_look_at_one_place_finds_what_has_changed_there(store, root, place, found):
    look_through(store, root)
    (root / "a/b/c.txt").write_text("longer than before")
    (root / "a/new.txt").touch()
    (root / "a/z.txt").unlink()

    assert look_through(store, root, place) == found


def test_a_file_that_becomes_a_folder_and_a_folder_that_becomes_a_file(store, root):
    look_through(store, root)
    (root / "b.txt").unlink()
    (root / "b.txt").mkdir()
    (root / "b.txt/inner.txt").touch()
    (root / "a-b/x.txt").unlink()
    (root / "a-b").rmdir()
    (root / "a-b").touch()

    assert look_through(store, root, "b.txt", "a-b") == (["a-b", "b.txt/inner.txt"], ["a-b/x.txt", "b.txt"])


def test_links_are_not_followed_on_the_way_to_a_place(store, root, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.txt").touch()
    (root / "way").symlink_to(tmp_path / "outside")

    assert list(walk(root, "way/x.txt")) == []
    assert [one.problem for one in walk(root, "way")] == ["a symbolic link is not followed"]


def test_hidden_places_are_no_places(root):
    (root / ".git").mkdir()
    (root / ".git/x.txt").touch()

    assert list(walk(root, ".git/x.txt")) == []


def test_what_is_no_file_is_named_for_what_it_is(tmp_path):
    root = tmp_path / "odd"
    root.mkdir()
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        found = {one.path: one.problem for one in walk(root, "")}

    assert found == {"pipe": "a pipe (FIFO) is not read", "socket": "a socket is not read"}
    assert next(walk(Path("/dev"), "null")).problem == "a device is not read"


def test_thousands_of_folders_deep_and_wide_are_walked(tmp_path):
    root = tmp_path / "many"
    deep = root.joinpath(*("d" for _ in range(300)))
    deep.mkdir(parents=True)
    (deep / "x.txt").touch()
    for number in range(2000):
        (root / f"w{number}").mkdir()

    assert [one.path for one in walk(root, "")] == ["d/" * 300 + "x.txt"]


def test_a_look_holds_less_than_two_hundred_bytes_a_file(store, tmp_path):
    root = tmp_path / "flat"
    root.mkdir()
    for number in range(20_000):
        (root / f"{number:07}_an_article_with_a_long_name.txt").touch()
    look_through(store, root)
    tracemalloc.start()
    with store.read() as db:
        list(Look(root, [""]).step(db, 1000).changed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 200 * 20_000


def test_so_does_a_question_what_of_the_vanished_is_doubtful(store):
    gone = [f"a/{number:07}_an_article_with_a_long_name.txt" for number in range(20_000)]
    with store.write() as db:
        files.save_files(db, [SeedFile(path, 1000, 0, 0, entry_ids=(f"urn:x:{path}",)) for path in gone])
    tracemalloc.start()
    with store.read() as db:
        doubtful = find_doubtful(db, gone, set(), Counter())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(doubtful) == 20_000
    assert peak < 200 * 20_000


def test_places_inside_others_are_looked_at_once():
    assert sort_places(["a/b", "a", "a-b", "a/c/d", "b"]) == ["a", "a-b", "b"]
    assert sort_places(["a", "", "b/c"]) == [""]


def test_hints_are_taken_once_and_many_are_everything():
    hints = Hints()
    hints.add({"a", "b/c"})
    assert sorted(hints.take()) == ["a", "b/c"]
    assert hints.take() == []

    hints.add(f"{n}.txt" for n in range(1000))
    assert hints.take() == [looking.EVERYTHING]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/srv/seeds/a/b.txt", "a/b.txt"),
        ("/srv/seeds", ""),
        ("/srv/seeds/a/\ufffd.txt", "a"),
        ("/srv/seeds/\ufffd/b.txt", ""),
        ("/elsewhere/b.txt", ""),
    ],
)
def test_what_the_watch_tells_is_a_place(path, place):
    assert find_place(Path("/srv/seeds"), path) == place
