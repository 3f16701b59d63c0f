"""One request on the way to an answer, and what a redirect makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx

from feeds.polling.guard import ForbiddenError
from feeds.text.hosts import PORTS
from feeds.text.urls import is_web_url, resolve

#: Headers that are between us and the origin they were meant for.
CONFIDENTIAL = frozenset({"authorization", "cookie", "if-none-match", "if-modified-since"})
HIGHEST_PORT = 65_535
CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way."""

    url: httpx.URL
    headers: Mapping[str, str]
    form: bytes | None = None  #: what is posted; None: nothing, it is a GET

    @property
    def host(self) -> str:
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        return self.url.port or PORTS[self.url.scheme]

    @property
    def place(self) -> str:
        """What politeness goes by: `host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def is_conditional(self) -> bool:
        return not CONDITIONS.isdisjoint(name.lower() for name in self.headers)

    def follow(self, location: str) -> Hop:
        """Return the request a redirect asks for; raise ForbiddenError if it must not be made."""
        here = str(self.url.copy_with(userinfo=b""))
        target = resolve(here, location)
        if target is None or not is_web_url(target):
            raise ForbiddenError("the redirect leads to no web address")
        try:
            url = parse_url(target)
        except httpx.InvalidURL as error:
            raise ForbiddenError("the redirect leads to no web address") from error
        if self._may_be_told(url):
            return replace(self, url=url.copy_with(userinfo=self.url.userinfo))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in CONFIDENTIAL}
        return replace(self, url=url.copy_with(userinfo=b""), headers=headers)

    def _may_be_told(self, url: httpx.URL) -> bool:
        """Whether `url` is of the same origin, or of the same host on its way to https."""
        if url.raw_host != self.url.raw_host:
            return False
        ports = (self.port, url.port or PORTS[url.scheme])
        same = url.scheme == self.url.scheme and ports[0] == ports[1]
        return same or (self.url.scheme == "http" and url.scheme == "https" and ports == (80, 443))


def parse_url(text: str) -> httpx.URL:
    """Return an absolute address without its fragment.

    Raises ForbiddenError where it is neither http nor https, httpx.InvalidURL where it is no address.
    """
    url = httpx.URL(text)
    if url.scheme not in PORTS:
        raise ForbiddenError("only http and https addresses are fetched")
    if not url.raw_host:
        raise httpx.InvalidURL("no host")
    if (url.port or 0) > HIGHEST_PORT:
        raise httpx.InvalidURL("no such port")
    return url.copy_with(fragment=None) if url.fragment else url
