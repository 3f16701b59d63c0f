"""Markdown as articles: CommonMark with tables and strikethrough, with or without front matter."""

from feeds.parsing.markdown.reading import parse_markdown, read_text

__all__ = ["parse_markdown", "read_text"]
