"""The addresses of pages that show a selection of a view."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Selection, View, ViewKind
from feeds.syndication.selecting import list_parameters

#: Where stories are told once if nobody says; whoever searches, or reads one source, wants all there is.
FOLDED: frozenset[ViewKind] = frozenset({"all", "category"})


def is_usually_folded(view: View) -> bool:
    return view.kind in FOLDED


def write_address(view: View, selection: Selection) -> str:
    """Return the path of a page; what is usual goes without saying."""
    told = list_parameters(replace(selection, is_folded=False))
    if selection.is_folded != is_usually_folded(view):
        told["fold"] = "1" if selection.is_folded else "0"
    return view.address(**told)
