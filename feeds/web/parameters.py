"""The parameters of a view's feeds, read from an address.

What is not known is ignored: readers and trackers append things of their own, and no feed may end by that.
What is known and cannot be understood is told in one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import abort

from feeds.errors import QueryError
from feeds.model import Selection
from feeds.text.query import read_query, tidy
from feeds.web.names import KEY

MOST_ENTRIES = 1000  # of one document

NUMBER = re.compile(r"[0-9]{1,4}")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")
#: RFC 3339, or a date alone; a `+` that nobody encoded has become a space.
MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<minute>[0-9]{2}:[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>[Zz]|[+ -][0-9]{2}:[0-9]{2}))?"
)


def read_selection(asked: Mapping[str, str], usual_limit: int, most: int = MOST_ENTRIES) -> Selection:
    """Return what is selected; answers 400 to what cannot be understood.

    What is asked for as it is anyway counts as not asked for, so that equal questions have one answer.
    """
    limit = read_limit(asked.get("limit"), most)
    return Selection(
        limit=None if limit == usual_limit else limit,
        since=_read_moment(asked.get("since")),
        language=_read_language(asked.get("lang")),
        query=read_asked_query(asked.get("q")),
        before=_read_key(asked.get("before")),
        is_full=_read_switch("full", asked.get("full"), usual=True),
        is_folded=_read_switch("fold", asked.get("fold"), usual=False),
    )


def read_limit(text: str | None, most: int) -> int | None:
    """Return a number of entries; answers 400."""
    if text is None:
        return None
    if not NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        abort(400, f"‘limit’ is a number from 1 to {most}.")
    return int(text)


def read_asked_query(text: str | None) -> str | None:
    """Return a query, spelled as it stands in addresses; answers 400 to one that cannot be read."""
    if text is None:
        return None
    try:
        read_query(text)
    except QueryError as error:
        abort(400, f"‘q’: {error}.")
    return tidy(text)


def _read_moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return _find_moment(text)
    except (ValueError, OverflowError):
        abort(400, "‘since’ is a date, as 2024-05-31 is, or a moment: 2024-05-31T12:00:00Z.")


def _find_moment(text: str) -> datetime:
    """Return the moment, to the microsecond; raises ValueError, OverflowError.

    A leap second (RFC 3339, section 5.7) counts as the one that follows.
    """
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError
    if found["minute"] is None:
        return datetime.fromisoformat(found["date"]).replace(tzinfo=UTC)
    is_leap = found["second"] == "60"
    time = f"{found['minute']}:{'59' if is_leap else found['second']}.{(found['fraction'] or '')[:6]:0<6}"
    zone = found["zone"].upper().replace(" ", "+")
    moment = datetime.fromisoformat(f"{found['date']}T{time}{zone}") + timedelta(seconds=is_leap)
    return moment.astimezone(UTC)


def _read_language(text: str | None) -> str | None:
    if text is None:
        return None
    if not LANGUAGE.fullmatch(text):
        abort(400, "‘lang’ is a language tag, as zh, zh-Hans or en are.")
    return text.casefold()


def _read_key(text: str | None) -> str | None:
    if text is not None and not KEY.fullmatch(text):
        abort(400, "‘before’ takes the key of an entry: the last one of the page before.")
    return text


def _read_switch(name: str, text: str | None, *, usual: bool) -> bool:
    if text is None:
        return usual
    if text not in ("0", "1"):
        abort(400, f"‘{name}’ is 0 or 1.")
    return text == "1"
