"""Whether an address can be listened at; apart from the server, so that asking loads nothing."""

from __future__ import annotations

import socket
from contextlib import closing

from feeds.errors import ConfigError


def check_address(host: str, port: int) -> str:
    """Return the number of the address to listen at: Granian knows no names.

    Raises ConfigError where nothing can listen: Granian would share a taken port without a word.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        with closing(socket.socket(family, kind, protocol)) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what only lingers is no reason
            attempt.bind(address)
            attempt.listen(1)
            return str(address[0])
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ConfigError(f"server: cannot listen on {host} port {port}: {reason}") from error
