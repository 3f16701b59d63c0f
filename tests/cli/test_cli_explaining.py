"""How a file is read, told field by field."""

import json

import pytest

SEED = """<!--1673498825000-->
[美日會談](https://www.dw.com/zh/x/a-64358959)
------

<div><i>文山<br>2023-01-12T04:45:08.220Z</i></div><p>正文</p><p>© 2023年德国之声版权声明：不得擅自使用。</p>
"""


@pytest.fixture
def seeds(tmp_path):
    folder = tmp_path / "seeds"
    (folder / "亞洲").mkdir(parents=True)
    (folder / "亞洲/a.txt").write_text(SEED, encoding="utf-8")
    (folder / "links.txt").write_text("https://lamp.example/a\n")
    (folder / "odd.txt").write_text("no seed")
    return folder


@pytest.mark.parametrize("name", ["seeds/亞洲/a.txt", "亞洲/a.txt"])
def test_show_tells_which_rule_gave_which_field(call, seeds, name):
    status, out, _ = call("show", name)

    assert status == 0
    assert "亞洲/a.txt: seed\n" in out
    assert "  title: 美日會談  ← title line\n" in out
    assert "  published: 2023-01-12T04:47:05Z  ← timestamp\n" in out
    assert "  authors: 文山  ← byline\n" in out
    assert "  categories: 亞洲  ← folder: 亞洲\n" in out
    assert (
        "  rights: © 2023年德国之声版权声明：不得擅自使用。  ← the copyright line, moved out of the text\n"
        in out
    )
    assert "  id: urn:uuid:be6100a6-16eb-5d1d-8eb3-c91844f0e034  ← the normalized link\n" in out
    assert "the row dw.com; the header read: block" in out
    assert "  in the store: not yet\n" in out


def test_show_tells_what_came_of_a_file(call, seeds):
    call("refresh")

    assert "(current)" in call("show", "亞洲/a.txt")[1]
    assert "unreadable: it is no seed" in call("show", "odd.txt")[1]


def test_show_tells_what_became_of_a_page(call, seeds):
    (seeds / "links.txt").write_text("http://127.0.0.1:1/a\n")
    call("refresh")

    told = "  in the store: http://127.0.0.1:1/a: port 1 is not for web pages; tried again at "
    assert told in call("show", "links.txt")[1]


def test_a_list_that_is_read_in_part_is_not_called_unreadable(call, seeds):
    (seeds / "mine.opml").write_text('<opml><body><outline xmlUrl="https://a.example/"/><outline text="<"/>')
    call("refresh")

    assert "  in the store: with a problem: the list is damaged in line 1 " in call("show", "mine.opml")[1]


def test_show_tells_of_a_draft(call, seeds):
    (seeds / "draft.md").write_text("---\ndraft: true\n---\n\nIt burns.\n")

    assert "  draft: left out until it is none\n" in call("show", "draft.md")[1]


def test_a_program_can_read_it(call, seeds):
    [shown] = json.loads(call("show", "--json", "亞洲/a.txt")[1])

    assert shown["format"] == "seed"
    assert {"field": "title", "value": "美日會談", "rules": ["title line"]} in shown["fields"]


def test_doctor_tells_of_every_file(call, seeds):
    status, out, _ = call("doctor", "--seeds")

    assert status == 1
    assert "links.txt: addresses\n  page: https://lamp.example/a\n" in out
    assert "odd.txt:\n  BAD it is no seed" in out
    assert out.endswith("3 files, 1 with a problem\n")


def test_what_is_neither_a_source_nor_a_file_is_told(call, seeds):
    assert call("show", "nothing.txt") == (
        1,
        "",
        "feeds: nothing.txt: there is no such source (feeds sources lists them), nor such a file in seeds\n",
    )


def test_a_file_elsewhere_is_no_seed(call, seeds, tmp_path):
    (tmp_path / "other.txt").write_text(SEED, encoding="utf-8")

    assert call("show", "other.txt")[0] == 1


def test_a_renamed_document_is_told_with_the_identity_it_keeps(call, seeds):
    (seeds / "a.md").write_text("# Lamp\n")
    call("refresh")
    (seeds / "a.md").rename(seeds / "b.md")
    call("refresh")
    stored = json.loads(call("search", "--json", "lamp")[1])[0]["id"]

    assert f"  id: {stored}  ← its path when it was first seen\n" in call("show", "b.md")[1]


def test_a_file_that_has_gone_is_told(call, seeds):
    call("refresh")
    (seeds / "odd.txt").unlink()

    assert "odd.txt:\n  BAD the file is not there\n" in call("show", "odd.txt")[1]


def test_a_missing_directory_is_told(call, seeds):
    seeds.rename(seeds.parent / "elsewhere")

    assert call("doctor", "--seeds") == (1, "", "feeds: seeds: there is no such directory\n")
