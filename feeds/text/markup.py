"""HTML: the one sanitizer, and the ways between HTML and plain text."""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar

import nh3

from feeds.text.characters import strip_illegal
from feeds.text.language import is_cjk
from feeds.text.urls import is_web_url, resolve

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
TAGS = frozenset({
    "a", "abbr", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li",
    "main", "mark", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small",
    "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "u", "ul", "var", "video", "wbr",
})  # fmt: skip
#: What goes with its content, because the content is no text for a reader.
DROPPED = frozenset({
    "annotation", "annotation-xml", "applet", "button", "canvas", "dialog", "embed", "iframe", "noembed",
    "noframes", "object", "script", "select", "style", "svg", "template", "textarea", "title",
})  # fmt: skip
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "img": {"alt", "height", "sizes", "src", "srcset", "title", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"media", "sizes", "src", "srcset", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"height", "poster", "src", "width"},
}
#: A player must show its buttons. Only one attribute: nh3 writes several in no fixed order.
PLAYER = {"controls": ""}

LONGEST_SRCSET = 20_000
SRCSET_GAP = " \t\n\r\f,"
DESCRIPTOR = re.compile(r"\d{1,5}(?:\.\d{1,3})?[wx]")

#: Deeper nesting than browsers build; parsing it takes time in the square of its depth.
DEEPEST = 500
#: Beyond so many tags the depth is not even looked for: closing tags can be faked.
MOST_TAGS = 50_000
#: The parser takes time in the square of the references in one text.
MOST_REFERENCES = 100_000
#: A tag that nests; the others close the one before them.
NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|li|br|img|hr|td|th|tr|dd|dt|input|meta|link|source|wbr)\b)([a-zA-Z][a-zA-Z0-9]*)"
)
ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
#: We run no scripts, but the sanitizer's parser reads these as if we did.
NOSCRIPT = re.compile(r"</?noscript\b[^<>]*>", re.IGNORECASE)
#: An image that lost its address.
EMPTY_IMAGE = re.compile(r'<(?:img|source)(?: (?!src)[a-z]+="[^"]*")*>')
#: What stands below a picture, which an excerpt does not show.
CAPTION = re.compile(r"<figcaption\b(?:(?!</?figcaption\b).)*</figcaption>", re.DOTALL)
#: A page within the page, as the sanitizer writes it: a video, mostly. Readers get the way to it instead.
FRAME = re.compile(r'<iframe((?: [a-z]+="[^"]*")+)>.*?</iframe>', re.DOTALL)
FRAME_START = re.compile("<iframe", re.IGNORECASE)
#: A parser takes the first line end of <pre> away, so each reading would lose one more.
PRE_START = re.compile(r"(<pre\b[^<>]*>)\n+")

#: The tags of sanitized HTML, whose attribute values hold no `>`: those within words, and any, even cut off.
INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(TAGS - BLOCKS))})\b[^>]*>")
SAFE_TAG = re.compile(r"<[^>]*>?")
CUT_REFERENCE = re.compile(r"&[a-z]*$")

#: Taking a tag away can leave nesting that reads differently the next time; this often is enough.
PASSES = 6

#: Addresses in the document being sanitized refer to this; the sanitizer is built once for all documents.
_base: ContextVar[str | None] = ContextVar("base", default=None)


def sanitize(html: str, base: str | None) -> str:
    """Return safe HTML with absolute addresses; sanitizing it again changes nothing.

    An address that is relative where there is no `base`, or not http, https or mailto, is dropped. Links get
    rel="noopener noreferrer": what a reader reads is nobody's business; not nofollow, for the links are
    the publisher's own choice, not a stranger's comment.
    """
    token = _base.set(base)
    try:
        return _settle(NOSCRIPT.sub("", strip_illegal(html)))
    finally:
        _base.reset(token)


def _settle(html: str) -> str:
    for _ in range(PASSES):
        if _is_too_much(html):
            break
        before, html = html, _clean(html)
        if html == before:
            return html
    return escape_text(plain_text(html))


def _clean(html: str) -> str:
    if FRAME_START.search(html):
        html = FRAME.sub(_link_frame, _FRAMES_TOO.clean(html))
    cleaned = strip_illegal(_CLEANER.clean(html))
    return EMPTY_IMAGE.sub("", PRE_START.sub(r"\1", cleaned))


def _link_frame(frame: re.Match[str]) -> str:
    """Return a link to what a frame shows, called by the frame's title."""
    written = dict(re.findall(r' ([a-z]+)="([^"]*)"', frame[1]))
    src, title = written.get("src"), entities.unescape(written.get("title", ""))
    return f'<a href="{src}">{entities.escape(title.strip()) or src}</a>' if src else ""


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    clean = ATTRIBUTE_FILTERS.get(name)
    return clean(value) if clean else value


