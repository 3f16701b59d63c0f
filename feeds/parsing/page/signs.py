"""Signs that a page is no article: it only leads elsewhere, asks who one is, or waits for a script."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from feeds.text.urls import public_url, resolve

#: `<meta http-equiv=refresh content="0; url=…">` (HTML, section 4.2.5.3).
REFRESH = re.compile(r"[\d.\s]*(?:[;,]\s*(?:url\s*=)?|url\s*=)\s*[\"']?([^\"'\s]+)[\"']?", re.IGNORECASE)
#: Texts with less are no more than what is said beside.
LEADING, ASKING, WAITING = 140, 300, 40

NOTHING = "there is no text in the page"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page holds beside any text."""

    target: str | None  #: where it leads at once
    asks: bool  #: for a password
    framed: bool  #: in the old way, one page for each frame
    scripted: bool  #: it says that it needs scripts

    def find_reason(self, weight: int, *, is_marked: bool, has_media: bool, is_told: bool) -> str | None:
        """Say why a page with so much text is no article.

        `is_marked`: the text stands where articles do; `is_told`: the head tells what it is about, and when
        it was published.
        """
        if self.target and weight < LEADING:
            return f"it only leads to {self.target}"
        if self.asks and weight < ASKING and not is_marked:
            return "it asks for a password"
        if is_told:
            return None
        if self.scripted and weight < WAITING and not has_media:
            return "its text is loaded by a script"
        if weight or has_media:
            return None
        return "its text stands in frames, which are pages of their own" if self.framed else NOTHING


def read_signs(soup: BeautifulSoup, address: str | None, base: str | None) -> Signs:
    """Look for the signs, before anything is taken out of the page that is known by this address."""
    fields = soup.find_all("input", type=True)
    notices = soup.find_all("noscript", limit=5)
    return Signs(
        target=_find_target(soup, address, base),
        asks=any(str(field["type"]).lower() == "password" for field in fields),
        framed=soup.find("frameset") is not None,
        scripted=any(map(_asks_for_scripts, notices)),
    )


def _asks_for_scripts(notice: Tag) -> bool:
    """Whether it is for the page itself that scripts are needed, not for what readers say of it."""
    text = notice.get_text().lower()
    return "javascript" in text and "comment" not in text


def _find_target(soup: BeautifulSoup, address: str | None, base: str | None) -> str | None:
    for tag in soup.find_all("meta", attrs={"http-equiv": True, "content": True}):
        if str(tag["http-equiv"]).lower() != "refresh" or tag.find_parent("noscript") is not None:
            continue
        found = REFRESH.fullmatch(str(tag["content"]).strip())
        target = resolve(base, found[1]) if found else None
        if target and target != address:
            return public_url(target)
    return None
