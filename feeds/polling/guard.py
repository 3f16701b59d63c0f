"""Where a request may go: every address is judged, and only a judged address is connected to."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import httpcore

from feeds.polling.streams import open_stream
from feeds.text.hosts import is_listed

#: Returns the addresses of a host; raises OSError or UnicodeError where there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

WEB_PORTS = frozenset({80, 443})
FIRST_FREE_PORT = (
    1024  # below it live mail, shells and databases, which an HTTP request could be made to talk to
)
MOST_TRIED = 4  # addresses of one host

NOWHERE = ".invalid"  # names that never exist (RFC 6761, section 6.4): no list of the owner opens them

#: IPv6 addresses that lead anywhere public (RFC 4291, section 2.4); all the rest is local or unassigned, or
#: leads where an address inside it says: IPv4-mapped ones, and NAT64 (RFC 6052), whose gateway decides.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")

#: What the special-purpose registries (RFC 6890) keep out of the public internet.
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments, among them Teredo, which embeds IPv4
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which embeds IPv4
        "3fff::/20",  # documentation
    )
)


class ForbiddenError(Exception):
    """The guard forbids a connection; the message says why."""


def is_public(text: str) -> bool:
    """Whether a numeric address lies on the public internet; one that embeds another does not."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False
    return not any(address in network for network in NOT_PUBLIC)


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host, in its order of preference.

    The thread is a daemon of its own: a name server that never answers blocks no other lookup, nor our end.
    """
    if _is_numeric(host):
        return [host]
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def deliver(addresses: list[str], error: Exception | None) -> None:
        if found.done():  # nobody waits for it any more
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def look_up() -> None:
        addresses: list[str] = []
        failure: Exception | None = None
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(row[4][0]) for row in rows]
        except (OSError, UnicodeError) as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(deliver, addresses, failure)

    threading.Thread(target=look_up, daemon=True, name="feeds-resolve").start()
    return await found


def _is_numeric(host: str) -> bool:
    """Whether a host is an address as it stands; other spellings of numbers are for the system to judge."""
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


@dataclass(frozen=True)
class Guard:
    """Judges where connections may go."""

    allow_private: bool = False
    allow_hosts: frozenset[str] = frozenset()  #: `host` or `host:port`
    resolver: Resolver = resolve
    only_listed: bool = False  #: whether no connection goes anywhere else

    def is_listed(self, host: str, port: int) -> bool:
        """Whether the owner has named this host, or this port of it."""
        return is_listed(host, port, self.allow_hosts)

    async def find_addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses a connection may be opened to, best first.

        Raises ForbiddenError, and what the resolver raises.
        """
        self._judge_place(host, port)
        addresses = list(dict.fromkeys(await self.resolver(host, port)))
        if not self._is_open(host, port):
            self._judge(host, addresses)
        return _alternate(addresses)[:MOST_TRIED]

    async def judge(self, host: str, port: int) -> None:
        """Judge a host that somebody else connects to; it is looked up only where its addresses matter.

        Raises what `find_addresses` raises.
        """
        if self._is_open(host, port):
            self._judge_place(host, port)
        else:
            await self.find_addresses(host, port)

    def _is_open(self, host: str, port: int) -> bool:
        """Whether the owner lets connections through to whatever address the host has."""
        return self.allow_private or self.is_listed(host, port)

    def _judge_place(self, host: str, port: int) -> None:
        if f".{host.lower().rstrip('.')}".endswith(NOWHERE):
            raise ForbiddenError(f"{host} is a name that never exists")
        if self.only_listed and not self.is_listed(host, port):
            raise ForbiddenError(f"{host}:{port} is not listed")
        if port < FIRST_FREE_PORT and port not in WEB_PORTS and not self.is_listed(host, port):
            raise ForbiddenError(f"port {port} is not for web pages")

    def _judge(self, host: str, addresses: Iterable[str]) -> None:
        """Raise ForbiddenError if any address is not public: a name with one such is not to be trusted."""
        for address in addresses:
            if not is_public(address):
                where = address if address == host else f"{host} is {address}, which"
                raise ForbiddenError(f"{where} is not a public address")


def _alternate(addresses: Sequence[str]) -> list[str]:
    """Mix the families, so that a dead one costs one attempt only (RFC 8305, section 4)."""
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    first, second = (six, four) if addresses and ":" in addresses[0] else (four, six)
    return [address for address in chain.from_iterable(zip_longest(first, second)) if address is not None]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections, to addresses the guard has judged and to nothing else."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers; `timeout` is for all of them."""
        addresses = await self._find_addresses(host, port, timeout)
        share = None if timeout is None else timeout / len(addresses)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await open_stream(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing we fetch lies behind a socket file."""
        raise ForbiddenError("socket files are not fetched from")

    async def judge(self, host: str, port: int, timeout: float | None) -> None:
        """Raise ForbiddenError where the guard forbids a host that a proxy is to be asked for."""
        async with _looking_up(timeout):
            await self._guard.judge(host, port)

    async def _find_addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        async with _looking_up(timeout):
            addresses = await self._guard.find_addresses(host, port)
        if not addresses:
            raise httpcore.ConnectError("no address")
        return addresses


@contextlib.asynccontextmanager
async def _looking_up(timeout: float | None) -> AsyncIterator[None]:
    """Bound a lookup, and say in httpcore's words what goes wrong with it."""
    try:
        async with asyncio.timeout(timeout):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("name lookup") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("name lookup") from error
