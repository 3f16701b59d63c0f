"""Keys and values between two `---` that may stand before a document, as YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import yaml

#: The values of each key; keys in lower case, `_` between their words.
FrontMatter: TypeAlias = dict[str, tuple[str, ...]]

FENCE = re.compile(r"---[ \t]*\n")
END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
PAIR = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?$")
#: A value longer than this is no list of keys, and takes YAML too long.
LONGEST = 100_000  # characters
#: In the table of a person, or the like, what it is called.
NAMES = ("name", "title", "label", "url", "src")


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return the front matter and the text below; where there is none no keys."""
    start = FENCE.match(text)
    end = END.search(text, start.end()) if start else None
    if not start or not end:
        return {}, text
    return _read(text[start.end() : end.start()]), text[end.end() :]


def first_value(front: FrontMatter, keys: Iterable[str]) -> tuple[str, str] | None:
    """Return the first of the keys that has a value, and the first of its values."""
    return next(((key, front[key][0]) for key in keys if front.get(key)), None)


def _read(block: str) -> FrontMatter:
    """Read YAML; where it is none, as after an unquoted title with a colon, what the lines say one by one."""
    try:
        # Every scalar stays the text it is: dates are read by us, and `no` may be a name.
        found = yaml.load(block, yaml.CBaseLoader) if len(block) <= LONGEST else None  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        return _read_lines(block.splitlines())
    return {_fold_key(str(key)): tuple(_find_values(value)) for key, value in found.items()}


def _find_values(value: Any, depth: int = 3) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list) and depth:
        for one in value:
            yield from _find_values(one, depth - 1)
    elif isinstance(value, Mapping) and depth:
        named = next((value[name] for name in NAMES if value.get(name)), "")
        yield from _find_values(named, depth - 1)


def _read_lines(lines: list[str]) -> FrontMatter:
    pairs: dict[str, list[str]] = {}
    values: list[str] = []
    for line in lines:
        pair = PAIR.match(line)
        if pair:
            values = pairs[_fold_key(pair["key"])] = _read_values(pair["value"] or "")
        elif line.lstrip().startswith("- "):  # a list written one value a line
            values += _read_values(line.lstrip()[2:])
    return {key: tuple(values) for key, values in pairs.items()}


def _fold_key(key: str) -> str:
    return key.strip().lower().replace("-", "_")


def _read_values(text: str) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        values = map(_unquote, text[1:-1].split(","))
    else:
        values = map(_unquote, (text,))
    return [value for value in values if value]


def _unquote(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1]).strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'").strip()
    return text
