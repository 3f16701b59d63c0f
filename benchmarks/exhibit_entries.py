"""The invented entries of `benchmarks.exhibit`: ordinary ones by the dozen, and one of every odd kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from benchmarks.exhibit_papers import Paper
from benchmarks.exhibit_texts import (
    AGAIN,
    AUTHORS,
    CATEGORIES,
    LONG_BODY,
    LONG_HAN,
    LONG_WORD,
    SENTENCES,
    TITLES,
    TWINS,
)
from feeds.model import Enclosure, Entry, Origin, Person
from feeds.text.markup import sanitize

SIZES = ("1200x675", "800x600", "640x640", "600x900")


class Odd(NamedTuple):
    """An entry that is there for one thing that is odd about it."""

    name: str
    place: str  #: of its paper
    hours: float  #: ago
    facts: dict[str, Any]


def write_entries(paper: Paper, at: str, now: datetime) -> Iterator[Entry]:
    """Yield what a paper has brought by itself; `at` is where pictures are."""
    for number in range(paper.count):
        hours = paper.since + number * paper.hours * (0.7 + number * 29 % 60 / 100)
        yield _write(paper, number, at, now - timedelta(hours=hours))


def _write(paper: Paper, number: int, at: str, published: datetime) -> Entry:
    chance = random.Random(f"{paper.place} {number}")
    titles = TITLES[paper.titles]
    again = AGAIN[paper.language] * (number // len(titles))
    kind = paper.titles if paper.titles in SENTENCES else paper.language
    image = _find_picture(paper, number, at)
    link = f"{paper.link}{published:%Y/%m/%d}/{number}"
    return Entry(
        id=link,
        link=link,
        title=None if paper.titles == "weather" and number % 3 == 2 else titles[number % len(titles)] + again,
        authors=tuple(Person(name) for name in AUTHORS[kind][number % 3 : number % 3 + 1]),
        published=published,
        updated=published + timedelta(hours=2) if number % 6 == 4 else None,
        summary=_tell(paper, chance, 1) if number % 4 == 2 else None,
        content=None if number % 13 == 5 else _write_body(paper, chance, image if number % 7 == 3 else None),
        enclosures=_attach(paper, number),
        categories=CATEGORIES[kind][number % 3 :],
        language=paper.language,
        image=image,
    )


def _find_picture(paper: Paper, number: int, at: str) -> str | None:
    if number % 3 != 1 or paper.titles == "weather":
        return None
    kind = "svg" if number % 2 else "png"
    return f"{at}/{SIZES[number % len(SIZES)]}/{paper.place}-{number}.{kind}"


def _attach(paper: Paper, number: int) -> tuple[Enclosure, ...]:
    if paper.titles != "code" or number % 4:
        return ()
    return (Enclosure(f"{paper.link}{number}.mp3", "audio/mpeg", 18_345_221),)


def _write_body(paper: Paper, chance: random.Random, picture: str | None) -> str:
    figure = f'<figure><img src="{picture}" alt=""><figcaption>{paper.name}</figcaption></figure>'
    paragraphs = (_tell(paper, chance, chance.randint(1, 4)) for _ in range(chance.randint(1, 5)))
    return sanitize((figure if picture else "") + "".join(paragraphs), paper.link)


def _tell(paper: Paper, chance: random.Random, length: int) -> str:
    sentences = SENTENCES.get(paper.titles) or SENTENCES[paper.language]
    between = "" if paper.language in ("zh-Hans", "zh-Hant", "ja") else " "
    return f"<p>{between.join(chance.sample(sentences, min(length, len(sentences))))}</p>"


def list_odd(at: str) -> Iterator[Odd]:
    """Yield the odd ones."""
    body = sanitize(LONG_BODY.format(*SENTENCES["en"], at=at), "https://harbour.example/")
    yield Odd("long", "harbour", 2.2, _list_everything(at) | {"content": body})
    yield Odd("long title", "hean", 1.4, {"title": LONG_HAN[:500], "image": f"{at}/800x600/title.png"})
    yield Odd("long word", "harbour", 4.1, {"title": LONG_WORD[:500]})
    yield Odd("untitled", "machines", 5.5, {"title": None, "image": f"{at}/600x900/untitled.png"})
    yield Odd("empty", "machines", 6.5, {"title": None, "content": None})
    yield Odd("lost picture", "harbour", 7.5, {"title": "A picture is lost", "image": f"{at}/nothing.png"})
    yield Odd("undated", "mina", 26, {"title": "بلا تاريخ", "published": None})
    yield Odd("corrected", "harbour", 30, {"title": "Nine boats are missing after the fog"})
    yield Odd("withdrawn", "harbour", 40, {"title": "A report that was wrong"})
    yield Odd("deleted", "hean", 42, {"title": "一则有误的报道"})
    yield Odd("quarantined", "haixia", 12, {"title": "一篇無法呈現的稿件"})
    for number, (place, title) in enumerate(TWINS):
        facts = {"title": title, "image": f"{at}/1200x675/bridge-{place}.svg"}
        yield Odd(f"twin {number}", place, 10 + number * 1.5, facts)


def _list_everything(at: str) -> dict[str, Any]:
    return {
        "title": "Everything that a body may hold, on one page",
        "authors": (Person("Edith Marlowe"), Person("Tom Quay", "tom@harbour.example")),
        "image": f"{at}/1200x675/everything.svg",
        "comments": "https://harbour.example/everything#comments",
        "rights": "© Edith Marlowe and Tom Quay",
        "origin": Origin(
            "The Upper Harbour Ledger", "https://upper.example/feed.xml", "https://upper.example/"
        ),
        "enclosures": (
            Enclosure("https://harbour.example/everything.mp3", "audio/mpeg", 31_337_000),
            Enclosure("https://harbour.example/everything.pdf", "application/pdf", 812_000),
        ),
    }


def write_odd(odd: Odd, paper: Paper, now: datetime) -> Entry:
    """Return the entry."""
    chance = random.Random(odd.name)
    link = f"{paper.link}odd/{odd.name.replace(' ', '-')}"
    published = now - timedelta(hours=odd.hours)
    plain = Entry(id=link, link=link, published=published, language=paper.language)
    told = {"content": _write_body(paper, chance, None), "categories": CATEGORIES[paper.language]}
    return replace(plain, **(told | odd.facts))


def correct(entry: Entry, number: int) -> Entry:
    """Return a later version of an entry, the first correction or the second."""
    title = ("Three boats are missing after the fog", "All boats are back after the fog")[number - 1]
    text = (
        "<p>Three boats, not nine, did not come back on Tuesday evening.</p>",
        "<p>The three boats that did not come back on Tuesday evening had moored at the island.</p>",
    )[number - 1]
    assert entry.published is not None
    return replace(entry, title=title, content=text, updated=entry.published + number * timedelta(hours=3))
