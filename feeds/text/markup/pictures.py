"""Pictures that a script would load when they come into view: their real address stands beside a stand-in."""

from __future__ import annotations

import re

#: Where the usual scripts look for the address, the best first.
LAZY_SOURCES = (
    "data-src", "data-lazy-src", "data-original", "data-actualsrc", "data-lazyload", "data-lazy", "data-echo",
    "data-orig-src", "data-cfsrc", "data-ezsrc", "data-ll-src", "data-pagespeed-lazy-src", "data-croporisrc",
)  # fmt: skip
LAZY_SRCSETS = ("data-srcset", "data-lazy-srcset", "data-orig-srcset", "data-ezsrcset", "data-ll-srcset")
LAZY_ATTRIBUTES = frozenset({*LAZY_SOURCES, *LAZY_SRCSETS})

#: Sanitized tags; no value of an attribute holds `<` or `>`.
PICTURE = re.compile(r"<(img|source)((?: [a-z-]+=\"[^\"]*\")*)>")
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
#: What lost its address.
EMPTY = re.compile(r'<(?:img|source|track)((?: (?!src)[a-z]+="[^"]*")*)>')
STAND_IN = re.compile(
    r"/(?:[^/?#]*[_-])?(?:1x1|1px|blank|clear|dummy|empty|gr[ae]y|lazy(?:load)?|load(?:er|ing)?|pixel|place-?holder"
    r"|spacer|trans(?:parent)?)[^/?#]*\.(?:gif|jpe?g|png|svg|webp)(?:[?#]|$)",
    re.IGNORECASE,
)


def load_pictures(html: str) -> str:
    """Return sanitized HTML in which pictures have their real address, and no attribute for scripts.

    A picture that stands there already, as what is shown where scripts do not run, is not shown twice.
    """
    shown = {
        written["src"]
        for _, attributes in PICTURE.findall(html)
        if "src" in (written := dict(ATTRIBUTE.findall(attributes))) and not LAZY_ATTRIBUTES & written.keys()
    }
    return PICTURE.sub(lambda picture: _load(picture[1], dict(ATTRIBUTE.findall(picture[2])), shown), html)


def _load(tag: str, written: dict[str, str], shown: set[str]) -> str:
    sources = [written.pop(name) for name in LAZY_SOURCES if name in written]
    srcsets = [written.pop(name) for name in LAZY_SRCSETS if name in written]
    waits = "src" not in written or STAND_IN.search(written["src"]) is not None
    if sources and waits:
        if tag == "img" and sources[0] in shown:
            return ""
        written["src"] = sources[0]
    if srcsets and (waits or "srcset" not in written):
        written["srcset"] = srcsets[0]
    attributes = "".join(f' {name}="{value}"' for name, value in written.items())
    return f"<{tag}{attributes}>"


def drop_empty_pictures(html: str) -> str:
    """Return sanitized HTML without pictures without address; what they tell stands in their place, once."""
    if not EMPTY.search(html):
        return html
    told = {
        dict(ATTRIBUTE.findall(attributes)).get("alt", "")
        for _, attributes in PICTURE.findall(html)
        if "src" in attributes
    }

    def tell(picture: re.Match[str]) -> str:
        text: str = dict(ATTRIBUTE.findall(picture[1])).get("alt", "")
        if text in told:
            return ""
        told.add(text)
        return text.replace("&quot;", '"')

    return EMPTY.sub(tell, html)
