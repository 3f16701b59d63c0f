"""What the poller has under way for subscribers and hubs, and for what more there is room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from feeds.store.subscriber_requests import MOST_AT_HOST

Kind: TypeAlias = Literal["verification", "delivery", "ping"]
Job: TypeAlias = tuple[Kind, int | str]  # with the row number, or the hub

#: Requests under way; who asks to be subscribed must not take the turns of those who are.
MOST_AT_ONCE: dict[Kind, int] = {"verification": 8, "delivery": 16, "ping": 8}
PATIENCE = 2.0  # seconds after which a request does not count any more among those at once
MOST_SLOW = 64  # of each kind that have become so slow


class _Run(NamedTuple):
    host: str
    began: float


@dataclass
class UnderWay:
    """Jobs that run, and those that rest because something unexpected went wrong; times are the loop's."""

    _runs: dict[Job, _Run] = field(default_factory=dict)
    _hosts: Counter[str] = field(default_factory=Counter)  # how many run at each
    _resting: dict[Job, float] = field(default_factory=dict)  # -> until when

    def has_room(self, job: Job, host: str, now: float) -> bool:
        """Whether a job may begin: who is slow makes way for the next, as long as that are not too many."""
        kind = job[0]
        began = [run.began for known, run in self._runs.items() if known[0] == kind]
        quick = sum(moment > now - PATIENCE for moment in began)
        is_full = quick >= MOST_AT_ONCE[kind] or len(began) >= MOST_AT_ONCE[kind] + MOST_SLOW
        return not (is_full or job in self.list_known(now) or self._hosts[host] >= MOST_AT_HOST)

    def begin(self, job: Job, host: str, now: float) -> None:
        self._runs[job] = _Run(host, now)
        self._hosts[host] += 1

    def end(self, job: Job, rest_until: float | None = None) -> None:
        """Take note that a job has ended, and where it went wrong, when it may be tried again."""
        self._hosts -= Counter([self._runs.pop(job).host])
        if rest_until is not None:
            self._resting[job] = rest_until

    def list_known(self, now: float) -> frozenset[Job]:
        """Return the jobs that run or rest."""
        self._resting = {job: until for job, until in self._resting.items() if until > now}
        return frozenset((*self._runs, *self._resting))

    def list_busy(self) -> Collection[str]:
        """Return the hosts at which as much runs as may."""
        return [host for host, count in self._hosts.items() if count >= MOST_AT_HOST]
