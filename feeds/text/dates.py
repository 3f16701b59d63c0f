"""Dates as sources write them, and as we write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: No date we can read is longer; whoever sends more is not sending a date.
LONGEST = 100

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}

#: Hours east of UTC. The names of RFC 822, section 5, then those that are common in feeds; every
#: other name means UTC (RFC 5322, section 4.3).
ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    "bst": 1, "west": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3,
    "ist": 5.5, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip

TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?"
HALF = r"(?:\s*(?P<half>[ap])\.?m\.?(?![a-z]))?"
OFFSET = r"(?P<sign>[+\-−])(?P<zone_hours>\d{1,2}):?(?P<zone_minutes>\d{2})?"
ZONE = rf"(?:\s*(?:(?:gmt|utc?|z)?\s*{OFFSET}|(?P<zone>[a-z]+)))?(?:\s*\([^()]*\))?"
CLOCK = rf"{TIME}{HALF}{ZONE}"
WEEKDAY = r"(?:[a-z]{3,9}\.?,?\s+)?"
MONTH = r"(?P<month>[a-z]{3})[a-z]*\.?"

SHAPES = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        # RFC 822 and its dialects: [day,] 24 Oct 2022 [15:59:17 [GMT]]
        rf"{WEEKDAY}(?P<day>\d{{1,2}})[\s\-]+{MONTH},?[\s\-]+(?P<year>\d{{2,4}}),?(?:\s+{CLOCK})?",
        # RFC 3339, ISO 8601: 2022-10-24T15:59[:17[.22]][Z|+08:00], also 2022/10/24 15:59
        rf"(?P<year>\d{{4}})[\-/](?P<month>\d{{1,2}})[\-/](?P<day>\d{{1,2}})(?:\s*t\s*|\s+){CLOCK}",
        # W3CDTF: 2022[-10[-24[Z]]]
        rf"(?P<year>\d{{4}})(?:[\-/](?P<month>\d{{1,2}})(?:[\-/](?P<day>\d{{1,2}}){ZONE})?)?",
        # ISO 8601, basic form: 20221024[T155917[Z]]
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        rf"(?:t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?{ZONE})?",
        # American: [Monday,] October 24, 2022[, 3:59 pm]
        rf"{WEEKDAY}{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:,?\s+(?:at\s+)?{CLOCK})?",
        # C's asctime, and date(1): Mon Oct 24 15:59:17 [UTC] 2022
        rf"{WEEKDAY}{MONTH}\s+(?P<day>\d{{1,2}})\s+{TIME}{ZONE}\s+(?P<year>\d{{4}})",
        # Chinese: 2022年10月24日 15:59
        rf"(?P<year>\d{{4}})\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日(?:\s*{CLOCK})?",
    )
)


def parse_date(text: str) -> datetime | None:
    """Return the moment in UTC, or None where no known form fits; without a zone it is UTC already."""
    if len(text) > LONGEST:
        return None
    compact = " ".join(text.split())
    for shape in SHAPES:
        if found := shape.fullmatch(compact):
            return _read_fields(found.groupdict())
    return None


def _read_fields(fields: dict[str, str | None]) -> datetime | None:
    try:
        day = datetime(_read_year(fields), _read_month(fields), _number(fields, "day", 1), tzinfo=UTC)
        return day + _read_time(fields) - _read_offset(fields)
    except (ValueError, OverflowError):  # no such month, day or hour, or outside the years 1 to 9999
        return None


def _number(fields: dict[str, str | None], name: str, default: int = 0) -> int:
    return int(fields.get(name) or default)


def _read_year(fields: dict[str, str | None]) -> int:
    """Years of two and three digits are read as RFC 5322, section 4.3, says."""
    written = fields["year"] or ""
    year = int(written)
    if len(written) == 4:
        return year
    return year + (2000 if len(written) == 2 and year < 50 else 1900)


def _read_month(fields: dict[str, str | None]) -> int:
    written = (fields.get("month") or "1").lower()
    return int(written) if written.isdigit() else MONTHS.get(written, 0)


def _read_time(fields: dict[str, str | None]) -> timedelta:
    """The time of day; 24:00 and a leap second run over into what follows."""
    hour, minute, second = (_number(fields, name) for name in ("hour", "minute", "second"))
    if half := fields.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and minute + second > 0):
        raise ValueError("no such time")
    microseconds = int(f"{fields.get('fraction') or '0':0<6}"[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microseconds)


def _read_offset(fields: dict[str, str | None]) -> timedelta:
    if fields.get("sign") is None:
        return timedelta(hours=ZONES.get((fields.get("zone") or "").lower(), 0))
    offset = timedelta(hours=_number(fields, "zone_hours"), minutes=_number(fields, "zone_minutes"))
    timezone(offset)  # raises ValueError for a day or more
    return offset if fields["sign"] == "+" else -offset


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
