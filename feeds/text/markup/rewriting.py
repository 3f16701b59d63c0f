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
UNKNOWN_TAG = re.compile(rf"</?(?!(?:{'|'.join(sorted(_KNOWN))})[\s>/])[a-z][^<>]*>", re.IGNORECASE)
CDATA_START, CDATA_END = re.compile(r"<!\[CDATA\[", re.IGNORECASE), re.compile("]](?:>|&gt;)")


def rewrite(html: str) -> str:
    """Return HTML, not yet safe, without the tags that would take their text away."""
    if not UNUSUAL.search(html):
        return html
    html = strip_illegal(html)
    if CDATA_START.search(html):
        # What is put in its place keeps the characters around it from becoming a new tag.
        html = CDATA_START.sub("<!---->", CDATA_END.sub("", html))
    return UNKNOWN_TAG.sub("", SPACED_TAG.sub(" ", html))
