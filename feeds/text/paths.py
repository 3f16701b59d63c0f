"""Paths of files, whose names may be any bytes: shown to people, and taken apart."""

from __future__ import annotations

from feeds.text.characters import collapse

#: What Python makes of the bytes of a name that are no UTF-8 (PEP 383), less the byte.
SURROGATE_ESCAPE = 0xDC00


def show_path(path: str) -> str:
    """Return a path as one printable line, no two alike: what is no text, or moves the cursor, as `\\xe9`."""
    return "".join(char if char.isprintable() and char != "\\" else _escape(char) for char in path)


def _escape(char: str) -> str:
    code = ord(char)
    if SURROGATE_ESCAPE + 0x80 <= code <= SURROGATE_ESCAPE + 0xFF:
        return f"\\x{code - SURROGATE_ESCAPE:02x}"
    if code >= 0x80 and code <= 0xFF:  # not as a byte
        return f"\\u{code:04x}"
    return char.encode("unicode_escape").decode("ascii")


def readable(path: str) -> str:
    """Return a path as text that a feed may hold: bytes that are none become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def find_folders(path: str) -> tuple[str, ...]:
    """Return the names of the folders a file lies in, the outermost first."""
    folders = readable(path).split("/")[:-1]
    return tuple(filter(None, map(collapse, folders)))
