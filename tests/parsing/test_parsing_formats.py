"""Every file of tests/data/<format> states one fact in its first comment (in JSON: under `_fact`).

Its twin `<fact>.expected.json` says what is read from it. Of an object only the keys given are compared, the
elements of a list one by one and all of them. `{"refused": …}` is the reason of a ParseError.
"""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import parse
from feeds.parsing.discovery import find_feed_links
from feeds.parsing.opml import parse_opml
from feeds.text.charset import decode
from feeds.text.dates import format_rfc3339

DATA = Path(__file__).parent.parent / "data"
READERS = {
    "rss": parse,
    "rdf": parse,
    "atom": parse,
    "jsonfeed": parse,
    "broken": parse,
    "charset": parse,
    "hostile": parse,
    "refused": parse,
    "opml": lambda document: parse_opml(document)[0],
    "discovery": find_feed_links,
}
CASES = sorted(
    path
    for folder in READERS
    for path in (DATA / folder).iterdir()
    if not path.name.endswith(".expected.json")
)


def plain(value):
    """`value` as JSON would give it back."""
    return json.loads(json.dumps(value, default=format_rfc3339))


def read(path):
    document = Document("https://a.example/news/", path.read_bytes())
    try:
        found = READERS[path.parent.name](document)
    except ParseError as error:
        return {"refused": error.reason}
    return plain([asdict(one) for one in found] if isinstance(found, tuple) else asdict(found))


def only_what_is_asked(found, expected):
    """`found` without the keys that `expected` does not mention."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {
            key: only_what_is_asked(found[key], expected[key]) if key in found else "(no such field)"
            for key in expected
        }
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [only_what_is_asked(*pair) for pair in zip(found, expected, strict=True)]
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_document_is_read_as_its_twin_says(path):
    expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text(encoding="utf-8"))

    assert only_what_is_asked(read(path), expected) == expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_document_says_its_fact(path):
    head = decode(path.read_bytes(), None)[:600]

    assert "<!-- " in head or '"_fact": "' in head


def test_no_twin_is_left_without_its_document():
    twins = {path for folder in READERS for path in (DATA / folder).glob("*.expected.json")}
    expected = {path.with_name(f"{path.stem}.expected.json") for path in CASES}

    assert twins == expected
