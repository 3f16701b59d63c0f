"""Players of films and records: the page of what they play, and its picture."""

from __future__ import annotations

import re
from urllib.parse import unquote

from feeds.text.markup.addresses import clean_source

_ID = r"([A-Za-z0-9_-]+)"
#: Players, the page each film or record has, and its picture where no one need be asked for it.
PLAYERS = tuple(
    (re.compile(rf"https?://(?:www\.|m\.)?{player}"), page, picture)
    for player, page, picture in (
        (
            r"(?:youtube(?:-nocookie)?\.com/(?:embed|e|v|shorts|live)/|youtube\.googleapis\.com/v/|youtu\.be/"
            r"|youtube\.com/watch\?(?:.*&)?v=)(?!videoseries|live_stream)([A-Za-z0-9_-]{11})",
            "https://www.youtube.com/watch?v={}",
            "https://i.ytimg.com/vi/{}/hqdefault.jpg",
        ),
        (
            r"youtube(?:-nocookie)?\.com/embed(?:/videoseries|/)?\?(?:.*&)?list=" + _ID,
            "https://www.youtube.com/playlist?list={}",
            "",
        ),
        (
            r"youtube(?:-nocookie)?\.com/embed/live_stream\?(?:.*&)?channel=" + _ID,
            "https://www.youtube.com/channel/{}/live",
            "",
        ),
        (
            r"(?:player\.)?vimeo\.com/(?:video/|moogaloop\.swf\?(?:.*&)?clip_id=)?(\d+)",
            "https://vimeo.com/{}",
            "",
        ),
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
            r"(?:player\.bilibili\.com/player\.html|bilibili\.com/(?:blackboard|html)/[^?]*)\?(?:.*&)?aid=(\d+)",
            "https://www.bilibili.com/video/av{}",
            "",
        ),
        (
            r"open\.spotify\.com/embed(?:-podcast)?/((?:user/[^/?]+/)?\w+/\w+)",
            "https://open.spotify.com/{}",
            "",
        ),
        (r"embed\.spotify\.com/\?uri=spotify:(\w+):(\w+)", "https://open.spotify.com/{}/{}", ""),
        (r"embed\.ted\.com/(?:talks/)?([\w/]+)", "https://www.ted.com/talks/{}", ""),
        (r"player\.twitch\.tv/\?(?:.*&)?video=v?(\d+)", "https://www.twitch.tv/videos/{}", ""),
        (r"player\.twitch\.tv/\?(?:.*&)?channel=(\w+)", "https://www.twitch.tv/{}", ""),
        (
            r"player\.youku\.com/(?:embed/|player\.php/sid/)([\w=]+)",
            "https://v.youku.com/v_show/id_{}.html",
            "",
        ),
        (
            r"(?:v\.qq\.com/(?:txp/)?iframe/player\.html|(?:static\.video|imgcache)\.qq\.com/[^?]*TPout\.swf)"
            r"\?(?:.*&)?vid=(\w+)",
            "https://v.qq.com/x/page/{}.html",
            "",
        ),
        (r"instagram\.com/(p|reel|tv)/([\w-]+)/embed", "https://www.instagram.com/{}/{}/", ""),
        (r"platform\.twitter\.com/embed/[^?]*\?(?:.*&)?id=(\d+)", "https://twitter.com/i/status/{}", ""),
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
#: Longer addresses are not searched for what they play.
LONGEST_PLAYER = 2000


def find_page(address: str) -> tuple[str, str]:
    """Return the page to link to in place of a frame, and the address of its picture where that is known.

    The page is the address itself where it is no player's.
    """
    if len(address) > LONGEST_PLAYER:
        return address, ""
    for player, page, picture in PLAYERS:
        if found := player.match(address):
            return page.format(*found.groups()), picture.format(*found.groups())
    if found := PLAYS_PAGE.match(address):
        return clean_source(unquote(found[1])) or address, ""
    return QUOTED_POST.sub("", address), ""
