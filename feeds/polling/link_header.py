"""The Link header of an answer (RFC 8288), read as far as it can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from feeds.text.urls import is_web_url, resolve

LONGEST = 10_000  # characters; what is beyond is not read
MOST_LINKS = 50

QUOTED = r'"(?:[^"\\]|\\.)*+"'
#: A target and all its parameters, as far as the next comma (section 3).
LINK = re.compile(rf'<([^<>]*+)>((?:[^<>",]|{QUOTED})*+)')
PARAMETER = re.compile(rf';\s*+([^\s=;",]++)\s*+(?:=\s*+({QUOTED}|[^\s;",]*+))?+')


def find_targets(header: str, relation: str, base: str) -> tuple[str, ...]:
    """Return the web addresses, absolute and each once, that the header gives for a relation.

    `relation` in small letters; `base` is the address of the answer. Links of another context are left out.
    """
    links = islice(LINK.finditer(header[:LONGEST]), MOST_LINKS)
    hrefs = (href for href, relations in _read(links) if relation in relations)
    addresses = (resolve(base, href.strip()) for href in hrefs)
    return tuple(dict.fromkeys(address for address in addresses if address and is_web_url(address)))


def _read(links: Iterator[re.Match[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield (target, its relations); of two parameters of one name the first counts (section 3.3)."""
    for link in links:
        parameters: dict[str, str] = {}
        for name, value in PARAMETER.findall(link[2]):
            parameters.setdefault(name.lower(), value.strip('"'))
        if "anchor" not in parameters:
            yield link[1], parameters.get("rel", "").lower().split()
