"""Web pages as articles: what their head says of them, and the part that is the article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, web_addresses, wrap
from feeds.parsing.page_body import find_body
from feeds.parsing.page_head import Head, read_head
from feeds.parsing.refusal import refusal
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.markup import plain_text
from feeds.text.urls import find_host, is_web_url, resolve

#: What browsers write above a page they save.
SAVED_FROM = re.compile(r"\s*saved from url=\(\d+\)(\S+)", re.IGNORECASE)
#: How sites part the title of a page from their own name.
TITLE_JOINTS = (" | ", " - ", " – ", " — ", "_", "｜", " :: ", " · ")

TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title")
LINK = ("og:url", "twitter:url")
PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "datecreated", "pubdate", "publishdate",
    "publish_date", "publication_date", "parsely-pub-date", "sailthru.date", "dcterms.issued",
    "dcterms.created", "dc.date.issued", "dcterms.date", "dc.date", "date",
)  # fmt: skip
UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
)
AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "byl",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
)
SUMMARY = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
IMAGE = ("og:image", "og:image:url", "twitter:image", "twitter:image:src", "image", "thumbnailurl")
CATEGORIES = ("article:tag", "article:section", "keywords", "news_keywords", "dc.subject", "dcterms.subject")
RIGHTS = ("rights", "copyright", "dcterms.rights", "dc.rights")
SITE = ("og:site_name", "application-name", "publisher")

COMMAS = re.compile(r"[,，、;；]")
BY = re.compile(r"^by\s+", re.IGNORECASE)


def parse_page(document: Document) -> ParsedFeed:
    """Read a web page as one article; raises ParseError where there is no text in it."""
    soup = BeautifulSoup(decode(document.body, document.media_type), "lxml")
    head = read_head(soup)
    facts = Facts()
    link = facts.take("link", web_addresses(_links(soup, head, document)))
    base = _find_base(soup, link)
    heading = next(filter(None, (collapse(one.get_text(" ")) for one in soup.find_all("h1"))), None)
    found = facts.take("content", find_body(soup))
    html = found.decode_contents().strip() if found else ""
    site = next((value for _, value in head.candidates(SITE)), None)
    title = facts.take("title", _titles(head, soup, site, heading, plain_text(html), link, document.path))
    if not html and not title:
        raise refusal(document, "there is no text in the page")
    image = facts.take("image", head.candidates(IMAGE))
    entry = ParsedEntry(
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=tuple(map(Person, facts.take("authors", _authors(head)) or ())),
        published=facts.take("published", _dates(head, soup, document)),
        updated=facts.take("updated", readable_dates(head.candidates(UPDATED))),
        summary=_text(facts.take("summary", head.candidates(SUMMARY))),
        content=Text(html, "html", base=base) if html else None,
        categories=tuple(_categories(head)),
        language=_language(soup),
        rights=_text(facts.take("rights", head.candidates(RIGHTS))),
        image=Link(image, rel="image", base=base) if image else None,
        rules=(*facts.rules, *(("categories", name) for name in CATEGORIES if head.values(name))),
    )
    return wrap("page", entry, find_host(link or ""), site)


def _links(soup: BeautifulSoup, head: Head, document: Document) -> Iterator[tuple[str, str | None]]:
    if is_web_url(document.url):  # fetched: where it was found is what it is known by
        yield "the address it was fetched from", document.url
    for tag in soup.find_all("link", rel="canonical", href=True):
        yield "link rel=canonical", str(tag["href"])
    yield from head.candidates(LINK)
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment), limit=20):
        if saved := SAVED_FROM.match(comment):
            yield "the comment of the browser", saved[1]
    yield from head.candidates(("url", "mainentityofpage"))


def _find_base(soup: BeautifulSoup, link: str | None) -> str | None:
    base = soup.find("base", href=True)
    return (resolve(link, str(base["href"])) if isinstance(base, Tag) else None) or link


def _titles(
    head: Head,
    soup: BeautifulSoup,
    site: str | None,
    heading: str | None,
    text: str,
    link: str | None,
    path: str | None,
) -> Iterator[tuple[str, str | None]]:
    for rule, value in head.candidates(TITLE):
        yield rule, _without_site(collapse(value), site, heading)
    title = soup.title.get_text() if soup.title else ""
    yield "title of the page", _without_site(collapse(title), site, heading)
    yield from later_titles(heading, text, link, path)


def _without_site(title: str, site: str | None, heading: str | None) -> str:
    """Cut what a page adds to its title: the name of the site, or all that its heading does not say."""
    for joint in TITLE_JOINTS:
        before, found, behind = title.rpartition(joint)
        if found and (behind.strip() == site or before.strip() == heading):
            return before.strip()
        if heading and title.partition(joint)[0].strip() == heading:
            return heading
    return title


def _authors(head: Head) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names only: the address of a profile is no name."""
    for name in AUTHORS:
        written = [one for value in head.values(name) if not is_web_url(value) for one in COMMAS.split(value)]
        names = (BY.sub("", collapse(one)).strip() for one in written)
        yield name, tuple(dict.fromkeys(filter(None, names)))


def _dates(head: Head, soup: BeautifulSoup, document: Document) -> Iterator[tuple[str, str | None]]:
    yield from readable_dates(head.candidates(PUBLISHED))
    times = (str(time["datetime"]) for time in soup.find_all("time", datetime=True, limit=5))
    yield from readable_dates(("time", time) for time in times)
    yield time_of_file(document)


def _categories(head: Head) -> Iterator[str]:
    for name in CATEGORIES:
        for value in head.values(name):
            yield from filter(None, map(collapse, COMMAS.split(value)))


def _language(soup: BeautifulSoup) -> str | None:
    root = soup.find("html")
    return (str(root.get("lang") or root.get("xml:lang") or "") or None) if isinstance(root, Tag) else None


def _text(value: str | None) -> Text | None:
    return Text(collapse(value)) if value else None
