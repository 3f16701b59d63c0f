"""What a view can be narrowed to, as links: one click shows a source, a category, a language alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from babel import Locale, UnknownLocaleError

from feeds.model import Selection, View
from feeds.store import Transaction
from feeds.store.facets import Facet, find_facets
from feeds.syndication.selecting import list_parameters
from feeds.web.translation import gettext

WRITTEN = ("zh-hans", "zh-hant")  # told apart, for they are read by different people


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
    return found


def name_language(tag: str) -> str:
    """Return what a language calls itself; the tag where it is not known."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag
    return locale.get_display_name() or tag


def _list_languages(view: View, selection: Selection, counted: Sequence[tuple[str, int]]) -> list[Choice]:
    counts = {name: count for name, count in counted if "-" not in name or name in WRITTEN}
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
        selection = replace(selection, query=f"source:{view.name}")
    return [_choose(facet, selection) for facet in facets]


def _list_sources(view: View, selection: Selection, facets: Sequence[Facet]) -> list[Choice]:
    if view.kind == "source":
        return []
    if view.kind == "all":
        return [_choose(facet, selection) for facet in facets]
    return [
        Choice(
            facet.view.display_title,
            _find_path(view, replace(selection, query=f"source:{facet.view.name}")),
            facet.view.language,
            facet.entries,
            selection.query == f"source:{facet.view.name}",
        )
        for facet in facets
    ]


def _choose(facet: Facet, selection: Selection) -> Choice:
    path = _find_path(facet.view, selection)
    return Choice(facet.view.display_title, path, facet.view.language, facet.entries)


def _find_path(view: View, selection: Selection) -> str:
    """Return the first page of what is selected."""
    told = list_parameters(replace(selection, before=None, is_folded=False))
    return view.address(**told)
