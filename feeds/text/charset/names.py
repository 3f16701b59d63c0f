"""What charset names mean: the codecs of a label, and the labels a document carries."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

#: The codecs of a label where it means more than it says: what the web calls by it (WHATWG Encoding, section
#: 4.2), and what is sent under the name of a charset that it resembles.
MEANINGS = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-2": ("iso8859-2", "cp1250"),
    "iso8859-7": ("iso8859-7", "cp1253"),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "koi8-r": ("koi8-r", "koi8-u"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950",),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
}

#: Codecs that know characters which the plain one does not, and are sent under its name.
EXTENSIONS = {
    "cp950": ("big5hkscs",),
    "big5hkscs": ("cp950",),
    "cp932": ("shift_jis_2004",),
    "euc_jp": ("euc_jis_2004",),
    "iso2022_jp": ("iso2022_jp_ext", "iso2022_jp_2004"),
}

#: Labels in use that Python has no alias for, as `_fold` leaves them.
LABELS = {
    "unicode11utf8": "utf-8", "unicode20utf8": "utf-8", "utf8bom": "utf-8", "utf8mb4": "utf-8",
    "utf8n": "utf-8", "unicode": "utf-16", "unicodefeff": "utf-16", "unicodefffe": "utf-16-be",
    "csunicode": "utf-16", "ucs2": "utf-16", "iso10646ucs2": "utf-16", "ucs4": "utf-32",
    "csucs4": "utf-32", "iso10646ucs4": "utf-32", "ansi": "cp1252", "csisolatin9": "iso8859-15",
    "isolatin1": "cp1252", "latin1swedishci": "cp1252", "iso88591windows31latin1": "cp1252",
    "iso88596e": "iso8859-6", "csiso88596e": "iso8859-6", "iso88596i": "iso8859-6",
    "csiso88596i": "iso8859-6", "iso88598e": "iso8859-8", "csiso88598e": "iso8859-8",
    "iso88598i": "iso8859-8", "csiso88598i": "iso8859-8", "visual": "iso8859-8", "logical": "iso8859-8",
    "suneugreek": "iso8859-7", "koi": "koi8-r", "koi8": "koi8-r", "koi8ru": "koi8-u", "mac": "mac_roman",
    "csmacintosh": "mac_roman", "macroman": "mac_roman", "macukrainian": "mac_cyrillic",
    "maccyrillic": "mac_cyrillic", "macce": "mac_latin2", "maccentraleurroman": "mac_latin2",
    "macgreek": "mac_greek", "macturkish": "mac_turkish", "macicelandic": "mac_iceland",
    "macjapanese": "cp932", "macsimpchinese": "gb18030", "mactradchinese": "cp950", "mackorean": "cp949",
    "gb2312": "gb18030", "csgb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030",
    "gbk2312": "gb18030", "gb18030": "gb18030", "dbcs": "gb18030", "big5": "big5", "cnbig5": "big5",
    "xbig5": "big5", "big5hk": "big5hkscs", "sjis": "cp932", "windows31j": "cp932", "eucjp": "euc_jp",
    "eucjpms": "euc_jp", "euckr": "euc_kr", "cseucpkdfmtjapanese": "euc_jp", "cseuckr": "euc_kr",
    "csksc56011987": "euc_kr", "isoir149": "euc_kr", "ksc5601": "euc_kr", "ksc56011987": "euc_kr",
    "ksc56011989": "euc_kr", "msansi": "cp1252", "msee": "cp1250", "mscyrl": "cp1251", "msgreek": "cp1253",
    "msturk": "cp1254", "mshebr": "cp1255", "msarab": "cp1256", "winbaltrim": "cp1257",
}  # fmt: skip

#: Numbers of code pages that Python files under another name.
PAGES = {"65001": "utf-8", "1200": "utf-16-le", "1201": "utf-16-be", "936": "gb18030", "54936": "gb18030",
         "20866": "koi8-r", "21866": "koi8-u", "28591": "cp1252", "51932": "euc_jp", "51949": "euc_kr",
         "819": "cp1252", "01140": "cp1140", "00858": "cp858", "039": "cp037"}  # fmt: skip

#: Codecs that are no charset of a document: nobody means them but an attacker.
REFUSED = frozenset(
    {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs"}
)

PAGE = re.compile(r"(?:windows|win|cp|ms|ibm|dos|ccsid)(\d{3,5})")
ISO_8859 = re.compile(r"iso8859(\d{1,2})")

PARAMETER = re.compile(r"""\bcharset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)
DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?\s*([\w.:\-]+)""")
META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:\-]+)""", re.IGNORECASE)

#: Bytes within which a document may declare its charset.
DECLARED_WITHIN = 1024


def find_declared(body: bytes, media_type: str | None) -> Iterator[str]:
    """Yield the labels a document goes by, the weightiest first: that of its media type outranks its own
    (RFC 7303, section 3.2)."""
    if parameter := PARAMETER.search(media_type or ""):
        yield parameter[1]
    yield from find_own(body[:DECLARED_WITHIN])


def find_own(head: bytes) -> Iterator[str]:
    """Yield the labels that the beginning of an XML or HTML document, as ASCII, declares."""
    for pattern in (DECLARATION, META):
        if found := pattern.search(head):
            yield found[1].decode("ascii", "ignore")


@lru_cache(maxsize=256)
def find_codecs(label: str) -> tuple[str, ...]:
    """Return the codecs of a label as the web uses it, the likeliest first; none where it has no meaning."""
    folded = _fold(label)
    name = LABELS.get(folded) or _find_numbered(folded) or label
    try:
        codec = codecs.lookup(name).name
        b"text".decode(codec, "replace")  # refuses what is no text encoding, hex and zip among them
    except (LookupError, ValueError):
        return ()
    return () if codec in REFUSED else MEANINGS.get(codec, (codec,))


def _fold(label: str) -> str:
    """`x-Mac_Roman` and `macroman` are one label, `ISO_8859-1:1987` and `iso88591` are."""
    bare = re.sub(r"[^a-z0-9]", "", label.lower().partition(":19")[0])
    return bare.removeprefix("x") if label[:2].lower() == "x-" else bare


def _find_numbered(folded: str) -> str | None:
    if page := PAGE.fullmatch(folded):
        return PAGES.get(page[1]) or f"cp{page[1]}"
    part = ISO_8859.fullmatch(folded)
    return f"iso8859-{part[1]}" if part else None
