"""The map of the site for search engines: sitemaps.org, protocol 0.9."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape  # it writes; nothing is parsed

SITEMAP_TYPE = "application/xml"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def render_pages(base_url: str, pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    """Return the sitemap of pages, each a path, percent-encoded, and when it last changed (aware).

    There are thousands, of two fields each, and no other characters in these than addresses and dates have:
    to build the elements first would take four times as long.
    """
    base = escape(base_url)
    lines = [
        f"<url><loc>{base}{escape(path)}</loc>{_date(modified) if modified else ''}</url>\n"
        for path, modified in pages
    ]
    return f"{_HEAD}<urlset {_SCHEMA}>\n{''.join(lines)}</urlset>\n".encode()


def render_index(base_url: str, paths: Iterable[str]) -> bytes:
    """Return the index of the sitemaps at these paths."""
    base = escape(base_url)
    lines = [f"<sitemap><loc>{base}{escape(path)}</loc></sitemap>\n" for path in paths]
    return f"{_HEAD}<sitemapindex {_SCHEMA}>\n{''.join(lines)}</sitemapindex>\n".encode()


def _date(moment: datetime) -> str:
    """W3C Datetime, to the second: readers of sitemaps need not know fractions."""
    return f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>"
