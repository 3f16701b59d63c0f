"""Hosts that want to be left alone: how far a Retry-After reaches, and until when."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

RECENT = timedelta(minutes=10)  # what a host has answered before tells nothing of how it is now
MOST_HOSTS = 10_000  # remembered, those heard of last
MOST_ADDRESSES = 50  # remembered of one host
FINE = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION, HTTPStatus.NOT_MODIFIED})
BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Pauses:
    """Which hosts have asked to wait, as far as that concerns all of their addresses.

    "Too many requests" (429) is said to whoever asks: all addresses of the host are left alone, unless
    another one answers well meanwhile. "Unavailable" (503) is said of one address, until a second says so.
    Hosts are named `host:port`; every moment is passed in.
    """

    def __init__(self, known: Mapping[str, datetime] | None = None) -> None:
        self._until = dict(known or {})
        self._heard: OrderedDict[str, OrderedDict[str, tuple[datetime, int]]] = OrderedDict()

    def find(self, host: str, now: datetime) -> datetime | None:
        """Return until when the host wants to be left alone, None where it does not."""
        until = self._until.get(host)
        if until is not None and until <= now:
            del self._until[host]
            return None
        return until

    def hear(self, host: str, url: str, status: int, retry_after: datetime | None, now: datetime) -> bool:
        """Take note of an answer; return whether it asks for the whole host to be left alone."""
        others = [then for other, then in self._recall(host, now).items() if other != url]
        self._note(host, url, status, now)
        if status in FINE:
            self._until.pop(host, None)
        if status not in BUSY or retry_after is None or any(other in FINE for other in others):
            return False
        if status == HTTPStatus.SERVICE_UNAVAILABLE and not any(other in BUSY for other in others):
            return False
        self._until[host] = max(retry_after, self._until.get(host, retry_after))
        return True

    def _recall(self, host: str, now: datetime) -> dict[str, int]:
        heard = self._heard.get(host, OrderedDict())
        return {url: status for url, (then, status) in heard.items() if now - then <= RECENT}

    def _note(self, host: str, url: str, status: int, now: datetime) -> None:
        heard = self._heard.setdefault(host, OrderedDict())
        heard[url] = (now, status)
        heard.move_to_end(url)
        self._heard.move_to_end(host)
        if len(heard) > MOST_ADDRESSES:
            heard.popitem(last=False)
        if len(self._heard) > MOST_HOSTS:
            self._heard.popitem(last=False)
