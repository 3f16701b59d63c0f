"""Players and pages within the page: a link stands in their place, with a picture where one is known."""

from __future__ import annotations

import html as entities
import re
from urllib.parse import unquote

import nh3

from feeds.text.markup.addresses import clean_source
from feeds.text.markup.allowed import ATTRIBUTES, DROPPED, RENAMED, SCHEMES, TAGS
from feeds.text.markup.pictures import ATTRIBUTE, LAZY_ATTRIBUTES

#: Where the address of each stands.
FRAMES = {
    "iframe": ("src", "data-src", "data-lazy-src"),
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
    "amp-dailymotion": "https://www.dailymotion.com/embed/video/",
}
FILM_IDS = ("videoid", "data-videoid")
ADDRESS_PARAMETERS = frozenset({"movie", "src", "url"})

_ID = r"([A-Za-z0-9_-]+)"
#: Players, the page each film or record has, and its picture where no one need be asked for it.
PLAYERS = tuple(
    (re.compile(rf"https?://(?:www\.|m\.)?{player}"), page, picture)
    for player, page, picture in (
        (
            r"(?:youtube(?:-nocookie)?\.com/(?:embed|v|shorts|live)/|youtu\.be/)(?!videoseries)"
            r"([A-Za-z0-9_-]{11})",
            "https://www.youtube.com/watch?v={}",
            "https://i.ytimg.com/vi/{}/hqdefault.jpg",
        ),
        (
            r"youtube(?:-nocookie)?\.com/embed/videoseries\?(?:.*&)?list=" + _ID,
            "https://www.youtube.com/playlist?list={}",
            "",
        ),
        (r"(?:player\.)?vimeo\.com/(?:video/)?(\d+)", "https://vimeo.com/{}", ""),
        (
            r"(?:dailymotion\.com/(?:embed/|swf/)?(?:video/)?|geo\.dailymotion\.com/player[^?]*\?(?:.*&)?video=)"
            r"(x[A-Za-z0-9]+)",
            "https://www.dailymotion.com/video/{}",
            "https://www.dailymotion.com/thumbnail/video/{}",
        ),
        (
            r"(?:player\.bilibili\.com/player\.html|bilibili\.com/blackboard/[^?]*)\?(?:.*&)?bvid=(BV\w+)",
            "https://www.bilibili.com/video/{}",
            "",
        ),
        (
            r"player\.bilibili\.com/player\.html\?(?:.*&)?aid=(\d+)",
            "https://www.bilibili.com/video/av{}",
            "",
        ),
        (r"open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)", "https://open.spotify.com/{}", ""),
        (r"embed\.ted\.com/(?:talks/)?([\w/]+)", "https://www.ted.com/talks/{}", ""),
        (r"player\.twitch\.tv/\?(?:.*&)?video=v?(\d+)", "https://www.twitch.tv/videos/{}", ""),
        (r"player\.twitch\.tv/\?(?:.*&)?channel=(\w+)", "https://www.twitch.tv/{}", ""),
        (
            r"player\.youku\.com/(?:embed/|player\.php/sid/)([\w=]+)",
            "https://v.youku.com/v_show/id_{}.html",
            "",
        ),
        (
            r"v\.qq\.com/(?:txp/)?iframe/player\.html\?(?:.*&)?vid=(\w+)",
            "https://v.qq.com/x/page/{}.html",
            "",
        ),
        (r"instagram\.com/(p|reel|tv)/([\w-]+)/embed", "https://www.instagram.com/{}/{}/", ""),
    )
)
#: Players that are told the page to play by its address.
PLAYS_PAGE = re.compile(
    r"https?://(?:w\.soundcloud\.com/player/?\?(?:.*&)?url=(?=https?(?::|%3A)(?:/|%2F){2}soundcloud\.com)"
    r"|www\.facebook\.com/plugins/(?:post|video)\.php\?(?:.*&)?href=|www\.mixcloud\.com/widget/iframe/\?(?:.*&)?feed="
    r"(?=https?))([^&]+)",
    re.IGNORECASE,
)
#: WordPress shows a post of another site in a frame, below a quotation that links to it.
QUOTED_POST = re.compile(r"embed/?(?:\?[^#]*)?#\?secret=\w+$")
FLASH = re.compile(r"\.swf(?:[?#]|$)", re.IGNORECASE)
#: Longer addresses are not searched for what they play.
LONGEST_PLAYER = 2000
TINY = re.compile(r"[01](?:px)?")

_ATTRIBUTES = r'(?: [a-z-]+="[^"]*")*'
#: As the library writes them. What stands in a frame is no markup, and never holds the frame's own end.
EMBED = re.compile(
    rf"<(?:(iframe)({_ATTRIBUTES})>.*?</iframe>"
    rf"|({'|'.join([*FRAMES, *FILMS])})({_ATTRIBUTES})>)",
    re.DOTALL,
)
LINK = re.compile(r'<a (?:[^<>]* )?href="([^"]*)"')
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
    html = _FRAMES_TOO.clean(html)
    linked = {clean_source(entities.unescape(href)) for href in LINK.findall(html)}
    shown: set[str] = set()
    return EMBED.sub(lambda embed: _link(embed, linked, shown), html)


def _link(embed: re.Match[str], linked: set[str | None], shown: set[str]) -> str:
    tag, attributes = embed[1] or embed[3], embed[2] or embed[4] or ""
    written = {name: entities.unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    address = _find_address(tag, written)
    page, picture = _find_page(address) if address else (None, "")
    if page is None or page in shown or _is_unseen(written, page, picture):
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


def _find_page(address: str) -> tuple[str, str]:
    """Return the page to link to, and the address of its picture where that is known."""
    if len(address) > LONGEST_PLAYER:
        return address, ""
    for player, page, picture in PLAYERS:
        if found := player.match(address):
            return page.format(*found.groups()), picture.format(*found.groups())
    if found := PLAYS_PAGE.match(address):
        return clean_source(unquote(found[1])) or address, ""
    return QUOTED_POST.sub("", address), ""


def _is_unseen(written: dict[str, str], page: str, picture: str) -> bool:
    """Whether nobody saw it: it counts visits, or a program that no browser runs any more would show it."""
    if picture or not (written.keys() - {"title"}):
        return False
    sizes = [written[name] for name in ("width", "height") if name in written]
    is_flash = "flash" in written.get("type", "") or FLASH.search(page) is not None
    return is_flash or any(map(TINY.fullmatch, sizes))
