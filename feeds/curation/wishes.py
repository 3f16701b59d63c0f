"""How often and when a source wishes to be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.model import ParsedFeed

MOST_MINUTES = 60 * 24 * 366  # a ttl beyond a year is no wish, it is a mistake
#: A whole number; some programs know only numbers with a fraction.
NUMBER = re.compile(r"([0-9]{1,15})(?:\.0{1,6})?")

#: RDF Site Summary 1.0, module Syndication: minutes in one period.
PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
#: RSS 2.0, `skipDays`; numbered as Python numbers them.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def find_number(text: str | None) -> int | None:
    """Return a whole number of at most fifteen digits, else None."""
    found = NUMBER.fullmatch(text.strip()) if text else None
    return int(found[1]) if found else None


def find_ttl(parsed: ParsedFeed) -> int | None:
    """Return the minutes between two polls: `ttl`, else the update period divided by its frequency.

    A frequency alone is one in a day (RSS 1.0, module Syndication).
    """
    minutes = find_number(parsed.ttl)
    if minutes is None and (parsed.update_period or find_number(parsed.update_frequency)):
        period = PERIODS.get((parsed.update_period or "daily").strip().lower(), 0)
        minutes = period // (find_number(parsed.update_frequency) or 1)
    return minutes if minutes and minutes <= MOST_MINUTES else None


def find_skip_hours(parsed: ParsedFeed) -> tuple[int, ...]:
    """Return the hours of the day, 0 to 23 in UTC, in which the source is not to be asked.

    Hours were counted from 1 to 24 in RSS 0.9x: 24 is midnight.
    """
    hours = map(find_number, parsed.skip_hours)
    return _in_order(hour % 24 for hour in hours if hour is not None and hour <= 24)


def find_skip_days(parsed: ParsedFeed) -> tuple[int, ...]:
    """Return the days of the week, Monday 0 to Sunday 6, on which the source is not to be asked."""
    days = (day.strip().lower() for day in parsed.skip_days)
    return _in_order(DAYS.index(day) for day in days if day in DAYS)


def _in_order(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))