def _clean_link(href: str) -> str | None:
    url = resolve(_base.get(), href)
    return url if url and (is_web_url(url) or url.startswith("mailto:")) else None


def _clean_source(src: str) -> str | None:
    url = resolve(_base.get(), src)
    return url if url and is_web_url(url) else None


def _clean_srcset(srcset: str) -> str | None:
    """Keep the candidates that are web addresses."""
    if len(srcset) > LONGEST_SRCSET:
        return None
    candidates = ((_clean_source(src), descriptor) for src, descriptor in _split_srcset(srcset))
    return ", ".join(f"{url} {descriptor}".rstrip() for url, descriptor in candidates if url) or None


def _split_srcset(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield address and descriptor of each candidate (HTML, section 4.8.4.2.1); addresses may hold commas."""
    rest = srcset.lstrip(SRCSET_GAP)
    while rest:
        src, *after = rest.split(maxsplit=1)
        rest = after[0] if after else ""
        descriptor = ""
        if not src.endswith(","):
            descriptor, _, rest = rest.partition(",")
        yield src.rstrip(","), descriptor.strip() if DESCRIPTOR.fullmatch(descriptor.strip()) else ""
        rest = rest.lstrip(SRCSET_GAP)


def _clean_size(size: str) -> str | None:
    return size if re.fullmatch(r"\d{1,4}", size) else None


ATTRIBUTE_FILTERS = {
    "href": _clean_link,
    "src": _clean_source,
    "poster": _clean_source,
    "cite": _clean_source,
    "srcset": _clean_srcset,
    "width": _clean_size,
    "height": _clean_size,
}


def _make_cleaner(frame_tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS | frame_tags,
        clean_content_tags=DROPPED - frame_tags,
        attributes=ATTRIBUTES | {tag: {"src", "title"} for tag in frame_tags},
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"audio": PLAYER, "video": PLAYER},
    )


_CLEANER = _make_cleaner(frozenset())
#: What it lets through is not safe yet: a frame keeps whatever stands in it.
_FRAMES_TOO = _make_cleaner(frozenset({"iframe"}))
_BLOCKS_ONLY = nh3.Cleaner(
    tags=BLOCKS, clean_content_tags=DROPPED - {"title", "textarea"}, attributes={"*": set()}, link_rel=None
)


def _is_too_much(html: str) -> bool:
    """Whether parsing it would take too long; cheap to ask of every ordinary document."""
    count = html.count("<")
    if count > MOST_TAGS or html.count("&") > MOST_REFERENCES:
        return True
    if count <= DEEPEST:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for closing, name in NESTING_TAG.findall(html):
        step = -1 if closing else 1
        if step > 0 or opened[name]:
            opened[name] += step
            depth += step
        if depth > DEEPEST:
            return True
    return False


def plain_text(html: str) -> str:
    """Return what a reader sees: no tags, entities decoded, one space between blocks and words."""
    if "<" in html or "&" in html:
        html = entities.unescape(ANY_TAG.sub(" ", _keep_blocks(html)))
    return " ".join(strip_illegal(html).split())


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
        html = SAFE_TAG.sub(" ", INLINE_TAG.sub("", html))
    if "&" in html:
        html = entities.unescape(CUT_REFERENCE.sub("", html))
    return " ".join(html.split())


def _keep_blocks(html: str) -> str:
    """Leave the tags that part words, bare; where it is too much to be parsed, leave all."""
    return html if _is_too_much(html) else _BLOCKS_ONLY.clean(NOSCRIPT.sub("", strip_illegal(html)))


def escape_text(text: str) -> str:
    """Return plain text as HTML: blank lines part paragraphs, single line ends become <br>."""
    lines = entities.escape(text.strip(), quote=False).replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = [paragraph.replace("\n", "<br>") for paragraph in re.split(r"\n\s*\n", lines)]
    return paragraphs[0] if len(paragraphs) == 1 else "".join(f"<p>{text}</p>" for text in paragraphs)


def excerpt(html: str, limit: int = 200) -> str:
    """Return plain text of at most `limit` characters, cut after a word, or anywhere in Han, kana and hangul.

    Captions are left out where there is other text. A cut text ends with `…`, which counts.
    """
    text = plain_text(CAPTION.sub(" ", html)) or plain_text(html)
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
    found = re.search(r'<img(?: [a-z]+="[^"]*")*? src="([^"]*)"', html)
    return entities.unescape(found[1]) if found else None
