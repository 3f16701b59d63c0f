"""What sanitizing costs beside the library it is built on.

    python -m benchmarks.sanitizing [FOLDER]

Every body of the feeds in FOLDER is sanitized, and cleaned once by nh3 with the same lists, by turns. Printed
are the medians in milliseconds and their ratio: what is more than nh3's own time goes into absolute
addresses, embeds, limits, and the proof that the result stays as it is when it is sanitized again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import nh3

from benchmarks.corpus import FEEDS, read_feeds
from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import parse
from feeds.text.markup import allowed, escape_text, plain_text, sanitize, text_sample

BASE = "https://a.example/feed"
ROUNDS = 25


def read_bodies(folder: Path) -> list[str]:
    """Return what the entries of all readable feeds in `folder` say, as HTML."""
    bodies = []
    for name, body in read_feeds(folder).items():
        try:
            feed = parse(Document(BASE, body))
        except ParseError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        texts = (text for entry in feed.entries for text in (entry.summary, entry.content) if text)
        bodies += [text.value if text.kind == "html" else escape_text(text.value) for text in texts]
    return bodies


def measure(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median time of each task in milliseconds, all run by turns."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = perf_counter()
            task()
            times[name].append((perf_counter() - start) * 1000)
    return {name: median(values) for name, values in times.items()}


def for_each(task: Callable[[str], object], texts: list[str]) -> Callable[[], object]:
    return lambda: [task(text) for text in texts]


def main(folder: Path) -> None:
    bodies = read_bodies(folder)
    safe = [sanitize(body, BASE) for body in bodies]
    nh3_alone = nh3.Cleaner(
        tags=set(allowed.TAGS),
        clean_content_tags=set(allowed.DROPPED),
        attributes=allowed.ATTRIBUTES,
        url_schemes=set(allowed.SCHEMES),
        link_rel=allowed.LINK_REL,
    ).clean
    times = measure(
        {
            "nh3 alone": for_each(nh3_alone, bodies),
            "sanitize": for_each(partial(sanitize, base=BASE), bodies),
            "plain_text of what is safe": for_each(plain_text, safe),
            "text_sample of 1000 characters": for_each(partial(text_sample, limit=1000), safe),
        }
    )
    print(f"{len(bodies)} bodies, {sum(map(len, bodies)):,} characters")
    for name, time in times.items():
        print(f"{time:8.1f} ms  {time / times['nh3 alone']:5.2f} x nh3  {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FEEDS)
