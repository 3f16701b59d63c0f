"""Finding entries from the command line."""

import json

import pytest
from running import write_seed

from feeds.store import open_store


@pytest.fixture
def searched(call, tmp_path):
    """Three articles in the store."""
    for number, title in enumerate(("台灣大選", "台湾海峡", "New York")):
        link = f"https://news.example/{number}"
        stamp = 1767225600000 + number * 60_000
        write_seed(
            tmp_path / "seeds", f"{number}.txt", title=title, link=link, body="<p>x</p>", timestamp=stamp
        )
    call("refresh")
    return call


def test_what_is_found_is_listed_with_its_address_newest_first(searched):
    assert searched("search", "台湾") == (
        0,
        "2026-01-01 00:01  news.example  台湾海峡\n    https://news.example/1\n"
        "2026-01-01 00:00  news.example  台灣大選\n    https://news.example/0\n",
        "",
    )


def test_all_queries_must_be_held(searched):
    assert "1" not in searched("search", "台湾", "大选")[1].split("\n")[1]
    assert searched("search", "york", "台湾") == (0, "", "nothing is found\n")


@pytest.mark.parametrize(
    ("queries", "links"),
    [
        (["台湾", "-大选"], [1]),
        (["-台湾"], [2]),
        (["-york", "lang:zh"], [1, 0]),
        (["source:news.example", "york"], [2]),
        (["source:news.example york"], [2]),
        (["before:2026-01-01T"], None),
        (["after:2026-01-01", "-source:news.example"], []),
        (["before:2026"], []),
        (['-"new york"', "海峡"], [1]),
    ],
)
def test_a_query_may_be_an_operator_or_exclude(searched, queries, links):
    status, out, _ = searched("search", "--json", *queries)

    if links is None:
        assert status == 2
    else:
        assert [found["link"][-1] for found in json.loads(out)] == [str(link) for link in links]


def test_what_makes_no_sense_is_a_wrong_use(searched):
    for query, reason in (
        ("before:yesterday", "‘before:’ takes a date"),
        ("source:", "nothing follows ‘source:’"),
        ("--jsn", "No such option '--jsn'"),
        ('""', "the query is empty"),
    ):
        status, _, err = searched("search", "york", query)
        assert status == 2
        assert reason in err


def test_a_name_that_nobody_has_is_told(searched):
    told = searched("search", "source:paper", "category:towns", "york")[2]

    assert told == "nothing is found; there is no source ‘paper’; there is no category ‘towns’\n"


def test_more_than_asked_for_is_told(searched):
    status, out, err = searched("search", "--limit", "1", "台")

    assert (status, len(out.splitlines())) == (0, 2)
    assert err == "… and more: feeds search --limit 5 shows them\n"


def test_a_program_can_read_it(searched):
    [found] = json.loads(searched("search", "--json", "new york")[1])

    assert found["title"] == "New York"
    assert found["link"] == "https://news.example/2"


@pytest.mark.parametrize("queries", [[], [""], [" ", "\u3000"], ["\ufe0f"]])
def test_a_search_for_nothing_is_a_wrong_use(searched, queries):
    assert searched("search", *queries)[0] == 2


def test_bytes_that_are_no_text_are_found_nowhere(searched):
    assert searched("search", "\udcff") == (0, "", "nothing is found\n")


def test_too_many_queries_are_a_wrong_use(searched):
    status, _, err = searched("search", *["a"] * 101)

    assert status == 2
    assert "at most 100 queries" in err


def test_nobody_waits_for_a_writer_to_search(searched, tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    with store.write():
        assert searched("search", "york")[0] == 0
    store.close()
