"""Documents as accidents and attackers make them of good ones."""

import random

#: What breaks readers, in the places where it is put by chance.
TOKENS = (
    b"<", b">", b"&", b"&amp;", b"&nbsp;", b"&#0;", b"&#x110000;", b"&#55296;", b"&bogus;", b"<![CDATA[",
    b"]]>", b"<!--", b"-->", b"<!DOCTYPE rss [", b"]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<?",
    b"?>", b"</item>", b"<item>", b"</entry>", b"<entry>", b"</channel>", b"<x:y>", b"<a b=c b=d>",
    b"<div>", b"</div>", b" xml:base='//b.example/'", b" xml:lang='zh'", b" type='xhtml'", b" type='html'",
    b" mode='base64'", b"\x00", b"\x0b", b"\x85", b"\xa0", b"\xc3", b"\xe4\xb8", b"\xed\xa0\x80",
    b"\xef\xbf\xbf", b"\xff\xfe", b"\xf0\x9f\x98\x80", b"{", b"}", b"[", b"]", b",", b'"', b"'", b"\\",
    b"\\ud800", b"null", b"1e999", b"-", b"99999999999999999999", b"javascript:alert(1)",
    b"<script>alert(1)</script>", b"<svg onload=alert(1)>", b"http://[", b"//", b"%", b"\r\n",
)  # fmt: skip


def mutate(document: bytes, chance: random.Random) -> bytes:
    """Return the document with one to eight accidents."""
    for _ in range(chance.randint(1, 8)):
        document = chance.choice(ACCIDENTS)(document, chance)
    return document


def _slice(document: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(document))
    return start, min(len(document), start + chance.choice((1, 1, 4, 16, 64, 256)))


def _cut(document: bytes, chance: random.Random) -> bytes:
    start, end = _slice(document, chance)
    return document[:start] + document[end:]


def _truncate(document: bytes, chance: random.Random) -> bytes:
    return document[: chance.randint(0, len(document))]


def _repeat(document: bytes, chance: random.Random) -> bytes:
    start, end = _slice(document, chance)
    return document[:end] + document[start:end] * chance.choice((1, 2, 50)) + document[end:]


def _insert(document: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(document))
    return document[:at] + chance.choice(TOKENS) + document[at:]


def _flip(document: bytes, chance: random.Random) -> bytes:
    if not document:
        return document
    at = chance.randrange(len(document))
    return document[:at] + bytes([document[at] ^ 1 << chance.randrange(8)]) + document[at + 1 :]


def _swap(document: bytes, chance: random.Random) -> bytes:
    (a, b), (c, d) = sorted((_slice(document, chance), _slice(document, chance)))
    return document[:a] + document[c:d] + document[b:c] + document[a:b] + document[d:] if b <= c else document


ACCIDENTS = (_cut, _truncate, _repeat, _insert, _insert, _insert, _flip, _swap)
