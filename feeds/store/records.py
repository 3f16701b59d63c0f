"""An entry as it is written down: JSON that either database can hold, and back."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.model import Entry
from feeds.store.columns import storable

_LARGEST = 2**63
_decoder = msgspec.json.Decoder(Entry)


def read_entry(data: str) -> Entry:
    """Return the entry that `write_entry` wrote."""
    return _decoder.decode(data)


def write_entry(entry: Entry) -> str:
    """Return the entry as JSON; what no database takes is left out rather than failing a whole poll."""
    try:
        data = msgspec.json.encode(entry).decode()
        if "\\u0000" not in data:
            return data
    except (UnicodeEncodeError, OverflowError):
        pass
    return msgspec.json.encode(_clean(msgspec.to_builtins(entry))).decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return None
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {name: _clean(part) for name, part in value.items()}
    return value
