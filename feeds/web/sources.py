"""The table of health, and the page of each source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from feeds.model import Source, SourceReport
from feeds.model.health import HealthWord
from feeds.store import Transaction
from feeds.store.overview import (
    SORTS,
    URGENCY,
    Order,
    Sort,
    count_days_of,
    count_hidden,
    list_last_polls,
    list_numbers,
    tally_words,
)
from feeds.store.reports import report_source, report_these
from feeds.store.sources import find_source
from feeds.store.summary import count_days
from feeds.store.views import find_view
from feeds.web import charts, sparks
from feeds.web.names import check_name
from feeds.web.river import show_view
from feeds.web.service import get_service
from feeds.web.state import LAST_POLLS
from feeds.web.translation import find_language
from feeds.web.words import told

blueprint = Blueprint("sources", __name__)

PAGE_LENGTH = 100  # sources
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")

#: What is asked for first by these: the most, not the least.
DESCENDING: frozenset[Sort] = frozenset({"posts", "failures"})


@dataclass(frozen=True, slots=True)
class Row:
    """One source of the table."""

    report: SourceReport
    posts: sparks.Spark
    count: int  #: of entries in the days that the spark shows
    polls: sparks.Spark | None


@blueprint.get("/sources/")
def show_sources() -> str:
    """The sources of one page of the table, sorted and chosen as the address says."""
    order, page = read_order(), _read_page()
    now = datetime.now(UTC)
    with get_service().store.read() as db:
        tally = tally_words(db, now)
        rows = _list_rows(db, now, order, page)
        hidden = count_hidden(db)
    if not rows and page > 1:
        abort(404, "No more sources follow.")
    return render_template(
        "sources.html",
        rows=rows[:PAGE_LENGTH],
        order=order,
        write_row=write_row,
        address=write_address,
        columns=[_describe_column(order, sort) for sort in SORTS],
        tally=list(tally.items()),
        total=sum(tally.values()),
        hidden=hidden,
        page=page,
        has_more=len(rows) > PAGE_LENGTH,
    )


def write_row(row: Row) -> Markup:
    """Return a row of the table as HTML, which is the same until its source posts or is polled again.

    A hundred of them take half of the time that a page may take.
    """
    return _write_row(row, find_language(), request.script_root, get_service().timezone)


@lru_cache(4096)
def _write_row(row: Row, language: str, root: str, timezone: ZoneInfo) -> Markup:
    """Return it for readers of a language, below the path of the site."""
    return Markup(render_template("source_row.html", row=row))  # noqa: S704 - a template escapes what it says


def read_order() -> Order:
    """Return how the table is asked for; answers 400 to what it cannot be sorted or chosen by."""
    sort = cast(Sort, _read_choice("sort", SORTS, "title"))
    usual = "desc" if sort in DESCENDING else "asc"
    is_descending = _read_choice("order", ("asc", "desc"), usual) == "desc"
    word = cast(HealthWord, _read_choice("state", URGENCY)) if "state" in request.args else None
    return Order(sort, is_descending, word)


def write_address(order: Order, page: int = 1) -> str:
    """Return where the table is sorted and chosen so; what is usual is left out."""
    asked: dict[str, Any] = {}
    if order.word:
        asked["state"] = order.word
    if order.sort != "title":
        asked["sort"] = order.sort
    if order.descending != (order.sort in DESCENDING):
        asked["order"] = "desc" if order.descending else "asc"
    if page > 1:
        asked["page"] = page
    return f"/sources/?{urlencode(asked)}" if asked else "/sources/"


def _read_choice(name: str, known: Sequence[str], usual: str = "") -> str:
    asked = request.args.get(name, usual)
    if asked not in known:
        abort(400, f"‘{name}’ is one of: {', '.join(known)}.")
    return asked


def _read_page() -> int:
    asked = request.args.get("page", "1")
    if not PAGE_NUMBER.fullmatch(asked):
        abort(400, "‘page’ is the number of a page, from 1 on.")
    return int(asked)


def _describe_column(order: Order, sort: Sort) -> tuple[Sort, str | None, str]:
    """Return (sort, how the table is sorted by it now, the address where it is, or the other way round)."""
    if sort != order.sort:
        return sort, None, write_address(replace(order, sort=sort, descending=sort in DESCENDING))
    direction = "descending" if order.descending else "ascending"
    return sort, direction, write_address(replace(order, descending=not order.descending))


def _list_rows(db: Transaction, now: datetime, order: Order, page: int) -> list[Row]:
    """Return the rows of a page, and one more where others follow."""
    timezone = get_service().timezone
    start = charts.find_start(now.astimezone(timezone).date(), timezone)
    days = (start, sparks.DAYS)
    numbers = list_numbers(db, now, order, PAGE_LENGTH + 1, (page - 1) * PAGE_LENGTH, days)
    counts = count_days_of(db, numbers, *days)
    polls = list_last_polls(db, numbers, sparks.POLLS)
    words = {kind: told(kind) for kind in sparks.KINDS}
    return [
        Row(
            report,
            sparks.draw_posts(tuple(counts[report.source.number])),
            sum(counts[report.source.number]),
            sparks.draw_polls(polls.get(report.source.number, ()), words),
        )
        for report in report_these(db, numbers, now)
    ]


@blueprint.get("/sources/<slug>/")
def show_source(slug: str) -> str:
    check_name(slug)
    with get_service().store.read() as db:
        view = find_view(db, "source", slug)
        source = find_source(db, slug)
        if view is None or source is None:
            abort(404, "There is no such source.")
        return show_view(db, "source.html", view, **_describe(db, source, datetime.now(UTC)))


def _describe(db: Transaction, source: Source, now: datetime) -> dict[str, Any]:
    """Return what the page of a source shows beside its entries."""
    report = report_source(db, source, now, charts.POLLS)
    timezone = get_service().timezone
    today = now.astimezone(timezone).date()
    counts = count_days(db, source, charts.find_start(today, timezone), charts.DAYS)
    return {
        "report": report,
        "recent": report.polls[:LAST_POLLS],
        "polls": charts.draw_polls(report.polls),
        "posts": charts.draw_posts(today, counts),
    }
