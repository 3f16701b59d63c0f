"""Players and pages within the page: a link stands in their place, with a picture where one is known."""

from __future__ import annotations

import html as entities
import re

import nh3

from feeds.text.markup.addresses import clean_source
from feeds.text.markup.allowed import ATTRIBUTES, DROPPED, RENAMED, SCHEMES, TAGS
from feeds.text.markup.limits import TOKEN
from feeds.text.markup.pictures import ATTRIBUTE, LAZY_ATTRIBUTES
from feeds.text.markup.players import find_page

#: Where the address of each stands.
FRAMES = {
    "iframe": (
        "src",
        "data-src",
        "data-lazy-src",
        "data-litespeed-src",
        "data-original",
        "data-cmp-src",
        "data-cookieblock-src",
    ),
    "amp-iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "param": ("value",),
}
#: Elements that only name a film.
FILMS = {
    "amp-youtube": "https://www.youtube.com/embed/",
    "lite-youtube": "https://www.youtube.com/embed/",
    "amp-vimeo": "https://player.vimeo.com/video/",
    "lite-vimeo": "https://player.vimeo.com/video/",
    "amp-dailymotion": "https://www.dailymotion.com/embed/video/",
}
FILM_IDS = ("videoid", "data-videoid")
ADDRESS_PARAMETERS = frozenset({"movie", "src", "url"})

#: More pages than any page shows within itself; each link costs memory that its short tag did not.
MOST_PAGES = 2000
FLASH = re.compile(r"\.swf(?:[?#]|$)", re.IGNORECASE)
TINY = re.compile(r"[01](?:px)?")

_ATTRIBUTES = r'(?: [a-z-]+="[^"]*")*'
#: As the library writes them. What stands in a frame is no markup, and never holds the frame's own end.
EMBED = re.compile(
    rf"<(?:(iframe)({_ATTRIBUTES})>.*?</iframe>"
    rf"|({'|'.join([*FRAMES, *FILMS])})({_ATTRIBUTES})>)",
    re.DOTALL,
)
LINK = re.compile(r'<a (?:[^<>]* )?href="([^"]*)"')
FRAME_START, FRAME_END = re.compile("<iframe", re.IGNORECASE), re.compile("</iframe", re.IGNORECASE)
SELF_CLOSED_FRAME = re.compile("<iframe[^<>]*+(?<=/)>", re.IGNORECASE)
EMBED_START = re.compile(rf"<(?=[aeilopAEILOP])(?i:{'|'.join([*FRAMES, *FILMS])})")

#: What it lets through is not safe yet: a frame keeps whatever stands in it, and any address.
_FRAMES_TOO = nh3.Cleaner(
    tags=set(TAGS | RENAMED.keys() | FRAMES.keys() | FILMS.keys()),
    clean_content_tags=set(DROPPED - FRAMES.keys()),
    attributes=ATTRIBUTES
    | {tag: ATTRIBUTES[tag] | LAZY_ATTRIBUTES for tag in ("img", "source")}
    | {tag: {*sources, "height", "title", "type", "width", "name"} for tag, sources in FRAMES.items()}
    | {tag: {*FILM_IDS, "title"} for tag in FILMS},
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def link_embeds(html: str) -> str:
    """Return HTML, not yet safe, with a link in place of each frame and film.

    A page is linked once: not again where a link to it stands anyway, nor for the elements within elements
    with which players used to be written for several browsers.
    """
    if not EMBED_START.search(html):
        return html
    html = _FRAMES_TOO.clean(_close_frames(html))
    linked = {clean_source(entities.unescape(href)) for href in LINK.findall(html)}
    shown: set[str] = set()
    return EMBED.sub(lambda embed: _link(embed, linked, shown), html)


def _close_frames(html: str) -> str:
    """Return HTML in which no frame swallows the page after it, because nobody, or only XML, closed it."""
    last_end = max((end.start() for end in FRAME_END.finditer(html)), default=0)
    if not (FRAME_START.search(html, last_end) or SELF_CLOSED_FRAME.search(html)):
        return html

    def close(token: re.Match[str]) -> str:
        if token[1] or (token[2] or "").lower() != "iframe":
            return token[0]
        is_closed = token[0].endswith("/>") and not token[3].endswith("/")
        return f"{token[0]}</iframe>" if is_closed or token.start() >= last_end else token[0]

    return TOKEN.sub(close, html)


def _link(embed: re.Match[str], linked: set[str | None], shown: set[str]) -> str:
    tag, attributes = embed[1] or embed[3], embed[2] or embed[4] or ""
    written = {name: entities.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    address = _find_address(tag, written)
    page, picture = find_page(address) if address else (None, "")
    if page is None or page in shown or len(shown) >= MOST_PAGES:
        return ""
    if page == address and _is_unseen(written, page):
        return ""
    shown.add(page)
    if not picture and page in linked:
        return ""
    title = " ".join(written.get("title", "").split())
    text = entities.escape(title or page)
    what = f'<img src="{picture}" alt="{text}">' if picture else text
    return f'<a href="{entities.escape(page)}">{what}</a>'


def _find_address(tag: str, written: dict[str, str]) -> str | None:
    if tag in FILMS:
        film = next((written[name] for name in FILM_IDS if name in written), "")
        return clean_source(FILMS[tag] + film) if film else None
    if tag == "param" and written.get("name", "").lower() not in ADDRESS_PARAMETERS:
        return None
    addresses = (clean_source(written[name]) for name in FRAMES[tag] if name in written)
    return next(filter(None, addresses), None)


def _is_unseen(written: dict[str, str], page: str) -> bool:
    """Whether nobody saw it: it counts visits, or a program that no browser runs any more would show it."""
    sizes = [written[name] for name in ("width", "height") if name in written]
    is_flash = "flash" in written.get("type", "") or FLASH.search(page) is not None
    return is_flash or any(map(TINY.fullmatch, sizes))
