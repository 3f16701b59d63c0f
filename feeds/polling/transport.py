"""HTTP over connections that the guard has judged, and the proof that it does."""

from __future__ import annotations

import httpx

from feeds.errors import GuardError
from feeds.polling.guard import NOWHERE, ForbiddenError, Guard, GuardedBackend
from feeds.polling.pools import Pools, Tls
from feeds.polling.proxied import ProxiedPool

CHECK_SECONDS = 2.0


class GuardedTransport(httpx.AsyncHTTPTransport):
    """HTTP/1.1 over guarded connections."""

    def __init__(self, guard: Guard, tls: Tls, proxy: str | None = None) -> None:
        # The parent's constructor is left out on purpose: it makes a pool without the guard. If httpx ever
        # looks for its pool elsewhere, every request fails; none goes out unguarded.
        pool = ProxiedPool(proxy, guard, tls()) if proxy else Pools(tls, GuardedBackend(guard))
        self._pool = pool  # type: ignore[assignment]

    async def check(self) -> None:
        """Try the one way out on a name that is never allowed; raises GuardError unless it is stopped.

        Should the guard have come loose, only the lookup of a name that nobody has would leave this machine.
        """
        timeout = httpx.Timeout(CHECK_SECONDS).as_dict()
        request = httpx.Request("GET", f"http://check{NOWHERE}/", extensions={"timeout": timeout})
        problem = "it was let through"
        try:
            await (await self.handle_async_request(request)).aclose()
        except ForbiddenError:
            return
        except Exception as error:
            problem = f"it ended in {type(error).__name__}"
        raise GuardError(f"the guard of outgoing requests is not in force: tried, {problem}")
