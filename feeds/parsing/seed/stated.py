"""What a seed document states of itself: names and times, as they are written and as they are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feeds.parsing.publishers import BylineForm, Publisher
from feeds.text.characters import collapse
from feeds.text.dates import parse_date


@dataclass(frozen=True, slots=True)
class Stated:
    """What a body says of itself."""

    authors: tuple[str, ...] = ()
    time: datetime | None = None
    is_day: bool = False  #: the time is a date without a clock; its midnight is no moment
    rights: str | None = None
    topics: tuple[str, ...] = ()
    forms: tuple[BylineForm, ...] = ()  #: that fitted


#: 13/05/2021 - 00:02, with a few words around it or none
FRENCH_TIME = re.compile(r"\D{0,20}(\d\d)/(\d\d)/(\d{4}) - (\d\d:\d\d)\D{0,20}")
ZONELESS = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?")
#: What programs write where they have no time.
NO_TIMES = frozenset({"", "invalid date", "nan", "null", "undefined"})

SEPARATORS = re.compile(r"[,，、]")
LABEL = re.compile(
    r"^(?:(?:(?:采访|採訪)?(?:记者|記者)|采访|採訪|作者|撰文|撰稿|编译|編譯|责编|責編|author|by)\s*[:：,，]\s*|by\s+)",
    re.IGNORECASE,
)
ROLES = r"综合报道|综合报导|綜合報道|綜合報導|采访记者|採訪記者|摘编|摘編|编译|編譯|编辑|編輯|记者|記者"
#: What stands in brackets behind a name: a role, or the agencies a text was made from.
ROLE_IN_BRACKETS = re.compile(
    rf"[（(](?:[^（）()]*(?:{ROLES})[^（）()]*[）)]?|[^（）()]*[,，、][^（）()]*[）)])"
)
ROLE_BEHIND = re.compile(rf"\s(?:{ROLES})$")
#: A first name that the publisher's program did not have.
MISSING_NAME = re.compile(r"^(?:null(?:\s+|$))+", re.IGNORECASE)


def state(written: str, publisher: Publisher, names: tuple[str, ...] = ()) -> Stated:
    moment = read_time(written, publisher.zone)
    return Stated(split_names(*names), moment, is_day=moment is not None and ":" not in written)


def read_time(written: str, zone: str) -> datetime | None:
    """Return the moment in UTC; a time that names no zone is the local time of `zone`."""
    french = FRENCH_TIME.fullmatch(written)
    if french:
        written = f"{french[3]}-{french[2]}-{french[1]} {french[4]}"
    moment = parse_date(written)
    if moment and ZONELESS.fullmatch(written):
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return moment


def split_names(*written: str) -> tuple[str, ...]:
    """Return the names in bylines as written: without labels, roles and repetitions."""
    names: dict[str, str] = {}
    for text in written:
        for part in SEPARATORS.split(ROLE_IN_BRACKETS.sub("", LABEL.sub("", collapse(text)))):
            name = MISSING_NAME.sub("", ROLE_BEHIND.sub("", LABEL.sub("", part.strip()))).strip()
            if name:
                names.setdefault(name.casefold(), name)
    return tuple(names.values())
