"""The addresses in attributes: absolute and http, https or mailto, or dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from urllib.parse import urlsplit

import nh3

from feeds.text.markup.allowed import SCHEMES
from feeds.text.markup.pictures import LAZY_SOURCES, LAZY_SRCSETS
from feeds.text.urls import WEB_URI, is_web_url, resolve

#: Addresses in the document being sanitized refer to this; the sanitizer is built once for all documents.
base_address: ContextVar[str | None] = ContextVar("base", default=None)

#: Longer addresses are not worth their place in memory.
LONGEST_REMEMBERED = 1000

LONGEST_SRCSET = 20_000
SRCSET_ADDRESS = re.compile(r"[ \t\n\r\f,]*+([^ \t\n\r\f]++)")
#: As it is written here, too.
_LEGAL = r"[A-Za-z0-9\-._~:/?@!$&'()*+=]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9\-._~:/?@!$&'()*+=]*+)*+"
PLAIN_SRCSET = re.compile(
    rf"(?:https?://[a-z0-9][a-z0-9.-]*[a-z0-9](?:[/?]{_LEGAL})?+"
    r" \d{1,5}(?:\.\d{1,3})?[wx](?:, (?=h)|\Z))++"
)
DESCRIPTOR = re.compile(r"\d{1,5}(?:\.\d{1,3})?[wx]")
#: A length in CSS pixels, of which HTML reads the whole ones.
SIZE = re.compile(r"\s*(\d{1,4})(?:\.\d*)?(?:px)?\s*")


def filter_attribute(tag: str, name: str, value: str) -> str | None:
    """Return what the attribute shall hold, or None where it shall go: the sanitizer's question."""
    clean = FILTERS.get(name)
    return clean(value) if clean else value


def clean_source(src: str) -> str | None:
    """Return a web address, absolute, or None."""
    if WEB_URI.fullmatch(src) and ";" not in src:
        return src
    url = _resolve(src)
    return url if url and is_web_url(url) else None


def _clean_link(href: str) -> str | None:
    if WEB_URI.fullmatch(href) and ";" not in href:
        return href
    url = _resolve(href)
    return url if url and (url.startswith("mailto:") or is_web_url(url)) else None


def _resolve(href: str) -> str | None:
    base = base_address.get()
    return _resolve_once(base, href) if len(href) <= LONGEST_REMEMBERED else _resolve_accepted(base, href)


def _resolve_accepted(base: str | None, href: str) -> str | None:
    """Return the address if the sanitizer will let it through the next time too."""
    url = resolve(base, href)
    return url if url and (url.startswith("mailto:") or _is_accepted(_find_site(url))) else None


_resolve_once = lru_cache(maxsize=1024)(_resolve_accepted)


def _find_site(url: str) -> str:
    scheme, authority, *_ = urlsplit(url)
    return f"{scheme}://{authority}/"


@lru_cache(maxsize=256)
def _is_accepted(site: str) -> bool:
    """Whether the sanitizer's library, which reads addresses by rules of its own, takes it for one."""
    return "href" in _ACCEPTING.clean(f'<a href="{site}"></a>')


_ACCEPTING = nh3.Cleaner(tags={"a"}, attributes={"a": {"href"}}, url_schemes=set(SCHEMES))


def _clean_srcset(srcset: str) -> str | None:
    """Keep the candidates that are web addresses."""
    if len(srcset) > LONGEST_SRCSET:
        return None
    if PLAIN_SRCSET.fullmatch(srcset):
        return srcset
    candidates = ((clean_source(src), descriptor) for src, descriptor in _split_srcset(srcset))
    return ", ".join(f"{url} {descriptor}".rstrip() for url, descriptor in candidates if url) or None


def _split_srcset(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield address and descriptor of each candidate (HTML, section 4.8.4.2.1); addresses may hold commas."""
    found = SRCSET_ADDRESS.match(srcset)
    while found:
        src, end = found[1], found.end()
        descriptor = ""
        if not src.endswith(","):
            comma = srcset.find(",", end)
            comma = len(srcset) if comma < 0 else comma
            descriptor, end = srcset[end:comma].strip(), comma
        yield src.rstrip(","), descriptor if DESCRIPTOR.fullmatch(descriptor) else ""
        found = SRCSET_ADDRESS.match(srcset, end)


def _clean_size(size: str) -> str | None:
    found = SIZE.fullmatch(size)
    return found[1] if found else None


FILTERS: dict[str, Callable[[str], str | None]] = {
    "href": _clean_link,
    "src": clean_source,
    "poster": clean_source,
    "cite": clean_source,
    "srcset": _clean_srcset,
    "width": _clean_size,
    "height": _clean_size,
    **dict.fromkeys(LAZY_SOURCES, clean_source),
    **dict.fromkeys(LAZY_SRCSETS, _clean_srcset),
}
