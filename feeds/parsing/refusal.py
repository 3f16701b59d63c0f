"""The one way a document is refused."""

from __future__ import annotations

from feeds.errors import ParseError
from feeds.model import Document
from feeds.text.urls import public_url


def refusal(document: Document, reason: str) -> ParseError:
    """Return the error that names the document, by its path or its address without secrets, and why."""
    return ParseError(document.path or public_url(document.url), reason)
