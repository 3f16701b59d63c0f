"""Web pages as articles: what their head says of them, and the part that is the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bs4 import BeautifulSoup, Tag

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, wrap
from feeds.parsing.page.address import find_addresses, find_base, surest_first
from feeds.parsing.page.body import MARKED, MEDIA, find_body
from feeds.parsing.page.head import Head, read_meta, read_things
from feeds.parsing.page.hidden import remove
from feeds.parsing.page.measure import weigh
from feeds.parsing.page.pictures import settle_pictures
from feeds.parsing.page.signs import Signs, read_signs
from feeds.parsing.refusal import refusal
from feeds.parsing.soup import open_soup
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.language import CJK
from feeds.text.markup import plain_text
from feeds.text.urls import find_host, is_web_url

#: A page with more is no article; each takes time, and memory.
MOST_ELEMENTS = 100_000
MOST_HEADINGS, MOST_TIMES = 20, 20
DEEPEST = 1_000  # elements in one another: twice of what browsers build
ELEMENT = re.compile("<[a-zA-Z!?]")
#: How sites part the title of a page from their own name.
TITLE_JOINTS = (" | ", " - ", " – ", " — ", "_", "｜", " :: ", " · ")

TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "title")
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
SEMICOLONS = re.compile(r"[，、;；]")
#: A comma parts these; else it may part family name and given name of one person.
FULL_NAME = re.compile(rf"\S\s+\S|{CJK.pattern}")
BY = re.compile(r"^by\s+", re.IGNORECASE)


def parse_page(document: Document) -> ParsedFeed:
    """Read a web page as one article; raises ParseError, saying why, where it is none."""
    soup = _open_page(document)
    head = read_meta(soup)
    facts = Facts()
    addresses = find_addresses(soup, head, document)
    read_things(soup, head, [url for _, url in addresses])
    link = facts.take("link", surest_first(addresses, head))
    base = find_base(soup, link)
    signs = read_signs(soup, link, base)
    headings = soup.find_all("h1", limit=MOST_HEADINGS)
    titles = list(_declared_titles(head, soup))
    found = facts.take("content", find_body(soup))
    site = next((value for _, value in head.candidates(SITE)), None)
    heading = _find_heading(headings, found, [title for _, title in titles])
    html = _write(found, {heading, site}, is_saved=document.path is not None) if found else ""
    if reason := _find_reason(signs, found, head, facts):
        raise refusal(document, reason)
    title = facts.take("title", _titles(titles, site, heading, html, link, document.path))
    image = facts.take("image", head.candidates(IMAGE))
    entry = ParsedEntry(
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=tuple(map(Person, facts.take("authors", _authors(head)) or ())),
        published=facts.take("published", _dates(head, soup, found, document)),
        updated=facts.take("updated", readable_dates(head.candidates(UPDATED))),
        summary=_text(unescape(facts.take("summary", head.candidates(SUMMARY)) or "")),
        content=Text(html, "html", base=base) if html else None,
        categories=tuple(_categories(head)),
        language=_language(soup),
        rights=_text(facts.take("rights", head.candidates(RIGHTS))),
        image=Link(image, rel="image", base=base) if image else None,
        rules=(*facts.rules, *(("categories", name) for name in CATEGORIES if head.values(name))),
    )
    return wrap("page", entry, find_host(link or ""), site)


def _open_page(document: Document) -> BeautifulSoup:
    """Parse a page; raises ParseError where it is too much to be one that a person wrote."""
    text = decode(document.body, document.media_type)
    if text.count("<") > MOST_ELEMENTS and len(ELEMENT.findall(text)) > MOST_ELEMENTS:
        raise refusal(document, f"it has more than {MOST_ELEMENTS:,} elements")
    soup = open_soup(text)
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    if max(depths.values()) > DEEPEST:
        raise refusal(document, "its HTML is nested too deeply")
    return soup


def _find_heading(headings: list[Tag], found: Tag | None, titles: list[str]) -> str | None:
    """The heading that the title of the page repeats, else the first: in the article, or else above it."""
    inside = [found is not None and _is_inside(heading, found) for heading in headings]
    texts = [collapse(heading.get_text(" ")) for heading in headings]
    ranked = sorted(zip(inside, texts, strict=True), key=lambda one: not one[0])
    ordered = [text for _, text in ranked if text]
    repeated = (text for text in ordered if any(text in _parts(title) for title in titles))
    return next(repeated, None) or next(iter(ordered), None)


def _parts(title: str) -> set[str]:
    """What a title may consist of, beside the name of the site."""
    parts = {title}
    for joint in TITLE_JOINTS:
        parts.update(part.strip() for part in (*title.split(joint), title.rpartition(joint)[0]))
    return parts


def _write(found: Tag, titles: set[str | None], *, is_saved: bool) -> str:
    """Return the HTML of the article without its heading: the title stands above the text already."""
    headings = found.find_all("h1", limit=MOST_HEADINGS)
    repeated = [heading for heading in headings if collapse(heading.get_text(" ")) in titles]
    headers = [heading.parent for heading in repeated if heading.parent and heading.parent.name == "header"]
    remove(repeated)
    remove([header for header in headers if not header.find(True) and not header.get_text().strip()])
    settle_pictures(found, is_saved=is_saved)
    return found.decode_contents().strip()


def _find_reason(signs: Signs, found: Tag | None, head: Head, facts: Facts) -> str | None:
    """Say why the page is no article, if it is none; where the head alone tells of it, that is kept."""
    return signs.find_reason(
        weigh(collapse(found.get_text())) if found else 0,
        is_marked=dict(facts.rules).get("content") in MARKED,
        has_media=found is not None and found.find(MEDIA) is not None,
        is_told=any(map(head.values, SUMMARY)) and any(map(head.values, PUBLISHED)),
    )


def _declared_titles(head: Head, soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    for rule, value in head.candidates(TITLE):
        yield rule, collapse(unescape(value))  # many programs escape it once too often
    for tag in soup.find_all("title", limit=5):
        if tag.find_parent("svg") is None:  # a drawing has one, too
            yield "title of the page", collapse(tag.get_text())
            return


def _titles(
    declared: list[tuple[str, str]],
    site: str | None,
    heading: str | None,
    html: str,
    link: str | None,
    path: str | None,
) -> Iterator[tuple[str, str | None]]:
    for rule, title in declared:
        yield rule, _without_site(title, site, heading)
    yield from later_titles(heading, plain_text(html), link, path)


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
    """Names only, of one place: the address of a profile is no name."""
    for name in AUTHORS:
        for values in head.places(name):
            people = [one for value in values if not is_web_url(value) for one in _split_people(value)]
            yield name, tuple(dict.fromkeys(people))


def _split_people(value: str) -> Iterator[str]:
    for part in SEMICOLONS.split(BY.sub("", collapse(value))):
        names = [name.strip() for name in part.split(",") if name.strip()]
        yield from names if all(map(FULL_NAME.search, names)) else [part.strip()]


def _dates(
    head: Head, soup: BeautifulSoup, found: Tag | None, document: Document
) -> Iterator[tuple[str, str | None]]:
    yield from readable_dates(head.candidates(PUBLISHED))
    times = soup.find_all("time", datetime=True, limit=MOST_TIMES)
    own = (time for time in times if not _is_of_another(time, found))
    yield from readable_dates(("time", str(time["datetime"])) for time in own)
    yield time_of_file(document)


def _is_of_another(time: Tag, found: Tag | None) -> bool:
    """Whether it stands in an article beside this one."""
    article = time.find_parent("article")
    if article is None or found is None:
        return False
    return not _is_inside(article, found) and not _is_inside(found, article)


def _is_inside(tag: Tag, outer: Tag) -> bool:
    return tag is outer or any(one is outer for one in tag.parents)


def _categories(head: Head) -> Iterator[str]:
    for name in CATEGORIES:
        for value in head.values(name):
            yield from filter(None, map(collapse, COMMAS.split(value)))


def _language(soup: BeautifulSoup) -> str | None:
    root = soup.find("html")
    return (str(root.get("lang") or root.get("xml:lang") or "") or None) if isinstance(root, Tag) else None


def _text(value: str | None) -> Text | None:
    return Text(collapse(value)) if value else None
