"""Texts: which of them are HTML, said or guessed, and what stands in them."""

from __future__ import annotations

import base64
import html
import re

from feeds.model import Text
from feeds.parsing.elements import RDF, Element, Ground, attributes, local_name, text_of
from feeds.parsing.inline import markup_of
from feeds.text.markup import plain_text

HTML_NAME = (
    r"(?:a|abbr|acronym|address|applet|article|aside|audio|b|bdi|bdo|big|blink|blockquote|body|br|button|canvas"
    r"|center|cite|code|dd|del|details|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame"
    r"|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|li|link|main|mark|marquee|math|meta|nav|nobr"
    r"|noscript|object|ol|option|p|picture|pre|q|rp|rt|ruby|s|samp|script|section|select|small|source|span|strike"
    r"|strong|style|su[bp]|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|tr|tt|u|ul|var|video|wbr)"
)
#: What only HTML has. A single `<b>` in a headline is what the headline is about; so it must be closed, or
#: have an attribute, or be a break.
HEADLINE_MARKUP = re.compile(
    rf"</{HTML_NAME}\s*>|<{HTML_NAME}\s+[a-zA-Z-]+\s*=|<[bw]{{1,2}}r\s*/?>|<!--", re.IGNORECASE
)
#: In a longer text any tag will do.
BODY_MARKUP = re.compile(rf"</?{HTML_NAME}(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
BINARY = re.compile("[\0-\x08\x0e-\x1f]")

#: What a type says about how the text is written (RFC 4287, section 3.1.1; RFC 5023 and older call them so).
KINDS = {
    None: "text",
    "text": "text",
    "text/plain": "text",
    "plain": "text",
    "html": "html",
    "text/html": "html",
    "xhtml": "xhtml",
    "application/xhtml+xml": "xhtml",
    "application/xml": "xml",
    "text/xml": "xml",
    "xml": "xml",
}
WEB_KINDS = ("html", "xhtml", "xml")


def find_language(text: Text | None, ground: Ground, outside: Ground) -> str | None:
    """Return the language the entry declares, else that of its text; None where it is the feed's."""
    if not ground.varies or ground.language != outside.language:
        return ground.language if ground.varies else None
    return text.language if text and text.language != outside.language else None


def _text(value: str, kind: str, ground: Ground) -> Text | None:
    if not value:
        return None
    return Text(value, "html" if kind == "html" else "text", ground.base, ground.language)


# --- RSS: nobody says what a text is ------------------------------------------------------------------


def read_html(element: Element, ground: Ground) -> Text | None:
    """Return a text that is HTML, escaped or not."""
    if len(element):
        return _text(*_inner(element, ground))
    return _text(text_of(element), "html", ground.at(element))


def _inner(element: Element, ground: Ground) -> tuple[str, str, Ground]:
    """Return the tags inside the element as HTML, without the one <div> that may stand around them."""
    here = ground.at(element)
    wrapper = element[0]
    is_wrapped = len(element) == 1 and local_name(wrapper) == "div"
    if is_wrapped and not (element.text or "").strip() and not (wrapper.tail or "").strip():
        element, here = wrapper, here.at(wrapper)
    return markup_of(element, here), "html", here


def read_headline(element: Element, ground: Ground) -> Text | None:
    """Return one line that is text, unless it has what only HTML has. References are resolved once more."""
    return _guess(element, ground, HEADLINE_MARKUP)


def read_body(element: Element, ground: Ground) -> Text | None:
    """Return a longer text of which nobody said what it is: HTML where it has any tag."""
    return _guess(element, ground, BODY_MARKUP)


def _guess(element: Element, ground: Ground, markup: re.Pattern[str]) -> Text | None:
    if len(element):
        return _text(*_inner(element, ground))
    value = text_of(element)
    kind = "text"
    if "<" in value and markup.search(value):
        kind = "html"
    elif "&" in value:
        value = resolve_references(value)
    return _text(value, kind, ground.at(element))


def resolve_references(text: str) -> str:
    """Resolve what has the form of a reference, so that `AT&T` and `?a=1&copy=2` stay what they are."""
    return REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def find_name(element: Element, _ground: Ground) -> str | None:
    """Return a short text without tags, its references resolved: the name of a person or a category."""
    value = text_of(element)
    if "<" in value and HEADLINE_MARKUP.search(value):
        return plain_text(value) or None
    return (resolve_references(value) if "&" in value else value) or None


def read_media_text(element: Element, ground: Ground) -> Text | None:
    """Return a text of Media RSS, which may say `plain` or `html` (1.5.1, media:title)."""
    kind = attributes(element).get("type", "").lower()
    if kind == "html":
        return read_html(element, ground)
    return (
        _text(text_of(element), "text", ground.at(element)) if kind == "plain" else read_body(element, ground)
    )


def read_value(element: Element, ground: Ground) -> Text | None:
    """Return the first text of an old content:items (RSS 1.0, module Content)."""
    value = next(element.iterdescendants(f"{RDF}value"), None)
    return None if value is None else read_html(value, ground.at(element))


def read_typed(element: Element, ground: Ground) -> Text | None:
    """Return the text of an Atom element without its namespace; where it has no type it is RSS."""
    return read_construct(element, ground) if element.get("type") else read_body(element, ground)


# --- Atom: the element says what it is ----------------------------------------------------------------


def read_construct(element: Element, ground: Ground) -> Text | None:
    """Return a text construct or content (RFC 4287, sections 3.1 and 4.1.3); None where it is no text."""
    kind = _find_kind(element)
    if kind == "text":
        value = text_of(element)
        # Tags were taken out of HTML and the rest was called text: nobody means this to be read as it stands.
        if "&nbsp;" in value and "<" not in value:
            value = html.unescape(value)
        return _text(value, "text", ground.at(element))
    if kind == "html":
        value = text_of(element)
        return _text(value, "html", ground.at(element))
    return READ_KIND[kind](element, ground)


def _find_kind(element: Element) -> str:
    written = element.get("type")
    kind = KINDS.get(written) or _find_odd_kind(written or "")
    mode = element.get("mode")  # Atom 0.3, section 3.1
    if mode == "base64":
        return "base64"
    if len(element) and kind in ("text", "html") and mode != "escaped":
        return "escaped in a div" if kind == "html" and mode is None else "xhtml"
    return "html" if kind == "xml" and not len(element) and mode == "escaped" else kind


def _find_odd_kind(written: str) -> str:
    name = written.partition(";")[0].strip().lower()
    if kind := KINDS.get(name or None):
        return kind
    if name.endswith("+xml"):
        return "xml"
    if name.startswith("multipart/"):
        return "multipart"
    return "base64" if "/" in name and not name.startswith("text/") else "text"


def _read_inline(element: Element, ground: Ground) -> Text | None:
    """Read tags that stand in the element itself; where there are none, it is text as XML sees it."""
    if len(element):
        return _text(*_inner(element, ground))
    return _text(html.escape(text_of(element), quote=False), "html", ground.at(element))


def _read_escaped_in_a_div(element: Element, ground: Ground) -> Text | None:
    """By its type the HTML is escaped; some put a <div> around it. Other tags are meant as they stand."""
    wrapper = element[0]
    if len(element) == 1 and not len(wrapper) and BODY_MARKUP.search(text_of(wrapper)):
        return _text(text_of(element), "html", ground.at(element).at(wrapper))
    return _read_inline(element, ground)


def _read_base64(element: Element, ground: Ground) -> Text | None:
    """Read what by its type is no text: base64 (RFC 4287, section 4.1.3.3), if there is a text in it."""
    name = (element.get("type") or "text").partition(";")[0].strip().lower()
    if not (name in KINDS or name.startswith(("text/", "application/"))):
        return None
    written = text_of(element)
    try:
        value = base64.b64decode("".join(written.split()), validate=True).decode().strip()
    except UnicodeDecodeError:
        return None
    except ValueError:  # it is not what it is said to be
        return _text(written, "text", ground.at(element))
    is_plain = KINDS.get(name) == "text" and (element.get("type") or not BODY_MARKUP.search(value))
    kind = "text" if is_plain else "html"
    return None if BINARY.search(value) else _text(value, kind, ground.at(element))


def _read_multipart(element: Element, ground: Ground) -> Text | None:
    """Several forms of one content (Atom 0.3): the one with markup, else the first."""
    here = ground.at(element)
    parts = [part for part in element if not (part.get("type") or "").startswith("multipart/")]
    parts.sort(key=lambda part: KINDS.get(part.get("type")) not in WEB_KINDS)
    return next(filter(None, (read_construct(part, here) for part in parts)), None)


READ_KIND = {
    "xhtml": _read_inline,
    "xml": _read_inline,
    "escaped in a div": _read_escaped_in_a_div,
    "base64": _read_base64,
    "multipart": _read_multipart,
}
