"""The sanitizer: HTML that runs nothing, shows what it showed, and reads the same to every parser."""

from __future__ import annotations

import re

import nh3

from feeds.text.characters import strip_illegal
from feeds.text.markup.addresses import base_address, filter_attribute
from feeds.text.markup.allowed import (
    ATTRIBUTES,
    DROPPED,
    LINK_REL,
    PLAYER,
    RENAMED,
    SCHEMES,
    TAGS,
)
from feeds.text.markup.embeds import link_embeds
from feeds.text.markup.limits import is_too_much
from feeds.text.markup.nesting import is_plain, is_settled
from feeds.text.markup.pictures import LAZY_ATTRIBUTES, drop_empty_pictures, load_pictures
from feeds.text.markup.plain import paragraphs, safe_text
from feeds.text.markup.rewriting import rewrite

RENAMED_TAG = re.compile(rf"<(/?)({'|'.join(RENAMED)})\b([^>]*)>")
#: A parser takes the first line end of <pre> away, so each reading would lose one more.
PRE_START = re.compile(r"(<pre\b[^<>]*>)\n+")

#: Taking a tag away can leave nesting that reads differently the next time; this often is enough.
PASSES = 6

_CLEANER = nh3.Cleaner(
    tags=set(TAGS | RENAMED.keys()),
    clean_content_tags=set(DROPPED),
    attributes=ATTRIBUTES
    | {"acronym": {"title"}, **{tag: ATTRIBUTES[tag] | LAZY_ATTRIBUTES for tag in ("img", "source")}},
    attribute_filter=filter_attribute,
    url_schemes=set(SCHEMES),
    link_rel=LINK_REL,
    set_tag_attribute_values={"audio": PLAYER, "video": PLAYER},
)


def sanitize(html: str, base: str | None) -> str:
    """Return safe HTML with absolute addresses; sanitizing it again changes nothing.

    An address that is relative where there is no `base`, or not http, https or mailto, is dropped. A video or
    a page within the page becomes a link to it. HTML that would take too long to parse is reduced to its
    paragraphs.
    """
    if "<" not in html:
        return safe_text(html)
    html, unusual = rewrite(html)
    if is_too_much(html):
        return paragraphs(html)
    token = base_address.set(base)
    try:
        safe = _settle(link_embeds(html) if unusual else html)
    finally:
        base_address.reset(token)
    return paragraphs(html) if safe is None else safe


def _settle(html: str) -> str | None:
    """Return HTML that is safe and stays as it is; None where that takes too long."""
    for _ in range(PASSES):
        before, html = html, _clean(html)
        settled = is_plain(html)
        if not settled:
            html = _mend(html)
            settled = is_settled(html)
        if is_too_much(html, safe=True):
            return None
        if settled or html == before:
            return html
    return None


def _clean(html: str) -> str:
    try:
        cleaned = _CLEANER.clean(html)
    except UnicodeEncodeError:  # lone surrogates
        cleaned = _CLEANER.clean(strip_illegal(html))
    cleaned = strip_illegal(cleaned)
    if "\r" in cleaned:
        cleaned = cleaned.replace("\r", "\n")
    return _CLEANER.clean(load_pictures(cleaned)) if " data-" in cleaned else cleaned


def _mend(html: str) -> str:
    html = RENAMED_TAG.sub(_rename, drop_empty_pictures(html))
    return PRE_START.sub(r"\1", html)


def _rename(tag: re.Match[str]) -> str:
    end, name, attributes = tag.groups()
    return f"<{end}{RENAMED[name]}{attributes}>"
