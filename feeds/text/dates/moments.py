"""Dates as sources write them, and as we write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from feeds.text.dates.names import MONTH_NUMBERS, ZONES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: No date we can read is longer; whoever sends more is not sending a date.
LONGEST = 100

#: What nine dates in ten look like: RFC 822 with a year of four digits.
RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2,8},? )?([0-9]{1,2}) ([A-Z][a-z]{2,8}) ([0-9]{4}) ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(?: ([+-][0-9]{4}|(?![AP]M)[A-Z]{1,5}))?"
)
#: What may stand between a day and a time, or nothing after a day.
ISO_8601_GAPS = frozenset({"", "T", " "})
#: Seconds or milliseconds since 1970: 2001 to 2030, so that a year and a month are not taken for them.
UNIX_TIME = re.compile(r"(1[0-8][0-9]{8})(?:([0-9]{3})|\.[0-9]+)?")


def parse_date(text: str) -> datetime | None:
    """Return the moment in UTC, or None where no known form fits; without a zone it is UTC already.

    RFC 822 and RFC 5322 with their dialects, RFC 3339, ISO 8601 as far as it needs no clock, W3CDTF, asctime,
    seconds and milliseconds since 1970, and how people write dates in two dozen languages. A Korean date
    without a zone is one of Korea.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    if found := RFC_822.fullmatch(text):
        date = _read_rfc_822(*found.groups("0"))
    elif text[4:5] == "-" and text[7:8] == "-" and text[10:11] in ISO_8601_GAPS:
        date = _read_iso_8601(text)
    elif found := UNIX_TIME.fullmatch(text):
        date = from_milliseconds(int(found[1]) * 1000 + int(found[2] or 0))
    else:
        date = None
    return date or _read_shape(text)


def _read_shape(text: str) -> datetime | None:
    # Imported late: one date in ten needs it.
    from feeds.text.dates.shapes import read_shape

    return read_shape(text)


def _read_rfc_822(
    day: str, month: str, year: str, hour: str, minute: str, second: str, zone: str
) -> datetime | None:
    try:
        moment = datetime(
            int(year), MONTH_NUMBERS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
        return moment - offset if (offset := _find_offset(zone)) else moment
    except (KeyError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=128)
def _find_offset(zone: str) -> timedelta:
    """Return how far a zone is east of UTC, `0` for none; raises ValueError for a day or more."""
    if zone[0] not in "+-":
        return timedelta(hours=ZONES.get(zone.lower(), 0))
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    if offset >= timedelta(days=1):
        raise ValueError("no such zone")
    return offset if zone[0] == "+" else -offset


def _read_iso_8601(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def format_rfc3339(date: datetime) -> str:
    """Write RFC 3339 in UTC: `2023-01-12T04:47:05Z`, with a fraction only where there is one."""
    return date.astimezone(UTC).isoformat().replace("+00:00", "Z")


def format_http(date: datetime) -> str:
    """Write an IMF-fixdate (RFC 9110, section 5.6.7)."""
    return format_datetime(date.astimezone(UTC), usegmt=True)


def from_milliseconds(milliseconds: int) -> datetime | None:
    """Return the moment that many milliseconds after 1970, or None outside the years 1 to 9999."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
