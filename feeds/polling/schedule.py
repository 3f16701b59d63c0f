"""When a source is looked at again, and why: arithmetic on what it is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

RETRY_AFTER = "the server asks to wait (Retry-After)"
SPREAD = 0.1  # of the wait, at most, is added so that sources added together do not stay together


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner set for all sources."""

    interval: timedelta
    min_interval: timedelta  #: no source is looked at more often, unless `interval` itself is shorter
    max_interval: timedelta  #: neither a publisher's wish nor failures make it longer than this


@dataclass(frozen=True, slots=True)
class Decision:
    """When, and why in words."""

    when: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class _Wait:
    length: timedelta
    rule: str


def next_poll(
    now: datetime,
    policy: Policy,
    *,
    own_interval: timedelta | None,
    failures: int,
    ttl: timedelta | None,
    fresh_for: timedelta | None,
    retry_after: datetime | None,
    key: str,
) -> Decision:
    """Decide when to look at a source again: the longest wait that anything asks for.

    `failures` in a row includes the one just seen; `ttl` and `fresh_for` are the publisher's wishes and
    count only where the owner gave the source no interval of its own; `key` spreads the sources.
    """
    base = _find_base(policy, own_interval)
    waits = [base, *_back_off(policy, base.length, failures)]
    if own_interval is None:
        waits += _grant(policy, ttl, "ttl") + _grant(policy, fresh_for, "max-age")
    longest = max(reversed(waits), key=lambda wait: wait.length)
    when = now + longest.length * (1 + SPREAD * _find_place(key))
    if retry_after is not None and retry_after > when:
        return Decision(retry_after, RETRY_AFTER)
    return Decision(when, longest.rule)


def _find_base(policy: Policy, own_interval: timedelta | None) -> _Wait:
    if own_interval is None:
        return _Wait(policy.interval, f"every {say(policy.interval)}")
    shortest = min(policy.min_interval, policy.interval)
    if own_interval < shortest:
        return _Wait(shortest, f"every {say(shortest)}, the shortest allowed")
    return _Wait(own_interval, f"every {say(own_interval)}, as set for this source")


def _back_off(policy: Policy, base: timedelta, failures: int) -> list[_Wait]:
    """The wait doubles with each failure after the first and never grows beyond bounds."""
    if failures < 1:
        return []
    most = max(policy.max_interval, base)
    wait = base
    for _ in range(failures - 1):
        if wait >= most:
            break
        wait = min(wait * 2, most)
    times = "1 failure" if failures == 1 else f"{failures} failures in a row"
    return [_Wait(wait, f"after {times}: in {say(wait)}")]


def _grant(policy: Policy, wish: timedelta | None, name: str) -> list[_Wait]:
    """A publisher may ask for less of us, within bounds, never for more."""
    if wish is None:
        return []
    rule = f"the publisher asks for {say(wish)} ({name})"
    if wish > policy.max_interval:
        return [_Wait(policy.max_interval, f"{rule}, {say(policy.max_interval)} at most are granted")]
    return [_Wait(wish, rule)]


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
    return f"{number:.1f}".removesuffix(".0")
