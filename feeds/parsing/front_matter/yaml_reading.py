"""YAML as people write it above their texts, mended where it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from feeds.parsing.front_matter.keys import KNOWN, NAMES, fold_key
from feeds.parsing.front_matter.values import read_plain

#: A text longer than this is no list of keys, and takes YAML too long.
LONGEST = 100_000  # characters
#: A text is mended in so many lines; where more of it is no YAML, none of it may be.
MOST_MENDS = 20

#: What ends a line in YAML 1.1, by which its errors count them.
LINE_END = re.compile("[\n\x85\u2028\u2029]")
KEY = r"[^\W\d][\w-]*"
PAIR = re.compile(rf"(?P<key>{KEY})[ \t]*:(?:[ \t]+(?P<value>.*))?$")
#: A value, and what stands before it.
VALUE = re.compile(rf"(?P<before>[ \t]*(?:- +)*(?:{KEY}(?: {KEY})*[ \t]*:[ \t]+)?)(?P<value>\S.*)")
#: How a text over the lines below begins.
BLOCK = re.compile(r"[>|][-+0-9]*\s*")
#: Quotes around the first words only.
QUOTED_WORDS = re.compile(r"""(["'])(?:(?!\1).)*\1(?=\W)""")


class NotYamlError(ValueError):
    """It is no YAML, and cannot be mended."""


def read_yaml(block: str) -> Mapping[str, Any] | None:
    """Return keys and values, or None for a text between two rules, which has none.

    The values are nodes, which tell what is quoted from what is not, or texts where the lines were read one
    by one.
    """
    if not block.strip():
        return {}
    try:
        node = _compose(block)
    except NotYamlError:
        return _read_lines(block)
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    keys = {key.value: value for key, value in pairs if isinstance(key, yaml.ScalarNode)}
    return keys if _are_keys(keys, block) else None


def _are_keys(keys: Iterable[str], block: str) -> bool:
    """Tell keys from a sentence with a colon; below an empty line, as after a rule, only by known ones."""
    if block.startswith("\n"):
        return any(fold_key(key) in KNOWN for key in keys)
    return any(re.fullmatch(KEY, key) for key in keys)


def _compose(block: str) -> Any:
    """Return the root of the nodes; a line that is no YAML, as one with a colon too many, is quoted."""
    lines = LINE_END.split(block)
    mended: set[int] = set()
    while len(block) <= LONGEST and len(mended) <= MOST_MENDS:
        try:
            return yaml.compose("\n".join(lines), yaml.CBaseLoader)
        except yaml.MarkedYAMLError as error:
            place = next((place for place in _find_places(error, lines) if place not in mended), None)
            if place is None:
                break
            mended.add(place)
            lines[place] = _mend(lines[place])
        except (yaml.YAMLError, ValueError, RecursionError):
            break
    raise NotYamlError


def _find_places(error: yaml.MarkedYAMLError, lines: list[str]) -> list[int]:
    """Return the lines that may be to blame, the likeliest first: what is left open shows further down."""
    marks = [error.problem_mark, error.context_mark]
    if "flow" in (error.context or ""):
        marks.reverse()
    return [mark.line for mark in marks if mark and mark.line < len(lines) and lines[mark.line].strip()]


def _mend(line: str) -> str:
    if line.startswith("\t"):
        return line.expandtabs(2)
    found = VALUE.match(line)
    if not found or not found["before"].strip():
        return line
    value = found["value"].strip()
    if _close(value) != value:
        return f"{found['before']}{_close(value)}"
    text = (value if QUOTED_WORDS.match(value) else _unquote(value)).replace("'", "''")
    return f"{found['before']}'{text}'"


def _read_lines(block: str) -> Mapping[str, Any] | None:
    """Return what the lines say one by one, where the first of them is a key and one of them is known."""
    lines = LINE_END.split(block)
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if not PAIR.match(first):
        return None
    pairs: dict[str, list[Any]] = {}
    is_text, values = False, []
    for line in lines:
        text = line.strip()
        if pair := PAIR.match(line):
            value = (pair["value"] or "").strip()
            is_text = bool(value)
            values = pairs[pair["key"]] = [] if BLOCK.fullmatch(value) else _read_values(value)
        elif is_text and text and line[0].isspace():  # goes on from the line above
            values[:] = [" ".join(map(str, filter(None, (*values, text))))]
        elif not is_text:
            values += _read_item(text)
    return pairs if any(fold_key(key) in KNOWN for key in pairs) else None


def _read_item(text: str) -> list[Any]:
    """Return the value in a line of a list, or of a table that has a name."""
    bare = text.removeprefix("- ").strip()
    if pair := PAIR.match(bare):
        return _read_values(pair["value"] or "") if pair["key"].lower() in NAMES else []
    return _read_values(bare) if text.startswith("- ") else []


def _read_values(text: str) -> list[Any]:
    text = _close(text.strip())
    parts = text[1:-1].split(",") if text.startswith("[") and text.endswith("]") else [text]
    return [read_plain(part) if part == _unquote(part) else _unquote(part) for part in map(str.strip, parts)]


def _close(text: str) -> str:
    """Return a list with the bracket that was forgotten."""
    return f"{text}]" if text.startswith("[") and "]" not in text else text


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1]).strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'").strip()
    return text
