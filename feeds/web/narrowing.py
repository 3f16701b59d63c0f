"""What a view can be narrowed to, as links: one click shows a source, a category, a language alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from babel import Locale, UnknownLocaleError

from feeds.model import Selection, View
from feeds.store import Transaction
from feeds.store.facets import WRITTEN, Facet, find_facets
from feeds.text.query import LONGEST
from feeds.web.addresses import is_usually_folded, write_address
from feeds.web.presentation import write_date
from feeds.web.translation import gettext


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to look at alone."""

    title: str
    path: str
    language: str | None = None  #: of the title
    count: int = 0  #: of the newest entries; 0: it is not told
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of one kind, and where all of them are."""

    title: str
    choices: Sequence[Choice]
    path: str | None = None


def find_choices(db: Transaction, view: View, selection: Selection) -> list[Choices]:
    """Return by what the view can be narrowed; nothing for a search, which narrows by its words."""
    if view.query is not None:
        return []
    facets = find_facets(db, view)
    found = [
        Choices(gettext("Language"), _list_languages(view, selection, facets.languages)),
        Choices(gettext("Category"), _list_categories(view, selection, facets.categories), "/categories/"),
        Choices(gettext("Source"), _list_sources(view, selection, facets.sources), "/sources/"),
    ]
    return [choices for choices in found if len(choices.choices) > 1]


def find_narrowed(view: View, selection: Selection) -> list[Choice]:
    """Return what narrows the page, each with the path of the page without it."""
    found = []
    if selection.language is not None:
        without = replace(selection, language=None)
        found.append(Choice(name_language(selection.language), _find_path(view, without), selection.language))
    if selection.query is not None and view.query is None:
        found.append(Choice(selection.query, _find_path(view, replace(selection, query=None))))
    if selection.since is not None:
        told = gettext("since %(when)s") % {"when": write_date(selection.since)}
        found.append(Choice(told, _find_path(view, replace(selection, since=None))))
    return found


def name_language(tag: str) -> str:
    """Return what a language calls itself; the tag where it is not known."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag
    return locale.get_display_name() or tag


def _list_languages(view: View, selection: Selection, counted: Sequence[tuple[str, int]]) -> list[Choice]:
    """The two ways to write Chinese are told apart where both are there: different people read them."""
    counts = dict(counted)
    if all(name in counts for name in WRITTEN):
        counts.pop("zh", None)
    else:
        counts = {name: count for name, count in counts.items() if name not in WRITTEN}
    return [
        Choice(
            name_language(name),
            _find_path(view, replace(selection, language=name)),
            name,
            count,
            selection.language == name,
        )
        for name, count in counts.items()
    ]


def _list_categories(view: View, selection: Selection, facets: Sequence[Facet]) -> list[Choice]:
    if view.kind == "category":
        return []
    if view.kind == "source":
        selection = _add(selection, view)
    return [_choose(facet, view, selection) for facet in facets]


def _list_sources(view: View, selection: Selection, facets: Sequence[Facet]) -> list[Choice]:
    if view.kind == "source":
        return []
    if view.kind == "all":
        return [_choose(facet, view, selection) for facet in facets]
    return [
        Choice(
            facet.view.display_title,
            _find_path(view, _add(selection, facet.view)),
            facet.view.language,
            facet.entries,
            _name_source(facet.view) in (selection.query or ""),
        )
        for facet in facets
    ]


def _add(selection: Selection, source: View) -> Selection:
    """Ask for one source beside what is asked for, as far as a query has room for it."""
    asked = " ".join(filter(None, (selection.query, _name_source(source))))
    is_there = _name_source(source) in (selection.query or "")
    return selection if is_there or len(asked) > LONGEST else replace(selection, query=asked)


def _name_source(source: View) -> str:
    return f"source:{source.name}"


def _choose(facet: Facet, view: View, selection: Selection) -> Choice:
    """Return the same selection of another view; what is as usual here is as usual there."""
    is_usual = selection.is_folded == is_usually_folded(view)
    is_folded = is_usually_folded(facet.view) if is_usual else selection.is_folded
    path = _find_path(facet.view, replace(selection, is_folded=is_folded))
    return Choice(facet.view.display_title, path, facet.view.language, facet.entries)


def _find_path(view: View, selection: Selection) -> str:
    """Return the first page of what is selected."""
    return write_address(view, replace(selection, before=None))
