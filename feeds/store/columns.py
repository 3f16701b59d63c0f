"""The column types: what the model holds, as both databases can keep it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

#: Row numbers: SQLite counts up by itself only in a column declared INTEGER.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")

#: Sorted by code point on both databases, whatever the locale of the server is.
PlainText = Text().with_variant(Text(collation="C"), "postgresql")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED_BYTE = re.compile("[%\udc80-\udcff]")
_ESCAPE = re.compile("%([0-9A-F]{2})")


def storable(text: str) -> str:
    """Return `text` without the characters that a database refuses: NUL and lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("", text)
    return text.replace("\x00", "")


class Words(TypeDecorator[str]):
    """Text of any origin; what no database takes is left out."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Unsigned(TypeDecorator[int]):
    """A 64-bit number without sign, such as an inode, in a column that has one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return value - (1 << 64) if value is not None and value >= 1 << 63 else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        return value + (1 << 64) if value is not None and value < 0 else value


class FilePath(TypeDecorator[str]):
    """A path; its undecodable bytes, surrogate escapes in Python, are kept as `%E4`, and `%` as `%25`."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else escape_path(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unescape_path(value)


def escape_path(path: str) -> str:
    """Return a path as text that a database takes, and by which files are in order."""
    return _ESCAPED_BYTE.sub(lambda match: f"%{ord(match[0]) & 0xFF:02X}", path)


def unescape_path(key: str) -> str:
    """Return the path that was escaped."""
    return _ESCAPE.sub(_unescape, key) if "%" in key else key


def _unescape(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte < 0x80 else chr(0xDC00 + byte)


class Json(TypeDecorator[Any]):
    """A value of `shape`, a dataclass say, as JSON text; what no database takes is left out of it.

    Where one cannot be read any more, `unreadable` stands for it; without that the store raises StoreError.
    """

    impl = PlainText
    cache_ok = True

    def __init__(self, shape: Any, unreadable: Any = None) -> None:
        super().__init__()
        self.shape = shape
        self.unreadable = unreadable
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(shape)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _write_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        try:
            return self._decoder.decode(value)
        except msgspec.DecodeError:
            if self.unreadable is None:
                raise
            return self.unreadable

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


def _write_json(value: Any) -> str:
    try:
        text = msgspec.json.encode(value).decode()
        if "\\u0000" not in text:
            return text
    except UnicodeEncodeError:
        pass  # a lone surrogate
    return msgspec.json.encode(_storable_parts(msgspec.to_builtins(value))).decode()


def _storable_parts(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [_storable_parts(part) for part in value]
    if isinstance(value, dict):
        return {name: _storable_parts(part) for name, part in value.items()}
    return value
