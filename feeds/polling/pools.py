"""Connections that are kept to be used again: a small pool for each origin.

httpcore's pool looks through all of its connections at every request, which with a hundred of them costs more
than the request; requests to many hosts have nothing to look for in each other's.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from collections.abc import Callable

import httpcore

KEPT_ALIVE = 20  # pools with nothing but idle connections, and connections of one pool
KEPT_ALIVE_FOR = 5.0  # seconds

#: Returns the one context of all connections; to make it takes as long as forty requests.
Tls = Callable[[], ssl.SSLContext]

#: Scheme, host and port.
Origin = tuple[bytes, bytes, int | None]


class Pools:
    """Looks like one pool of httpcore; closing what it holds is `aclose`."""

    def __init__(self, tls: Tls, backend: httpcore.AsyncNetworkBackend) -> None:
        self._tls = tls
        self._backend = backend
        self._pools: OrderedDict[Origin, httpcore.AsyncConnectionPool] = OrderedDict()  # by their last use
        self._most = KEPT_ALIVE  # pools until the next look for idle ones

    async def __aenter__(self) -> Pools:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        while self._pools:
            await self._pools.popitem()[1].aclose()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request over a connection of its origin, a new one if there is none to use again."""
        await self._let_go()
        return await self._find_pool(request.url).handle_async_request(request)

    def _find_pool(self, url: httpcore.URL) -> httpcore.AsyncConnectionPool:
        origin = (url.scheme, url.host, url.port)
        if origin not in self._pools:
            self._pools[origin] = self._open_pool(url.scheme)
        self._pools.move_to_end(origin)
        return self._pools[origin]

    def _open_pool(self, scheme: bytes) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._tls() if scheme == b"https" else None,
            # The number of requests is bounded by `hosts`; a pool that makes them wait can lose
            # connections to cancelled requests (encode/httpcore#1093).
            max_connections=None,
            max_keepalive_connections=KEPT_ALIVE,
            keepalive_expiry=KEPT_ALIVE_FOR,
            network_backend=self._backend,
        )

    async def _let_go(self) -> None:
        """Close the pools that have rested longest, once there are twice as many as must be."""
        if len(self._pools) <= self._most:
            return
        idle = [origin for origin, pool in self._pools.items() if _is_idle(pool)]
        leaving = [self._pools.pop(origin) for origin in idle[: max(0, len(idle) - KEPT_ALIVE)]]
        self._most = max(KEPT_ALIVE, 2 * len(self._pools))
        for pool in leaving:
            await pool.aclose()


def _is_idle(pool: httpcore.AsyncConnectionPool) -> bool:
    return all(connection.is_idle() for connection in pool.connections)
