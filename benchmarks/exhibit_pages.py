"""Every kind of page, with what there is to see of it in the exhibit."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.exhibit import Exhibit

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
            yield Page(f"entry-{name.replace(' ', '-')}", "pages.show_entry", f"/entries/{key}/", is_odd)
    yield Page("history", "pages.show_history", f"/entries/{keys['corrected']}/history/")
    for name, slug in SOURCES.items():
        is_odd = name not in ("han", "failing")
        yield Page(f"source-{name}", "pages.show_source", f"/sources/{slug}/", is_odd)
    yield Page("sources", "pages.show_sources", "/sources/")
    yield Page("category", "pages.show_category", "/categories/新闻/")
    yield Page("categories", "pages.show_categories", "/categories/")
    yield Page("search-saved", "pages.show_saved_search", "/searches/台湾/")
    yield Page("search", "pages.show_search", "/search/")
    yield Page("search-found", "pages.show_search", "/search/?q=bridge", is_odd=True)
    yield Page("search-found-han", "pages.show_search", "/search/?q=台湾")
    yield Page("search-nothing", "pages.show_search", "/search/?q=nothing+like+it", is_odd=True)
    yield Page("withdrawn", "pages.show_withdrawn", "/withdrawn/")
    yield Page("about", "pages.show_about", "/about/")
    yield Page("feeds", "catalogue.show_feeds", "/feeds/")
    yield Page("status", "status.show_status", "/status/")
    for state, id in refreshes.items():
        yield Page(f"refresh-{state}", "status.show_refresh", f"/refreshes/{id}/", state == "queued")
    yield Page("refresh-ask", "refreshing.ask", "/refresh")
    yield Page("problem-404", "", "/nothing/here/")
    yield Page("problem-400", "", "/search/?q=%22", is_odd=True)


def get_page(address: str, language: str = "en") -> str:
    """Return the text of a page, whatever its status."""
    request = urllib.request.Request(address, headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())
