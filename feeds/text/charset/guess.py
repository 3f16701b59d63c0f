"""Which charset bytes are written in, judged by how likely a text they give in each language.

The same bytes are read with every codec in question; a reading's plausibility is the logarithm of its
likelihood: that of its characters in a language, and of what stands beside what. Readings of one
sample are comparable, however many characters each makes of it. ASCII counts for nothing but as a neighbour.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from feeds.text.charset.languages import LANGUAGES, WORDS, find_weights
from feeds.text.charset.names import EXTENSIONS
from feeds.text.charset.repair import join_surrogates

#: From the first byte of a character beyond ASCII to the next space or tag: in no charset does the second
#: byte of a character look like one of these, so that every piece begins and ends with a whole character.
PIECE = re.compile(rb"[\x80-\xff][^<>\x00-\x20]*")
#: Bytes of a piece that are looked at.
LONGEST_PIECE = 400
WORD_BEFORE = re.compile(rb"[A-Za-z]*\Z")
WORD = re.compile(rb"(?<![^\s])[a-z]{2,8}(?![^\s])")
TAG = re.compile(rb"<[^<>]*>")
LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language>\s*|\blang=["'])([A-Za-z]{2})""")
#: Languages of the same letters.
SAME_LETTERS = {
    "no": "da",
    "nb": "da",
    "nn": "da",
    "fi": "sv",
    "sl": "hr",
    "bs": "hr",
    "gl": "pt",
    "mk": "sr",
}
#: Bytes in which a language is looked for.
SEARCHED = 8192
FAVOUR_OF_LANGUAGE = 4.0
FAVOUR_OF_WORD = 1.0
MOST_WORDS = 5

#: Bytes of a sample; more tell no more.
SAMPLED = 800

#: Valid characters for each broken byte that make a damaged text rather than one in another charset.
VALID_PER_BROKEN = 2
#: Broken bytes for each valid character that are still signs of windows-1252 among UTF-8.
LONE_PER_VALID = 3
BROKEN_TOGETHER = re.compile("\ufffd[^\x00-\x7f]{2}")

#: Likelihoods, as natural logarithms, of a character that its language does not have.
STRANGE = {"H": -15.0, "K": -15.0, "N": -15.0, "!": -20.0, "x": -9.0, "s": -10.0, "E": -11.0}
STRANGE_LETTER = -8.5

#: Characters of several bytes, and the likelihood of each, that are sense enough: wrong readings have -10.
ENOUGH = 20
PLAUSIBLE = -8.3

#: What is against a codec other than the first of its language, by its place in the row.
LATER = 2.0
#: What is against a language that its codec is not made for.
FOREIGN = -6.0
NO_LANGUAGE = {"en": FOREIGN}
#: What is against those of systems before the web.
OLD = {
    "cp850": 3.0,
    "cp852": 3.0,
    "cp857": 3.0,
    "cp862": 3.0,
    "cp866": 2.0,
    "mac-roman": 1.0,
    "mac-greek": 2.0,
}

#: Likelihoods of neighbours, by the classes below: a capital after a small letter or another one, a sign in a
#: word, letters of two alphabets in one word, accented letters side by side.
NEIGHBOURS = {
    " 'g": -4, "aE": -4, "eE": -4, "eA": -3, "cC": -4, "CC": 2.5, "GG": 2.5, "gG": -4,
    "asa": -4, "ase": -4, "esa": -4, "ese": -4, "csc": -4, "gsg": -4, "xsx": -3, "cs": -1, "gs": -1,
    "ss": -1, "ee": -1.5, "EE": -2, "Ee": -2, "eee": -3,
} | {
    pair: -3
    for one in ("aAeE", "cC", "gG", "x")
    for other in ("aAeE", "cC", "gG", "x")
    if one != other
    for pair in (first + second for first in one for second in other)
}  # fmt: skip


class _Classes(dict[int, str]):
    """For `str.translate`: a letter per kind of character.

    `a` and `A` letters of ASCII, `e` and `E` Latin ones beyond it, `c` Cyrillic, `g` Greek,
    `x` of other alphabets; `H` Han, `K` kana, `N` hangul; `s` signs; `'` what may stand within a word; `!`
    what is in no text; `,` and space.
    """

    def __missing__(self, code: int) -> str:
        found = self[code] = _find_class(chr(code))
        return found


ALPHABETS = {"CYRILLIC": "c", "GREEK": "g", "LATIN": "e"}
SCRIPTS = {
    "CJK": "H",
    "HIRAGANA": "K",
    "KATAKANA": "K",
    "KATAKANA-HIRAGANA": "K",
    "HALFWIDTH": "K",
    "HANGUL": "N",
}


def _find_class(character: str) -> str:
    category = unicodedata.category(character)
    if character < "\x80":
        return {"Ll": "a", "Lu": "A"}.get(category, " " if character.isspace() else ",")
    if category in ("Cc", "Co", "Cn", "Cs") or character == "\ufffd":
        return "!"
    if character in "’·\u00ad\u200c":
        return "'"
    if category[0] not in "LM":
        return "s"
    name = unicodedata.name(character, "").split(" ")[0]
    if alphabet := ALPHABETS.get(name):
        return alphabet.upper() if category == "Lu" else alphabet
    return SCRIPTS.get(name, "x")


