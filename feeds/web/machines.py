"""What machines ask of a site: how to go through it (robots.txt, sitemaps), how to show it on a device."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import cast
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, abort, current_app, request, send_from_directory, url_for

from feeds.model import ALL
from feeds.store import Transaction
from feeds.store.searches import list_searches
from feeds.store.sitemap import (
    LISTED_KINDS,
    PART_LENGTH,
    Listed,
    ListedKind,
    find_last_number,
    find_touched,
    list_entry_pages,
    list_entry_parts,
    list_view_pages,
    list_view_parts,
)
from feeds.syndication.edition import Edition, find_etag
from feeds.syndication.sitemap import SITEMAP_TYPE, render_index, render_pages
from feeds.web.feeds import send
from feeds.web.names import check_name
from feeds.web.presentation import absolute, local
from feeds.web.service import get_service
from feeds.web.translation import find_language
from feeds.web.translation import gettext as _

blueprint = Blueprint("machines", __name__)

#: Where no robot is asked to go: what anybody can make up any number of, and what acts.
CLOSED = ("/search/?q=", "/desk/", "/api/", "/refresh", "/refreshes/", "/hub", "/websub/")

#: Pages that are no views, and when they change is told nowhere.
OTHER_PAGES = ("/sources/", "/categories/", "/feeds/", "/about/")

#: The colours of the paper, as in the style sheet.
LIGHT, DARK = "#fbfaf7", "#181715"

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable.png", "512x512", "maskable"),
)

MOST_PARTS = 10**9  # more than there can be; a database takes no number of any length
ICON_MAX_AGE = 86_400  # seconds: its address stays when its bytes change


@blueprint.get("/robots.txt")
def show_robots() -> Response:
    closed = "".join(f"Disallow: {local(path)}\n" for path in CLOSED)
    text = f"User-agent: *\n{closed}\nSitemap: {absolute('/sitemap.xml')}\n"
    return answer(text.encode(), "text/plain")


@blueprint.get("/sitemap.xml")
def show_sitemap() -> Response:
    """Every public page, or the parts in which they are listed where there are many."""
    with get_service().store.read() as db:
        if is_large(db):
            return send_sitemap(render_index(find_base_url(), _list_parts(db)))
        listed = [list_view_pages(db, kind, "") for kind in LISTED_KINDS]
        pages = [*_list_pages(db), *chain(*listed), *list_entry_pages(db, 1)]
    return send_sitemap(render_pages(find_base_url(), pages))


def is_large(db: Transaction) -> bool:
    """Whether there are more pages of one kind than are listed at once."""
    return find_last_number(db) > PART_LENGTH or any(
        after for kind in LISTED_KINDS for after in list_view_parts(db, kind)
    )


def _list_parts(db: Transaction) -> list[str]:
    views = (
        f"/sitemap-{kind}.xml{f'?after={quote(after)}' if after else ''}"
        for kind in LISTED_KINDS
        for after in list_view_parts(db, kind)
    )
    return [
        "/sitemap-pages.xml",
        *views,
        *(f"/sitemap-entries-{part}.xml" for part in list_entry_parts(db)),
    ]


@blueprint.get("/sitemap-pages.xml")
def show_pages() -> Response:
    """The pages that stand alone: everything, the lists, saved searches."""
    with get_service().store.read() as db:
        return send_pages(_list_pages(db))


def _list_pages(db: Transaction) -> list[Listed]:
    shown = [ALL, *list_searches(db)]
    # A search is as new as everything: entries of any source may hold it.
    touched = find_touched(db, [ALL.key])
    dated = [Listed(view.path, touched.get(view.revised_by)) for view in shown]
    return [*dated, *(Listed(path, None) for path in OTHER_PAGES)]


@blueprint.get("/sitemap-<any('source', 'category'):kind>.xml")
def show_views(kind: ListedKind) -> Response:
    """The pages of sources or categories, from the name on that the address gives."""
    after = request.args.get("after", "")
    check_name(after)
    with get_service().store.read() as db:
        return send_pages(list_view_pages(db, kind, after))


@blueprint.get("/sitemap-entries-<int:part>.xml")
def show_entries(part: int) -> Response:
    if not 0 < part < MOST_PARTS:
        abort(404)
    with get_service().store.read() as db:
        return send_pages(list_entry_pages(db, part))


def send_pages(pages: list[Listed]) -> Response:
    """Answer with a part of the sitemap; none is empty."""
    if not pages:
        abort(404, "There is no such part of the sitemap.")
    return send_sitemap(render_pages(find_base_url(), pages))


def find_base_url() -> str:
    return get_service().settings.base_url


def send_sitemap(body: bytes) -> Response:
    return answer(body, SITEMAP_TYPE)


@blueprint.get("/manifest.webmanifest")
def show_manifest() -> Response:
    """How a device shows the site among its applications."""
    site = get_service().settings.site
    manifest = {
        "id": local("/"),
        "name": site.title,
        "short_name": site.title,
        "description": site.subtitle or _("What many sources publish, in one place"),
        "lang": site.language or find_language(),
        "start_url": local("/"),
        "scope": local("/"),
        "display": "minimal-ui",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [
            {
                "src": find_static(name),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, sizes, purpose in ICONS
        ],
    }
    response = answer(msgspec.json.encode(manifest), "application/manifest+json")
    response.vary.add("Accept-Language")
    return response


def find_static(name: str) -> str:
    """Return the address of a static file, which changes with its bytes."""
    stamps = cast(Mapping[str, str], current_app.jinja_env.globals["static_files"])
    return url_for("static", filename=name, v=stamps[name])


@blueprint.get("/favicon.ico")
def show_icon() -> Response:
    """The icon for whoever looks for it there, whatever the page says."""
    folder = current_app.static_folder or ""
    return send_from_directory(folder, "favicon.ico", max_age=ICON_MAX_AGE)


def answer(body: bytes, media_type: str) -> Response:
    """Answer with these bytes, or that they have not changed."""
    return send(Edition(body, find_etag(body), None, media_type))
