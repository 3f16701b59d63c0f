"""Plain text of HTML, and HTML of plain text."""

from __future__ import annotations

import html as entities
import re

import nh3

from feeds.text.characters import join_words, strip_illegal
from feeds.text.language import is_cjk
from feeds.text.markup.allowed import BLOCKS, DROPPED, TAGS
from feeds.text.markup.limits import MOST_TAGS, is_too_much
from feeds.text.markup.rewriting import rewrite

#: A tag whose end needs no parser to be found: quotes are closed, and nothing in them looks like a tag.
_SIMPLE_ATTRIBUTES = r"""(?:[\s/][^<>"']*+(?:"[^"<>]*+"[^<>"']*+|'[^'<>]*+'[^<>"']*+)*+)?+"""
#: The frequent ones first, for what is looked for first is found first.
_BREAKS = ("p", "li", "br", "div", "ul", *sorted(BLOCKS - {"p", "li", "br", "div", "ul"}))
_WORDS = ("a", "span", "code", "em", "strong", "img", "i", "b", "font", *sorted(TAGS - BLOCKS))
BREAK_TAG = re.compile(rf"</?(?:{'|'.join(_BREAKS)}){_SIMPLE_ATTRIBUTES}>")
WORD_TAG = re.compile(rf"</?(?:{'|'.join(_WORDS)}){_SIMPLE_ATTRIBUTES}>")
#: What a parser takes for a tag, a comment or the like.
MARKUP = re.compile(r"<[a-zA-Z/!?]")
ANY_TAG = re.compile(r"<(?=[/a-zA-Z])/?[a-zA-Z][^<>]*>")
#: What goes with its content, and what parts paragraphs, where no parser is asked. (What it may begin with is
#: looked at first, so that it is quick.)
UNSEEN = re.compile(
    r"<(?=[!?adimnst])(?:!--.*?(?:-->|\Z)|[!?][^>]*+>?"
    rf"|({'|'.join(sorted(DROPPED - {'embed', 'title'}))})\b.*?(?:</\1\b[^<>]*>|\Z))",
    re.DOTALL | re.IGNORECASE,
)
PARAGRAPH_TAG = re.compile(rf"<(?=[/a-zA-Z])/?(?i:{'|'.join(sorted(BLOCKS))})\b[^<>]*>")
#: A line end that HTML does not know.
_BREAK = "\u2029"

#: Any tag of sanitized HTML, whose attribute values hold no `>`, even if it is cut off.
SAFE_BREAK_TAG = re.compile(rf"</?(?:{'|'.join(_BREAKS)})\b[^>]*>?")
SAFE_TAG = re.compile(r"<[^>]*>?")
CUT_REFERENCE = re.compile(r"&[a-z]*$")
#: What stands below a picture, which an excerpt does not show.
CAPTION = re.compile(r"<figcaption\b(?:(?!</?figcaption\b).)*</figcaption>", re.DOTALL)
FIRST_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="([^"]*)"')

#: How the word before it is read, and what stands around that where ruby is not known.
READING = re.compile(r"<(r[tp])\b[^<>]*>[^<]*(?:</\1>)?")

ALTERNATIVE = re.compile('<img alt="([^"]*)">')

_BLOCKS_ONLY = nh3.Cleaner(
    tags=set(BLOCKS),
    clean_content_tags=set(DROPPED - {"title"}),
    attributes={"*": set()},
    link_rel=None,
)
_PICTURES_ONLY = nh3.Cleaner(
    tags={"img"},
    clean_content_tags=set(DROPPED - {"title"}),
    attributes={"img": {"alt"}},
    link_rel=None,
)


def plain_text(html: str) -> str:
    """Return what a reader sees: no tags, entities decoded, one space between blocks and words.

    Where there is no text but pictures, it is what stands in their place where they cannot be seen. How a
    word is read (ruby) is left out: it would tear the word apart.
    """
    if "<rt" in html:
        html = READING.sub("", html)
    text = _strip_tags(html) if "<" in html else html
    if "&" in text:
        text = entities.unescape(text)
    return join_words(strip_illegal(text)) or (_find_alternatives(html) if "alt=" in html else "")


