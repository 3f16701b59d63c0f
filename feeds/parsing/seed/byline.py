"""Who wrote a seed document and when, as its body says: one function for each form of `BylineForm`.

A form either fits, then what it read is cut out of the body where it is a header, or it returns None and has
touched nothing. No form guesses: where a name cannot be told from what surrounds it there is no author.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from feeds.parsing.publishers import BylineForm, Publisher
from feeds.parsing.seed.card import read_card
from feeds.parsing.seed.stated import NO_TIMES, SEPARATORS, Stated, split_names, state
from feeds.parsing.seed.tree import (
    Element,
    drop,
    first_element,
    has_own_text,
    last_paragraphs,
    lines_of,
    text_of,
)
from feeds.text.characters import strip_illegal

HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")


def take_byline(body: Element, publisher: Publisher) -> Stated:
    """Return what the body states, by the publisher's forms and the general one; cut the header out."""
    found: dict[BylineForm, Stated] = {}
    for form in (*publisher.bylines, "block"):
        stated = FORMS[form](body, publisher)
        if stated is not None:
            found[form] = stated
    dated = next((stated for stated in found.values() if stated.time), Stated())
    return Stated(
        authors=next((stated.authors for stated in found.values() if stated.authors), ()),
        time=dated.time,
        is_day=dated.is_day,
        rights=next((stated.rights for stated in found.values() if stated.rights), None),
        topics=tuple(topic for stated in found.values() for topic in stated.topics),
        forms=tuple(found),
    )


def read_block(body: Element, publisher: Publisher) -> Stated | None:
    """`<div><i>NAMES<br>TIME</i></div>`, the header of the mirror; either part may be missing."""
    header = first_element(body)
    if header is None or header.tag != "div" or has_own_text(header):
        return None
    if [child.tag for child in header] != ["i"] or any(child.tag != "br" for child in header[0]):
        return None
    *names, written = lines_of(header[0])
    stated = state(written, publisher, tuple(names))
    is_time = stated.time is not None and ":" in written
    if not is_time and written.lower() not in NO_TIMES:
        return None
    drop(header)
    return stated


def read_address(body: Element, publisher: Publisher) -> Stated | None:
    """`<address>NAMES</address><time pudate="LOCAL TIME">`, either of them missing."""
    opening = [child for child in islice(body, 2) if child.tag in ("address", "time")]
    if not opening or opening[0] is not first_element(body):
        return None
    names = [text_of(child) for child in opening if child.tag == "address"]
    times = [child.get("pudate") or child.get("datetime") for child in opening if child.tag == "time"]
    for child in opening:
        drop(child)
    return state(next(filter(None, times), ""), publisher, tuple(names))


def read_clock(body: Element, publisher: Publisher) -> Stated | None:
    """`<div>13/05/2021 - 00:02</div>`, and the word `Array` that a fault of the site leaves behind it."""
    header = first_element(body)
    if header is None or header.tag != "div" or len(header):
        return None
    stated = state(text_of(header), publisher)
    if stated.time is None:
        return None
    if header.tail and header.tail.strip().startswith("Array"):
        header.tail = strip_illegal(header.tail.replace("Array", "", 1))
    drop(header)
    return stated


def read_headline(body: Element, publisher: Publisher) -> Stated | None:
    """A headline, a list of names and the desk, and a `<time>` that gives the day, above all paragraphs."""
    header: dict[str, Element] = {}
    for element in body.iter("h1", "ul", "time", "p"):
        if element.tag == "p" or "time" in header:
            break
        if element.tag != "ul" or (element.get("role") == "list" and element.find(".//a") is None):
            header.setdefault(element.tag, element)
    if "time" not in header:
        return None
    names = [text_of(line) for line in header["ul"].iter("li")][:1] if "ul" in header else []
    for element in header.values():
        drop(element)
    return state(header["time"].get("datetime", ""), publisher, tuple(names))


def read_issue(body: Element, publisher: Publisher) -> Stated | None:
    """`<aside>` with the `<time>` of the issue, and a byline or a `<meta itemprop="author">`."""
    for aside in body.iterchildren("aside"):
        issue = aside.find(".//time")
        if issue is None:
            continue
        stated = {part.get("itemprop"): part.get("content") or text_of(part) for part in aside.iter()}
        drop(aside)
        name = stated.get("byline") or stated.get("author") or ""
        return state(issue.get("datetime", ""), publisher, (name,))
    return None


CREDIT = re.compile(
    r"(?:^|[\s(（。！？])(?:记者|記者)\s*[:：]\s*(?P<names>[^:：]{1,60}?)\s*"
    r"(?:责编|責編|责任编辑|責任編輯|网编|網編)\s*[:：]"
)


def read_closing(body: Element, publisher: Publisher) -> Stated | None:
    """`记者：NAMES  责编：NAME` in the last paragraph, which stays; names stand between spaces."""
    text = next((text for _, text in last_paragraphs(body)), "")
    credit = CREDIT.search(text)
    if not credit:
        return None
    parts = [part.strip() for part in SEPARATORS.split(credit["names"])]
    names = [name for part in parts for name in (part.split() if HAN_NAME.match(part) else (part,))]
    return Stated(split_names(*names))


#: Where agencies of Taiwan write from: the name of the author ends before one of these.
PLACES = (
    "台北|臺北|新北|基隆|桃園|新竹|苗栗|台中|臺中|彰化|南投|雲林|嘉義|台南|臺南|高雄|屏東|宜蘭|花蓮|台東|臺東|澎湖|金門|馬祖|連江"
    "|北京|上海|香港|澳門|東京|首爾|新加坡|曼谷|河內|雅加達|吉隆坡|馬尼拉|新德里|雪梨|伊斯坦堡|耶路撒冷|特拉維夫|莫斯科|華沙|柏林|維也納"
    "|日內瓦|布魯塞爾|巴黎|倫敦|羅馬|馬德里|紐約|華盛頓|洛杉磯|舊金山|芝加哥|休士頓|溫哥華|多倫多|聖保羅"
)
DATELINE = re.compile(rf"（中央社記者(?P<names>[^（）\d]{{2,40}}?)(?:{PLACES})\d{{1,2}}日(?:專)?電）")
#: The day of writing after the last bracket, its year counted from 1911: 1090804.
DAY_CODE = re.compile(r"[）)](?P<year>1\d\d)(?P<month>\d\d)(?P<day>\d\d)$")


def read_dateline(body: Element, publisher: Publisher) -> Stated | None:
    """`（中央社記者NAMES PLACE 4日電）` opens the text, `（編輯：NAME）1090804` ends it; both stay."""
    paragraphs = [text for _, text in last_paragraphs(body)]
    opening = DATELINE.match(paragraphs[-1]) if paragraphs else None
    names = SEPARATORS.split(opening["names"]) if opening else []
    if not all(HAN_NAME.fullmatch(name) for name in names):
        names = []
    code = next(filter(None, map(DAY_CODE.search, paragraphs)), None)
    written = f"{int(code['year']) + 1911}-{code['month']}-{code['day']}" if code else ""
    return state(written, publisher, tuple(names))


FORMS: dict[BylineForm, Callable[[Element, Publisher], Stated | None]] = {
    "block": read_block,
    "address": read_address,
    "clock": read_clock,
    "headline": read_headline,
    "issue": read_issue,
    "closing": read_closing,
    "dateline": read_dateline,
    "card": read_card,
}
