"""Charts no larger than a word: how a source's last polls ended, and how much it posted, beside its name.

A page has a hundred of each. So one is a path for each kind of bar, it says in words what it shows, and it is
written here: by a template a page would take half as long again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from markupsafe import Markup, escape

from feeds.model import OutcomeKind

POLLS = 20  # in a row
DAYS = 30  # in a row
KINDS: tuple[OutcomeKind, ...] = get_args(OutcomeKind)

STEP = 4  # from a bar to the next; each is drawn as a line of three
HEIGHT = 16
LINE = 10  # of the polls: what was answered stands above it, what was not hangs below

#: How far a poll's bar reaches from the line, upwards or down.
REACH: dict[OutcomeKind, int] = {"changed": -9, "unchanged": -4, "failed": 6, "held": 3}


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of bars: (class, path) of the line they stand on, and of each kind of them."""

    box: str  #: what the picture shows of the plane
    paths: tuple[tuple[str, str], ...]
    told: str  #: how many there are of what

    def draw(self, label: str) -> Markup:
        """Return it as an element with this name for whoever does not see it."""
        paths = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in self.paths)
        named = f'viewBox="{self.box}" role="img" aria-label="{escape(label)}"'
        return Markup(f'<svg class="spark" {named}>{paths}</svg>')  # noqa: S704 - numbers and words of ours


def draw_polls(kinds: Sequence[OutcomeKind], words: Mapping[OutcomeKind, str]) -> Spark | None:
    """Return the spark of the last polls, given the latest last; None where there are none.

    `words` is what each way to end is called.
    """
    if not kinds:
        return None
    start = POLLS - len(kinds)  # the latest stands at the right, however few they are
    bars = dict.fromkeys(KINDS, "")
    for place, kind in enumerate(kinds, start):
        bars[kind] += f"M{place * STEP + 2} {LINE}v{REACH[kind]}"
    counts = Counter(kinds)
    told = ", ".join(f"{counts[kind]} {words[kind]}" for kind in KINDS if counts[kind])
    return _spark(POLLS, LINE, [item for item in bars.items() if item[1]], told)


@lru_cache(4096)  # of one source it is the same until it posts again
def draw_posts(counts: tuple[int, ...]) -> Spark:
    """Return the spark of entries a day, the latest last."""
    most = max(counts, default=0)
    path = ""
    for day, count in enumerate(counts):
        if count:
            path += f"M{day * STEP + 2} {HEIGHT}v-{max(round(HEIGHT * count / most), 1)}"
    return _spark(DAYS, HEIGHT, [("posts", path)] if path else [], str(most))


def _spark(bars: int, line: int, paths: Sequence[tuple[str, str]], told: str) -> Spark:
    width = bars * STEP
    return Spark(f"0 0 {width} {HEIGHT}", (("line", f"M0 {line}H{width}"), *paths), told)
