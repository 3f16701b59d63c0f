"""The part of a web page that is the article, without what the site puts around and into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag

from feeds.parsing.page.hidden import drop_hidden, remove
from feeds.parsing.page.measure import Measure
from feeds.parsing.page.noise import drop_noise, names_of

__all__ = ["MARKED", "MEDIA", "drop_hidden", "find_body"]

#: Classes that publishing programs give the article.
KNOWN_CLASSES = frozenset({
    "article-body", "article-content", "e-content", "entry-content", "post-body", "post-content",
    "rich_media_content", "story-body",
})  # fmt: skip
#: Where sites put the article, in the order of how surely.
PLACES: tuple[tuple[str, Callable[[Tag], bool]], ...] = (
    ("itemprop=articleBody", lambda tag: "articleBody" in str(tag.get("itemprop") or "").split()),
    ("article", lambda tag: tag.name == "article"),
    ("a known class", lambda tag: not KNOWN_CLASSES.isdisjoint(names_of(tag))),
    ("main", lambda tag: tag.name == "main" or tag.get("role") == "main"),
)
#: The places that hold nothing but an article.
MARKED = frozenset(rule for rule, _ in PLACES[:3])
#: The places of which one article may fill several.
IN_PARTS = frozenset(rule for rule, _ in PLACES[:2])
#: Classes of what leads to another article.
CARDS = frozenset({"card", "promo", "related-post", "teaser"})
#: What an article of its own has.
OWN = ("h1", "h2", "h3", "h4", "h5", "h6", "time", "header", "footer", "address")
#: What is worth showing without any text.
MEDIA = ("img", "amp-img", "picture", "video", "audio", "iframe", "object", "embed")
#: A place with less text is a teaser, or the wrong one.
FEWEST = 140
#: A paragraph with less is a label, and tells nothing.
PARAGRAPH = 25


def find_body(soup: BeautifulSoup) -> Iterator[tuple[str, Tag | None]]:
    """Yield (rule, element) with the article, the surest first; noise has been taken out of all."""
    body = soup.body
    if body is None:
        return
    drop_noise(body)
    measure = Measure(body)
    densest = _find_densest(measure)
    for rule, is_place in PLACES:
        places = [tag for tag in measure.tags if measure.all(tag) >= FEWEST and is_place(tag)]
        found = _choose(places, measure, None if rule == "main" else densest)
        if found is not None:
            yield rule, _join_parts(found, is_place) if rule in IN_PARTS else found
    yield "the element with the most paragraphs", densest
    yield "the whole page", body if measure.all(body) or body.find(MEDIA) else None


def _choose(places: list[Tag], measure: Measure, densest: Tag | None) -> Tag | None:
    """The longest of those with the heading of the page, else the longest that may be the article."""
    headed = [tag for tag in places if measure.has_heading(tag)]
    if headed:
        return max(headed, key=measure.all)
    places = [tag for tag in places if CARDS.isdisjoint(names_of(tag))]
    found = max(places, key=measure.all, default=None)
    if found is None or densest is None or not any(outer is densest for outer in found.parents):
        return found
    # Most text around it, or beside it in the same element: then it is an inset.
    return found if 2 * measure.running(found) >= measure.running(densest) else None


def _join_parts(found: Tag, is_place: Callable[[Tag], bool]) -> Tag:
    """An article in several elements side by side: those with nothing of their own go on with it."""
    outer = found.parent
    beside = outer.find_all(is_place, recursive=False) if outer is not None else []
    parts = [tag for tag in beside if tag is found or tag.find(OWN) is None]
    if len(parts) < 2:
        return found
    remove(parts)
    whole = Tag(name="div")
    whole.extend(parts)
    return whole


def _find_densest(measure: Measure) -> Tag | None:
    """The element in which most of the running text stands, directly or one level below."""
    weights: defaultdict[int, float] = defaultdict(float)
    tags: dict[int, Tag] = {}
    for paragraph in measure.tags[1:]:
        weight = measure.all(paragraph) if paragraph.name == "p" else 0
        outer = paragraph.parent
        if weight < PARAGRAPH or outer is None:
            continue
        for tag, share in ((outer, 1.0), (outer.parent, 0.5)):
            if tag is not None and tag.name not in ("html", "[document]"):
                tags[id(tag)] = tag
                weights[id(tag)] += weight * share
    best = max(weights, key=lambda key: weights[key], default=None)
    return tags[best] if best is not None and weights[best] >= FEWEST else None
