"""Which characters may stand in anything we serve."""

from __future__ import annotations

import re

# The complement of Char in XML 1.0, section 2.2, lone surrogates among it.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Controls, lone surrogates, and codes that are no characters for ever (Unicode, section 23.7): nobody writes
#: them. Whatever else a program does not know may be a newer emoji.
UNWRITTEN = re.compile(
    "[\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)

#: What the codes 128 to 159 mean on the web (HTML, section 13.2.5.80): nobody means the controls they are.
WINDOWS = {
    code: bytes([code]).decode("cp1252") for code in range(128, 160) if code not in (129, 141, 143, 144, 157)
}

#: UTF-8 that was taken for ISO 8859-1: letters and signs that nobody means to stand side by side. A whole
#: text may consist of it; in other texts some signs can be told all the same.
ENCODED_TWICE = re.compile(
    "(?:[\0-\x7f]|[\xc2\xc3][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})++"
)
SIGN_ENCODED_TWICE = re.compile("[\xc2\xc3][\x80-\x9f]|\xe2[\x80-\x84][\x80-\xbf]")

#: The same two questions asked of UTF-8, where they are cheap.
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
RARE = re.compile(rb"\xef\xbf[\xbe\xbf]")
WINDOWS_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")

#: Any space but one plain one.
OTHER_SPACE = re.compile(r"\s{2,}|[^\S ]")
LONG = 100_000  # characters of a text whose words are not listed all at once, for their memory


def join_words(text: str) -> str:
    """Return the words of `text` one space apart."""
    if len(text) <= LONG:
        return " ".join(text.split())
    parts = (OTHER_SPACE.sub(" ", text[start : start + LONG]) for start in range(0, len(text), LONG))
    return OTHER_SPACE.sub(" ", "".join(parts)).strip()


#: Soft hyphen, zero width space, byte order mark: no reader sees them.
_NO_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\ufeff")


def strip_invisible(text: str) -> str:
    """Return `text` without the characters that no reader sees."""
    # Looked for first: the table costs ten times as much.
    is_seen = "\u00ad" not in text and "\u200b" not in text and "\ufeff" not in text
    return text if is_seen else text.translate(_NO_INVISIBLE)


#: Every space there is (the last is U+3000), and what no reader sees of itself: joiners and marks, too.
_BLANKS = (
    "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)


def is_blank(text: str | None) -> bool:
    """Whether a reader sees nothing of it."""
    return not text or text.isspace() or not text.strip(_BLANKS)


def collapse(text: str) -> str:
    """Return `text` without invisible and illegal characters, each run of white space as one space."""
    return " ".join(strip_illegal(strip_invisible(text)).split())


def strip_illegal(text: str) -> str:
    """Return `text` without the characters that XML 1.0 cannot hold.

    Controls that come of windows-1252 taken for ISO 8859-1 are written as the signs that were meant.
    """
    if text.isprintable():  # one line of a title or an address, mostly: told at once
        return text
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return ILLEGAL.sub("", text).translate(WINDOWS)
    is_legal = len(raw.translate(None, CONTROLS)) == len(raw)
    if not text.isascii():
        if WINDOWS_CONTROL.search(raw):
            text = _decode_once_more(text).translate(WINDOWS)
            return ILLEGAL.sub("", text)
        is_legal = is_legal and not RARE.search(raw)
    return text if is_legal else ILLEGAL.sub("", text)


def is_written(text: str) -> bool:
    """Whether a person may have written it as one line: no controls, and nothing that is no character."""
    return UNWRITTEN.search(text) is None


def is_legal(text: str) -> bool:
    """Whether `strip_illegal` would leave the text and every part of it as they are."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if len(raw.translate(None, CONTROLS)) != len(raw):
        return False
    return text.isascii() or not (WINDOWS_CONTROL.search(raw) or RARE.search(raw))


def _decode_once_more(text: str) -> str:
    if ENCODED_TWICE.fullmatch(text):
        try:
            return text.encode("latin-1").decode()
        except UnicodeDecodeError:
            return text
    return SIGN_ENCODED_TWICE.sub(_decode_sign, text)


def _decode_sign(sign: re.Match[str]) -> str:
    return sign[0].encode("latin-1").decode(errors="ignore")
