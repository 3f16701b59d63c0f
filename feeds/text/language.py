"""The language of a text, told from its characters."""

from __future__ import annotations

import re
import sys
from array import array
from functools import cache

#: Characters of a text that are looked at: the answer does not change after that.
SAMPLE = 4000
#: Fewer different characters of one script alone do not decide between simplified and traditional.
FEWEST_CHARACTERS = 2
#: A script must own this share of the deciding characters, else the text is mixed.
CLEAR_SHARE = 0.8
#: This share of kana or hangul among East Asian characters makes a text Japanese or Korean.
SYLLABLE_SHARE = 0.15
#: With less than this share of East Asian characters among letters, they are only quoted.
CJK_SHARE = 0.2

#: U+3400 to U+9FFF and the compatibility ideographs.
HAN_ROWS = bytes([*range(0x34, 0xA0), 0xF9, 0xFA])
#: Planes 2 and 3 are kept for ideographs; emoji and the letters of mathematics stand in plane 1.
FAR_HAN = re.compile("[\U00020000-\U0003ffff]")
#: The upper half of the first unit in UTF-16 of all that stands in planes 1 to 4.
FAR_ROW = 0xD8
HANGUL_ROWS = bytes([0x11, *range(0xAC, 0xD8)])
HAN_RANGES = "㐀-䶿一-鿿豈-\U0000faff\U00020000-\U0003ffff々〇"
KANA = re.compile("[぀-ヿㇰ-ㇿｦ-ﾝ]")
UTF_16 = f"utf-16-{sys.byteorder[0]}e"
LETTER = re.compile(r"[^\W\d_]")
#: Its letters are of no language.
ADDRESS = re.compile(r"\bhttps?://[!-~]+")
#: The bytes with which all of these begin in UTF-8, others among them: a text without is told apart at once.
EAST_ASIAN_BYTES = bytes([0xE1, *range(0xE3, 0xEE), 0xEF, 0xF0])
CJK = re.compile(f"[{HAN_RANGES}぀-ヿㇰ-ㇿｦ-ﾝ가-힣ᄀ-ᇿ㄰-㆏]")


def is_cjk(character: str) -> bool:
    """Whether it is a Han, kana or hangul character: text of these is cut anywhere, not at spaces."""
    return CJK.match(character) is not None


def may_be_cjk(text: str) -> bool:
    """Whether `find_language` might find anything to judge by; much cheaper than asking it."""
    if text.isascii():
        return False
    raw = text.encode("utf-8", "replace")
    return len(raw.translate(None, EAST_ASIAN_BYTES)) < len(raw)


def find_language(text: str, fallback: str | None = None) -> str | None:
    """Return zh-Hans, zh-Hant, zh (mixed or too short to tell), ja or ko, else `fallback`.

    Where the characters do not decide, a `fallback` they agree with is taken as it is.
    """
    sample = ADDRESS.sub("", text[:SAMPLE]) if "://" in text else text[:SAMPLE]
    if not may_be_cjk(sample):
        return fallback
    han, kana, hangul = _count_scripts(sample)
    cjk = han + kana + hangul
    if not cjk or (cjk < CJK_SHARE * len(sample) and cjk < CJK_SHARE * len(LETTER.findall(sample))):
        return fallback
    if hangul >= SYLLABLE_SHARE * cjk:
        return "ko"
    if kana >= SYLLABLE_SHARE * cjk:
        return "ja"
    primary = (fallback or "").lower().partition("-")[0]
    if primary in ("ja", "ko"):  # headlines of both are often Han alone
        return fallback
    script = _find_han_script(sample)
    return script or (fallback if primary in ("zh", "yue", "cmn") else "zh")


def _count_scripts(sample: str) -> tuple[int, int, int]:
    """Return how many Han, kana and hangul characters there are.

    Han and hangul fill whole rows of Unicode, so that the upper half of each UTF-16 unit tells them; but
    a row beyond U+FFFF is shared with emoji.
    """
    rows = sample.encode("utf-16-be", "replace")[0::2]
    han, hangul = (len(rows) - len(rows.translate(None, script)) for script in (HAN_ROWS, HANGUL_ROWS))
    if FAR_ROW in rows:
        han += len(FAR_HAN.findall(sample))
    has_kana = KANA.search(sample) is not None
    return han, len(KANA.findall(sample)) if has_kana else 0, hangul


def _find_han_script(sample: str) -> str | None:
    # As numbers, which are quicker told apart than texts.
    characters = set(array("H", sample.encode(UTF_16, "replace")))
    simplified, traditional = (len(characters & only) for only in _load_script_characters())
    total = simplified + traditional
    if total < FEWEST_CHARACTERS:
        return None
    if simplified >= CLEAR_SHARE * total:
        return "zh-Hans"
    return "zh-Hant" if traditional >= CLEAR_SHARE * total else None


@cache
def _load_script_characters() -> tuple[frozenset[int], frozenset[int]]:
    """The codes of the characters only simplified and only traditional Chinese is written with.

    They need no table of ours: GB 2312 and Big5 each hold what their region wrote, so what one holds
    and the other does not belongs to one script.
    """
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    gb2312, big5 = (
        frozenset(map(ord, every.encode(charset, "ignore").decode(charset))) for charset in ("gb2312", "big5")
    )
    return gb2312 - big5, big5 - gb2312
