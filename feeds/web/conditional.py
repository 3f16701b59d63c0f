"""Conditional requests and content codings: RFC 9110, sections 12.5.3 and 13."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from werkzeug.datastructures import Headers
from werkzeug.http import parse_date, parse_etags, unquote_etag

GZIP_NAMES = ("gzip", "x-gzip")  # x-gzip is to be taken for gzip: section 8.4.1.3


def find_status(method: str, headers: Headers, etag: str, modified: datetime) -> int:
    """Return 200, 304 or 412, evaluating the preconditions in the order of section 13.2.2.

    `etag` is quoted, of the representation selected; `modified` has whole seconds.
    """
    may_read = method in ("GET", "HEAD")
    if "If-Match" in headers:
        if not _matches(headers["If-Match"], etag, weak=False):
            return 412
    elif _is_before(headers.get("If-Unmodified-Since"), modified):
        return 412
    if "If-None-Match" in headers:
        if _matches(headers["If-None-Match"], etag, weak=True):
            return 304 if may_read else 412
    elif may_read and _is_since(headers.get("If-Modified-Since"), modified):
        return 304
    return 200


def _matches(header: str, etag: str, *, weak: bool) -> bool:
    """Tell whether a list of entity tags, or `*`, holds `etag` (sections 13.1.1 and 13.1.2)."""
    if header.strip() == "*":
        return True
    known = parse_etags(header)
    value, _ = unquote_etag(etag)
    return known.contains_weak(value) if weak else known.is_strong(value)


def _is_before(header: str | None, modified: datetime) -> bool:
    date = parse_date(header)
    return date is not None and date < modified


def _is_since(header: str | None, modified: datetime) -> bool:
    date = parse_date(header)  # an invalid date is ignored: section 13.1.3
    return date is not None and date >= modified


def accepts_gzip(header: str | None) -> bool:
    """Tell whether a client wants gzip rather than the plain bytes (section 12.5.3).

    Without the header it gets the plain bytes: many simple clients cannot unpack anything.
    """
    weights = dict(_read_codings(header or ""))
    named = [weights[name] for name in GZIP_NAMES if name in weights]
    gzip = max(named) if named else weights.get("*", 0.0)
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _read_codings(header: str) -> Iterator[tuple[str, float]]:
    """Yield (coding, weight); a weight that cannot be read counts as a refusal."""
    for part in header.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((value for value in parameters if value.startswith("q=")), "q=1")
        try:
            yield coding, float(weight.removeprefix("q="))
        except ValueError:
            yield coding, 0.0
