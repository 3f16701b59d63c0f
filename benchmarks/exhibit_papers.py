"""The invented papers of `benchmarks.exhibit`: who they are, and how their polls went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from feeds.model import Declaration, OutcomeKind, PollOutcome, SourceState

Course = Literal["healthy", "quiet", "moved", "failing", "never", "held", "gone", "new", "paused"]

TIMEOUT = "no answer within 10 seconds"
NOT_FOUND = "HTTP 404: the feed is not there"
POLLS = 50  # that are remembered of a paper
EVERY = timedelta(hours=1)
RULE = "every 60 minutes: it posts about every 5.2 hours"


@dataclass(frozen=True)
class Paper:
    """A source: what it is called, what it writes and how often, and what becomes of its polls."""

    place: str  #: its host
    name: str
    language: str
    titles: str  #: the list it takes its titles from
    count: int  #: of entries
    course: Course = "healthy"
    category: str | None = None
    hours: float = 5.2  #: between two entries
    since: float = 0.5  #: hours since the newest
    facts: dict[str, Any] = field(default_factory=dict)  #: of its declaration
    told: dict[str, Any] = field(default_factory=dict)  #: by the feed itself

    @property
    def declaration(self) -> Declaration:
        url = f"https://{self.place}.example/feed.xml"
        return Declaration(**{"url": url, "name": self.name, "category": self.category, **self.facts})

    @property
    def link(self) -> str:
        return f"https://{self.place}.example/"


PAPERS = (
    Paper(
        "hean", "河岸日报", "zh-Hans", "zh-Hans", 24, category="新闻", told={"subtitle": "写给住在水边的人"}
    ),
    Paper(
        "harbour",
        "The Harbour Ledger",
        "en",
        "en",
        24,
        category="News & Views",
        since=0.9,
        told={"subtitle": "Ships, streets and small print", "rights": "© The Harbour Ledger, all invented"},
    ),
    Paper("haixia", "海峽週刊", "zh-Hant", "zh-Hant", 16, category="新聞", hours=8, since=1.3),
    Paper("tenmon", "夜の天文台", "ja", "ja", 10, hours=13, since=7),
    Paper("hangang", "한강 편지", "ko", "ko", 6, "quiet", hours=30, since=24 * 16),
    Paper("machines", "Small Machines", "en", "code", 8, "moved", "Programming", hours=17, since=3),
    Paper("mina", "صحيفة الميناء", "ar", "ar", 7, hours=11, since=2),
    Paper("chengshi", "城市观察", "zh-Hans", "city", 6, "failing", "新闻", hours=9, since=24 * 4),
    Paper("weather", "Weather Office", "en", "weather", 12, "held", hours=6, since=1),
    Paper("lighthouse", "The Old Lighthouse", "en", "old", 3, "gone", hours=60, since=24 * 9),
    Paper("nowhere", "A Feed That Never Worked", "en", "en", 0, "never"),
    Paper("fieldnotes", "Field Notes", "en", "en", 0, "new"),
    Paper("changdu", "长读", "zh-Hans", "longreads", 3, "paused", "新闻", hours=50, since=20),
    Paper("diary", "A Private Diary", "en", "private", 2, facts={"private": True}),
    Paper(
        "long",
        "TheJournalOfUnreasonablyLongNamesThatContainNoSpaceWhatsoeverAndGoOnForQuiteAWhile",
        "en",
        "en",
        0,
        facts={"url": "https://reader:secret@long.example/private/feed.xml?key=0123456789abcdef"},
    ),
)
#: Whose articles lie in the seeds directory.
ARCHIVE = Paper("jiyi", "旧时记忆档案", "zh-Hans", "memory", 5, hours=19, since=12)


def find_state(paper: Paper, now: datetime) -> SourceState:
    """Return what its last polls left behind."""
    last = now - timedelta(minutes=24)
    newest = now - timedelta(hours=paper.since)
    well = SourceState(
        next_poll=last + EVERY,
        rule=RULE,
        last_poll=last,
        last_success=last,
        first_success=now - timedelta(days=400),
        newest=newest,
        rhythm=int(paper.hours * 3600),
        health="healthy",
        health_since=now - timedelta(days=40),
    )
    return _BECOME[paper.course](well, paper, now) if paper.course in _BECOME else well


def _fail(well: SourceState, paper: Paper, now: datetime) -> SourceState:
    since = now - timedelta(days=4, hours=3)
    rule = "after 23 failures in a row: in 24 hours, the longest wait"
    failing = replace(well, failures=23, failing_since=since, last_error=TIMEOUT, health="failing")
    return replace(
        failing, next_poll=now + timedelta(hours=19), rule=rule, last_success=since, health_since=since
    )


def _never(well: SourceState, paper: Paper, now: datetime) -> SourceState:
    failing = _fail(well, paper, now)
    return replace(failing, last_success=None, first_success=None, newest=None, last_error=NOT_FOUND)


def _hold(well: SourceState, paper: Paper, now: datetime) -> SourceState:
    until = now + timedelta(hours=5)
    return replace(well, retry_after=until, next_poll=until, rule="the server asks to wait (Retry-After)")


def _move(well: SourceState, paper: Paper, now: datetime) -> SourceState:
    return replace(well, moved=now - timedelta(days=2), previous_url="https://old.machines.example/rss")


def _offer(well: SourceState, paper: Paper, now: datetime) -> SourceState:
    return replace(well, offers=("https://lighthouse.example/logbook.atom",), next_poll=None, rule=None)


_BECOME = {
    "failing": _fail,
    "never": _never,
    "held": _hold,
    "moved": _move,
    "gone": _offer,
    "new": lambda well, paper, now: SourceState(),
    "quiet": lambda well, paper, now: replace(well, rule="every 12 hours: it has posted nothing for 16 days"),
}


def list_polls(paper: Paper, now: datetime) -> Iterator[PollOutcome]:
    """Yield the record of its polls, the oldest first."""
    if paper.course == "new":
        return
    state = find_state(paper, now)
    for number in range(POLLS - 1, -1, -1):
        started = now - timedelta(minutes=24) - number * EVERY
        kind = _find_kind(paper, number)
        yield PollOutcome(
            kind=kind,
            started=started,
            ended=started + timedelta(milliseconds=180 + number * 37 % 900),
            new=number % 3 + 1 if kind == "changed" else 0,
            modified=number % 11 == 0 if kind == "changed" else 0,
            error=_explain(paper, kind),
            status={"changed": 200, "unchanged": 304}.get(kind),
            size=41_200 + number * 113 if kind == "changed" else 0,
            next_poll=state.next_poll if number == 0 else started + EVERY,
            rule=state.rule if number == 0 else RULE,
        )


def _find_kind(paper: Paper, number: int) -> OutcomeKind:
    if paper.course == "never" or (paper.course in ("failing", "gone") and number < 23):
        return "failed"
    if paper.course == "held" and number < 4:
        return "held"
    if number in (17, 31) and paper.place != "hean":
        return "failed"
    return "changed" if number % 5 == 0 and paper.course != "quiet" else "unchanged"


def _explain(paper: Paper, kind: OutcomeKind) -> str | None:
    if kind == "held":
        return "the publisher asks to wait"
    if kind == "failed":
        return NOT_FOUND if paper.course in ("never", "gone") else TIMEOUT
    return None
