"""What is done about bytes that are no character of their charset."""

from __future__ import annotations

import codecs
import re

from feeds.text.charset.names import EXTENSIONS

CONTROLS = re.compile("[\x80-\x9f]")

#: The surrogates of UTF-16 as if they were characters (CESU-8), and NUL as Java writes it: no UTF-8 (RFC
#: 3629, section 3), and yet hardly a text in another charset has them.
NUL_OF_JAVA = b"\xc0\x80"
SURROGATES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+|" + NUL_OF_JAVA)

#: What codecs say of a character that is not whole, be it UTF-8 or Asian, UTF-16 or UTF-32.
CUT_OFF = ("unexpected end", "incomplete", "truncated")

#: Broken places that are looked at one by one; where there are more, the text is beyond repair.
MOST_REPAIRS = 20_000


def decode_by(body: bytes, codec: str) -> str:
    """Return the text in the charset, or the first of its extensions that fits, or else mended."""
    for variant in (codec, *EXTENSIONS.get(codec, ())):
        try:
            text = body.decode(variant)
        except UnicodeDecodeError:
            continue
        return repair_controls(text) if codec == "utf-8" else text
    return _repair(body, codec)


def join_surrogates(body: bytes) -> bytes:
    """Return UTF-8 with the characters that pairs of surrogates stand for; a single one is nothing."""
    return SURROGATES.sub(_join, body)


def _join(found: re.Match[bytes]) -> bytes:
    if found[0] == NUL_OF_JAVA:
        return b""
    units = found[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "ignore").encode("utf-8")


def _repair(body: bytes, codec: str) -> str:
    """Return the text with U+FFFD for each broken place, but for those that show what they were meant to be.

    In UTF-8 a lone byte may be a quotation mark or an accented letter of windows-1252, pasted by a program
    that knew no better. A character cut off at the end of the document is left out.
    """
    if codec == "utf-8":
        body = join_surrogates(body)
    is_hopeless = body.decode(codec, "replace").count("\ufffd") > MOST_REPAIRS
    text = body.decode(codec, "replace" if is_hopeless else "feeds-repair")
    return repair_controls(text) if codec == "utf-8" else text


def repair_controls(text: str) -> str:
    """Replace the control characters U+0080 to U+009F, which no text means, by those of windows-1252."""
    return CONTROLS.sub(lambda found: _read_western(ord(found[0])) or found[0], text)


def _read_western(byte: int) -> str:
    return bytes((byte,)).decode("cp1252", "ignore")


def _repair_place(error: UnicodeError) -> tuple[str | bytes, int]:
    """The handler of a codec's error; the broken bytes are `body[error.start:error.end]`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    body, start, end = error.object, error.start, error.end
    if end >= len(body) and any(reason in error.reason for reason in CUT_OFF):
        return "", end
    if end - start == 1 and (found := _read_lone(body, start, error.encoding)):
        return found, end
    return "\ufffd", end


def _read_lone(body: bytes, place: int, codec: str) -> str:
    byte = body[place]
    if codec == "gb18030":
        return "€" if byte == 0x80 else ""  # as in code page 936
    if codec != "utf-8":
        return ""
    before, after = body[max(0, place - 1) : place], body[place + 1 : place + 2]
    is_letter = byte >= 0xC0
    fits = all(_is_beside(neighbour) for neighbour in (before, after))
    if fits and (not is_letter or before.isalpha() or after.isalpha()):
        return _read_western(byte)
    return ""


def _is_beside(neighbour: bytes) -> bool:
    """Tell whether a neighbour belongs to no broken character: it is ASCII, or a sign of windows-1252."""
    return neighbour < b"\xa0"


codecs.register_error("feeds-repair", _repair_place)
