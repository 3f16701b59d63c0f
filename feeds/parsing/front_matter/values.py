"""The values in front matter, of whatever form it is, as texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from itertools import islice
from typing import Any, TypeAlias

import yaml

from feeds.parsing.front_matter.keys import DRAFTS, TABLES, fold_key, names_within

#: The values of each key; keys in lower case, `_` between their words.
FrontMatter: TypeAlias = dict[str, tuple[str, ...]]

#: Values of one key, and places looked at in all of them: an alias can stand for any number of others.
MOST_VALUES = 500
MOST_STEPS = 10_000
#: Lists and tables in one another.
DEEPEST = 3

#: YAML 1.2, section 10.3.2. The words of YAML 1.1 are left alone: `no` may be a language, and `on` a name.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read_front(written: Mapping[str, Any]) -> FrontMatter:
    """Return the texts in what was written: Python's values, or nodes of YAML."""
    within = (open_node(written[table]) for table in TABLES if table in written)
    keys = {key: value for table in within if isinstance(table, Mapping) for key, value in table.items()}
    steps = iter(range(MOST_STEPS))
    front: FrontMatter = {}
    for key, value in {**keys, **written}.items():
        folded = fold_key(key)
        front[folded] = tuple(islice(_find_texts(folded, value, steps), MOST_VALUES))
    return front


def read_plain(text: str) -> str | bool | None:
    """Return what an unquoted scalar of YAML stands for."""
    text = text.strip()
    return None if text in NULLS else BOOLEANS.get(text, text)


def open_node(value: Any) -> Any:
    """Return what a node of YAML holds. What an alias stands for is only looked at when it is asked for."""
    if isinstance(value, yaml.ScalarNode):
        return value.value if value.style else read_plain(value.value)
    if isinstance(value, yaml.SequenceNode):
        return value.value
    if isinstance(value, yaml.MappingNode):
        pairs = value.value[:MOST_VALUES]
        return {key.value: inner for key, inner in pairs if isinstance(key, yaml.ScalarNode)}
    return value


def _find_texts(key: str, value: Any, steps: Iterator[int]) -> Iterator[str]:
    """A switch is no text, but for the keys that are one."""
    for found in _find_scalars(value, names_within(key), steps):
        if not isinstance(found, bool):
            text = found.isoformat() if isinstance(found, date | time) else str(found).strip()
            if text:
                yield text
        elif key in DRAFTS:
            yield str(found).lower()


def _find_scalars(
    value: Any, names: tuple[str, ...], steps: Iterator[int], depth: int = DEEPEST
) -> Iterator[Any]:
    opened = open_node(value) if next(steps, None) is not None else None
    if isinstance(opened, Mapping):
        inner = {fold_key(key): one for key, one in opened.items()} if depth else {}
        named = ([*_find_scalars(inner.get(name), names, steps, depth - 1)] for name in names)
        yield from next(filter(None, named), ())
    elif isinstance(opened, list):
        for one in opened[:MOST_VALUES] if depth else ():
            yield from _find_scalars(one, names, steps, depth - 1)
    elif opened is not None:
        yield opened
