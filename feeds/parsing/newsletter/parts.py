"""The parts a message is put together from (RFC 2045, RFC 2046)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from feeds.parsing.newsletter.fields import Fields, read_fields, read_media_type, read_parameters
from feeds.text.charset import decode

#: What may stand before a message: a byte order mark, blank lines, the line that parts messages in a mailbox.
LEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:>?From [^\n]*+\n)?")
#: How a message goes on, whatever its first field is.
BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:>?From [^\r\n]*+[\r\n]++)?[!-9;-~]++[ \t]*+:")
#: A line that parts what has no boundary, or another: that above the header of a part.
BOUNDARY = re.compile(rb"\n--([^\n]{0,199}[^\s])[ \t]*\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE)
WORD = re.compile(r"[\w-]+")
HTML = ("text/html", "application/xhtml+xml")
HTML_BEGINNING = re.compile(rb"\s*<(?:!doctype\s+)?html\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A message, or a part of one."""

    fields: Fields
    kind: str  #: its media type, in lower case
    parameters: dict[str, str]  #: of the media type, by their names in lower case
    body: bytes  #: as transferred, with LF line ends

    @property
    def is_multipart(self) -> bool:
        return self.kind.startswith("multipart/")

    @property
    def is_attached(self) -> bool:
        return self.fields.line("content-disposition").lower().startswith("attachment")

    @property
    def is_file(self) -> bool:
        """Whether it has a name of its own, though it may be shown among the others."""
        return "filename" in read_parameters(self.fields.line("content-disposition"))


def read_message(body: bytes) -> Part:
    """Return the message that a file holds."""
    return read_part(_bare(body))


def read_header(body: bytes) -> Fields | None:
    """Return the fields a file begins with; None where anything but a blank line follows on them."""
    if not BEGINNING.match(body):
        return None
    lines = _bare(body)
    fields, end = read_fields(lines)
    return fields if lines[end : end + 1] in (b"", b"\n") else None


def _bare(body: bytes) -> bytes:
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lead = LEAD.match(lines)
    return lines[lead.end() if lead else 0 :]


def read_part(raw: bytes, kind: str = "text/plain") -> Part:
    """Return a part; it is of this kind where it names none."""
    fields, end = read_fields(raw)
    body = raw[end:].removeprefix(b"\n")
    declared = fields.line("content-type")
    told = read_media_type(declared)
    if told is None and HTML_BEGINNING.match(body):
        told = "text/html"
    return Part(fields, told or kind, read_parameters(declared), body)


def split_parts(part: Part) -> list[Part]:
    """Return the parts of a multipart, that which others belong to first; none where nothing parts them."""
    kind = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    parts = [read_part(piece, kind) for piece in _split(b"\n" + part.body, part.parameters.get("boundary"))]
    root = part.parameters.get("start")
    return sorted(parts, key=lambda one: one.fields.line("content-id") != root) if root else parts


def _split(body: bytes, boundary: str | None) -> list[bytes]:
    pieces = list(_split_at(body, boundary.rstrip().encode())) if boundary else []
    guessed = None if pieces else BOUNDARY.search(body)
    return list(_split_at(body, guessed[1])) if guessed else pieces


def _split_at(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Yield what stands between the lines; what is cut off has no last one."""
    start = None
    for line in re.finditer(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\n|\Z)", body):
        if start is not None:
            yield body[start : line.start()]
        if line[1]:
            return
        start = line.end() + 1
    if start is not None:
        yield body[start:]


def read_body(part: Part) -> bytes:
    """Return the body as it was before its transfer."""
    transferred = Message()
    way = WORD.match(part.fields.line("content-transfer-encoding"))
    transferred["Content-Transfer-Encoding"] = way[0] if way else "8bit"
    transferred.set_payload(part.body.decode("ascii", "surrogateescape"))
    try:
        payload = transferred.get_payload(decode=True)
    except ValueError:  # uuencoded, and broken
        return part.body
    return payload if isinstance(payload, bytes) else b""


def media_type_of(part: Part) -> str:
    """Return what `decode` is to know of a part."""
    charset = part.parameters.get("charset")
    return f"text/html; charset={charset}" if charset else "text/html"


def read_text(part: Part) -> str:
    """Return the body as text, its line ends LF."""
    text = decode(read_body(part), media_type_of(part))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def find_page(part: Part, depth: int = 10) -> Part | None:
    """Return the web page that the other parts belong to."""
    if part.kind in HTML:
        return part
    if not depth or not part.is_multipart:
        return None
    found = (find_page(one, depth - 1) for one in split_parts(part))
    return next(filter(None, found), None)
