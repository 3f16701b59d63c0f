"""The names of feeds and of HTML, and which of them may stand in which."""

from __future__ import annotations

from itertools import chain

#: What stands in a feed or an entry and holds text or HTML, never another of these.
TEXT_NAMES = """
title link guid id pubdate lastbuilddate published updated modified issued created category comments
enclosure language copyright generator docs ttl managingeditor webmaster rating rights logo icon name uri
url email homepage width height
"""
#: Those that hold whole articles, in which HTML may have a title of its own.
ARTICLES = frozenset({"description", "summary", "content", "subtitle", "tagline", "info", "content:encoded"})
#: What of all these is a name in HTML too.
IN_HTML = frozenset({"title", "link", "source", "summary"})
#: What stands for the elements of the prefixes below.
TEXT, GROUP = "title", "*"

NONE: frozenset[str] = frozenset()
PERSON = frozenset({"name", "uri", "url", "email", "homepage"})
IMAGE = frozenset({"url", "title", "link", "width", "height", "description", "name"})
SOURCE = frozenset(
    {
        "title",
        "link",
        "id",
        "updated",
        "author",
        "contributor",
        "category",
        "rights",
        "subtitle",
        "icon",
        "logo",
    }
)
#: The landmarks of a feed, and which others of them may stand in each.
MAY_HOLD = {
    **dict.fromkeys(chain(TEXT_NAMES.split(), ARTICLES), NONE),
    **dict.fromkeys(("author", "contributor"), PERSON),
    **dict.fromkeys(("image", "textinput"), IMAGE),
    "source": SOURCE,
    GROUP: frozenset({GROUP}),
}
ANYTHING = frozenset(MAY_HOLD)
ENTRIES = frozenset({"item", "entry"})
MAY_HOLD |= {**dict.fromkeys(ENTRIES, ANYTHING), "channel": ANYTHING | ENTRIES}
#: Where a feed has elements, and no text beside them.
BETWEEN = ENTRIES | {"channel"}

#: Prefixes of what holds text alone, and of what may hold more, none of it from the vocabulary above.
TEXT_PREFIXES = frozenset({"dc", "dcterms", "slash", "wfw", "sy", "feedburner", "content"})
GROUP_PREFIXES = frozenset({"itunes", "media", "thr", "georss", "geo", "googleplay"})
#: Prefixes of whole feeds: their elements are known by their names alone.
FEED_PREFIXES = frozenset({"atom", "rss"})

ALL_HTML = """
a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body br
button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt
em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup
hr html i iframe img input ins kbd label legend li link main map mark marquee menu meta meter nav nobr
noembed noframes noscript object ol optgroup option output p param picture pre progress q rb rp rt rtc
ruby s samp script section select slot small source span strike strong style sub summary sup svg table
tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr
"""
HTML_NAMES = frozenset(ALL_HTML.split())
#: HTML that never holds anything (HTML, section 13.1.2), aside from what is a name in feeds too.
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "meta", "param", "track", "wbr"}
)
#: HTML whose end tags may be left out: one closes another of its name.
IN_ROWS = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
#: What is a tag even where nothing closes it.
TAGS = HTML_NAMES | frozenset(MAY_HOLD) | {"rss", "feed", "items", "opml", "head", "body", "outline"}