CLASSES = _Classes()


def take_sample(body: bytes) -> bytes:
    """Return the words of a document that hold a character beyond ASCII, as far as a judgement needs them."""
    pieces: dict[bytes, None] = {}  # a title that stands there twice says nothing more
    taken = 0
    for found in PIECE.finditer(body):
        start = found.start()
        before = WORD_BEFORE.search(body[max(0, start - 12) : start])
        piece = body[start : min(found.end(), start + LONGEST_PIECE)]
        pieces[(before[0] if before else b"") + piece] = None
        taken += len(piece)
        if taken > SAMPLED:
            break
    return b" ".join(pieces)


def find_languages(body: bytes) -> dict[str, float]:
    """Return what speaks for a language, whatever the charset: that it is declared, and its common words."""
    head = body[:SEARCHED]
    found: Counter[str] = Counter()
    for word in {*WORD.findall(TAG.sub(b" ", head).lower())}:
        found.update(WORDS.get(word.decode("ascii"), ()))
    favours = {name: FAVOUR_OF_WORD * min(count, MOST_WORDS) for name, count in found.items()}
    if declared := LANGUAGE.search(head):
        code = declared[1].decode("ascii").lower()
        for name in LANGUAGES:
            if name.split("-")[0] == SAME_LETTERS.get(code, code):
                favours[name] = favours.get(name, 0) + FAVOUR_OF_LANGUAGE
    return favours


def is_mostly_utf_8(sample: bytes, *, is_likely: bool) -> bool:
    """Tell whether the characters that are valid UTF-8 outweigh what is not; in other charsets few are.

    Where nothing speaks for another charset, some such characters suffice if all that is broken is single
    bytes, for only quotation marks and accented letters of windows-1252 stand alone like that.
    """
    text = join_surrogates(sample).decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", "ignore")) - broken
    if foreign >= VALID_PER_BROKEN * broken:
        return True
    return is_likely and foreign * LONE_PER_VALID >= broken and not BROKEN_TOGETHER.search(text)


def is_plausible(sample: bytes, codec: str) -> bool:
    """Tell whether a codec of several bytes to a character makes such sense of a sample that no other can.

    Of one byte each, every codec makes letters of everything; they have to be compared.
    """
    text = _read(sample, codec)
    count = len(text) - len(text.encode("ascii", "ignore"))
    if count < ENOUGH or len(text) == len(sample):
        return False
    return _weigh(sample, codec, CODECS.get(codec, NO_LANGUAGE)) > PLAUSIBLE * count


def find_likeliest(sample: bytes, favours: Mapping[str, float], languages: Mapping[str, float]) -> str:
    """Return the codec that makes the most plausible text of the sample.

    `favours` and `languages` are what speaks beforehand for a codec, because the document declares it, and
    for a language: logarithms of likelihoods. A declared codec may write any language, unlikely as that is.
    """
    weighed = {}
    for codec in {*CODECS, *favours}:
        own = dict.fromkeys(LANGUAGES, FOREIGN) if codec in favours else {}
        names = {
            name: weight + languages.get(name, 0) for name, weight in (own | CODECS.get(codec, {})).items()
        }
        weighed[codec] = favours.get(codec, 0) + _weigh(sample, codec, names)
    return max(CODECS_IN_ORDER + tuple(favours), key=weighed.__getitem__)


def _find_pairs() -> Iterator[tuple[str, str, float]]:
    for name, language in LANGUAGES.items():
        for place, codec in enumerate(language.codecs):
            yield codec, name, language.rarity - place * LATER - OLD.get(codec, 0)


#: Of each codec the languages that are written in it, and what speaks against that beforehand.
CODECS: dict[str, dict[str, float]] = {}
for _codec, _name, _rarity in _find_pairs():
    CODECS.setdefault(_codec, {})[_name] = _rarity


CODECS_IN_ORDER = tuple(CODECS)


def _weigh(sample: bytes, codec: str, languages: Mapping[str, float]) -> float:
    text = _read(sample, codec)
    kinds = text.translate(CLASSES)
    neighbours = sum(weight * kinds.count(pair) for pair, weight in NEIGHBOURS.items())
    counts = Counter(character for character in text if character > "\x7f")
    strange = {character: _find_strangeness(character) for character in counts}
    return neighbours + max(
        rarity + _weigh_characters(counts, find_weights(name), strange) for name, rarity in languages.items()
    )


def _read(sample: bytes, codec: str) -> str:
    for variant in (codec, *EXTENSIONS.get(codec, ())):
        try:
            return sample.decode(variant)
        except UnicodeDecodeError:
            continue
    return sample.decode(codec, "replace")


def _weigh_characters(
    counts: Mapping[str, int], weights: Mapping[str, float], strange: Mapping[str, float]
) -> float:
    return sum(count * weights.get(character, strange[character]) for character, count in counts.items())


def _find_strangeness(character: str) -> float:
    return STRANGE.get(CLASSES[ord(character)], STRANGE_LETTER)
