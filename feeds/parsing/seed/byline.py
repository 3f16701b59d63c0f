"""Who wrote a seed document and when, as its body says: one function for each form of `BylineForm`.

A form either fits, then what it read is cut out of the body where it is a header, or it returns None and has
touched nothing. No form guesses: where a name cannot be told from what surrounds it there is no author.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from feeds.parsing.publishers import PUBLISHERS, BylineForm, Publisher
from feeds.parsing.seed.card import read_card
from feeds.parsing.seed.stated import FRENCH_TIME, NO_TIMES, SEPARATORS, Stated, split_names, state
from feeds.parsing.seed.tree import (
    Element,
    drop,
    first_element,
    has_own_text,
    last_paragraphs,
    lines_of,
    openings,
    text_of,
    text_runs,
)
from feeds.text.characters import is_blank, strip_illegal

HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")


#: What is tried for every publisher, after its own forms.
GENERAL: tuple[BylineForm, ...] = ("block", "page")


def take_byline(body: Element, publisher: Publisher) -> Stated:
    """Return what the body states, by the publisher's forms and the general ones; cut the header out."""
    found: dict[BylineForm, Stated] = {}
    for form in (*publisher.bylines, *GENERAL):
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


#: What may stand in the header of the mirror.
INLINE = frozenset({"a", "b", "br", "font", "span", "strong"})


def read_block(body: Element, publisher: Publisher) -> Stated | None:
    """`<div><i>NAMES<br>TIME</i></div>`, the header of the mirror; either part may be missing."""
    for header in openings(body):
        if header.tag != "div" or has_own_text(header) or [child.tag for child in header] != ["i"]:
            continue
        if any(child.tag not in INLINE for child in header[0]):
            continue
        *names, written = lines_of(header[0])
        stated = state(written, publisher, tuple(names))
        is_time = stated.time is not None and ":" in written
        # Without a time a header is told by its publisher's habit, or by its emptiness.
        is_bare = written.lower() in NO_TIMES and (publisher in PUBLISHERS or not any(names))
        if is_time or is_bare:
            drop(header)
            return stated
    return None


#: Classes of an author's name in the header of a page.
AUTHOR_NAMES = frozenset({"author", "author-name", "byline", "entry-author", "post-author"})


def read_page(body: Element, publisher: Publisher) -> Stated | None:
    """`<article><header>` with title, `<time datetime>` and author: a page that was archived as it was."""
    header = body.find(".//article//header")
    written = header.find(".//time[@datetime]") if header is not None else None
    if header is None or written is None:
        return None
    named = (
        one
        for one in header.iterdescendants()
        if one.get("rel") == "author" or not AUTHOR_NAMES.isdisjoint(one.get("class", "").split())
    )
    names = next(filter(None, map(text_of, named)), "")
    for child in header:  # a picture or a lead in it is the article's
        if child.find(".//img") is None and child.tag not in ("img", "figure", "p"):
            drop(child)
    return state(written.get("datetime", ""), publisher, (names,))


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


#: What a fault of a site's program writes for a list of names.
LEAK = "Array"


def read_clock(body: Element, publisher: Publisher) -> Stated | None:
    """`<div>13/05/2021 - 00:02</div>`, and the word `Array` that a fault of the site leaves behind it."""
    header = first_element(body)
    if header is None or header.tag != "div" or len(header) or not FRENCH_TIME.fullmatch(text_of(header)):
        return None
    for run in text_runs(body)[1:2]:
        slot = next(slot for slot in run if not is_blank(slot.written))
        if slot.written.lstrip().startswith(LEAK):
            slot.write(strip_illegal(slot.written.replace(LEAK, "", 1)))
    drop(header)
    return state(text_of(header), publisher)


def read_headline(body: Element, publisher: Publisher) -> Stated | None:
    """A headline, a list of names and the desk, and a `<time>` that gives the day, above all paragraphs."""
    header: dict[str, Element] = {}
    for element in body.iter("h1", "ul", "time", "p"):
        if "time" in header or (element.tag == "p" and not _is_about_a_picture(element)):
            break
        is_list = element.tag == "ul" and element.get("role") == "list" and element.find(".//a") is None
        if is_list or element.tag in ("h1", "time"):
            header.setdefault(element.tag, element)
    if "time" not in header:
        return None
    lines = [text_of(line) for line in header["ul"].iter("li")] if "ul" in header else []
    for element in header.values():
        drop(_find_section(element) if element.tag == "ul" else element)
    names = [line for line in lines if line.startswith("作者")] or lines[:1]
    return state(header["time"].get("datetime", ""), publisher, tuple(names))


def _is_about_a_picture(paragraph: Element) -> bool:
    return (
        paragraph.get("data-testid") == "caption-paragraph"
        or next(paragraph.iterancestors("figure"), None) is not None
        or text_of(paragraph).startswith(("图像来源", "圖像來源", "图像加注文字", "圖像加註文字"))
    )


def _find_section(names: Element) -> Element:
    """The section that holds the list of names and a heading for it, where there is one; else the list."""
    section = names.getparent()
    if section is None or section.tag != "section" or section.find(".//p") is not None:
        return names
    return section


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


