"""What the page of an entry shows of it, beside its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from markupsafe import Markup, escape

from feeds.model import Enclosure, StoredEntry
from feeds.text.language import is_cjk
from feeds.text.urls import find_host, is_web_url, public_url
from feeds.web.presentation import write_headline

#: What loads something of its own accord, in sanitized HTML.
LOADING_TAG = re.compile(r"<(img|audio|video)(?=[\s>])")
#: Without quotes, so that they can be put nowhere where they would end a quoted value.
UNHURRIED = {
    "img": "<img loading=lazy decoding=async",
    "audio": "<audio preload=none",
    "video": "<video preload=none",
}

#: Columns of a headline that is set in smaller type; a Han character takes two.
LONG_TITLE = 120

FileKind = Literal["audio", "video", "image", "other"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stood: a site or feed, with its page where that is known."""

    name: str
    link: str | None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attached file, and how it is shown."""

    url: str
    name: str
    kind: FileKind
    media_type: str | None
    length: int | None
    is_player: bool  #: whether it is played here: not where the body has a player of its own for it


@dataclass(frozen=True, slots=True)
class Article:
    """An entry as its page shows it."""

    stored: StoredEntry
    headline: str
    language: str  #: empty where nobody knows
    html: str  #: sanitized
    files: tuple[AttachedFile, ...]
    first_in: Place | None  #: the feed it was first in, where its source republishes

    @property
    def has_title(self) -> bool:
        return self.stored.entry.title is not None

    @property
    def is_long(self) -> bool:
        """Whether the headline would fill the screen in the type of headlines."""
        return sum(2 if is_cjk(character) else 1 for character in self.headline) > LONG_TITLE

    @property
    def rights(self) -> str | None:
        return self.stored.entry.rights or self.stored.source.rights


def describe_article(stored: StoredEntry) -> Article:
    """Return what the page of an entry shows."""
    entry = stored.entry
    html = entry.content or entry.summary or ""
    return Article(
        stored,
        headline=write_headline(stored),
        language=entry.language or stored.source.language or "",
        html=html,
        files=tuple(_list_files(entry.enclosures, html)),
        first_in=_find_first(stored),
    )


def _find_first(stored: StoredEntry) -> Place | None:
    origin = stored.entry.origin
    if origin is None:
        return None
    link = next((url for url in (origin.link, origin.url) if url and is_web_url(url)), None)
    name = (origin.title or "").strip() or (find_host(link) if link else None)
    return Place(name, public_url(link) if link else None) if name else None


def _list_files(enclosures: tuple[Enclosure, ...], html: str) -> Iterator[AttachedFile]:
    for file in enclosures:
        kind = _find_kind(file.media_type)
        has_player = kind in ("audio", "video") and f'src="{escape(file.url)}"' in html
        yield AttachedFile(
            file.url,
            _find_name(file.url),
            kind,
            file.media_type,
            file.length or None,
            is_player=kind in ("audio", "video") and not has_player,
        )


def _find_kind(media_type: str | None) -> FileKind:
    match (media_type or "").partition("/")[0].lower():
        case "audio":
            return "audio"
        case "video":
            return "video"
        case "image":
            return "image"
    return "other"


def _find_name(url: str) -> str:
    """What a file is called: the last part of its address, else the site it is at."""
    name = unquote(PurePosixPath(urlsplit(url).path).name).strip()
    return name if name and name.isprintable() else find_host(url) or url


def make_unhurried(html: Markup) -> Markup:
    """Return sanitized HTML in which pictures and players load when a reader comes to them."""
    return Markup(LOADING_TAG.sub(lambda tag: UNHURRIED[tag[1]], html))  # noqa: S704 - what was safe stays so
