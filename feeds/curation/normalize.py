"""Repair what a document says, once, for all formats: identified, dated, absolute, sanitized."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from feeds.curation import identity
from feeds.curation.addresses import (
    clean_address,
    clean_enclosures,
    clean_origin,
    clean_people,
    clean_public_address,
    find_guid_link,
    find_hubs,
    find_page,
    find_topic,
    hide_user,
)
from feeds.curation.identity import Identifier
from feeds.curation.lines import clean_categories, clean_line
from feeds.curation.texts import clean_date, clean_html, clean_language, clean_plain
from feeds.curation.wishes import find_skip_days, find_skip_hours, find_ttl
from feeds.model import (
    ARTICLES,
    Document,
    Entry,
    Feed,
    ParsedDeletion,
    ParsedEntry,
    ParsedFeed,
    Person,
    Tombstone,
)
from feeds.text import language, markup, urls

LONGEST_TITLE = 10_000  # characters; whole articles stand there, but no book

#: Formats whose entries have the feed's authors where they name none: RFC 4287, section 4.2.1, and JSON
#: Feed 1.1, "authors". RSS says nothing of the kind: a managing editor wrote no article.
INHERITING = frozenset({"atom", "jsonfeed"})


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the entries of one document stand on."""

    base: str  #: address that relative ones refer to
    source_key: str
    sites: tuple[str | None, ...]  #: hosts of the source and of the feed's own page
    language: str | None
    authors: tuple[Person, ...]  #: of an entry that names none
    is_article: bool  #: the one of its document, known by its address
    is_seed: bool
    path: str | None

    def sites_of(self, link: str | None) -> tuple[str | None, ...]:
        """Return the hosts whose guids an entry with this link may have."""
        return (*self.sites, urls.find_host(link) if link else None)


def normalize(parsed: ParsedFeed, document: Document, source_key: str, source_url: str) -> Feed:
    """Return the feed in normal form; entries keep the document's order, one entry per id."""
    base = document.url if urls.is_web_url(document.url) else source_url
    page = find_page(parsed.links, base)
    authors = clean_people(parsed.authors, base)
    ground = _Ground(
        base=base,
        source_key=source_key,
        sites=(urls.find_host(source_key), urls.find_host(page) if page else None),
        language=clean_language(parsed.language),
        authors=authors if parsed.format in INHERITING else (),
        is_article=parsed.format in ARTICLES,
        is_seed=parsed.format == "seed",
        path=document.first_path or document.path,
    )
    entries = _normalize_entries(parsed.entries, ground)
    return Feed(
        title=clean_plain(parsed.title),
        link=page,
        guid=clean_line(parsed.guid),
        language=ground.language,
        subtitle=clean_plain(parsed.subtitle),
        updated=clean_date(parsed.updated),
        authors=authors,
        categories=clean_categories(parsed.categories),
        rights=clean_plain(parsed.rights),
        image=clean_address(parsed.image, base),
        ttl=find_ttl(parsed),
        skip_hours=find_skip_hours(parsed),
        skip_days=find_skip_days(parsed),
        hubs=find_hubs(parsed.links, base),
        topic=find_topic(parsed.links, base),
        entries=entries,
        deleted=tuple(_find_tombstones(parsed.deleted, ground)),
        former_ids=tuple(_find_former_ids(entries, ground)),
    )


#: An entry that says nothing at all is none, whatever it says of the guid it has not.
NOTHINGS = (ParsedEntry(), ParsedEntry(guid_is_link=True))


def _normalize_entries(written: Iterable[ParsedEntry], ground: _Ground) -> tuple[Entry, ...]:
    written = [entry for entry in written if entry.title or entry.links or entry not in NOTHINGS]
    pages = [find_page(entry.links, ground.base) for entry in written]
    identifiers = identity.find_identifiers(written, pages)
    entries: dict[str, Entry] = {}
    for one in zip(written, identifiers, pages, strict=True):
        entry = _normalize_entry(*one, ground)
        entries.setdefault(entry.id, entry)
    return tuple(entries.values())


def _normalize_entry(
    written: ParsedEntry, identifier: Identifier, page: str | None, ground: _Ground
) -> Entry:
    link = page or find_guid_link(written, ground.base)
    title = clean_plain(written.title)
    base = link or ground.base if ground.is_article else ground.base
    summary, content = clean_html(written.summary, base), clean_html(written.content, base)
    if summary == content:
        summary = None
    body = content or summary
    # A seed's own pictures are found where it is read: that of a film embedded in it is none of them.
    first_image = markup.first_image(body) if body and not ground.is_seed else None
    return Entry(
        id=_find_id(identifier, link, ground),
        guid=clean_line(written.guid),
        link=hide_user(link),  # the id may be made of it as it is written
        title=title[:LONGEST_TITLE] if title else None,
        authors=clean_people(written.authors, base) or ground.authors,
        published=clean_date(written.published),
        updated=clean_date(written.updated),
        summary=summary,
        content=content,
        enclosures=clean_enclosures(written.enclosures, base),
        categories=clean_categories(written.categories),
        language=_find_language(written, ground, title, body),
        rights=clean_plain(written.rights),
        image=clean_public_address(written.image, base) or hide_user(first_image),
        comments=clean_public_address(written.comments, base),
        origin=clean_origin(written.origin, ground.base),
    )


def _find_id(identifier: Identifier, link: str | None, ground: _Ground) -> str:
    if ground.is_article:
        return identity.seed_id(
            urls.normalize_link(link) if link else identity.document_identity(identifier.guid, ground.path)
        )
    sites = ground.sites_of(link)
    return identity.feed_entry_id(ground.source_key, sites, identifier.guid, identifier.text)


def _find_former_ids(entries: Iterable[Entry], ground: _Ground) -> Iterator[tuple[str, str]]:
    """Yield (id, former id) of the entries whose guid, though no IRI, once was their id."""
    if not ground.is_article:
        for entry in entries:
            former = identity.find_former_id(ground.sites_of(entry.link), entry.guid)
            if former and entry.id == identity.feed_entry_id(ground.source_key, (), former, ""):
                yield entry.id, former


#: The date of a tombstone that gives none: whatever an entry says of its own is later.
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _find_tombstones(written: Iterable[ParsedDeletion], ground: _Ground) -> Iterator[Tombstone]:
    """Yield a tombstone for each id that the entry may have here: a tombstone does not name its site."""
    for deletion in written:
        guid = clean_line(deletion.guid)
        if guid:
            when = clean_date(deletion.when) or LONG_AGO
            yield from (Tombstone(id, when) for id in identity.find_guid_ids(ground.source_key, guid))


def _find_language(written: ParsedEntry, ground: _Ground, title: str | None, body: str | None) -> str | None:
    """Return the language of the text itself where its characters tell, else the declared one."""
    texts = (written.content, written.summary, written.title)
    declared = (written.language, *(text.language for text in texts if text))
    told = next(filter(None, map(clean_language, filter(None, declared))), None) or ground.language
    if told and not _may_be_cjk(title, body):
        return told
    sample = markup.text_sample(body, language.SAMPLE) if body else ""
    text = f"{title or ''} {sample}"
    # SEEDS: the archives hold Chinese and English; what has almost no Han characters is English.
    fallback = told or ("en" if ground.is_seed and any(map(str.isalpha, text)) else None)
    return language.find_language(text, fallback)


def _may_be_cjk(title: str | None, body: str | None) -> bool:
    """Tell it from the markup, which is mostly text: making plain text of it costs more."""
    return language.may_be_cjk(title or "") or language.may_be_cjk((body or "")[: 2 * language.SAMPLE])