#: Cities that reporters write from, as both scripts write them.
CITIES = (
    "北京|上海|广州|香港|台北|臺北|澳门|澳門|东京|東京|首尔|首爾|新加坡|曼谷|河内|雅加达|吉隆坡|马尼拉|新德里|悉尼|墨尔本|莫斯科|柏林|日内瓦"
    "|布鲁塞尔|巴黎|伦敦|罗马|马德里|纽约|华盛顿|華盛頓|洛杉矶|旧金山|舊金山|芝加哥|波士顿|休斯顿|西雅图|温哥华|多伦多|渥太华"
)
#: Who is named behind the reporters.
STAFF = re.compile(r"(?:责编|責編|责任编辑|責任編輯|编辑|編輯|网编|網編)\s*[:：]")
#: What stands before the names, and whether they are announced or only said to report.
REPORTER = re.compile(r"(?P<before>.*)(?:记者|記者)(?P<colon>\s*[:：]|)(?P<names>[^:：。！？]{2,60})")
SENTENCE = re.compile(r"[\s（(。！？]")
#: Somebody speaks to a reporter.
SPEAKING = re.compile(r"(?:告[诉訴]|[对對向问問])$")
LONGEST_OFFICE = 12  # characters that tell what sort of reporter it is
REPORT = re.compile(rf"(?:\s*(?:{CITIES}))?\s*(?:综合)?(?:报道|报导|報道|報導)$")
LATIN_NAME = re.compile(r"[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){1,2}")


def read_closing(body: Element, publisher: Publisher) -> Stated | None:
    """`记者：NAMES  责编：NAME` in the last paragraph, which stays; names stand between spaces.

    Who else is named there, or a question that a reporter asks, is no author.
    """
    texts = [text for _, text in last_paragraphs(body)]
    if not texts:
        return None
    credit, *staff = STAFF.split(texts[0], maxsplit=1)
    reporter = REPORTER.fullmatch(credit.strip("（）() "))
    if reporter is None:
        return None
    office = SENTENCE.split(reporter["before"])[-1]
    is_credit = bool(reporter["colon"]) or REPORT.search(reporter["names"]) is not None
    is_alone = bool(staff) or (office == reporter["before"] and not _is_transcript(texts))
    if not is_credit or not is_alone or len(office) > LONGEST_OFFICE or SPEAKING.search(office):
        return None
    parts = re.split(r"\s*[,，、;；/]\s*", REPORT.sub("", reporter["names"].strip("；; ")).strip())
    names = [name for part in parts for name in (part.split() if HAN_NAME.match(part) else [part])]
    is_sure = all(HAN_NAME.fullmatch(name) or LATIN_NAME.fullmatch(name) for name in names)
    return Stated(split_names(*names)) if is_sure else None


def _is_transcript(texts: list[str]) -> bool:
    """Whether a reporter asks questions in it, each introduced like a credit."""
    return sum(text.startswith(("记者：", "記者：", "记者:", "記者:")) for text in texts) > 1


#: Where agencies of Taiwan write from: the name of the author ends before one of these.
PLACES = (
    "台北|臺北|新北|基隆|桃園|新竹|苗栗|台中|臺中|彰化|南投|雲林|嘉義|台南|臺南|高雄|屏東|宜蘭|花蓮|台東|臺東|澎湖|金門|馬祖|連江"
    "|北京|上海|廣州|深圳|香港|澳門|東京|大阪|首爾|新加坡|曼谷|河內|胡志明市|雅加達|吉隆坡|馬尼拉|新德里|雪梨|坎培拉|威靈頓|安卡拉|伊斯坦堡"
    "|耶路撒冷|特拉維夫|開羅|杜拜|莫斯科|基輔|華沙|布拉格|維爾紐斯|柏林|法蘭克福|維也納|日內瓦|布魯塞爾|巴黎|倫敦|羅馬|馬德里|斯德哥爾摩|紐約"
    "|華盛頓|洛杉磯|舊金山|芝加哥|波士頓|西雅圖|休士頓|溫哥華|多倫多|渥太華|聖保羅|墨西哥城"
)
PLACE = rf"(?:{PLACES})(?:縣|市|機場)?"
DATELINE = re.compile(
    rf"[（(]中央社記者\s*(?P<names>[^（）()\d]{{2,40}}?)\s*{PLACE}(?:/{PLACE})*\s*\d{{1,2}}日(?:專|綜合外)?電[）)]"
)
#: Two names of three characters each, written as one.
TWO_NAMES = re.compile(r"([\u3400-\u9fff]{3})([\u3400-\u9fff]{3})")
#: The day of writing after the last bracket, its year counted from 1911: 1090804.
DAY_CODE = re.compile(r"[）)](?P<year>1\d\d)(?P<month>\d\d)(?P<day>\d\d)$")


def read_dateline(body: Element, publisher: Publisher) -> Stated | None:
    """`（中央社記者NAMES PLACE 4日電）` opens the text, `（編輯：NAME）1090804` ends it; both stay."""
    paragraphs = [text for _, text in last_paragraphs(body)]
    opening = DATELINE.match(paragraphs[-1]) if paragraphs else None
    names = SEPARATORS.split(TWO_NAMES.sub(r"\1、\2", opening["names"])) if opening else []
    if not all(HAN_NAME.fullmatch(name) for name in names):
        names = []
    code = next(filter(None, map(DAY_CODE.search, paragraphs)), None)
    written = f"{int(code['year']) + 1911}-{code['month']}-{code['day']}" if code else ""
    return state(written, publisher, tuple(names))


FORMS: dict[BylineForm, Callable[[Element, Publisher], Stated | None]] = {
    "block": read_block,
    "page": read_page,
    "address": read_address,
    "clock": read_clock,
    "headline": read_headline,
    "issue": read_issue,
    "closing": read_closing,
    "dateline": read_dateline,
    "card": read_card,
}
