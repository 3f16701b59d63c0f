"""Which charset a document is in, and its text: marks, declarations, UTF-8, then what it looks like."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from feeds.text.charset.guess import (
    find_languages,
    find_likeliest,
    is_mostly_utf_8,
    is_plausible,
    take_sample,
)
from feeds.text.charset.names import PARAMETER, find_codecs, find_declared, find_own
from feeds.text.charset.repair import decode_by, repair_controls

#: More than one where programs have been at work in a row.
UTF_8_MARK = re.compile(rb"(?:\xef\xbb\xbf)+")
#: The other byte order marks, the longest first.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: `<?xm` in EBCDIC (XML 1.0, appendix F.1), and `<` alone.
EBCDIC_XML = b"\x4c\x6f\xa7\x94"
EBCDIC_LESS = b"\x4c"
EBCDIC_SPACE = b"\x40\x05\x0d\x15\x25"

#: Bytes that show whether every second or every fourth one is NUL.
HEAD = 256
ASIAN = frozenset({"gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "johab"})

#: What speaks for a charset because it is declared, as the logarithm of a likelihood: enough for a few
#: characters, never for a whole text of nonsense. The Western ones are what servers say by default.
FAVOUR = 10.0
FAVOURS = {"cp1252": 4.0} | dict.fromkeys(ASIAN, 14.0)
LESS_FOR_LATER = 3.0
#: Of two-byte UTF-8 that might be a declared Asian charset: what speaks for UTF-8.
FAVOUR_OF_UTF_8 = 8.0

CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
OF_THREE_BYTES = re.compile(rb"[\xe0-\xf4]")

#: What designates the character sets of ISO 2022 (RFC 1468, RFC 1557) and of HZ (RFC 1843).
SHIFTED = (
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"\x1b(?:\$[@B(]|\([IJ])"), "iso2022_jp"),
)


def decode(body: bytes, media_type: str | None) -> str:
    """Return the text of an XML, HTML or text document, without byte order mark; never fails.

    The order of RFC 7303, section 3: byte order mark, charset parameter of the media type, the document's own
    declaration, UTF-8. What is valid UTF-8 is UTF-8 whatever is declared, but for a few
    pairs of bytes that are characters of the declared Asian charset as well; a declared charset that makes
    nonsense of the bytes yields to one that makes sense of them.
    """
    if mark := UTF_8_MARK.match(body):
        return _decode_after_mark(body, mark.end())
    codec = _find_marked(body, media_type)
    if codec is None:
        text = _decode_plain(body, media_type)
        if text is not None:
            return text.lstrip("\ufeff")
        codec = _judge(body, media_type)
    return decode_by(body, codec).lstrip("\ufeff")


def _decode_after_mark(body: bytes, start: int) -> str:
    try:
        return repair_controls(str(memoryview(body)[start:], "utf-8"))
    except UnicodeDecodeError:
        return decode(body[start:], "charset=utf-8")


def to_utf_8(body: bytes, media_type: str | None) -> bytes:
    """Return the document in UTF-8: the bytes as they came where they are that already, or bear its mark."""
    is_utf_8 = body.startswith(codecs.BOM_UTF8) or (
        _find_marked(body, media_type) is None and _decode_plain(body, media_type) is not None
    )
    return body if is_utf_8 else decode(body, media_type).encode("utf-8", "replace")


def skim(body: bytes, media_type: str | None) -> str:
    """Return a text in which the characters of ASCII are right, and the others may be anything.

    That tells tags from one another, and no charset needs to be judged for it.
    """
    if _find_marked(body, media_type) is None:
        mark = UTF_8_MARK.match(body)
        return body[mark.end() if mark else 0 :].decode("latin-1")
    return decode(body, media_type)


def _find_marked(body: bytes, media_type: str | None) -> str | None:
    """Return the codec of a document whose first bytes tell it; None where they are those of ASCII."""
    for mark, codec in MARKS:
        if body.startswith(mark):
            return codec
    if 0 in body[:4]:
        return _find_wide(body[:HEAD])
    if body.startswith(EBCDIC_XML):
        return _find_ebcdic(find_own(body[:HEAD].decode("cp037").encode("ascii", "ignore")))
    if body[:16].lstrip(EBCDIC_SPACE).startswith(EBCDIC_LESS) and (
        label := PARAMETER.search(media_type or "")
    ):
        return _find_ebcdic([label[1]], default=None)
    return None


def _find_wide(head: bytes) -> str | None:
    """Tell UTF-16 and UTF-32 without a mark by the place of their many NUL bytes."""
    for width, codecs_by_column in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        quota = len(head) // width / 4
        nuls = [head[column::width].count(0) for column in range(width)]
        for codec, columns in zip(codecs_by_column, (nuls, nuls[::-1]), strict=True):
            if min(columns[1:]) > max(quota, 4 * columns[0]):
                return codec
    return None


def _find_ebcdic(labels: Iterable[str], default: str | None = "cp037") -> str | None:
    named = (codec for label in labels for codec in find_codecs(label))
    return next((codec for codec in named if b"<".decode(codec, "replace") != "<"), default)


def _decode_plain(body: bytes, media_type: str | None) -> str | None:
    """Return the text of valid UTF-8, unless something in it needs repair or it may be something else."""
    if body.isascii():
        return None if b"\x1b" in body or b"~{" in body else body.decode("ascii")
    if CONTROL.search(body) or _is_declared_asian(body, media_type):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_declared_asian(body: bytes, media_type: str | None) -> bool:
    """Tell whether pairs of bytes may be characters of an Asian charset as well as of UTF-8."""
    labels = find_declared(body, media_type)
    return any(ASIAN.intersection(find_codecs(label)) for label in labels) and not OF_THREE_BYTES.search(body)


def _judge(body: bytes, media_type: str | None) -> str:
    """Return the codec of what is not plain UTF-8, from what the document declares and what it looks like."""
    declared = [find_codecs(label) for label in find_declared(body, media_type)]
    if body.isascii():
        return _find_shifted(body, declared)
    sample = take_sample(body)
    favours = _find_favours(declared)
    if is_mostly_utf_8(sample, is_likely=not favours or set(favours) == {"cp1252"}):
        if not _is_declared_asian(body, media_type):
            return "utf-8"
        favours["utf-8"] = FAVOUR_OF_UTF_8
    sensible = next((codec for codec in favours if is_plausible(sample, codec)), None)
    return sensible or find_likeliest(sample, favours, find_languages(body))


def _find_shifted(body: bytes, declared: Iterable[tuple[str, ...]]) -> str:
    for codec in (names[0] for names in declared if names):
        if codec.startswith(("iso2022", "hz")):
            return codec
    return next((codec for designation, codec in SHIFTED if designation.search(body)), "utf-8")


def _find_favours(declared: Iterable[tuple[str, ...]]) -> dict[str, float]:
    """Return what the declarations speak for, as far as what they name can be: they were read as ASCII."""
    favours: dict[str, float] = {}
    for place, names in enumerate(declared):
        for later, codec in enumerate(names, start=place):
            if b"<?xml".decode(codec, "replace") == "<?xml" and codec != "utf-8":
                favours.setdefault(codec, FAVOURS.get(codec, FAVOUR) - later * LESS_FOR_LATER)
    return favours
