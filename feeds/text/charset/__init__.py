"""From bytes to text, whatever the server or the document says."""

from feeds.text.charset.decoding import decode, skim, to_utf_8

__all__ = ["decode", "skim", "to_utf_8"]
