"""From bytes to text, whatever the server or the document says."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import cchardet

#: Byte order marks, and what `<` or `<?` looks like without one (XML 1.0, appendix F.1); longest first.
SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)

#: What a name means on the web, where that is more than it says (WHATWG Encoding, section 4.2).
MEANINGS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}

#: Codecs that are no character set of a document: nobody means them but an attacker.
REFUSED = frozenset({"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})

PARAMETER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)
DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:\-]+)["']""")
META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)

#: Bytes within which a document may declare its charset.
DECLARED_WITHIN = 1024
#: Bytes that are looked at where nothing declared fits.
GUESSED_FROM = 65536


def decode(body: bytes, media_type: str | None) -> str:
    """Return the text of an XML, HTML or text document, without byte order mark; never fails.

    First that fits: byte order mark, charset parameter of the media type (RFC 7303, section 3.2), the
    document's own declaration, UTF-8, what the bytes look like, windows-1252.
    """
    if codec := _find_signature(body):
        return body.decode(codec, "replace").removeprefix("\ufeff")
    candidates = list(dict.fromkeys(_find_candidates(body, media_type)))
    for codec in candidates:
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    damaged = (_decode_damaged(body, codec) for codec in candidates)
    return next((text for text in damaged if text is not None), None) or _guess(body)


def find_charset(body: bytes, media_type: str | None) -> str:
    """Return the codec that `decode` reads most of the body with.

    `utf-8` is said only of a body that is valid UTF-8 without byte order mark: it may be handed on as it is.
    """
    if codec := _find_signature(body):
        return f"{codec}-sig" if codec == "utf-8" else codec
    for codec in _find_candidates(body, media_type):
        try:
            body.decode(codec)
        except UnicodeDecodeError:
            continue
        return codec
    return "utf-8-damaged"


def _find_signature(body: bytes) -> str | None:
    return next((codec for start, codec in SIGNATURES if body.startswith(start)), None)


def _find_candidates(body: bytes, media_type: str | None) -> Iterator[str]:
    head = body[:DECLARED_WITHIN]
    declared = [found[1].decode("ascii") for found in (DECLARATION.search(head), META.search(head)) if found]
    if parameter := PARAMETER.search(media_type or ""):
        yield from _find_codec(parameter[1])
    for name in declared:
        # It was read as ASCII, so it cannot be UTF-16, whatever it says.
        yield from (codec for codec in _find_codec(name) if not codec.startswith(("utf-16", "utf-32")))
    yield "utf-8"


def _find_codec(name: str) -> Iterator[str]:
    """Yield the codec of a charset name as the web uses it, if there is one."""
    try:
        codec = codecs.lookup(name).name
        b"text".decode(codec, "replace")  # refuses what is no text encoding, hex and zip among them
    except (LookupError, ValueError):
        return
    if codec not in REFUSED:
        yield MEANINGS.get(codec, codec)


def _decode_damaged(body: bytes, codec: str) -> str | None:
    """Return the text with U+FFFD for a few broken characters; None where the charset does not fit."""
    text = body.decode(codec, "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if broken * 10 <= foreign else None


def _guess(body: bytes) -> str:
    found = cchardet.detect(body[:GUESSED_FROM])["encoding"]
    codec = next(_find_codec(found or "cp1252"), "cp1252")
    return body.decode(codec, "replace")
