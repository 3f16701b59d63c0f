"""E-mail messages as articles: fields, people, parts, and the text among them."""

from feeds.parsing.newsletter.reading import is_message, parse_newsletter

__all__ = ["is_message", "parse_newsletter"]
