"""The card that China Digital Times puts on the texts of others which it archives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from feeds.parsing.publishers import Publisher
from feeds.parsing.seed.stated import Stated, split_names, state
from feeds.parsing.seed.tree import Element, Run, cut_run, text_lines, text_of, written_in
from feeds.text.characters import collapse

#: The head of the card, and what its lines say: a label and a value.
CARD = re.compile(r"CDT\s*(?:档案卡|檔案卡)\s*[:：]?")
CARD_LINE = re.compile(r"(?P<label>[^:：]{2,8}?)\s*[:：]\s*(?P<value>.*)")
CARD_LABELS = {
    "标题": "title", "標題": "title", "作者": "authors", "发表日期": "time", "發表日期": "time",
    "来源": "source", "來源": "source", "主题归类": "topics", "主題歸類": "topics", "版权说明": "rights",
    "版權說明": "rights", "CDS收藏": "collection", "CDT收藏": "collection",
}  # fmt: skip
FEWEST_LABELS = 2
CARD_DATE = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
TOPIC_SEPARATORS = re.compile(r"[,，、/|｜;；]|\s{2,}")
NOBODY = frozenset({"无", "無", "不详", "不詳", "佚名", "匿名"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card; a label may stand on a line of its own, above its value."""

    field: str
    value: str
    links: tuple[str, ...]  #: the texts of its links
    runs: tuple[Run, ...]


def read_card(body: Element, publisher: Publisher) -> Stated | None:
    """The card of an archived text, a label and a value on each line: author, day, topics, rights."""
    lines = text_lines(body)
    for number, line in enumerate(lines):
        if CARD.fullmatch(collapse(written_in(line))):
            card = {one.field: one for one in _read_lines(lines[number + 1 :])}
            if len(card) >= FEWEST_LABELS:
                for run in (line, *(run for one in card.values() for run in one.runs)):
                    cut_run(run, 0)
                return _state(card, publisher)
    return None


def _read_lines(lines: list[Run]) -> Iterator[Line]:
    """Yield the lines of the card; one that says nothing of it, or says it again, is behind its end."""
    seen: set[str] = set()
    rest = iter(lines)
    for line in rest:
        text = collapse(written_in(line))
        found = CARD_LINE.fullmatch(text)
        label, value = (found["label"], found["value"]) if found else (text, "")
        field = CARD_LABELS.get(label)
        if field is None or field in seen:
            return
        seen.add(field)
        runs = [line] if value else [line, *islice(rest, 1)]
        value = value or collapse(written_in(runs[-1]) if len(runs) > 1 else "")
        links = (slot.element for run in runs for slot in run if slot.place == "text")
        titles = (text_of(link) for link in links if link.tag == "a")
        yield Line(field, value, tuple(filter(None, titles)), tuple(runs))


def _state(card: dict[str, Line], publisher: Publisher) -> Stated:
    values = {field: line.value for field, line in card.items()}
    date = CARD_DATE.search(values.get("time", ""))
    names = (name.lstrip("@") for name in split_names(values.get("authors", "")))
    written = TOPIC_SEPARATORS.split(values.get("topics", ""))
    links = card["topics"].links if "topics" in card else ()
    topics = links if len(links) > len(written) else tuple(map(str.strip, written))
    return replace(
        state("-".join(date.groups()) if date else "", publisher, tuple(n for n in names if n not in NOBODY)),
        rights=values.get("rights") or None,
        topics=tuple(dict.fromkeys(filter(None, topics))),
    )
