"""Callbacks: where subscribers of our hub want to be sent what is new."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from feeds.config import Settings
from feeds.text.hosts import find_place
from feeds.text.urls import LONGEST_SOURCE

NO_ADDRESS = "is no http(s) address that can be called."
OURSELVES = "is an address of this service itself."
NOT_LISTED = "is at no host that allow_callbacks lists, and here no other is called."


def find_callback_host(url: str, settings: Settings) -> str:
    """Return the host of a callback, the same for all its spellings; raises ValueError with the reason.

    Whether it may be called is judged when it is: by then a name may mean another address.
    """
    is_text = len(url) <= LONGEST_SOURCE and url.isascii() and url.isprintable() and " " not in url
    place = find_place(url) if is_text else None
    if place is None or "#" in url or "@" in urlsplit(url).netloc:
        raise ValueError(NO_ADDRESS)
    if place == find_place(settings.base_url) and _is_below(url, settings.base_url):
        raise ValueError(OURSELVES)
    if not settings.may_be_called(*place):
        raise ValueError(NOT_LISTED)
    return place.host


def _is_below(url: str, folder: str) -> bool:
    path, parent = (unquote(urlsplit(one).path) for one in (url, folder))
    return f"{path}/".startswith(f"{parent}/")
