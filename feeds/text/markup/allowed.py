"""What may stand in the HTML we keep, and what becomes of the rest: tags go, their text stays."""

from __future__ import annotations

#: Tags that part words.
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
TAGS = frozenset({
    "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption",
    "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li",
    "main", "mark", "nav", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
    "small", "source", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "track", "u", "ul", "var", "video", "wbr",
})  # fmt: skip
#: Tags in whose place another says the same; taken away, they would run words together, or lose their sense.
RENAMED = {
    "acronym": "abbr",
    "center": "div",
    "dialog": "div",
    "dir": "ul",
    "fieldset": "div",
    "form": "div",
    "hgroup": "div",
    "legend": "div",
    "marquee": "div",
    "menu": "ul",
    "strike": "s",
    "tt": "code",
}
#: Tags in whose place a space parts the words.
SPACED = frozenset({"option", "text"})
#: What goes with its content, because the content is no text for a reader.
DROPPED = frozenset({
    "annotation", "annotation-xml", "applet", "datalist", "desc", "embed", "iframe", "metadata", "noembed",
    "noframes", "script", "style", "template", "title",
})  # fmt: skip
#: Tags that go without further ado.
PASSED = frozenset({
    "area", "base", "basefont", "bgsound", "big", "blink", "body", "button", "canvas", "font", "frame",
    "frameset", "head", "html", "image", "input", "keygen", "label", "link", "listing", "map", "meta",
    "meter", "nobr", "optgroup", "output", "plaintext", "progress", "rb", "rtc", "select", "slot",
    "textarea", "xmp",
})  # fmt: skip
#: Players and pages within the page, which are looked at before they go.
EMBEDDED = frozenset({
    "amp-dailymotion", "amp-iframe", "amp-vimeo", "amp-youtube", "embed", "iframe", "lite-vimeo",
    "lite-youtube", "object", "param",
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
    "track": {"kind", "label", "src", "srclang"},
    "video": {"height", "poster", "src", "width"},
}
SCHEMES = frozenset({"http", "https", "mailto"})
#: What a reader reads is nobody's business; not nofollow, for the links are the publisher's own choice.
LINK_REL = "noopener noreferrer"
#: A player must show its buttons. Only one attribute: nh3 writes several in no fixed order.
PLAYER = {"controls": ""}
