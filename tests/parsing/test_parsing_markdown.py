"""Markdown that is broken, deep or hostile; ordinary facts are files in `tests/data/files`."""

import time

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing.front_matter import split_front_matter
from feeds.parsing.front_matter.values import MOST_VALUES
from feeds.parsing.markdown import parse_markdown
from feeds.text.markup import plain_text

BOMB = "a: &a [" + "x," * 20_000 + "x]\n"


def entry_of(text):
    [entry] = parse_markdown(Document("file:///x", text.encode(), path="x.md")).entries
    return entry


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('+++\ntitle = "Lamp\n+++\nText.', "its front matter is no TOML: "),
        ("+++\ntitle = " + "[" * 50_000 + "\n+++\nText.", "its front matter is no TOML: "),
        ("+++\n" + "a." * 45_000 + "b = 1\n+++\nText.", "its front matter is too long"),
        ('{\n"title": "Lamp",\n}\n\nText.', "its front matter is no JSON: "),
        ('{"title": ' + "[" * 50_000 + "\n\nText.", "its front matter is no JSON: "),
    ],
)
def test_broken_front_matter_is_refused_in_one_line(text, reason):
    with pytest.raises(ParseError) as caught:
        entry_of(text)

    assert caught.value.reason.startswith(reason)
    assert "\n" not in caught.value.reason


def test_json_is_no_front_matter_where_a_file_may_be_anything():
    text = '{"from": "https://lamp.example/"}\n\n<p>Text.</p>'

    assert split_front_matter(text) == ({}, text)


def test_broken_toml_is_no_front_matter_where_a_file_may_be_anything():
    text = "+++\ntitle = Lamp\n+++\nText."

    assert split_front_matter(text) == ({}, text)


def test_more_json_below_json_is_no_text():
    text = '{"title": "one"}\n{"title": "two"}\n'

    assert entry_of(text).title.value == '{"title": "one"} {"title": "two"}'


def test_an_outline_keeps_every_level():
    levels = [f"level{depth}" for depth in range(80)]
    entry = entry_of("".join(f"{'  ' * depth}- {level}\n" for depth, level in enumerate(levels)))

    assert plain_text(entry.content.value).replace("- ", " ").split() == levels


@pytest.mark.parametrize("depth", [25, 99, 150, 10_000])
def test_quotations_in_one_another_keep_the_text(depth):
    entry = entry_of(">" * depth + " deep\n\nend")

    assert "deep" in entry.content.value
    assert entry.content.value.endswith("<p>end</p>")


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " x",
        "- " * 10_000 + "x",
        "".join(" " * 2 * depth + "- x\n" for depth in range(500)),
        "[" * 50_000 + "x" + "]" * 50_000,
        "<h1>" * 60_000,
        "<!--" * 60_000,
        "Title" + " " * 500_000 + "\n",
        "---\n" + "a: b: c\n" * 12_000 + "---\n",
        "---\n" + BOMB + "tags: [" + ",".join(["*a"] * 10_000) + "]\n---\n",
        "---\n" + BOMB.replace("x", "[]") + "tags: [" + ",".join(["*a"] * 10_000) + "]\n---\n",
        "---\n" + BOMB + "".join(f"key{n}: *a\n" for n in range(4_000)) + "---\n",
    ],
    ids=range(11),
)
def test_what_is_made_to_take_long_does_not(text):
    start = time.process_time()
    entry_of(text)

    assert time.process_time() - start < 5


def test_values_of_one_key_are_bounded():
    entry = entry_of("---\n" + BOMB + "tags: [*a, *a]\n---\nText.")

    assert entry.categories == ("x",) * MOST_VALUES


def test_an_alias_of_itself_has_no_end_and_no_text():
    assert split_front_matter("---\nauthor: &a\n  name: *a\n---\nText.")[1] == "Text."
