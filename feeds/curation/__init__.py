"""From what a document says to entries we answer for: identity, normal form, and what is new."""

from feeds.curation.changes import find_changes, find_hash
from feeds.curation.normalize import normalize

__all__ = ["find_changes", "find_hash", "normalize"]
