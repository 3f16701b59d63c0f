"""The images of a seed document: real addresses, no twins, and captions in figures."""

from __future__ import annotations

from lxml import etree

from feeds.parsing.publishers import Publisher, public_address
from feeds.parsing.seed.tree import (
    UNWRAPPED,
    Element,
    drop,
    has_own_text,
    set_attribute,
    text_of,
)
from feeds.text.characters import collapse, is_blank, strip_illegal

ADDRESSES = ("src", "href", "poster")
#: Where a page that loads its images late keeps their addresses, best first.
LATE_ADDRESSES = ("data-src", "data-lazy-src", "data-original")
CAPTIONS = frozenset({"wp-caption-text"})

#: What may stand between an image and its caption, holding the image alone.
FRAMES = frozenset({"a", "center", "div", "p", "picture", "source", "span"})
#: What is kept of them inside a figure.
KEPT_FRAMES = frozenset({"a", "picture"})


def open_addresses(body: Element) -> None:
    """Give every image and link its public address; drop images that have none."""
    for element in body.iter(etree.Element):
        if element.tag == "img":
            _open_late_image(element)
        # A width of 100% is the mirror's layout, not the size of the image.
        if element.get("width", "").endswith("%"):
            del element.attrib["width"]
        for name in ADDRESSES:
            address = element.get(name)
            if address:
                set_attribute(element, name, public_address(address.strip()))
    for image in body.iter("img"):
        if not image.get("src"):
            drop(image)


def _open_late_image(image: Element) -> None:
    """Put the address that is loaded late in the place of its placeholder."""
    address = image.get("src", "").strip()
    if not address or address.startswith("data:"):
        late = (image.get(name, "").strip() for name in LATE_ADDRESSES)
        found = (address for address in late if address and not address.startswith("data:"))
        set_attribute(image, "src", next(found, ""))
    # The proxied sizes of an image say nothing that its own address does not.
    if "weserv.nl" in image.get("srcset", ""):
        del image.attrib["srcset"]


def open_noscripts(body: Element) -> None:
    """Keep the image of a `<noscript>` where it is the only one, drop it where it repeats another."""
    seen = {image.get("src") for image in body.iter("img") if not _is_inside(image, "noscript")}
    for noscript in body.iter("noscript"):
        images = list(noscript.iter("img"))
        before = noscript.getprevious()
        is_twin = before is not None and before.tag in ("img", "picture")
        if is_twin or all(image.get("src") in seen for image in images):
            drop(noscript)
        else:
            noscript.tag = UNWRAPPED


def _is_inside(element: Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def build_figures(body: Element, publisher: Publisher) -> int:
    """Put every image or video and the caption that follows it into a `<figure>`; return how many."""
    built = 0
    for figure in list(body.iter("figure")):
        _tidy_figure(figure)
    for picture in list(body.iter("img", "video")):
        if not _is_inside(picture, "figure"):
            built += _build_figure(picture, CAPTIONS | publisher.captions)
    for figure in body.iter("figure"):
        for paragraph in figure.iterancestors("p"):  # a paragraph may not hold one
            paragraph.tag = "div"
    return built


def _tidy_figure(figure: Element) -> None:
    for line_break in figure.iterchildren("br"):
        drop(line_break)
    image, caption = figure.find(".//img"), figure.find(".//figcaption")
    if image is not None and caption is not None:
        _name_image(image, caption)


def _build_figure(picture: Element, captions: frozenset[str]) -> bool:
    outer = kept = picture
    caption = _find_caption(outer, captions)
    while caption is None and (frame := _find_frame(outer)) is not None:
        outer = frame
        kept = outer if outer.tag in KEPT_FRAMES else kept
        caption = _find_caption(outer, captions)
    if caption is None:
        return False
    _name_image(picture, caption)
    figure = picture.makeelement("figure")
    outer.addprevious(figure)
    figure.tail, caption.tail = strip_illegal(caption.tail or ""), None
    figure.append(kept)  # an outer frame stays behind, empty
    kept.tail = None
    figure.append(_as_figcaption(caption))
    return True


def _find_frame(element: Element) -> Element | None:
    """The element around it, where that holds nothing else."""
    outer = element.getparent()
    is_frame = outer is not None and outer.tag in FRAMES and len(outer) == 1 and not has_own_text(outer)
    return outer if is_frame else None


def _find_caption(element: Element, captions: frozenset[str]) -> Element | None:
    """The caption that follows: a `<small>`, a `<div>` of nothing but it, or one known by its class."""
    follower = element.getnext()
    if follower is None or not is_blank(element.tail):
        return None
    tags = [child.tag for child in follower]
    is_small = follower.tag == "div" and tags == ["small"] and not has_own_text(follower)
    is_known = not captions.isdisjoint(follower.get("class", "").split())
    is_named = any(one.get("data-testid") == "caption-paragraph" for one in (follower, *follower))
    return follower if is_small or is_known or is_named or follower.tag == "small" else None


def _as_figcaption(caption: Element) -> Element:
    for small in caption.iter("small"):
        if small is not caption:
            small.tag = UNWRAPPED
    caption.tag = "figcaption"
    caption.attrib.clear()
    return caption


def _name_image(image: Element, caption: Element) -> None:
    """Give an image without a name the words of its caption."""
    if image.tag == "img" and not collapse(image.get("alt", "")):
        image.set("alt", text_of(caption))
