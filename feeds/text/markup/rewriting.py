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

UNUSUAL = re.compile(rf"<(?!/|(?:{'|'.join(_ORDINARY)})[ >/\n]|!--)[a-zA-Z!]")
SPACED_TAG = re.compile(rf"</?(?:{'|'.join(sorted(SPACED))})\b[^<>]*>", re.IGNORECASE)
UNKNOWN_TAG = re.compile(rf"</?(?!(?:{'|'.join(_ORDINARY)})[ >/\n])([a-zA-Z][^\s<>/]*)[^<>]*>")
#: Elements of pages made for AMP, which have the attributes of HTML's.
INSTEAD_OF_AMP = {"amp-img": "img", "amp-video": "video", "amp-audio": "audio"}
CDATA_START, CDATA_END = re.compile(r"<!\[CDATA\[", re.IGNORECASE), re.compile("]](?:>|&gt;)")


def rewrite(html: str) -> str:
    """Return `UNUSUAL` HTML, not yet safe, without the tags that would take their text away."""
    html = strip_illegal(html)
    if CDATA_START.search(html):
        # What is put in its place keeps the characters around it from becoming a new tag.
        html = CDATA_START.sub("<!---->", CDATA_END.sub("", html))
    return UNKNOWN_TAG.sub(_pass, SPACED_TAG.sub(" ", html))


def _pass(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name in INSTEAD_OF_AMP:
        return tag[0].replace(tag[1], INSTEAD_OF_AMP[name], 1)
    return tag[0] if name in _KNOWN else ""
