"""Gather documents, turn them into normalized entries, syndicate them again."""

from __future__ import annotations

from typing import Any

from feeds.errors import FeedsError, ParseError
from feeds.model import Enclosure, Entry, Feed, Origin, Person

__all__ = ["Enclosure", "Entry", "Feed", "FeedsError", "Origin", "ParseError", "Person", "parse_feed"]


def parse_feed(data: bytes, url: str, content_type: str | None = None) -> Feed:
    """Parse and normalize a feed that was obtained from `url`; no network, no disk.

    Raises ParseError where the bytes are no feed.
    """
    # Imported late: `feeds --help` needs none of it.
    from feeds.curation.normalize import normalize
    from feeds.model import Document
    from feeds.parsing import parse

    document = Document(url=url, body=data, media_type=content_type)
    return normalize(parse(document), document, url, url)


def __dir__() -> list[Any]:
    return __all__
