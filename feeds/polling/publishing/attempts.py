"""What an attempt to reach a subscriber or a hub came to, and when it is made again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from feeds.polling.fetch import describe_status, find_retry_after
from feeds.polling.network import Answer

FIRST_RETRY = timedelta(minutes=1)  # four times as long after each failure more
LONGEST_RETRY = timedelta(days=1)
MOST_FAILURES = 10  # of deliveries in a row, within four days; then the subscription ends
MOST_VERIFICATIONS = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt."""

    result: str  #: one line
    is_done: bool = False
    is_over: bool = False  #: the other side wants nothing more
    not_before: datetime | None = None  #: the other side asks to wait (Retry-After)

    def find_retry(self, failures: int, now: datetime) -> datetime:
        """Return when it is made again after so many failures in a row."""
        wait: timedelta = min(FIRST_RETRY * 4 ** min(failures - 1, 9), LONGEST_RETRY)
        return max(now + wait, self.not_before or now)


def judge(answer: Answer, now: datetime) -> Attempt:
    """Return what the answer to a delivery means: any 2xx takes it, 410 ends the subscription (section 7).

    Everything else is a failure, a redirect too.
    """
    return Attempt(
        describe_status(answer.status),
        is_done=200 <= answer.status < 300,
        is_over=answer.status == HTTPStatus.GONE,
        not_before=find_retry_after(answer.headers, now),
    )