def _find_alternatives(html: str) -> str:
    if is_too_much(html):
        return ""
    written = ALTERNATIVE.findall(_PICTURES_ONLY.clean(strip_illegal(html)))
    return " ".join(entities.unescape(" ".join(written)).split())


def _strip_tags(html: str) -> str:
    simple = WORD_TAG.sub("", BREAK_TAG.sub(" ", html))
    if not MARKUP.search(simple):
        return simple
    html, _ = rewrite(html)
    if is_too_much(html):
        return ANY_TAG.sub(" ", UNSEEN.sub("", html))
    return ANY_TAG.sub(" ", _BLOCKS_ONLY.clean(strip_illegal(html)))


def text_sample(safe_html: str, limit: int) -> str:
    """Return the first characters, at most `limit`, that a reader sees of *sanitized* HTML.

    It reads no further than it must, and needs no parser: only the sanitizer's own output is read right.
    """
    length = 2 * limit
    while True:
        text = _strip_safe_tags(safe_html[:length])
        if len(text) >= limit or length >= len(safe_html):
            return text[:limit].rstrip()
        length *= 4


def _strip_safe_tags(html: str) -> str:
    if "<" in html:
        html = SAFE_TAG.sub("", SAFE_BREAK_TAG.sub(" ", html))
    if "&" in html:
        html = entities.unescape(CUT_REFERENCE.sub("", html))
    return " ".join(html.split())


def paragraphs(html: str) -> str:
    """Return the text of HTML that no parser shall read, as paragraphs: all that is left to show of it."""
    html = UNSEEN.sub("", strip_illegal(html))
    if html.count("<") > MOST_TAGS:
        text = ANY_TAG.sub(" ", html)
    else:
        text = ANY_TAG.sub("", PARAGRAPH_TAG.sub(_BREAK, html))
    text = entities.unescape(text)
    texts = [join_words(part) for part in _escape(strip_illegal(text)).split(_BREAK)]
    texts = [text for text in texts if text]
    if len(texts) == 1 or 2 * len(texts) > MOST_TAGS:
        return " ".join(texts)
    return "".join(f"<p>{text}</p>" for text in texts)


def safe_text(text_html: str) -> str:
    """Return HTML without any tag as the sanitizer writes it."""
    if "&" in text_html:
        text_html = entities.unescape(text_html)
    text = strip_illegal(text_html).replace("\r\n", "\n").replace("\r", "\n")
    return _escape(text).replace("\xa0", "&nbsp;")


def _escape(text: str) -> str:
    return entities.escape(text, quote=False)


def escape_text(text: str) -> str:
    """Return plain text as HTML: blank lines part paragraphs, single line ends become <br>."""
    lines = _escape(text.strip()).replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = [paragraph.replace("\n", "<br>") for paragraph in re.split(r"\n\s*\n", lines)]
    return paragraphs[0] if len(paragraphs) == 1 else "".join(f"<p>{text}</p>" for text in paragraphs)


def excerpt(html: str, limit: int = 200) -> str:
    """Return plain text of at most `limit` characters, cut after a word, or anywhere in Han, kana and hangul.

    Captions are left out where there is other text. A cut text ends with `…`, which counts.
    """
    return cut_text(plain_text(CAPTION.sub(" ", html)) or plain_text(html), limit)


def has_caption(html: str) -> bool:
    """Whether an excerpt shows less than all text of *sanitized* HTML."""
    return "<figcaption" in html


def cut_text(text: str, limit: int = 200) -> str:
    """Return plain text of at most `limit` characters, as `excerpt` cuts it."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and not _is_break(text, end):
        end -= 1
    return text[: end or limit - 1].rstrip() + "…"


def _is_break(text: str, index: int) -> bool:
    before, after = text[index - 1], text[index]
    return before.isspace() or after.isspace() or is_cjk(before) or is_cjk(after)


def first_image(html: str) -> str | None:
    """Return the address of the first image of *sanitized* HTML."""
    found = FIRST_IMAGE.search(html)
    return entities.unescape(found[1]) if found else None
