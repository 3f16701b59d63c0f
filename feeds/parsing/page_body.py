"""The part of a web page that is the article, without what the site puts around and into it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

#: Elements that are no part of an article, wherever they stand.
NOISE = (
    "script", "style", "template", "nav", "aside", "footer", "form", "button", "dialog", "menu", "select",
    "textarea", "input",
)  # fmt: skip
#: Landmarks that hold none (WAI-ARIA 1.2, section 5.3.4).
NOISE_ROLES = frozenset(
    {"banner", "complementary", "contentinfo", "dialog", "navigation", "search", "toolbar"}
)
#: Words in ids and classes of what surrounds an article.
NOISE_NAMES = frozenset({
    "advert", "advertisement", "ad-container", "addtoany_share_save_container", "breadcrumb", "breadcrumbs",
    "comments", "comment-list", "cookie-banner", "newsletter-signup", "pagination", "post-navigation",
    "related", "related-posts", "share", "share-buttons", "sharedaddy", "sharing", "sidebar", "social-share",
    "subscribe",
})  # fmt: skip
#: Where sites put the article, in the order of how surely.
PLACES = (
    ("itemprop=articleBody", "[itemprop~=articleBody]"),
    ("article", "article"),
    (
        "a known class",
        ".entry-content, .post-content, .post-body, .article-content, .article-body, .story-body",
    ),
    ("main", "main, [role=main]"),
)  # fmt: skip
#: How what nobody sees is hidden: the text that mail programs show beside a subject, say.
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
#: A place with fewer characters is a teaser, or the wrong one.
FEWEST = 140
#: A paragraph with fewer is a label, and tells nothing.
PARAGRAPH = 25


def find_body(soup: BeautifulSoup) -> Iterator[tuple[str, Tag | None]]:
    """Yield (rule, element) with the article, the surest first; noise has been taken out of all."""
    body = soup.body
    if body is None:
        return
    _drop_noise(body)
    for rule, selector in PLACES:
        found = max(body.select(selector), key=_length, default=None)
        if found is not None and _length(found) >= FEWEST:
            yield rule, found
    yield "the element with the most paragraphs", _find_densest(body)
    yield "the whole page", body if _length(body) or body.find("img") else None


def drop_hidden(html: str) -> str:
    """Return the HTML inside the body without what nobody sees, pictures that only count readers among it."""
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.find_all(_is_hidden):
        if tag.parent is not None:
            tag.extract()
    return (soup.body or soup).decode_contents().strip()


def _is_hidden(tag: Tag) -> bool:
    if tag.name in ("script", "style", "title", "template") or HIDDEN.search(str(tag.get("style") or "")):
        return True
    sizes = (str(tag.get("width") or ""), str(tag.get("height") or ""))
    return tag.name == "img" and all(size.removesuffix("px") in ("0", "1") for size in sizes)


def _length(tag: Tag) -> int:
    return sum(len(text.strip()) for text in tag.strings)


def _drop_noise(body: Tag) -> None:
    for tag in body.find_all(_is_noise):
        if tag.parent is not None:
            tag.extract()
    for header in body.find_all("header"):  # that of an article holds its lead and picture
        if header.find_parent("article") is None and header.find_parent("main") is None:
            header.extract()
    for heading in body.find_all("h1", limit=1):  # the title stands above the text already
        heading.extract()


def _is_noise(tag: Tag) -> bool:
    if tag.name in NOISE or tag.get("role") in NOISE_ROLES or _is_hidden(tag):
        return True
    if tag.get("hidden") is not None or tag.get("aria-hidden") == "true":
        return True
    names = {str(name).lower() for kind in ("id", "class") for name in tag.get_attribute_list(kind)}
    return not NOISE_NAMES.isdisjoint(names)


def _find_densest(body: Tag) -> Tag | None:
    """The element in which most of the running text stands, directly or one level below."""
    weights: defaultdict[int, float] = defaultdict(float)
    tags: dict[int, Tag] = {}
    for paragraph in body.find_all("p"):
        length = _length(paragraph)
        outer = paragraph.parent
        if length < PARAGRAPH or outer is None:
            continue
        for tag, share in ((outer, 1.0), (outer.parent, 0.5)):
            if isinstance(tag, Tag) and tag.name != "html":
                tags[id(tag)] = tag
                weights[id(tag)] += length * share
    best = max(weights, key=lambda key: weights[key], default=None)
    return tags[best] if best is not None and weights[best] >= FEWEST else None
