"""What a page says of itself to machines, in its head: what it is called, shows, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from babel.core import get_global, parse_locale
from flask import Flask, request
from markupsafe import Markup

from feeds.model import ALL, View
from feeds.text.markup import cut_text
from feeds.web.article import Article
from feeds.web.machines import DARK, LIGHT
from feeds.web.presentation import absolute
from feeds.web.service import get_service
from feeds.web.translation import find_language
from feeds.web.translation import gettext as _

LONGEST_DESCRIPTION = 200  # characters


@dataclass(frozen=True, slots=True)
class Card:
    """A page as another site or a program shows it (Open Graph, ogp.me)."""

    title: str
    description: str
    kind: Literal["website", "article"] = "website"
    url: str | None = None  #: where the page stands
    canonical: str | None = None  #: where what it shows stands first
    locale: str | None = None
    image: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    topics: tuple[str, ...] = ()


def register(app: Flask) -> None:
    """Let the frame of all pages say it."""
    app.jinja_env.globals.update(
        describe_page=describe_page,
        describe_entry=describe_entry,
        everything=ALL,
        paper_colours=(("light", LIGHT), ("dark", DARK)),
    )


def describe_page(title: Markup, view: View | None, code: int | None) -> Card:
    """Return what any page says: `title` is what its window is called, `code` that of an error."""
    site = get_service().settings.site
    path = view.path if view is not None else quote(request.path)
    return Card(
        str(title.striptags()).removesuffix(f" – {site.title}"),
        _describe_view(view) if view is not None and view != ALL else site.subtitle or _describe_site(),
        url=absolute(path) if code is None else None,
        canonical=absolute(path) if code is None and not request.args else None,
        locale=find_territorial(find_language()),
    )


def _describe_view(view: View) -> str:
    if view.subtitle:
        return cut_text(view.subtitle, LONGEST_DESCRIPTION)
    return _("The latest entries: %(name)s, as a page and as feeds") % {"name": view.display_title}


def _describe_site() -> str:
    return _("What many sources publish, in one place, as pages and as feeds")


def describe_entry(article: Article) -> Card:
    """Return what the page of an entry says; what it shows stood first where its link leads."""
    stored, entry = article.stored, article.stored.entry
    page = absolute(f"/entries/{stored.key}/")
    source = stored.source.display_title
    return Card(
        article.headline,
        cut_text(stored.excerpt, LONGEST_DESCRIPTION) or _("An entry of %(source)s") % {"source": source},
        "article",
        url=page,
        canonical=entry.link or page,
        locale=find_territorial(article.language) if article.language else None,
        image=entry.image,
        published=entry.published,
        modified=entry.updated if entry.updated != entry.published else None,
        topics=entry.categories,
    )


def find_territorial(tag: str) -> str | None:
    """Return a language with the territory where it is most likely read, as Open Graph writes it: `zh_CN`."""
    try:
        language, territory, script, *_rest = parse_locale(tag, sep="-")
    except ValueError:
        return None
    if territory is None:
        likely = get_global("likely_subtags")
        found = likely.get(f"{language}_{script}") or likely.get(language)
        territory = found.rpartition("_")[2] if found else None
    return f"{language}_{territory}" if territory else None
