"""The feed behind a page: one that the page names, else one at a place where feeds usually are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

from feeds.errors import DocumentError, FetchError, PageError
from feeds.model import FoundBy, Link, Reading
from feeds.polling.fetch import fetch
from feeds.polling.network import Network
from feeds.polling.pauses import BUSY, Pauses
from feeds.polling.reading import Job, Reader
from feeds.text.urls import public_url

#: Where programs that write feeds put them, below the address of the page, the most frequent first.
USUAL_PATHS = ("feed", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json", "rss")


class Found(NamedTuple):
    """A feed that was found."""

    link: Link  #: its address, and what its page says of it
    reading: Reading
    found_by: FoundBy
    others: tuple[Link, ...] = ()  #: those that the page names behind it, of which nobody has read one


@dataclass
class Discovery:
    """Looks for feeds, one request after the other."""

    network: Network
    reader: Reader
    clock: Callable[[], datetime]
    pauses: Pauses = field(default_factory=Pauses)

    async def find(self, url: str) -> Found:
        """Return the feed at `url`, or the first that can be found through the page there.

        Raises PageError where there is none, and what fetching raises.
        """
        try:
            return Found(Link(url), await self._read(url), "address")
        except PageError as page:
            places = () if page.links else await self.probe(url)
            found_by: FoundBy = "place" if places else "page"
            links = page.links or tuple(map(Link, places))
            for number, link in enumerate(links, 1):
                with suppress(DocumentError):
                    return Found(link, await self._read(link.href), found_by, links[number:])
            raise PageError(page.subject, f"{page.reason}, and no feed was found through it") from page

    async def probe(self, url: str) -> tuple[str, ...]:
        """Return the address of the first feed at the usual places, none where there is none."""
        for place in self._usual_places(url):
            try:
                await self._read(place)
            except DocumentError as error:
                if isinstance(error, FetchError) and (error.retry_after or error.status in BUSY):
                    return ()  # whoever asks us to wait is not asked at the next place
                continue
            return (place,)
        return ()

    def _usual_places(self, url: str) -> list[str]:
        bases = (url.partition("?")[0].partition("#")[0], urljoin(url, "/"))
        folders = dict.fromkeys(base if base.endswith("/") else f"{base}/" for base in bases)
        return [folder + path for folder in folders for path in USUAL_PATHS]

    async def _read(self, url: str) -> Reading:
        fetched = await fetch(self.network, url, clock=self.clock, pauses=self.pauses)
        if fetched.document is None:
            raise FetchError(
                public_url(url), "the server says unchanged to a first request", status=fetched.status
            )
        [answer] = await self.reader.read([Job(fetched.document, url, url)])
        if isinstance(answer, DocumentError):
            raise answer
        return answer
