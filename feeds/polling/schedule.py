"""When a source is looked at again, and why: arithmetic on what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

RETRY_AFTER = "the server asks to wait (Retry-After)"
DELIVERED = "its hub delivers what is new (WebSub)"
TOLD = "its hub says that there is something new (WebSub)"
HOST_ASKED = "its host asks to wait, as another of its addresses was told (Retry-After)"
SKIPPED = "no polls are wanted at this hour (skipHours, skipDays)"
SPREAD = 0.1  # of the wait, at most, is added so that sources added together do not stay together

LOOKS_PER_POST = 4  # so that a post is seen within a quarter of the time in which the next is expected
SLOWEST = 24  # times the general interval: who asks for a quicker pace gets a quicker one for all

HOUR = timedelta(hours=1)
WEEK = 24 * 7  # hours


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner set for all sources."""

    interval: timedelta
    min_interval: timedelta  #: no source is looked at more often, unless `interval` itself is shorter
    max_interval: timedelta  #: neither rhythm, a publisher's wish nor failures make it longer than this


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one source when its last poll has ended."""

    own_interval: timedelta | None = None  #: set by the owner; rhythm and wishes then do not count
    failures: int = 0  #: in a row, the one just seen among them
    rhythm: timedelta | None = None  #: between two posts
    newest: datetime | None = None  #: when it posted last
    ttl: timedelta | None = None  #: as the document says
    fresh_for: timedelta | None = None  #: as its server says
    skip_hours: tuple[int, ...] = ()  #: 0 to 23, UTC
    skip_days: tuple[int, ...] = ()  #: Monday 0 to Sunday 6
    retry_after: datetime | None = None
    is_delivered: bool = False  #: its hub delivers: it is looked at rarely, in case the hub forgets something


@dataclass(frozen=True, slots=True)
class Decision:
    """When, and why in words."""

    when: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class _Wait:
    length: timedelta
    rule: str


def next_poll(now: datetime, policy: Policy, facts: Facts, *, key: str) -> Decision:
    """Decide when to look at a source again: the longest wait that anything asks for.

    `key` gives the source its place among others, so that they are spread.
    """
    waits = [_back_off(policy, facts) if facts.failures else _find_pace(now, policy, facts)]
    if facts.own_interval is None:
        waits += _grant(policy, facts.ttl, "ttl") + _grant(policy, facts.fresh_for, "max-age")
    if facts.is_delivered:
        waits.append(_Wait(policy.max_interval, DELIVERED))
    longest = max(reversed(waits), key=lambda wait: wait.length)
    decision = Decision(now + longest.length * (1 + SPREAD * _find_place(key)), longest.rule)
    if facts.retry_after is not None and facts.retry_after > decision.when:
        decision = Decision(facts.retry_after, RETRY_AFTER)
    return _avoid(decision, facts, key)


def find_skip(moment: datetime, facts: Facts, *, key: str) -> datetime | None:
    """Return until when the publisher wants no polls, None where it does not mind one at `moment`.

    It names hours and days of the week, in UTC (RSS 2.0, skipHours and skipDays); whoever names all of them
    is not heard, nor is it where the owner has set an interval.
    """
    if facts.own_interval is not None or not _is_skipped(moment, facts):
        return None
    hour = next((hour for hour in _hours_after(moment) if not _is_skipped(hour, facts)), None)
    return hour and hour + HOUR * SPREAD * _find_place(key)


def _is_skipped(moment: datetime, facts: Facts) -> bool:
    return moment.hour in facts.skip_hours or moment.weekday() in facts.skip_days


# --- What asks for a wait ---------------------------------------------------------------------------


def _find_pace(now: datetime, policy: Policy, facts: Facts) -> _Wait:
    """Return the wait of a source that is well: the owner's, else that of its own rhythm."""
    if facts.own_interval is not None:
        return _find_own(policy, facts.own_interval)
    since = max(timedelta(), now - facts.newest) if facts.newest else timedelta()
    expected = max(facts.rhythm or timedelta(), since)
    shortest = min(policy.min_interval, policy.interval) if facts.rhythm else policy.interval
    longest = max(policy.interval, min(policy.max_interval, policy.interval * SLOWEST))
    wait = min(max(expected / LOOKS_PER_POST, shortest), longest)
    every = f"every {say(wait)}"
    if facts.rhythm and facts.rhythm >= since:
        return _Wait(wait, f"{every}: it posts about every {say(facts.rhythm)}")
    if facts.rhythm or wait > policy.interval:
        return _Wait(wait, f"{every}: it has posted nothing for {say(since)}")
    return _Wait(wait, every)


def _find_own(policy: Policy, own_interval: timedelta) -> _Wait:
    shortest = min(policy.min_interval, policy.interval)
    if own_interval < shortest:
        return _Wait(shortest, f"every {say(shortest)}, the shortest allowed")
    return _Wait(own_interval, f"every {say(own_interval)}, as set for this source")


def _back_off(policy: Policy, facts: Facts) -> _Wait:
    """The wait doubles with each failure after the first and never grows beyond bounds."""
    wait = policy.interval if facts.own_interval is None else _find_own(policy, facts.own_interval).length
    most = max(policy.max_interval, wait)
    for _ in range(facts.failures - 1):
        if wait >= most:
            break
        wait = min(wait * 2, most)
    times = "1 failure" if facts.failures == 1 else f"{facts.failures} failures in a row"
    return _Wait(wait, f"after {times}: in {say(wait)}")


def _grant(policy: Policy, wish: timedelta | None, name: str) -> list[_Wait]:
    """A publisher may ask for less of us, within bounds, never for more."""
    if wish is None:
        return []
    rule = f"the publisher asks for {say(wish)} ({name})"
    if wish > policy.max_interval:
        return [_Wait(policy.max_interval, f"{rule}, {say(policy.max_interval)} at most are granted")]
    return [_Wait(wish, rule)]


def _avoid(decision: Decision, facts: Facts, key: str) -> Decision:
    until = find_skip(decision.when, facts, key=key)
    return Decision(until, f"{decision.rule}; put off: {SKIPPED}") if until else decision


def _hours_after(moment: datetime) -> Iterator[datetime]:
    begun = moment.replace(minute=0, second=0, microsecond=0)
    return (begun + number * HOUR for number in range(1, WEEK + 1))


def _find_place(key: str) -> float:
    """Return a number from 0 to 1 that is always the same for a source."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8]) / 2**64


def say(length: timedelta) -> str:
    """Return a length in the unit in which it reads best: `60 minutes`, `2.5 hours`."""
    seconds = length.total_seconds()
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{_round(seconds / size)} {unit}s"
    return f"{_round(seconds)} {'second' if seconds == 1 else 'seconds'}"


def _round(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")
