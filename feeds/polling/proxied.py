"""Requests through a proxy that the owner has named; where they lead is judged here all the same."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from feeds.polling.guard import Guard, GuardedBackend
from feeds.polling.pools import KEPT_ALIVE, KEPT_ALIVE_FOR
from feeds.text.hosts import PORTS


class ProxiedPool(httpcore.AsyncHTTPProxy):
    """One pool for all hosts: every connection of it is one to the proxy, and to nothing else.

    A host is looked up here first and its addresses judged, unless the owner lets all of it through: then the
    proxy alone has to know it. Where names lead is for the proxy to say in the end.
    """

    def __init__(self, proxy: str, guard: Guard, tls: ssl.SSLContext) -> None:
        url = httpx.URL(proxy)
        port = url.port or PORTS[url.scheme]
        only_the_proxy = Guard(allow_hosts=frozenset({f"{url.raw_host.decode('ascii').lower()}:{port}"}))
        self._judge = GuardedBackend(guard)
        super().__init__(
            str(url.copy_with(userinfo=b"")),
            proxy_auth=(url.username.encode(), url.password.encode()) if url.userinfo else None,
            ssl_context=tls,
            proxy_ssl_context=tls if url.scheme == "https" else None,
            max_connections=None,  # bounded by `hosts`, as in `pools`
            max_keepalive_connections=KEPT_ALIVE,
            keepalive_expiry=KEPT_ALIVE_FOR,
            network_backend=GuardedBackend(only_the_proxy),
        )

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request through the proxy; raises ForbiddenError where the guard forbids its host."""
        host, port = request.url.host.decode("ascii"), request.url.port
        port = port or PORTS[request.url.scheme.decode("ascii")]
        timeout = request.extensions.get("timeout", {}).get("connect")
        await self._judge.judge(host, port, timeout)
        return await super().handle_async_request(request)
