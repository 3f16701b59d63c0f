"""How HTML becomes a tree of BeautifulSoup."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

#: What XHTML may begin with; to the parser it would be a sign that this is no HTML.
DECLARATIONS = re.compile(r"\A(?:[\s\ufeff]*<\?xml[^>]*+>?)+", re.IGNORECASE)


def open_soup(html: str, only: tuple[str, ...] = ()) -> BeautifulSoup:
    """Return the tree of a page; with `only` no elements but those of these names."""
    text = DECLARATIONS.sub("", html)
    return BeautifulSoup(text, "lxml", parse_only=SoupStrainer(list(only)) if only else None)
