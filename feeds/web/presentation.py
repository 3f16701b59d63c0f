"""How values look on a page: the filters and functions of the templates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, request
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from feeds.model import StoredEntry, View
from feeds.syndication import FORMATS
from feeds.text.dates import format_rfc3339
from feeds.text.markup import excerpt
from feeds.text.slugs import slugify
from feeds.text.urls import find_host, public_text, public_url
from feeds.web.service import get_service
from feeds.web.translation import find_language, find_locale, gettext
from feeds.web.words import told

#: What stands in a body at another level, or as another element, than on a page of its own.
PAGE_TAGS = re.compile(r"(?<=<)(/?)(?:h([1-6])|main)(?=[\s>])")
#: What may be wider than its column, and is moved with the keyboard once it has the focus.
WIDE_TAGS = re.compile(r"<(?:pre|table)(?=[\s>])")
TOP_LEVEL = 2  # of the headings in a body: the page has one above them

SHORT = 60  # characters


def register(app: Flask) -> None:
    """Make everything below known to the templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters.update(
        trusted=trust,
        day=write_day,
        date=write_date,
        moment=write_moment,
        clock=write_clock,
        rfc3339=write_datetime,
        host=find_shown_host,
        public=public_url,
        headline=write_headline,
        explained=public_text,
        capitalized=capitalize,
        category=find_category_path,
        told=told,
        stamp=write_stamp,
        elsewhere=list_elsewhere,
    )
    app.jinja_env.tests["dated"] = is_dated
    app.jinja_env.globals.update(
        formats=FORMATS, local=local, absolute=absolute, has_own_picture=has_own_picture
    )
    folder = Path(app.static_folder or "")
    app.jinja_env.globals["static_files"] = {path.name: _stamp(path) for path in folder.iterdir()}
    app.context_processor(_describe_site)


def trust(html: str | None) -> Markup:
    """Take HTML of the store for what it is: sanitized. The one place where a page does so.

    Its headings go below the title that the page itself gives the entry, and skip no level to get there. A
    table, or lines as they are, can be reached by whoever has no mouse to scroll them with.
    """
    html = html or ""
    levels = [int(level) for _, level in PAGE_TAGS.findall(html) if level]
    down = TOP_LEVEL - min(levels, default=TOP_LEVEL)

    def replace(tag: re.Match[str]) -> str:
        return f"{tag[1]}h{min(int(tag[2]) + down, 6)}" if tag[2] else f"{tag[1]}div"

    html = WIDE_TAGS.sub(r'\g<0> tabindex="0"', PAGE_TAGS.sub(replace, html))
    return Markup(html)  # noqa: S704 - text.markup sanitized it, last


#: How each language writes a day, a date and a moment (Unicode TR 35).
DAYS = {"en": "EEEE d MMMM y", "zh-Hans": "y年M月d日 EEEE", "zh-Hant": "y年M月d日 EEEE"}
DATES = {"en": "d MMMM y", "zh-Hans": "y年M月d日", "zh-Hant": "y年M月d日"}
MOMENTS = {"en": "d MMMM y, HH:mm", "zh-Hans": "y年M月d日 HH:mm", "zh-Hant": "y年M月d日 HH:mm"}


def write_day(day: date) -> str:
    """A heading: `Thursday 12 January 2023`."""
    return str(format_date(day, DAYS[find_language()], find_locale(find_language())))


def write_date(moment: datetime) -> str:
    """The day of a moment in the site's zone: `12 January 2023`."""
    return str(format_date(find_local_day(moment), DATES[find_language()], find_locale(find_language())))


def write_moment(moment: datetime | None) -> str:
    """A date with its time in the site's zone: `12 January 2023, 04:47`."""
    if moment is None:
        return gettext("never")
    return _write_moment(moment, get_service().timezone, find_language())


@lru_cache(4096)
def _write_moment(moment: datetime, timezone: ZoneInfo, language: str) -> str:
    here = moment.astimezone(timezone)
    return str(format_datetime(here, MOMENTS[language], locale=find_locale(language)))


def write_datetime(moment: datetime) -> str:
    """What an element `time` says to programs: to the second, of which HTML takes three digits at most."""
    return format_rfc3339(moment.replace(microsecond=0))


def write_stamp(moment: datetime) -> Markup:
    """A moment in a table, short and alike in every language: `2023-01-12 04:47`."""
    return _write_stamp(moment, get_service().timezone)


@lru_cache(4096)
def _write_stamp(moment: datetime, timezone: ZoneInfo) -> Markup:
    told = f'<time datetime="{write_datetime(moment)}">{moment.astimezone(timezone):%Y-%m-%d %H:%M}</time>'
    return Markup(told)  # noqa: S704 - digits alone


def write_clock(moment: datetime) -> str:
    return f"{moment.astimezone(get_service().timezone):%H:%M}"


def list_elsewhere(twins: Iterable[StoredEntry], stored: StoredEntry) -> list[StoredEntry]:
    """Return one of the twins of an entry for each other source that tells the story, in their order."""
    sources = {twin.source.number: twin for twin in reversed(list(twins))}
    sources.pop(stored.source.number, None)
    return list(reversed(sources.values()))


def find_local_day(moment: datetime) -> date:
    """The day on which a moment is in the site's zone."""
    return moment.astimezone(get_service().timezone).date()


def is_dated(stored: StoredEntry, day: date) -> bool:
    """Whether an entry that stands on this day was published on it, as far as we know."""
    published = stored.entry.published
    return published is None or find_local_day(published) == day


def write_headline(stored: StoredEntry) -> str:
    """What stands where a title goes; an entry without one is shown by the beginning of its text."""
    start = excerpt(str(escape(stored.excerpt)), SHORT)
    return stored.entry.title or start or stored.entry.link or gettext("Untitled")


def capitalize(text: str) -> str:
    """A reason as a sentence of its own; unlike Jinja's filter it leaves the other letters as they are."""
    return text[:1].upper() + text[1:]


def find_category_path(label: str) -> str:
    """Where the entries with the same category are."""
    return View("category", slugify(label)).path


@lru_cache(4096)
def find_shown_host(url: str) -> str:
    """The name of the site behind an address, for a link's text."""
    return find_host(url) or url


def local(path: str) -> str:
    """A path of ours as a link: works under whatever name the reader reached us by."""
    return f"{request.script_root}{path}"


def absolute(path: str) -> str:
    """The address of a path of ours to copy: from base_url, never from a Host header."""
    return f"{get_service().settings.base_url}{path}"


def has_own_picture(stored: StoredEntry) -> bool:
    """Whether the lead picture has to be shown: the body does not show it anyway."""
    entry = stored.entry
    return entry.image is not None and escape(entry.image) not in (entry.content or entry.summary or "")


def _describe_site() -> dict[str, Any]:
    """What every template may use; nothing here asks the database, so error pages can rely on it."""
    service = get_service()
    return {"site": service.settings.site, "version": service.version, "seeds": service.settings.seeds.dir}


def _stamp(path: Path) -> str:
    """What makes the address of a static file change with its bytes, so that it may be cached for long."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
