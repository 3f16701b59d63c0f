"""Addresses: made absolute, compared, and made fit to be shown."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from feeds.text import uri

WEB_SCHEMES = frozenset({"http", "https"})
#: Schemes a reader can do something with; everything else, `javascript:` before all, is no address.
SCHEMES = WEB_SCHEMES | {"mailto", "ftp", "magnet", "tel", "xmpp"}
LONGEST_SOURCE = 2000  # characters; a longer address is none of a feed, and PostgreSQL could not look it up
LONGEST = 65_536  # characters; servers refuse far shorter ones (RFC 9110, section 4.1, asks for 8,000)

#: Most addresses are URIs already and are left alone. (Possessive, so that it stays linear and quick.)
_LEGAL = r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=]*+(?:%[0-9A-Fa-f]{2}[A-Za-z0-9\-._~:/?@!$&'()*+,;=]*+)*+"
WEB_URI = re.compile(
    rf"https?://[a-z0-9](?:[a-z0-9._-]{{0,250}}[a-z0-9])?(?::[1-9][0-9]{{0,3}})?(?:[/?]{_LEGAL})?(?:#{_LEGAL})?"
)
#: The host of nearly every address, as it is folded.
WEB_HOST = re.compile(r"https?://(?:www\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*+)(?=[/?#]|\Z)")
WITHOUT_PORT = re.compile(r"(https?)(://(?:[^/?#]*@)?[^/?#:@\[\]]+(?:[/?#].*)?)")
USER = re.compile(r"\A(https?://)[^/?#]*@")
IP_ADDRESS = re.compile(r"[\d.]+|\[?[0-9a-f]*:[0-9a-f:.]*\]?")

#: What is around an address and cannot be seen.
EDGES = "".join(
    map(chr, [*range(0x21), 0x7F, 0x85, 0xA0, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x2060])
)
EDGES += "\u3000\ufeff"
#: What browsers take out of an address, wherever it stands (WHATWG URL, section 4.1).
CONTROL = re.compile("[\x00-\x1f\x7f]")
#: No address means to hold this: it was escaped once too often.
ESCAPED_AMPERSAND = re.compile("&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
#: Schemes that only say which program is to read the feed at a web address.
SUBSCRIBING = re.compile(r"(?:feed|itpc|pcast):(?://(?=https?:/))?", re.IGNORECASE)
#: An address that was put behind a scheme although it had one.
DOUBLED_SCHEME = re.compile(r"(?:https?:/*)+(?=https?://)", re.IGNORECASE)
#: A host, a port and a path perhaps, as people type an address.
BARE = re.compile(r"[^\s:/?#@\\]+(?::[0-9]{1,5})?(?:[/?#]\S*)?")
#: A scheme that runs something, behind signs that are to hide it: no address of a page begins so.
HIDDEN_SCHEME = re.compile(
    r"(?:\\x[0-9a-f]{2}|[^a-z/?#.])*+(?:(?:java|live|vb)script|data)\s*:", re.IGNORECASE
)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")

#: Parameters that say how a reader came to a page, not which page it is.
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|[gd]clid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|xtor|at_(?:medium|campaign)|cmpid|ocid)(?:=|$)",
    re.IGNORECASE,
)
#: Parameters whose value opens a door.
SECRET = re.compile(
    r"(?:(?:[\w-]+[_-])?(?:(?:access|auth)?token|secret|password|passwd|api[_-]?key|signature|credential)"
    r"|(?:(?:access|secret|private|feed|user|auth)[_-]?)?key|auth|pass|pwd|sig|sid|jwt|phpsessid"
    r"|session(?:_?id)?)(?:=|$)",
    re.IGNORECASE,
)

#: An address in a sentence; the mark that ends the sentence is none of it.
ADDRESS = re.compile(r"https?://[^\s<>\"'‘’]*[^\s<>\"'‘’.,:;!?)\]]")

DW_NUMBER = re.compile(r"/a-(\d+)/?$")
FT_HOSTS = ("ftchinese.com", "ft.com")


def resolve(base: str | None, href: str) -> str | None:
    """Return `href` as an absolute URI, or None where it is unusable.

    References are resolved by RFC 3986, section 5, and forgiven as browsers do (WHATWG URL, section 4.4); an
    IRI is mapped to a URI (RFC 3987, section 3.1). Neither a password nor a secret parameter of `base` gets
    into the answer.
    """
    if len(href) > LONGEST:
        return None
    if WEB_URI.fullmatch(href) and not ESCAPED_AMPERSAND.search(href):
        return href
    try:
        return _resolve(base, _mend(href))
    except ValueError:  # a broken port, IPv6 address or host name
        return None


def _mend(href: str) -> str:
    """Return an address without what cannot belong to it."""
    href = href.strip(EDGES)
    if "\n" in href or "\r" in href:  # a wrapped line, perhaps indented
        href = "".join(line.strip() for line in re.split("[\r\n]+", href))
    href = ESCAPED_AMPERSAND.sub("&", CONTROL.sub("", href))
    if found := SUBSCRIBING.match(href):
        href = href[found.end() :]
        href = href if _find_scheme(href) in WEB_SCHEMES else f"http://{href}"
    if found := DOUBLED_SCHEME.match(href):
        href = href[found.end() :]
    return href


def _find_scheme(href: str) -> str | None:
    found = SCHEME.match(href)
    return found[1].lower() if found else None


def _resolve(base: str | None, href: str) -> str | None:
    scheme = _find_scheme(href)
    if scheme is not None and scheme not in WEB_SCHEMES:
        return _encode_opaque(scheme, href)
    ground = _ground(base) if base else None
    reference = uri.split(_forgive(href, scheme, ground.scheme if ground else None))
    if reference.scheme is None:
        if ground is None or reference == NOTHING or HIDDEN_SCHEME.match(href):
            return None
        reference = uri.refer(ground, reference)
    url = uri.unsplit(reference)
    return url if WEB_URI.fullmatch(url) else uri.encode(reference)


NOTHING = uri.split("")


@lru_cache(maxsize=64)
def _ground(base: str) -> uri.Parts | None:
    """Return the parts of a base that is a web address, without its secrets."""
    parts = uri.split(public_url(base))
    return parts if parts.scheme in WEB_SCHEMES and parts.authority else None


def _forgive(href: str, scheme: str | None, base_scheme: str | None) -> str:
    """Return a web address or reference with as many slashes as it needs, read as browsers do.

    Slashes lean to either side. With the scheme of the base and fewer than two slashes it is relative
    (RFC 3986, section 5.2.2, calls that backward compatible). What begins with two or more has the scheme of
    the base, https where there is none.
    """
    path = re.split("[?#]", href, maxsplit=1)[0]
    href = path.replace("\\", "/") + href[len(path) :]
    rest = href[len(scheme) + 1 :] if scheme else href
    slashes = len(rest) - len(rest.lstrip("/"))
    if slashes >= 2 or (scheme and scheme != base_scheme):
        return f"{scheme or base_scheme or 'https'}://{rest[slashes:]}"
    return rest


def _encode_opaque(scheme: str, href: str) -> str | None:
    rest = href[len(scheme) + 1 :]
    return f"{scheme}:{uri.escape(rest, uri.QUERY_SAFE + '#')}" if rest and scheme in SCHEMES else None


def is_web_url(url: str) -> bool:
    """Whether it is an absolute http or https address with a host."""
    return WEB_HOST.match(url) is not None or find_host(url) is not None


def source_address(written: str) -> str | None:
    """Return an address as it can be subscribed to, or None where it cannot."""
    url = resolve(None, written)
    return url if url and is_web_url(url) and len(url) <= LONGEST_SOURCE else None


def typed_address(typed: str) -> str | None:
    """Return what a person has typed as an address to subscribe to, None where it is none.

    What has no scheme is asked with TLS.
    """
    typed = typed.strip(EDGES)
    return source_address(f"https://{typed}" if BARE.fullmatch(typed) else typed)


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


@lru_cache(maxsize=1024)
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


def find_twin(url: str) -> str | None:
    """Return a web address with TLS instead of without, or without instead of with.

    None where it names a port: only the usual ones belong together.
    """
    found = WITHOUT_PORT.fullmatch(url)
    return f"{'https' if found[1] == 'http' else 'http'}{found[2]}" if found else None


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


def hide_user(url: str) -> str:
    """Return a web address without the user and the password in it."""
    return USER.sub(r"\1", url) if "@" in url else url


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


def public_typed(typed: str) -> str:
    """Return what a person has typed as an address, be it none, as it may be shown."""
    return public_url(typed) if "://" in typed else public_url(f"//{typed}").removeprefix("//")


@lru_cache(4096)  # the errors of sources are told again and again
def public_text(text: str) -> str:
    """Return words without the passwords and keys of the addresses in them: what may be shown."""
    return ADDRESS.sub(lambda address: public_url(address[0]), text)
