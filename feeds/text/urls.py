"""Addresses: made absolute, compared, and made fit to be shown."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

WEB_SCHEMES = frozenset({"http", "https"})
#: Schemes a reader can do something with; everything else, `javascript:` before all, is no address.
SCHEMES = WEB_SCHEMES | {"mailto", "ftp", "magnet", "tel", "xmpp"}

#: Most addresses are URIs already and are left alone. (Possessive, so that it stays linear and quick.)
_LEGAL = r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9\-._~:/?@!$&'()*+,;=]*+)*+"
WEB_URI = re.compile(rf"https?://[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?:[/?]{_LEGAL})?(?:#{_LEGAL})?")
#: The host of nearly every address, as it is folded.
WEB_HOST = re.compile(r"https?://(?:www\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*+)(?=[/?#]|\Z)")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
IP_ADDRESS = re.compile(r"[\d.]+|\[?[0-9a-f]*:[0-9a-f:.]*\]?")

#: What browsers take out of an address, wherever it stands (WHATWG URL, section 4.1).
CONTROL = re.compile("[\x00-\x1f\x7f]")
BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
PATH_SAFE = "/%:@!$&'()*+,;=~-._"
QUERY_SAFE = PATH_SAFE + "?"

#: Parameters that say how a reader came to a page, not which page it is.
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|[gd]clid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|xtor|at_(?:medium|campaign)|cmpid|ocid)(?:=|$)",
    re.IGNORECASE,
)
#: Parameters whose value opens a door.
SECRET = re.compile(
    r"(?:(?:\w+[_-])?(?:token|secret|password|passwd|api[_-]?key|signature)|key|auth|authkey|pass|pwd|sig|sid"
    r"|session(?:_?id)?)(?:=|$)",
    re.IGNORECASE,
)

DW_NUMBER = re.compile(r"/a-(\d+)/?$")
FT_HOSTS = ("ftchinese.com", "ft.com")


def resolve(base: str | None, href: str) -> str | None:
    """Return `href` as an absolute URI, or None where it is unusable.

    An IRI is mapped to a URI (RFC 3987, section 3.1). Neither a password nor a secret parameter of `base`
    gets into the answer.
    """
    if WEB_URI.fullmatch(href):
        return href
    try:
        return _resolve(_clear_base(base) if base else None, CONTROL.sub("", href.strip()))
    except ValueError:  # a broken port, IPv6 address or host name
        return None


def _resolve(base: str | None, href: str) -> str | None:
    written = SCHEME.match(href)
    scheme = written[0].lower() if written else urlsplit(base or "").scheme
    if not href or scheme not in SCHEMES or (base is None and written is None):
        return None
    if scheme not in WEB_SCHEMES:
        return _encode_opaque(href) if written else None
    path = re.split("[?#]", href, maxsplit=1)[0]
    href = path.replace("\\", "/") + href[len(path) :]
    return _encode_web(urlsplit(urljoin(base, href) if base else href))


@lru_cache(maxsize=256)
def _clear_base(base: str) -> str:
    return public_url(base)


def _encode_opaque(href: str) -> str | None:
    scheme, _, rest = href.partition(":")
    return f"{scheme.lower()}:{_encode(rest, QUERY_SAFE + '#')}" if rest else None


def _encode_web(parts: SplitResult) -> str | None:
    authority = _encode_authority(parts)
    if authority is None:
        return None
    path = _encode(parts.path, PATH_SAFE)
    query, fragment = _encode(parts.query, QUERY_SAFE), _encode(parts.fragment, QUERY_SAFE)
    return urlunsplit((parts.scheme.lower(), authority, path, query, fragment))


def _encode(part: str, safe: str) -> str:
    return quote(BARE_PERCENT.sub("%25", part), safe=safe, errors="replace")


def _encode_authority(parts: SplitResult) -> str | None:
    user, at, _ = parts.netloc.rpartition("@")
    host = (parts.hostname or "").lower()
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    if not HOST.fullmatch(host):
        return None
    port = "" if parts.port is None else f":{parts.port}"
    return f"{_encode(user, PATH_SAFE.replace('/', ''))}{at}{host}{port}"


def is_web_url(url: str) -> bool:
    """Whether it is an absolute http or https address with a host."""
    return WEB_HOST.match(url) is not None or find_host(url) is not None


def find_host(url: str) -> str | None:
    """Return the host of a web address in lower case, without port and leading `www.`, else None."""
    if found := WEB_HOST.match(url):
        return found[1]
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in WEB_SCHEMES else None
    except ValueError:
        return None
    return _fold_host(host) or None if host else None


def _fold_host(host: str) -> str:
    return host.lower().rstrip(".").removeprefix("www.")


def same_site(host_a: str, host_b: str) -> bool:
    """Whether two hosts are equal or one is a subdomain of the other, `www.` aside."""
    short, long = _fold_host(host_a), _fold_host(host_b)
    if short == long:
        return bool(short)
    if len(short) > len(long):
        short, long = long, short
    if not long.endswith(f".{short}"):
        return False
    is_domain = "." in short and not IP_ADDRESS.fullmatch(short)
    return is_domain and not _is_public_suffix(short)


def _is_public_suffix(host: str) -> bool:
    """The two-label suffixes under which strangers live side by side, as far as a rule can tell them."""
    first, _, rest = host.partition(".")
    is_country = len(rest) == 2 and first in SECOND_LEVELS
    return is_country or host in SHARED_HOSTS


SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "nom", "or", "org"})
SHARED_HOSTS = frozenset(
    {
        "blogspot.com",
        "github.io",
        "gitlab.io",
        "netlify.app",
        "pages.dev",
        "substack.com",
        "tumblr.com",
        "vercel.app",
        "wordpress.com",
    }
)


def normalize_link(url: str) -> str:
    """Return the form of a link under which all its spellings are one page: the identity of a seed.

    https, no `www.`, no default port, no double slashes in the path, no fragment, no tracking parameters;
    publishers that number their pages by their number. What is no web address is returned unchanged.
    """
    host = find_host(url)
    if host is None:
        return url
    parts = urlsplit(url)
    number = DW_NUMBER.search(parts.path)
    if number and same_site(host, "dw.com"):
        return f"https://dw.com/a-{number[1]}"
    kept = (field for field in parts.query.split("&") if not TRACKING.match(field))
    query = "" if any(same_site(host, site) for site in FT_HOSTS) else "&".join(kept)
    return urlunsplit(("https", _fold_authority(parts), re.sub("/{2,}", "/", parts.path), query, ""))


def _fold_authority(parts: SplitResult) -> str:
    user, at, host = parts.netloc.rpartition("@")
    return user + at + _fold_host(re.sub(":(?:80|443)?$", "", host))


def public_url(url: str) -> str:
    """Return the address without password and secret parameters: what may be shown."""
    if "@" not in url and "?" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    host = parts.netloc.rpartition("@")[2]
    fields = parts.query.split("&")
    kept = [field for field in fields if not SECRET.match(field)]
    if host == parts.netloc and len(kept) == len(fields):
        return url
    return urlunsplit(parts._replace(netloc=host, query="&".join(kept)))
