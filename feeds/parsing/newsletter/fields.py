"""The fields in the header of a message, or of a part of one, as text (RFC 5322, section 2.2).

The standard library reads them, too, but believes encoded words what they say they are in, and takes seconds
for a hostile kilobyte.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote

from feeds.text.characters import collapse
from feeds.text.charset import decode

#: A field with the lines that continue it; names may hold any sign but a colon, underscores among them.
FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
#: Bytes of a field that are read: no author wrote more.
LONGEST_FIELD = 10_000
MOST_ALIKE = 3  # fields of one name that are read
#: Fields that bytes beyond ASCII are found in, all in one charset.
TOLD_TOGETHER = ("from", "subject")

#: An encoded word (RFC 2047, section 2; its language by RFC 2231, section 5).
_WORD = r"=\?{}[^?\s*]{{1,40}}{}(?:\*[^?\s]{{0,40}})?\?{}[bBqQ]{}\?{}(?:[^?]|\?(?!=))*+{}\?="
WORD = re.compile(_WORD.format(*"()()()"))
WORDS = re.compile("{0}(?:\\s*{0})*".format(_WORD.format(*[""] * 6)))
NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")

#: A parameter of a field (RFC 2045, section 5.1), or a piece of one (RFC 2231, section 3).
PARAMETER = re.compile(r'[;\s]\s?([\w.-]+)(\*\d*\*?)?\s?=\s?("(?:[^"\\]|\\.)*+"?|[^;\s]*+)')
ESCAPED = re.compile(r"\\(.)")
MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a header says: the bytes of each field, unfolded, by its name in lower case."""

    written: dict[str, list[bytes]]

    def __contains__(self, name: str) -> bool:
        return name in self.written

    def lines(self, name: str) -> list[str]:
        """Return the fields of that name as written; bytes that should not be there are text all the same."""
        return [self._read(raw) for raw in self.written.get(name, ())[:MOST_ALIKE]]

    def line(self, name: str) -> str:
        """Return the first field of that name as written."""
        return self._read(self.written[name][0]) if name in self.written else ""

    def text(self, name: str) -> str:
        """Return the first field of that name, its encoded words decoded."""
        return collapse(decode_words(self.line(name)))

    def _read(self, raw: bytes) -> str:
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        # A name is too short to tell its charset by itself.
        others = [
            one for name in TOLD_TOGETHER for one in self.written.get(name, ())[:1] if not one.isascii()
        ]
        declared = self.written.get("content-type", [b""])[0].decode("ascii", "ignore")
        return decode(b"\n".join((raw, *others)), declared).partition("\n")[0]


def read_fields(raw: bytes) -> tuple[Fields, int]:
    """Return the fields that `raw`, with LF line ends, begins with, and where they end."""
    written: dict[str, list[bytes]] = {}
    place = 0
    while field := FIELD.match(raw, place):
        words = field[2][: 2 * LONGEST_FIELD].split()
        written.setdefault(field[1].decode("ascii").lower(), []).append(_cut(b" ".join(words)))
        place = field.end()
    return Fields(written), place


def _cut(value: bytes) -> bytes:
    """Cut a field that is too long behind a person or a word, for half an address is another's."""
    if len(value) <= LONGEST_FIELD:
        return value
    value = value[:LONGEST_FIELD]
    return value.rpartition(b", ")[0] or value.rpartition(b" ")[0] or value


def read_media_type(line: str) -> str | None:
    """Return the type and subtype in lower case; None where it is no such thing (RFC 2045, section 5.2)."""
    found = MEDIA_TYPE.match(line)
    return found[1].lower() if found else None


def read_parameters(line: str) -> dict[str, str]:
    """Return the parameters behind the value of a field, pieces of one put together."""
    found: dict[str, str] = {}
    for name, piece, written in PARAMETER.findall(line):
        value = ESCAPED.sub(r"\1", written.strip('"')) if written.startswith('"') else written
        if piece.endswith("*"):  # CHARSET'LANGUAGE'VALUE
            value = unquote(value.rpartition("'")[2])
        name = name.lower()
        if piece.strip("*"):
            found[name] = found.get(name, "") + value
        else:
            found.setdefault(name, value)
    return found


def decode_words(line: str) -> str:
    """Return the text with the encoded words in it decoded; their labels are weighed, not believed."""
    return WORDS.sub(_decode_run, line) if "=?" in line else line


def _decode_run(run: re.Match[str]) -> str:
    """Decode words side by side; a character may begin in one and end in the next."""
    words = [(charset.lower(), _read_word(kind, text)) for charset, kind, text in WORD.findall(run[0])]
    return "".join(
        decode(b"".join(raw for _, raw in group), f"text/plain; charset={charset}")
        for charset, group in groupby(words, key=itemgetter(0))
    )


def _read_word(kind: str, text: str) -> bytes:
    if kind in "qQ":
        return a2b_qp(text.encode("utf-8", "replace"), header=True)
    letters = NO_BASE64.sub("", text)
    try:
        return a2b_base64(letters + "==")
    except Error:  # one letter too many
        return a2b_base64(letters[:-1] + "==")
