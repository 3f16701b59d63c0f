"""Web pages as articles: what their head says of them, and the part that is the article."""

from feeds.parsing.page.fetched import parse_fetched_page
from feeds.parsing.page.reading import parse_page

__all__ = ["parse_fetched_page", "parse_page"]
