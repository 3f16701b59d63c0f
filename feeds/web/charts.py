"""Small charts of a source: how its last polls ended, and how much it posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from feeds.model import OutcomeKind, PollOutcome
from feeds.web.presentation import write_day, write_moment
from feeds.web.translation import gettext as _
from feeds.web.translation import ngettext

POLLS = 50  # in a row
DAYS = 30  # in a row

# In units of the picture, which is as wide as there is room.
WIDTH = 300
POLL_SLOT = WIDTH / POLLS
DAY_SLOT = WIDTH / DAYS
GAP = 2.0
ABOVE = 18.0  # of the line of the polls
POSTS_HIGH = 28.0

#: (top, height) of a poll's bar: above the line what was answered, below it what was not.
BARS: dict[OutcomeKind, tuple[float, float]] = {
    "changed": (0, ABOVE),
    "unchanged": (ABOVE - 7, 7),
    "failed": (ABOVE, 14),
    "held": (ABOVE, 5),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One poll, or one day."""

    kind: str  #: a class of the style sheet
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A row of bars from left to right, and what it shows in words."""

    height: float
    line: float  #: where the bars stand
    bars: tuple[Bar, ...]
    told: str
    tally: tuple[tuple[str, int], ...] = ()  #: (kind, how many)
    width: int = WIDTH


def draw_polls(outcomes: Sequence[PollOutcome]) -> Chart | None:
    """Return the chart of the last polls, given the latest first; None where there are none."""
    if not outcomes:
        return None
    shown = list(reversed(outcomes[:POLLS]))
    start = POLLS - len(shown)  # the latest stands at the right, however few they are
    counts = Counter(outcome.kind for outcome in shown)
    return Chart(
        height=ABOVE + BARS["failed"][1],
        line=ABOVE,
        bars=tuple(_draw_poll(outcome, start + place) for place, outcome in enumerate(shown)),
        told=ngettext("The last poll", "The last %(num)s polls", len(shown)) % {"num": len(shown)},
        tally=tuple((kind, counts[kind]) for kind in get_args(OutcomeKind) if counts[kind]),
    )


def _draw_poll(outcome: PollOutcome, place: int) -> Bar:
    top, height = BARS[outcome.kind]
    title = f"{write_moment(outcome.started)}: {outcome.told}"
    return Bar(outcome.kind, place * POLL_SLOT + GAP / 2, top, POLL_SLOT - GAP, height, title)


def find_start(today: date, timezone: ZoneInfo) -> datetime:
    """Return the moment with which the last `DAYS` days begin, `today` among them.

    A day is 24 hours, from the hour at which today begins: days before a change of clocks are an hour off.
    """
    midnight = datetime.combine(today, time(), timezone).astimezone(UTC)
    return midnight - (DAYS - 1) * timedelta(days=1)


def draw_posts(today: date, counts: Sequence[int]) -> Chart:
    """Return the chart of posts a day, of days the last of which is `today`."""
    most, total = max(counts), sum(counts)
    first = today - timedelta(days=len(counts) - 1)
    bars = (
        _draw_day(first + timedelta(days=place), place, count, most) for place, count in enumerate(counts)
    )
    return Chart(POSTS_HIGH + 1, POSTS_HIGH, tuple(bars), told=_tell_posts(total, most, len(counts)))


def _draw_day(day: date, place: int, count: int, most: int) -> Bar:
    height = max(POSTS_HIGH * count / most, 2) if count else 1.0
    posts = ngettext("%(num)s post", "%(num)s posts", count) % {"num": count} if count else _("no posts")
    x = place * DAY_SLOT + GAP / 2
    return Bar(
        "posts" if count else "none",
        x,
        POSTS_HIGH - height,
        DAY_SLOT - GAP,
        height,
        f"{write_day(day)}: {posts}",
    )


def _tell_posts(total: int, most: int, days: int) -> str:
    told = {"num": total, "days": days, "most": most}
    if not total:
        return _("No posts in the last %(days)s days") % told
    if total == 1:
        return _("1 post in the last %(days)s days") % told
    return _("%(num)s posts in the last %(days)s days, at most %(most)s a day") % told
