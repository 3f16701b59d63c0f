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
#: What stands there until then.
PLACEHOLDERS = ("data:", "about:")
CAPTIONS = frozenset({"tr-caption", "wp-caption-text"})

#: What may stand between an image and its caption, holding the image alone.
FRAMES = frozenset({"a", "center", "div", "p", "picture", "source", "span"})
#: What is kept of them inside a figure.
KEPT_FRAMES = frozenset({"a", "picture"})


def open_addresses(body: Element) -> None:
    """Give every image and link its public address; drop images and frames that have none."""
    for element in body.iter(etree.Element):
        if not element.attrib:
            continue
        if element.tag in ("img", "iframe"):
            _open_late_address(element)
        # The proxied sizes of an image say nothing that its own address does not.
        if "weserv.nl" in element.get("srcset", ""):
            del element.attrib["srcset"]
        # A width of 100% is the mirror's layout, not the size of the image.
        if element.get("width", "").endswith("%"):
            del element.attrib["width"]
        for name in ADDRESSES:
            address = element.get(name)
            if address:
                set_attribute(element, name, public_address(address.strip()))
    for shown in body.iter("img", "iframe"):
        if not shown.get("src"):
            drop(shown)
    for size in body.iter("source"):  # to this parser what follows stands in it
        if not size.get("src") and not size.get("srcset"):
            size.tag = UNWRAPPED


def _open_late_address(shown: Element) -> None:
    """Put the address that is loaded late in the place of its placeholder."""
    address = shown.get("src", "").strip()
    if not address or address.startswith(PLACEHOLDERS):
        late = (shown.get(name, "").strip() for name in LATE_ADDRESSES)
        found = (address for address in late if address and not address.startswith(PLACEHOLDERS))
        set_attribute(shown, "src", next(found, ""))


def open_noscripts(body: Element) -> None:
    """Keep the image of a `<noscript>` where it is the only one, drop it where it repeats another."""
    seen = {image.get("src") for image in body.iter("img") if not _is_inside(image, "noscript")}
    for noscript in body.iter("noscript"):
        images = list(noscript.iter("img"))
        before = noscript.getprevious()
        is_twin = before is not None and (before.tag == "img" or _is_frame_of_image(before))
        if is_twin or all(image.get("src") in seen for image in images):
            drop(noscript)
        else:
            noscript.tag = UNWRAPPED


def _is_frame_of_image(element: Element) -> bool:
    return element.tag in ("a", "picture") and element.find(".//img") is not None and not text_of(element)


def _is_inside(element: Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def build_figures(body: Element, publisher: Publisher) -> int:
    """Put every image or video and the caption that follows it into a `<figure>`; return how many."""
    captions = CAPTIONS | publisher.captions
    built = 0
    for table in body.iter("table"):
        if "tr-caption-container" in table.get("class", "").split():
            _open_table(table)
    for figure in list(body.iter("figure")):
        _tidy_figure(figure, captions)
    for picture in list(body.iter("img", "video")):
        if not _is_inside(picture, "figure"):
            built += _build_figure(picture, captions, publisher)
    for figure in body.iter("figure"):
        for paragraph in figure.iterancestors("p"):  # a paragraph may not hold one
            paragraph.tag = "div"
        follower = figure.getnext()
        if follower is not None and follower.tag == "br" and is_blank(figure.tail):
            drop(follower)  # a figure ends its line by itself
    return built


def _open_table(table: Element) -> None:
    """Make a figure of the table that Blogger puts an image and its caption into."""
    table.tag = "figure"
    for part in table.iter("tbody", "tr", "td"):
        if part.get("class") != "tr-caption":
            part.tag = UNWRAPPED


def _tidy_figure(figure: Element, captions: frozenset[str]) -> None:
    """Give a figure its caption, where that is written as something else in it or behind it."""
    for line_break in figure.iterchildren("br"):
        drop(line_break)
    image, caption = figure.find(".//img"), figure.find(".//figcaption")
    if image is not None and caption is None:
        caption = _find_named_caption(figure, captions)
        if caption is not None:
            if caption is figure.getnext():
                figure.tail, caption.tail = strip_illegal(caption.tail or ""), None
            figure.append(_as_figcaption(caption))
    if image is not None and caption is not None:
        _name_image(image, caption)


def _find_named_caption(figure: Element, captions: frozenset[str]) -> Element | None:
    """The element known as a caption in a figure, or right behind it."""
    inside = next((one for one in figure.iterdescendants() if _is_named_caption(one, captions)), None)
    follower = figure.getnext()
    if inside is not None or follower is None or not is_blank(figure.tail):
        return inside
    return follower if _is_named_caption(follower, captions) else None


def _build_figure(picture: Element, captions: frozenset[str], publisher: Publisher) -> bool:
    outer = kept = picture
    caption = _find_caption(outer, captions)
    while caption is None and (frame := _find_frame(outer)) is not None:
        outer = frame
        kept = outer if outer.tag in KEPT_FRAMES else kept
        caption = _find_caption(outer, captions)
    if caption is None and publisher.captions_in_alt and collapse(picture.get("alt", "")):
        outer = kept = picture
        caption = picture.makeelement("figcaption")
        caption.text = strip_illegal(collapse(picture.get("alt", "")))
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
    is_named = any(_is_named_caption(one, captions) for one in (follower, *follower))
    return follower if is_small or is_named or follower.tag == "small" else None


def _is_named_caption(element: Element, captions: frozenset[str]) -> bool:
    names = element.get("class", "").split()
    return element.get("data-testid") == "caption-paragraph" or not captions.isdisjoint(names)


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
