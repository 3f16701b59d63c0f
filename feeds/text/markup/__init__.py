"""HTML: the one sanitizer, and the ways between HTML and plain text.

allowed      what may stand in HTML we keep
sanitizing   the sanitizer, and when its work is done
nesting      the proof that sanitized HTML reads the same the next time
addresses    the addresses in attributes: made absolute, or dropped
embeds       players and pages within the page, which become links
players      the page of what a player plays
pictures     pictures that a script would load
limits       what would take too long to parse, and what is shown of it
plain        plain text of HTML, HTML of plain text
"""

from __future__ import annotations

from feeds.text.markup.plain import (
    cut_text,
    escape_text,
    excerpt,
    first_image,
    has_caption,
    plain_text,
    text_sample,
)
from feeds.text.markup.sanitizing import sanitize

__all__ = [
    "cut_text",
    "escape_text",
    "excerpt",
    "first_image",
    "has_caption",
    "plain_text",
    "sanitize",
    "text_sample",
]
