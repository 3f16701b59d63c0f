"""What is rewritten before the library's parser sees it, so that no text is lost.

The library takes away with all their text the elements of drawings and formulas, and any others that bear
such a name: half a page can stand after a `<vector>` or a `<set>` that somebody wrote. And it takes for text
what stands in elements that a browser shows only without scripts, or not at all.
"""

from __future__ import annotations

import re

from feeds.text.characters import strip_illegal
from feeds.text.markup.allowed import DROPPED, EMBEDDED, PASSED, RENAMED, SPACED, TAGS

#: What stands in these is shown: we run no scripts and show no frames.
_INSTEAD = frozenset({"noembed", "noframes", "noscript"})
_KNOWN = TAGS | RENAMED.keys() | PASSED | EMBEDDED | DROPPED - _INSTEAD
#: The tags of most documents, the most frequent first.
_FREQUENT = ("p", "a", "span", "li", "br", "img", "div", "code", "em", "strong", "ul", "h2", "pre", "figure")
_ORDINARY = (*_FREQUENT, *sorted(_KNOWN - EMBEDDED - set(_FREQUENT)))

#: A comment is unusual only in that somebody may have left it open.
UNUSUAL_OR_COMMENT = re.compile(rf"<(?!/|(?:{'|'.join(_ORDINARY)})[ >/\n])[a-zA-Z!]")
UNUSUAL = re.compile(rf"(?!<!--){UNUSUAL_OR_COMMENT.pattern}")
SPACED_TAG = re.compile(rf"</?(?:{'|'.join(sorted(SPACED))})\b[^<>]*>", re.IGNORECASE)
UNKNOWN_TAG = re.compile(rf"</?(?!(?:{'|'.join(_ORDINARY)})[ >/\n])([a-zA-Z][^\s<>/]*)[^<>]*>")
#: Numbers and names in a formula would become one.
FORMULA_PARTS = re.compile(
    r"</(?:\w+:)?m(?:i|n|row|text)>(?=\s*<(?:\w+:)?m(?:i|n|row|text)\b)", re.IGNORECASE
)
OPEN_COMMENT = re.compile(r"<!-{2,}+(?!\[if)([^<>]*+)>?")
#: The last tag of a text, where it has no end: its name and what follows.
UNENDED_TAG = re.compile(r"<([a-zA-Z!][^\s/>]*+)([^>]*+)\Z")
BROKEN_DECLARATION = re.compile(r"!(?:--|\[)|!doctype\s+html", re.IGNORECASE)
#: Elements of pages made for AMP, which have the attributes of HTML's.
INSTEAD_OF_AMP = {"amp-img": "img", "amp-video": "video", "amp-audio": "audio"}
CDATA_START, CDATA_END = re.compile(r"<!\[CDATA\[", re.IGNORECASE), re.compile("]](?:>|&gt;)")


def rewrite(html: str) -> tuple[str, bool]:
    """Return HTML, not yet safe, without what would take its text away, and whether it is unusual."""
    found = UNUSUAL_OR_COMMENT.search(html)
    if found is None:
        return html, False
    html = _close_comments(html)
    return (_rewrite_unusual(html), True) if UNUSUAL.search(html, found.start()) else (html, False)


def _rewrite_unusual(html: str) -> str:
    html = strip_illegal(html)
    last = html.rfind("<")
    if (tag := UNENDED_TAG.match(html, last)) and not _is_broken_off(tag):
        html = f"{html[:last]}&lt;{html[last + 1 :]}"
    if CDATA_START.search(html):
        # What is put in its place keeps the characters around it from becoming a new tag.
        html = CDATA_START.sub("<!---->", CDATA_END.sub("", html))
    html = FORMULA_PARTS.sub(r"\g<0> ", SPACED_TAG.sub(" ", html))
    return UNKNOWN_TAG.sub(_pass, html)


def _close_comments(html: str) -> str:
    """Return HTML in which a comment that nobody closed ends before the next tag, and not with the document.

    What old authoring programs put in comments for themselves stays unseen.
    """
    start = html.find("<!--", max(html.rfind("-->"), html.rfind("--!>"), 0))
    # Where it is no comment but stands in a script or a value, the other sign does no harm.
    return html if start < 0 else html[:start] + OPEN_COMMENT.sub(r"<?\1>", html[start:])


def _is_broken_off(tag: re.Match[str]) -> bool:
    """Whether a tag without end is one that a text was cut in, and no sign of that text."""
    name, rest = tag[1].lower(), tag[2]
    if name.startswith("!"):
        return BROKEN_DECLARATION.match(tag[0], 1) is not None
    return name in _KNOWN or "=" in rest or (not rest and any(known.startswith(name) for known in _KNOWN))


def _pass(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in INSTEAD_OF_AMP:
        return tag[0].replace(tag[1], INSTEAD_OF_AMP[name], 1)
    return tag[0] if name in _KNOWN else ""
