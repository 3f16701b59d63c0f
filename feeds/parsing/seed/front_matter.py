"""The lines of keys and values between two `---` that may stand before a document (Jekyll)."""

from __future__ import annotations

import re

FENCE = re.compile(r"---[ \t]*\n")
END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
PAIR = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?$")


def split_front_matter(text: str) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the values of each key, lowercased, and the text below; no front matter gives no keys."""
    start = FENCE.match(text)
    end = END.search(text, start.end()) if start else None
    if not start or not end:
        return {}, text
    return _read_pairs(text[start.end() : end.start()].splitlines()), text[end.end() :]


def _read_pairs(lines: list[str]) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, list[str]] = {}
    values: list[str] = []
    for line in lines:
        pair = PAIR.match(line)
        if pair:
            values = pairs[pair["key"].lower()] = _read_values(pair["value"] or "")
        elif line.lstrip().startswith("- "):  # a list written one value a line
            values += _read_values(line.lstrip()[2:])
    return {key: tuple(values) for key, values in pairs.items()}


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
