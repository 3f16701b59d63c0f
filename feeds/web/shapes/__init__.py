"""What the API answers with, as types: the documents are written, described and tested by them."""

from feeds.web.shapes.base import Problem, Shape, answer
from feeds.web.shapes.entries import (
    EntryList,
    EntryShape,
    WithdrawnList,
    WithdrawnShape,
    shape_entry,
    shape_withdrawn,
)
from feeds.web.shapes.refreshes import RefreshList, RefreshShape, shape_refresh
from feeds.web.shapes.sources import SourceDetail, SourceList, SourceShape, shape_detail, shape_source
from feeds.web.shapes.status import StatusShape, shape_state

__all__ = [
    "EntryList",
    "EntryShape",
    "Problem",
    "RefreshList",
    "RefreshShape",
    "Shape",
    "SourceDetail",
    "SourceList",
    "SourceShape",
    "StatusShape",
    "WithdrawnList",
    "WithdrawnShape",
    "answer",
    "shape_detail",
    "shape_entry",
    "shape_refresh",
    "shape_source",
    "shape_state",
    "shape_withdrawn",
]
