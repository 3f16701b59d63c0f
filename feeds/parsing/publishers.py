"""What is known of each publisher of seed documents, as one table; a later finding is a row or field here.

Only its own documents are read by a row. A publisher that is not in the table is read by the general rules,
which are the defaults of `Publisher` and the tables of addresses at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

#: Where a body says who wrote it and when; each form is read by the function of `seed.byline` with its name.
BylineForm = Literal["block", "page", "address", "clock", "headline", "issue", "closing", "dateline", "card"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """How one publisher writes."""

    host: str  #: of its home page, without `www.`
    name: str  #: as it calls itself
    other_hosts: tuple[str, ...] = ()
    title_suffixes: tuple[str, ...] = ()  #: cut from titles
    bylines: tuple[BylineForm, ...] = ()  #: tried before the general form
    zone: str = "UTC"  #: of the times in its bodies that name none
    rights: str | None = None  #: a regular expression that the paragraph with the copyright starts with
    captions: frozenset[str] = frozenset()  #: classes of the captions that follow their image
    captions_in_alt: bool = False  #: the names of its images are their captions
    noise: frozenset[str] = frozenset()  #: ids and classes of boxes that are no part of the article


PUBLISHERS = (
    Publisher(
        "dw.com",
        "德国之声",
        rights=r"©\ufe0f?\s*\d{4}\s*年?\s*(?:德国之声|德國之聲)",
    ),
    Publisher("cn.nytimes.com", "纽约时报中文网", bylines=("address",), zone="Asia/Shanghai"),
    Publisher("cn.reuters.com", "路透中文网", title_suffixes=(" | 路透",)),
    Publisher("voachinese.com", "美国之音"),
    Publisher(
        "rfi.fr",
        "法国国际广播电台",
        title_suffixes=(" – 法国国际广播电台 - RFI",),
        bylines=("clock",),
        zone="Europe/Paris",
    ),
    Publisher("bbc.com", "BBC News 中文", bylines=("headline",)),
    Publisher("cn.ft.com", "FT中文网", other_hosts=("ftchinese.com",)),
    Publisher("economist.com", "The Economist", bylines=("issue",)),
    Publisher("rfa.org", "自由亚洲电台", bylines=("closing",), noise=frozenset({"zoomattribute"})),
    Publisher("cna.com.tw", "中央社", bylines=("dateline",), captions=frozenset({"picinfo"})),
    Publisher("rti.org.tw", "中央廣播電臺", captions_in_alt=True),
    Publisher("epochtimes.com", "大纪元"),
    Publisher(
        "zaobao.com",
        "联合早报",
        other_hosts=("zaobao.com.sg",),
        noise=frozenset({"imu", "dfp-tag-wrapper"}),
    ),
    Publisher("solidot.org", "Solidot"),
    Publisher("chinadigitaltimes.net", "中国数字时代", bylines=("card",), zone="Asia/Shanghai"),
    Publisher("zh.bitterwinter.org", "寒冬"),
    Publisher("wqw2010.blogspot.com", "维权网"),
    Publisher("nei.st", "Nei.st"),
    Publisher("iyouport.org", "iYouPort"),
    Publisher("youtube.com", "YouTube", other_hosts=("youtu.be",)),
)

_BY_HOST = {host: publisher for publisher in PUBLISHERS for host in (publisher.host, *publisher.other_hosts)}


def find_publisher(host: str) -> Publisher | None:
    """The row of `host` or of the domain it lies in; `host` as `find_host` gives it."""
    labels = host.split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((_BY_HOST[domain] for domain in domains if domain in _BY_HOST), None)


def publisher_of(host: str) -> Publisher:
    """The row of `host`, or the general rules under its own name."""
    return find_publisher(host) or Publisher(host, host)


#: The beginning of an address that only a mirror or a program can use, and what the public one has there. The
#: hosts are named in full, so the table holds for every publisher.
REWRITES = (
    (re.compile(r"\A(?:https?:)?//images\.weserv\.nl/?\?url=(?:https?:)?(?://)?(?=.)"), "https://"),
    (re.compile(r"\A(?:https?:)?//images\.weserv\.nl/?(?:\?url=)?$"), ""),
    (re.compile(r"\A(?:https?:)?//thumbor\.ftacademy\.cn/unsafe/[^/]+/(?=https?://)"), ""),
    (re.compile(r"\Ahttps?://api\.dw\.com/api/detail/\w+/(\d+)(?:[?#].*)?"), r"https://www.dw.com/a-\1"),
    (re.compile(r"\Ahttps?://www\.economist\.com(?=https?://)"), ""),
)


def public_address(address: str) -> str:
    """Return the address behind a proxy or an internal one, or `address` itself."""
    for pattern, replacement in REWRITES:
        public, found = pattern.subn(replacement, address)
        if found:
            return public
    return address
