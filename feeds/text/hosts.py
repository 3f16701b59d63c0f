"""Hosts and ports: what a connection is made to, whichever way it is spelled."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
LONGEST_NAME = 253  # characters
NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
#: A last label that makes of a host an address (WHATWG URL, section 3.5), though the others be anything.
NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


class Place(NamedTuple):
    """Where a web address leads."""

    host: str  #: in lower case, an IPv6 address without brackets
    port: int


def find_place(url: str) -> Place | None:
    """Return where a web address leads; None where it has no such host or port.

    Of an IPv4 address only the usual spelling is one: the others (`127.1`, `0x7f000001`) are for hiding what
    is meant.
    """
    try:
        parts = urlsplit(url)
        host = _find_host(parts.hostname or "")
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError):
        return None
    return Place(host, port) if host and port else None


def _find_host(written: str) -> str | None:
    """Return a host as it is compared; raises ValueError where it is a number that is no address."""
    if ":" in written:
        return None if "%" in written else str(IPv6Address(written))
    host = written.removesuffix(".")
    if NUMBER.fullmatch(host):
        return str(IPv4Address(host))
    return host if len(host) <= LONGEST_NAME and NAME.fullmatch(host) else None


def is_listed(host: str, port: int, listed: Collection[str]) -> bool:
    """Whether a list of `host` or `host:port`, in lower case, has this host, or this port of it."""
    name = host.lower().rstrip(".")
    names = (name, f"[{name}]") if ":" in name else (name,)
    return any(written in listed for n in names for written in (n, f"{n}:{port}"))
