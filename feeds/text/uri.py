"""The parts of an address: taken apart, referred to a base, written as a URI (RFC 3986, RFC 3987)."""

from __future__ import annotations

import re
from encodings.idna import nameprep
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import quote, unquote

#: RFC 3986, appendix B: every text has these parts, some of them empty or absent.
PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,5}))?")
HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?")
LONGEST_HOST = 255  # RFC 1035, section 3.1
GREATEST_PORT = 65535

BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
USER_SAFE = "%:!$&'()*+,;=~-._"
PATH_SAFE = USER_SAFE + "/@"
QUERY_SAFE = PATH_SAFE + "?"

#: RFC 3987, section 2.2: what no IRI holds beyond ASCII, and what is in its query alone.
NO_UCS = "\x80-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff" + "".join(
    chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)
)
OUT_OF_QUERY = re.compile(f"[{NO_UCS}]")
OUT_OF_OTHERS = re.compile(f"[{NO_UCS}\ue000-\uf8ff\U000f0000-\U0010ffff]")


def _repeat(characters: str) -> str:
    """Return the pattern of any number of these, of those of any name, and of percent-encoded octets.

    What is beyond ASCII is looked at apart (`_is_ucs`): a set that tells it takes long to compile.
    """
    others = re.escape("".join(sorted({*":@/?"} - {*characters})))
    one = f'[^\\x00-\\x20\\x7f"#%<>\\[\\\\\\]^`{{|}}{others}]*+'
    return f"{one}(?:%[0-9A-Fa-f]{{2}}{one})*+"


IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?!\Z)"
    rf"(?://(?:{_repeat(':')}@)?(?:\[[0-9A-Fa-f:.]+\]|{_repeat('')})(?::[0-9]*)?(?=[/?#]|\Z)|(?!//))"
    rf"{_repeat(':@/')}(?:\?{_repeat(':@/?')})?(?:#{_repeat(':@/?')})?"
)

#: What was once taken for an IRI: a scheme, and none of the characters that no part of one may hold.
NEARLY_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\uffff]+"
)

#: Letters that IDNA 2003, which Python has, replaces, and that browsers keep (UTS 46, section 2.3).
KEPT_LETTERS = re.compile("[ßς]")


class Parts(NamedTuple):
    """An address or a reference; None where there is no such part, which is not the same as an empty one."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


def is_iri(text: str) -> bool:
    """Whether it is an absolute IRI (RFC 3987, section 2.2) with more to it than a scheme.

    Spaces beyond ASCII, which the RFC lets through, are none of it: no reader would find its end.
    """
    is_so = IRI.fullmatch(text) is not None and is_nearly_iri(text)
    return is_so and (text.isascii() or _is_ucs(text))


def _is_ucs(text: str) -> bool:
    """Whether each part of an IRI holds what it may beyond ASCII."""
    rest, _, fragment = text.partition("#")
    rest, _, query = rest.partition("?")
    return not (OUT_OF_QUERY.search(query) or OUT_OF_OTHERS.search(rest) or OUT_OF_OTHERS.search(fragment))


def is_nearly_iri(text: str) -> bool:
    """Whether it is one but for a bare `%`, `[`, a second `#` and the like, as ids of entries may be."""
    return NEARLY_IRI.fullmatch(text) is not None


def split(address: str) -> Parts:
    """Return the parts of an address as they are written, the scheme in lower case."""
    scheme, authority, path, query, fragment = PARTS.fullmatch(address).groups()  # type: ignore[union-attr]
    return Parts(scheme and scheme.lower(), authority, path, query, fragment)


def unsplit(parts: Parts) -> str:
    """Return the address of these parts (RFC 3986, section 5.3)."""
    scheme, authority, path, query, fragment = parts
    scheme = "" if scheme is None else f"{scheme}:"
    authority = "" if authority is None else f"//{authority}"
    query = "" if query is None else f"?{query}"
    fragment = "" if fragment is None else f"#{fragment}"
    return f"{scheme}{authority}{path}{query}{fragment}"


def refer(base: Parts, reference: Parts) -> Parts:
    """Return what a reference without scheme means beside its base (RFC 3986, section 5.2.2)."""
    if reference.authority is not None:
        return reference._replace(scheme=base.scheme)
    if not reference.path:
        query = base.query if reference.query is None else reference.query
        return base._replace(query=query, fragment=reference.fragment)
    path = reference.path
    if not path.startswith("/"):
        path = f"{base.path.rpartition('/')[0]}/{path}"
    return Parts(base.scheme, base.authority, _remove_dots(path), reference.query, reference.fragment)


def _remove_dots(path: str) -> str:
    """Return an absolute path without `.` and `..` (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def encode(parts: Parts) -> str:
    """Return a web address as a URI (RFC 3987, section 3.1); raises ValueError where its host is none."""
    return unsplit(
        Parts(
            parts.scheme,
            _encode_authority(parts.authority or ""),
            escape(parts.path, PATH_SAFE),
            None if parts.query is None else escape(parts.query, QUERY_SAFE),
            None if parts.fragment is None else escape(parts.fragment, QUERY_SAFE),
        )
    )


def escape(text: str, safe: str) -> str:
    """Return `text` with what no URI holds percent-encoded; what is encoded already stays as it is."""
    return quote(BARE_PERCENT.sub("%25", text), safe=safe, errors="replace")


def _encode_authority(authority: str) -> str:
    user, at, rest = authority.rpartition("@")
    found = HOST_AND_PORT.fullmatch(rest)
    if found is None or int(found[2] or 0) > GREATEST_PORT:
        raise ValueError("neither host nor host and port")
    port = f":{int(found[2])}" if found[2] else ""
    return f"{escape(user, USER_SAFE)}{at}{_encode_host(found[1])}{port}"


def _encode_host(host: str) -> str:
    if host.startswith("["):
        return f"[{_without_zone(IPv6Address(host[1:-1]))}]"
    if len(host) > 3 * LONGEST_HOST:  # each character may be percent-encoded
        raise ValueError("too long for a host")
    if "%" in host:
        host = unquote(host, errors="strict")
    if not host.isascii():
        host = ".".join(map(_encode_label, re.split("[.\u3002\uff0e\uff61]", host)))
    host = host.lower()
    if len(host) > LONGEST_HOST or not HOST.fullmatch(host):
        raise ValueError("no name of a host")
    return host


def _without_zone(address: IPv6Address) -> str:
    return str(address).partition("%")[0]


def _encode_label(label: str) -> str:
    """Return one label of a host name in ASCII; raises UnicodeError, which is a ValueError."""
    if not KEPT_LETTERS.search(label):
        return label.encode("idna").decode("ascii")
    kept = "".join(
        part if KEPT_LETTERS.fullmatch(part) else nameprep(part) for part in re.split("([ßς])", label)
    )
    return "xn--" + kept.encode("punycode").decode("ascii")
