"""Every kind of page, with what there is to see of it in the exhibit."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.exhibit import TOKEN, Exhibit

SESSION = "feeds_session"

#: Endpoints of GET that answer with something else than a page.
NO_PAGES = frozenset(
    {
        "static",
        "api.show_description",
        "api.show_entries",
        "api.show_entry",
        "api.show_refresh",
        "api.show_refreshes",
        "api.show_source",
        "api.show_sources",
        "api.show_status",
        "api.show_withdrawn",
        "desk.export",
        "desk.tell_state",
        "feeds.show_all",
        "feeds.show_archive_of_all",
        "feeds.show_archive_of_category",
        "feeds.show_archive_of_source",
        "feeds.show_category",
        "feeds.show_changes",
        "feeds.show_list",
        "feeds.show_query",
        "feeds.show_search",
        "feeds.show_source",
        "machines.show_entries",
        "machines.show_icon",
        "machines.show_manifest",
        "machines.show_pages",
        "machines.show_robots",
        "machines.show_sitemap",
        "machines.show_views",
        "status.show_health",
        "websub.confirm",
    }
)


#: Slugs, by what there is to see.
SOURCES = {
    "han": "河岸日报",
    "latin": "the-harbour-ledger",
    "arabic": "صحيفة-الميناء",
    "failing": "城市观察",
    "held": "weather-office",
    "new": "field-notes",
    "gone": "the-old-lighthouse",
    "paused": "长读",
    "archive": "旧时记忆档案",
    "seeds": "seeds",
    "never": "a-feed-that-never-worked",
}


#: Odd entries whose pages look like that of another.
ALIKE = ("deleted", "twin 1", "twin 2", "twin 3", "twin 4")


class Page(NamedTuple):
    """An example of a kind of page."""

    name: str  #: of the file that shows it
    endpoint: str
    path: str
    is_odd: bool = False  #: the same as another but for one thing


def list_pages(exhibit: Exhibit) -> Iterator[Page]:
    """Yield the examples; of most kinds of pages the ordinary one, and what is odd."""
    keys, refreshes = exhibit.keys, exhibit.refreshes
    yield Page("index", "pages.index", "/")
    yield Page("index-older", "pages.index", f"/?before={keys['twin 4']}", is_odd=True)
    for name, key in keys.items():
        is_odd = name not in ("long", "withdrawn")
        if name not in ALIKE:
            yield Page(f"entry-{name.replace(' ', '-')}", "entries.show_entry", f"/entries/{key}/", is_odd)
    yield Page("history", "entries.show_history", f"/entries/{keys['corrected']}/history/")
    for name, slug in SOURCES.items():
        is_odd = name not in ("han", "failing")
        yield Page(f"source-{name}", "sources.show_source", f"/sources/{slug}/", is_odd)
    yield Page("sources", "sources.show_sources", "/sources/")
    yield Page("category", "pages.show_category", "/categories/新闻/")
    yield Page("categories", "pages.show_categories", "/categories/")
    yield Page("search-saved", "searching.show_saved_search", "/searches/台湾/")
    yield Page("search", "searching.show_search", "/search/")
    yield Page("search-found", "searching.show_search", "/search/?q=bridge", is_odd=True)
    yield Page("search-found-han", "searching.show_search", "/search/?q=台湾")
    yield Page("search-nothing", "searching.show_search", "/search/?q=nothing+like+it", is_odd=True)
    yield Page("withdrawn", "entries.show_withdrawn", "/withdrawn/")
    yield Page("about", "pages.show_about", "/about/")
    yield Page("feeds", "catalogue.show_feeds", "/feeds/")
    yield Page("status", "status.show_status", "/status/")
    for state, id in refreshes.items():
        yield Page(f"refresh-{state}", "status.show_refresh", f"/refreshes/{id}/", state == "queued")
    yield Page("refresh-ask", "refreshing.ask", "/refresh")
    yield from list_desk(exhibit)
    yield Page("problem-404", "", "/nothing/here/")
    yield Page("problem-400", "", "/search/?q=%22", is_odd=True)


def list_desk(exhibit: Exhibit) -> Iterator[Page]:
    """Yield the pages of the desk."""
    yield Page("sign-in", "desk.ask_token", "/desk/sign-in")
    yield Page("desk", "desk.show_overview", "/desk/")
    yield Page("desk-sources", "desk.list_sources", "/desk/sources/")
    yield Page("desk-source", "desk.show_source", f"/desk/sources/{SOURCES['latin']}/")
    yield Page("desk-source-seeds", "desk.show_source", "/desk/sources/seeds/", is_odd=True)
    yield Page("desk-remove", "desk.ask_removal", f"/desk/sources/{SOURCES['latin']}/remove")
    yield Page("desk-add", "desk.ask_address", "/desk/add/")
    yield Page("desk-preview", "desk.show_preview", f"/desk/add/{exhibit.desk['preview']}/")
    yield Page(
        "desk-preview-waiting", "desk.show_preview", f"/desk/add/{exhibit.desk['waiting']}/", is_odd=True
    )
    yield Page("desk-preview-none", "desk.show_preview", f"/desk/add/{exhibit.desk['none']}/", is_odd=True)
    yield Page("desk-lists", "desk.show_lists", "/desk/lists/")
    yield Page("desk-import", "desk.show_import", f"/desk/lists/{exhibit.desk['import']}/")
    yield Page("desk-deletions", "desk.show_deletions", "/desk/deletions/")
    yield Page("desk-quarantined", "desk.show_quarantined", "/desk/quarantined/")
    yield Page("desk-refreshes", "desk.list_refreshes", "/desk/refreshes/")


def is_signed(path: str) -> bool:
    """Whether a page is shown to who is signed in alone."""
    return path.startswith("/desk/") and path != "/desk/sign-in"


def sign_in(address: str) -> str:
    """Tell the token; return the value of the cookie that proves it, which is called SESSION."""
    with urllib.request.urlopen(f"{address}/desk/sign-in", timeout=30) as response:
        cookie = response.headers["Set-Cookie"].partition(";")[0]
        [mark] = re.findall('name="form" value="([^"]+)"', response.read().decode())
    fields = urllib.parse.urlencode({"form": mark, "token": TOKEN}).encode()
    request = urllib.request.Request(f"{address}/desk/sign-in", fields, {"Origin": address, "Cookie": cookie})
    try:
        urllib.request.build_opener(_Staying).open(request, timeout=30)
    except urllib.error.HTTPError as redirect:
        [value] = re.findall(f"{SESSION}=([^;]+)", str(redirect.headers))
        return str(value)
    raise RuntimeError("the exhibit lets nobody in")


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the cookie is in it."""

    def redirect_request(self, *_: object) -> None:
        return None


def get_page(address: str, language: str = "en", session: str | None = None) -> str:
    """Return the text of a page, whatever its status."""
    headers = {"Accept-Language": language} | ({"Cookie": f"{SESSION}={session}"} if session else {})
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())
