"""What a site puts around an article and into it: taken out, unless it holds the article itself."""

from __future__ import annotations

import re

from bs4 import Tag

from feeds.parsing.page.hidden import GONE, is_counting, remove, style_of
from feeds.parsing.page.measure import ARTICLE, CODE, Measure, weigh

#: Elements without any text of an article, wherever they stand.
EMPTY = frozenset({
    "script", "style", "template", "title", "button", "select", "textarea", "input", "datalist",
})  # fmt: skip
#: Elements that are no part of an article.
NOISE = frozenset({"nav", "aside", "footer", "dialog", "menu", "label"})
#: Landmarks that hold none (WAI-ARIA 1.2, section 5.3.4).
NOISE_ROLES = frozenset(
    {"banner", "complementary", "contentinfo", "dialog", "navigation", "search", "toolbar"}
)
#: Words in ids and classes of what surrounds an article.
NOISE_NAMES = frozenset({
    "advert", "advertisement", "ad-container", "addtoany_share_save_container", "breadcrumb", "breadcrumbs",
    "newsletter-signup", "pagination", "post-navigation", "related", "related-posts", "share",
    "share-buttons", "sharedaddy", "sharing", "sidebar", "social-share", "subscribe",
})  # fmt: skip
#: What readers wrote, and what is asked of them before they may read. Code has comments of its own.
OTHERS_NAMES = re.compile(
    r"(?:post|article|user|reader|fb)?[-_]?comments?"
    r"(?:[-_]?(?:area|block|body|box|container|content|feed|form|item|list|respond|section|thread"
    r"|wrap(?:per)?|\d+))?"
    r"|disqus[-_]thread|respond|onetrust[-_].+|cybotcookiebot.+"
    r"|cookies?(?:[-_]?(?:alert|banner|bar|box|consent|container|dialog|disclaimer|info|law|message|modal"
    r"|notice|notification|overlay|policy|popup|preferences|settings|wall|warning|wrapper)[\w-]*)?"
)
BLOCKS = frozenset({"article", "aside", "div", "dl", "form", "li", "ol", "section", "table", "ul"})

#: A form with less is one to fill in; one with more stands around a page.
FORM = 500
#: What is shown to those without scripts is a notice if it is shorter, and else the text.
NOTICE = 500
#: If less is left without it, an element holds the article, whatever its class or its tag says.
REST, LITTLE_REST = 140, 40


def drop_noise(body: Tag) -> None:
    """Take out what is no part of an article; what holds most of the text is looked at twice."""
    remove([notice for notice in body.find_all("noscript") if _is_notice(notice)])
    measure = Measure(body)
    most = measure.running(body) / 2
    noise: list[Tag] = []
    doubtful: list[Tag] = []
    for tag in measure.tags[1:]:
        holds_most = measure.running(tag) > most
        if tag.name == "form" and _is_around_a_page(tag, measure, holds_most):
            tag.name, tag.attrs = "div", {}
        elif tag.name in EMPTY or is_counting(tag) or (_is_unseen(tag) and not holds_most):
            noise.append(tag)
        elif tag.name == "form" or _is_noise(tag, measure):
            (doubtful if holds_most else noise).append(tag)
    remove(noise)
    if doubtful:
        _drop_doubtful(body, doubtful)


def _is_around_a_page(form: Tag, measure: Measure, holds_most: bool) -> bool:
    return (holds_most or measure.all(form) >= FORM) and not _is_named_noise(form, measure)


def _is_notice(notice: Tag) -> bool:
    """Whether it only says that scripts are needed, or shows once more what is there."""
    if notice.parent is not None and notice.parent.name.startswith("amp-"):
        return True
    return weigh(notice.get_text()) < NOTICE and notice.find(("img", "picture", "video")) is None


def _is_noise(tag: Tag, measure: Measure) -> bool:
    if tag.name in NOISE or tag.get("role") in NOISE_ROLES:
        return True
    if tag.name == "header":  # that of an article holds its lead and picture
        return not measure.stands_in(tag, ARTICLE)
    return _is_named_noise(tag, measure)


def _is_named_noise(tag: Tag, measure: Measure) -> bool:
    names = names_of(tag)
    if not names or measure.stands_in(tag, CODE):
        return False
    if not NOISE_NAMES.isdisjoint(names):
        return True
    return tag.name in BLOCKS and any(map(OTHERS_NAMES.fullmatch, names))


def names_of(tag: Tag) -> set[str]:
    """Its id and its classes, in lower case."""
    names = tag.get("class") or ()
    written = [str(tag.get("id") or ""), *((names,) if isinstance(names, str) else names)]
    return {name.lower() for name in written if name}


def _is_unseen(tag: Tag) -> bool:
    return (
        tag.get("hidden") is not None
        or tag.get("aria-hidden") == "true"
        or GONE.search(style_of(tag)) is not None
    )


def _drop_doubtful(body: Tag, doubtful: list[Tag]) -> None:
    """Take out what holds most of the text, the outermost first, if there is an article without it."""
    measure = Measure(body)
    for tag in doubtful:
        rest = measure.running(body) - measure.running(tag)
        enough = REST if _is_named_noise(tag, measure) else LITTLE_REST
        if rest >= enough and not measure.has_heading(tag):
            remove([tag])
            return  # the others held most of the text, too: they stood in it
