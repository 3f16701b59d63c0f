"""Keys and values that may stand before a document: YAML, TOML, JSON, or lines of their own."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from feeds.parsing.front_matter.keys import KNOWN, TITLE, fold_key
from feeds.parsing.front_matter.values import FrontMatter, read_front
from feeds.parsing.front_matter.yaml_reading import read_yaml
from feeds.text.characters import collapse

__all__ = ["FrontMatter", "FrontMatterError", "first_value", "parse_front_matter", "split_front_matter"]

#: Keys and values as they are written, and the text below.
Cut: TypeAlias = tuple[Mapping[str, Any], str]

YAML_FENCE = re.compile(r"---[ \t]*\n")
YAML_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
TOML_FENCE = re.compile(r"\+\+\+[ \t]*\n(?P<block>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
TOML_START = re.compile(r"\+\+\+[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[ \t]*(?:[\w.\"'-]+[ \t]*=|\[)")
JSON_START = re.compile(r'\{\s*"[^"\n]*"\s*:')
#: What stands below JSON that is front matter: a text, not more JSON.
JSON_END = re.compile(r"[ \t]*\n\s*(?![\[{])\S")
LINE = re.compile(r"(?P<key>[^\W\d][\w -]{0,40}?)[ \t]*:[ \t]*(?P<value>.*)")
EMPTY_LINE = re.compile(r"\n[ \t]*(?:\n|\Z)")

#: What TOML takes very long for: its time is the square of the dots in a key.
LONGEST_TOML = 100_000  # characters
MOST_DOTS = 300  # on a line


class FrontMatterError(ValueError):
    """What is meant as front matter cannot be read; says why."""


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return front matter that is fenced, and the text below; no keys where there is none."""
    try:
        found = _cut_yaml(text) or _cut_toml(text)
    except FrontMatterError:
        found = None
    return (read_front(found[0]), found[1]) if found else ({}, text)


def parse_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return front matter of any form, and the text below; raises FrontMatterError for a broken one.

    JSON and lines without a fence are front matter only in a file that is known to be Markdown.
    """
    found = _cut_yaml(text) or _cut_toml(text) or _cut_json(text) or _cut_lines(text)
    return (read_front(found[0]), found[1]) if found else ({}, text)


def first_value(front: FrontMatter, keys: Iterable[str]) -> tuple[str, str] | None:
    """Return the first of the keys that has a value, and the first of its values."""
    return next(((key, front[key][0]) for key in keys if front.get(key)), None)


def _cut_yaml(text: str) -> Cut | None:
    start = YAML_FENCE.match(text)
    end = YAML_END.search(text, start.end()) if start else None
    keys = read_yaml(text[start.end() : end.start()]) if start and end else None
    return (keys, text[end.end() :]) if keys is not None and end else None


def _cut_toml(text: str) -> Cut | None:
    found = TOML_FENCE.match(text)
    if found and not found["block"].strip():
        return {}, text[found.end() :]
    if not TOML_START.match(text):
        return None
    if not found:
        raise FrontMatterError("its front matter has no end: a second line of +++")
    block = found["block"]
    if len(block) > LONGEST_TOML or any(line.count(".") > MOST_DOTS for line in block.splitlines()):
        raise FrontMatterError("its front matter is too long")
    try:
        return tomllib.loads(block), text[found.end() :]
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(f"its front matter is no TOML: {collapse(str(error))}") from error


def _cut_json(text: str) -> Cut | None:
    if not JSON_START.match(text):
        return None
    try:
        keys, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(f"its front matter is no JSON: {collapse(str(error))}") from error
    return (keys, text[end:]) if JSON_END.match(text, end) else None


def _cut_lines(text: str) -> Cut | None:
    """Lines of `Key: value` up to an empty one, as Pelican and MultiMarkdown have them, all keys known."""
    end = EMPTY_LINE.search(text)
    if not end:
        return None
    keys: dict[str, str] = {}
    key = ""
    for line in text[: end.start()].split("\n"):
        found = LINE.fullmatch(line)
        if found and fold_key(found["key"]) in KNOWN:
            key = fold_key(found["key"])
            keys[key] = found["value"]
        elif key and line[:1].isspace():  # goes on from the line above
            keys[key] += f" {line.strip()}"
        else:
            return None
    first = next(iter(keys))
    is_front = first in TITLE or (len(keys) > 1 and any(map(keys.get, TITLE)))
    return (keys, text[end.end() :]) if is_front else None
