"""The address of a page, and what the addresses in it refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment

from feeds.model import Document
from feeds.parsing.page.head import Head
from feeds.text.urls import is_web_url, resolve

#: What browsers and their extensions write above a page they save.
SAVED_FROM = (
    re.compile(r"\s*saved from url=\(\d+\)(\S+)", re.IGNORECASE),
    re.compile(r"\s*page saved with SingleFile\s.{0,200}?\burl:\s*(\S+)", re.IGNORECASE | re.DOTALL),
)
#: The address of a site.
ROOT = re.compile(r"https?:/*[^/?#]*/*(?:#.*)?", re.IGNORECASE)
LINK = ("og:url", "twitter:url")
LINKED = ("url", "mainentityofpage")
FETCHED = "the address it was fetched from"
MOST_COMMENTS = 20

Rule = tuple[str, str]


def find_addresses(soup: BeautifulSoup, head: Head, document: Document) -> list[Rule]:
    """Return (rule, address) of the page, absolute, as it and its browser tell them."""
    fetched = [(FETCHED, document.url)] if is_web_url(document.url) else []
    saved = _find_saved(soup)
    base = find_base(soup, fetched[0][1] if fetched else saved)
    found = ((rule, resolve(base, href.strip())) for rule, href in _written(soup, head, saved))
    return fetched + [(rule, url) for rule, url in found if url and is_web_url(url)]


def surest_first(addresses: list[Rule], head: Head) -> list[Rule]:
    """Return them with those of microdata and linked data, the surest first.

    What is fetched is known by where it was found. Of the others one that is no more than the site's comes
    last: it would make one entry of all its pages.
    """
    linked = [(rule, url) for rule, url in head.candidates(LINKED) if is_web_url(url)]
    return sorted([*addresses, *linked], key=lambda one: one[0] != FETCHED and _is_root(one[1]))


def _written(soup: BeautifulSoup, head: Head, saved: str | None) -> Iterator[Rule]:
    for tag in soup.find_all("link", rel=True, href=True):
        if "canonical" in (str(relation).lower() for relation in tag.get_attribute_list("rel")):
            yield "link rel=canonical", str(tag["href"])
    yield from head.candidates(LINK)
    if saved:
        yield "the comment of the browser", saved


def _find_saved(soup: BeautifulSoup) -> str | None:
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment), limit=MOST_COMMENTS):
        for pattern in SAVED_FROM:
            if (saved := pattern.match(comment)) and is_web_url(saved[1]):
                return saved[1]
    return None


def _is_root(url: str) -> bool:
    return ROOT.fullmatch(url) is not None


def find_base(soup: BeautifulSoup, link: str | None) -> str | None:
    """Return what relative addresses in the page refer to."""
    base = soup.find("base", href=True)
    return (resolve(link, str(base["href"])) if base is not None else None) or link
