"""Where a request comes from: this machine, a page of ours, or a page of another site."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from feeds.text.hosts import find_place
from feeds.web.service import get_service

PROXY_HEADERS = re.compile(r"Forwarded|X-Forwarded-.*|Via|X-Real-Ip", re.IGNORECASE)


def is_at_this_machine() -> bool:
    """Whether only a person at this machine can have sent the request.

    We listen on a loopback address, no proxy has passed the request on, and it asks for a name that is
    always this machine: a page elsewhere whose own name suddenly points here (DNS rebinding) does not.
    """
    return (
        is_loopback(get_service().settings.server.host)
        and not any(PROXY_HEADERS.fullmatch(name) for name, _ in request.headers)
        and is_loopback(_read_host(request.headers.get("Host", "")))
    )


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address without brackets, is this machine and no other."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_same_origin() -> bool:
    """Whether the browser says that a page of ours sent the form.

    Ours is what the request itself asks for, and base_url: a proxy in front may ask for another name than
    the browser did.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin"):
        return False
    for name in ("Origin", "Referer"):
        if request.headers.get(name, "null") != "null":
            sent = request.headers[name]
            return _read_origin(sent) == request.headers.get("Host", "").lower() or _is_of_base_url(sent)
    return site == "same-origin"


def is_from_elsewhere() -> bool:
    """Whether a browser says that a page of another site sent the request; a program says nothing of it.

    Our own origin is that of base_url: what the request itself calls us could be the name of that page (DNS
    rebinding).
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return True
    return "Origin" in request.headers and not _is_of_base_url(request.headers["Origin"])


def _is_of_base_url(address: str) -> bool:
    place = find_place(address)
    return place is not None and place == find_place(get_service().settings.base_url)


def _read_origin(header: str) -> str | None:
    try:
        return urlsplit(header).netloc.lower()
    except ValueError:
        return None


def _read_host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
