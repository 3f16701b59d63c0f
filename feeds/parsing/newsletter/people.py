"""The people in a field of a message: as the standard has them (RFC 5322, section 3.4), and as others do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Person
from feeds.parsing.newsletter.fields import decode_words
from feeds.text.characters import collapse

QUOTED = re.compile(r'(?<!\\)"((?:[^"\\]|\\.)*+)"')
ESCAPED = re.compile(r"\\(.)")
COMMENT = re.compile(r"\(([^()]*+)\)")
ANGLE = re.compile(r"<([^<>]*+)>")
#: An address that stands by itself.
BARE = re.compile(r'(?<![^\s<>()",;:])[^\s<>()",;:@]++@[^\s<>()",;:@]++')
#: People up to the next comma that is no part of anything.
PIECE = re.compile(r'((?:(?<!\\)"(?:[^"\\]|\\.)*+"|\([^()]*+\)|<[^<>]*+>|[^,;])++)([,;]?)')
#: A list of people with a name (RFC 6854).
GROUP = re.compile(r'[^:"<>@]*+:([^;]*+);')


def read_people(line: str) -> tuple[Person, ...]:
    """Return the people in a field, its encoded words not yet decoded."""
    group = GROUP.fullmatch(line.strip())
    people = map(_read_person, _part(group[1] if group else line))
    return tuple(person for person in people if person.name or person.email)


def _part(line: str) -> Iterator[str]:
    """Yield each person; a comma before any address is part of a name: `Doe, Jane <j@a.example>`."""
    waiting = ""
    for piece, comma in PIECE.findall(line):
        waiting += piece
        if _has_address(piece):
            yield waiting
            waiting = ""
        else:
            waiting += comma
    yield waiting


def _has_address(piece: str) -> bool:
    plain = QUOTED.sub("", piece)
    return any("@" in inside for inside in ANGLE.findall(plain)) or (
        "<" not in plain and BARE.search(plain) is not None
    )


def _read_person(piece: str) -> Person:
    """The last address in angle brackets counts, and what stands before it is the name."""
    angles = list(ANGLE.finditer(piece))
    if angles and "@" in angles[-1][1]:
        name = ANGLE.sub("", piece[: angles[-1].start()])
        return Person(_read_name(name) or _read_comment(piece[angles[-1].end() :]), _bare(angles[-1][1]))
    rest = ANGLE.sub("", piece)
    if found := BARE.search(QUOTED.sub(lambda quoted: " " * len(quoted[0]), rest)):
        around = rest[: found.start()] + rest[found.end() :]
        return Person(_read_name(COMMENT.sub("", around)) or _read_comment(around), found[0])
    return Person(_read_name(rest))


def _read_name(written: str) -> str | None:
    """Return a name without its quotes; encoded words come last, for a name in them may hold anything."""
    bare = QUOTED.sub(lambda quoted: ESCAPED.sub(r"\1", quoted[1]), written)
    name = collapse(decode_words(bare.strip(' ,;:"')))
    return (name[1:-1] if name[:1] == name[-1:] == "'" else name).strip() or None


def _read_comment(written: str) -> str | None:
    found = COMMENT.search(written)
    return _read_name(found[1]) if found else None


def _bare(address: str) -> str:
    return "".join(address.split()).removeprefix("mailto:")
