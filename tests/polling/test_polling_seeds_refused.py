"""Files that the store does not take: they cost no other, and are tried again."""

import os
import time

import pytest
from running import write_seed
from sqlalchemy import text

from feeds.errors import StoreRefusedError

OLD = time.time() - 60


def seed(here, number):
    link = f"https://a.example/{number}"
    path = write_seed(here.seeds, f"{number}.txt", title=f"T{number}", link=link, body="<p>x</p>")
    os.utime(path, (OLD, OLD))
    return path


def refuse(here, table, *names):
    """Have the store refuse what these files bring into a table."""
    condition = f"NEW.path IN ({', '.join(map(repr, names))})"
    with here.store.write() as db:
        db.execute(
            text(
                f"CREATE TRIGGER refused BEFORE INSERT ON {table} WHEN {condition}"
                " BEGIN SELECT RAISE(ABORT, 'no such thing'); END"
            )
        )


def admit(here):
    with here.store.write() as db:
        db.execute(text("DROP TRIGGER refused"))


def test_a_file_that_the_store_refuses_costs_no_other_and_is_told(here):
    for number in range(9):
        seed(here, number)
    refuse(here, "versions", "2.txt", "7.txt")
    outcome = here.poll_seeds()

    assert outcome.new == 7
    assert sorted(here.titles()) == ["T0", "T1", "T3", "T4", "T5", "T6", "T8"]
    problem = "could not be stored: no such thing"
    assert here.problems() == {"2.txt": problem, "7.txt": problem}
    assert outcome.error == f"2.txt: {problem}; 7.txt: {problem}"


def test_it_is_tried_again_at_every_poll(here):
    seed(here, 1)
    refuse(here, "versions", "1.txt")
    here.poll_seeds()
    assert here.titles() == []

    admit(here)
    assert here.poll_seeds().new == 1
    assert (here.titles(), here.problems()) == (["T1"], {})


def test_what_a_refused_file_brought_before_stays(here):
    path = seed(here, 1)
    here.poll_seeds()
    refuse(here, "versions", "1.txt")
    path.write_text(path.read_text().replace("<p>x</p>", "<p>other</p>"))
    os.utime(path, (OLD + 1, OLD + 1))
    outcome = here.poll_seeds()

    assert (outcome.kind, outcome.withdrawn, here.titles()) == ("unchanged", 0, ["T1"])
    assert here.problems().keys() == {"1.txt"}


def test_where_not_even_its_problem_can_be_noted_the_poll_fails(here):
    seed(here, 1)
    refuse(here, "seed_files", "1.txt")
    with pytest.raises(StoreRefusedError, match="no such thing"):
        here.poll_seeds()
