"""The card that China Digital Times puts on the texts of others which it archives."""

from __future__ import annotations

import re
from dataclasses import replace

from feeds.parsing.publishers import Publisher
from feeds.parsing.seed.stated import Stated, split_names, state
from feeds.parsing.seed.tree import Element, drop, has_own_text, text_of
from feeds.text.characters import collapse

#: The head of the card that China Digital Times puts on texts of others, and what its lines say.
CARD = re.compile(r"CDT\s*(?:档案卡|檔案卡)")
CARD_LINE = re.compile(r"(?P<label>[^:：]{2,8})\s*[:：]\s*(?P<value>.*)")
CARD_LABELS = {
    "标题": "title", "標題": "title", "作者": "authors", "发表日期": "time", "發表日期": "time",
    "来源": "source", "來源": "source", "主题归类": "topics", "主題歸類": "topics", "版权说明": "rights",
    "版權說明": "rights",
}  # fmt: skip
#: Characters; a box that is longer holds more than the card.
CARD_LENGTH = 1500
CARD_DATE = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")
TOPIC_SEPARATORS = re.compile(r"[,，、/|｜;；]|\s{2,}")
NOBODY = frozenset({"无", "無", "不详", "不詳", "佚名", "匿名"})


def read_card(body: Element, publisher: Publisher) -> Stated | None:
    """The card of an archived text, a label and a value on each line: author, day, topics, rights."""
    box = _find_card(body)
    if box is None:
        return None
    stated: dict[str, str] = {}
    for line in _lines_within(box):
        found = CARD_LINE.match(line)
        if found and found["label"].strip() in CARD_LABELS:
            stated.setdefault(CARD_LABELS[found["label"].strip()], found["value"].strip())
    date = CARD_DATE.search(stated.get("time", ""))
    topics = map(str.strip, TOPIC_SEPARATORS.split(stated.get("topics", "")))
    names = split_names(stated.get("authors", ""))
    drop(_find_outermost(box))
    day = "-".join(date.groups()) if date else ""
    return replace(
        state(day, publisher, tuple(name for name in names if name not in NOBODY)),
        rights=stated.get("rights") or None,
        topics=tuple(dict.fromkeys(filter(None, topics))),
    )


def _find_card(body: Element) -> Element | None:
    """The smallest box around the head of a card that holds its lines too."""
    for element in body.iter("p", "div", "blockquote", "strong", "b", "h1", "h2", "h3", "h4", "span"):
        if not CARD.match(collapse(element.text or "")):
            continue
        for box in (element, *element.iterancestors()):
            if box is body or len(text_of(box)) > CARD_LENGTH:
                break
            labels = [line.partition("：")[0].partition(":")[0].strip() for line in _lines_within(box)]
            if sum(label in CARD_LABELS for label in labels) >= FEWEST_LABELS:
                return box
    return None


def _find_outermost(box: Element) -> Element:
    """The outermost element that holds nothing but the box."""
    outer = box.getparent()
    while outer is not None and outer.tag != "body" and len(outer) == 1 and not has_own_text(outer):
        box, outer = outer, outer.getparent()
    return box


FEWEST_LABELS = 2
BLOCKS = frozenset({"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "tr"})


def _lines_within(box: Element) -> list[str]:
    """The text of a box, a line for each `<br>` and each block in it."""
    lines = [""]

    def walk(element: Element) -> None:
        if element.tag == "br" or element.tag in BLOCKS:
            lines.append("")
        lines[-1] += str(element.text or "")
        for child in element:
            walk(child)
            if child.tag in BLOCKS:
                lines.append("")
            lines[-1] += str(child.tail or "")

    walk(box)
    return [line for line in map(collapse, lines) if line]
