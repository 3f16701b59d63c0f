"""Files of the seeds directory that are no seeds: each fact is a file in `tests/data/files` with its twin.

Of an object only the keys that the twin names are compared. `path` and `modified` are what the directory says
of the file; `{"refused": …}` is the reason of a ParseError.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing.files import SUFFIXES, parse_file

DATA = Path(__file__).parents[1] / "data" / "files"
FILES = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
TWINS = sorted(path for path in DATA.iterdir() if path.name.endswith(".expected.json"))


def document(body, path, modified=None):
    moment = datetime.fromisoformat(modified) if modified else None
    return Document("file:///x", body, path=path, modified=moment)


def asked(found, expected):
    """`found` without the keys that `expected` does not mention."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: asked(found.get(key, "(no such field)"), expected[key]) for key in expected}
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [asked(*pair) for pair in zip(found, expected, strict=True)]
    return found


def test_every_file_has_its_twin():
    assert FILES
    assert [f"{path.name}.expected.json" for path in FILES] == [path.name for path in TWINS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_read_as_its_twin_says(path):
    twin = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    file = document(path.read_bytes(), twin.get("path", path.name), twin.get("modified"))

    try:
        found = json.loads(json.dumps(asdict(parse_file(file))))
    except ParseError as error:
        found = {"refused": error.reason}

    assert asked(found, twin["expected"]) == twin["expected"]


@given(st.binary(max_size=300), st.sampled_from([*SUFFIXES, ".txt", ".xml", ".json", ""]))
def test_any_bytes_are_read_or_refused_in_one_line(body, suffix):
    reasons = []
    try:
        parse_file(document(body, f"a{suffix}"))
    except ParseError as error:
        reasons.append(error.reason)

    assert "\n" not in "".join(reasons)
