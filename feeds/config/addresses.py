"""What may stand in the settings as an address; ValueError names the key and says why not."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from feeds.text.urls import public_url, resolve

LONGEST_HUB = 500  # characters


def check_base_url(text: str) -> None:
    """Refuse what feeds and header fields cannot hold as it stands."""
    if not is_web_address(text) or urlsplit(text).query or urlsplit(text).fragment:
        raise ValueError(f"base_url: {text!r} is no http(s) address")
    if not (text.isascii() and text.isprintable()) or " " in text:
        written = resolve(None, text)
        instead = f", as {written}" if written else ""
        raise ValueError(f"base_url: {text!r} must be written in ASCII, without spaces{instead}")


def check_hub(text: str) -> None:
    """Refuse an address that cannot be asked, or that could not be told to everybody."""
    if not is_web_address(text):
        raise ValueError(f"hubs: {public_url(text)!r} is no http(s) address")
    if "@" in urlsplit(text).netloc:
        raise ValueError(f"hubs: {public_url(text)!r} has a user or a password: every feed tells the address")
    if len(text) > LONGEST_HUB or not (text.isascii() and text.isprintable()):
        raise ValueError(
            f"hubs: {public_url(text)!r} is no address of at most {LONGEST_HUB} characters in ASCII"
        )


def is_web_address(text: str) -> bool:
    """Whether it is an http or https address with a host, and a port that there is."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_private_host(host: str) -> bool:
    """Whether a host is this machine or an address of a private network; of a name nothing is known."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return f".{host.rstrip('.')}".endswith(".localhost")
