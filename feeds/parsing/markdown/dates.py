"""When a Markdown document says it was written: in its front matter, or in its name."""

from __future__ import annotations

import re
from posixpath import basename
from zoneinfo import ZoneInfo

from feeds.text.dates import format_rfc3339, parse_date

#: A time of day, and what may stand behind it: how far it is from UTC, which decides, and in which zone.
TIME = re.compile(
    r"(?P<time>\d{4}[-/]\d\d?[-/]\d\d?(?:[T ]|, )\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"(?P<offset>\s*(?:Z|[+-]\d\d:?\d\d))?"
    r"(?:\s*[\[(]?(?P<zone>[A-Z][A-Za-z]+(?:/[A-Z][\w+-]+){1,2})[\])]?)?"
)
#: `2026-05-01-title.md`, as Jekyll has it, and `2026-05-01.md`.
DATED_NAME = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)(?:[-_ ]+(?=[^.])|(?=\.|\Z))")


def in_utc(written: str, zone: str | None) -> str:
    """Return a local time in UTC, by the zone behind it, else `zone`; any other date as it is written."""
    found = TIME.fullmatch(written.strip())
    if found and found["offset"]:
        return f"{found['time']}{found['offset']}"
    place = find_zone(found["zone"] or zone or "") if found else None
    moment = parse_date(found["time"]) if found else None
    try:
        return format_rfc3339(moment.replace(tzinfo=place)) if moment and place else written
    except OverflowError:  # the first day of year 1, or the last of 9999
        return written


def find_zone(name: str) -> ZoneInfo | None:
    """Return a time zone by its name in the database of time zones, as Asia/Shanghai."""
    try:
        return ZoneInfo(name) if "/" in name else None
    except (KeyError, ValueError, OSError):  # a name that is none may be that of a folder there
        return None


def date_in_name(path: str) -> str | None:
    found = _find_dated(path)
    return found["date"] if found else None


def without_date(path: str) -> str:
    """Return the name of a file without the date it begins with, unless it is nothing else."""
    name, found = basename(path), _find_dated(path)
    rest = name[found.end() :] if found else ""
    return rest if rest and not rest.startswith(".") else name


def _find_dated(path: str) -> re.Match[str] | None:
    found = DATED_NAME.match(basename(path))
    return found if found and parse_date(found["date"]) else None
