"""Conditional requests and content codings: RFC 9110, sections 12.5.3 and 13."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from werkzeug.http import parse_date, parse_etags, unquote_etag

from feeds.syndication.edition import CODINGS, IDENTITY

GZIP_NAMES = ("gzip", "x-gzip")  # x-gzip is to be taken for gzip: section 8.4.1.3
WEIGHT = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
LEAST = 0.0001  # the weight of plain bytes that nobody asked for; weights have three digits


class Preconditions(NamedTuple):
    """The header fields that make a request conditional, as they came."""

    if_match: str | None = None
    if_unmodified_since: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None


#: Where they stand in the environment of a request (WSGI).
PRECONDITIONS = tuple(f"HTTP_{name.upper()}" for name in Preconditions._fields)


def read_preconditions(environ: Mapping[str, Any]) -> Preconditions:
    """Return the preconditions of a request."""
    return Preconditions(*map(environ.get, PRECONDITIONS))


def find_status(method: str, given: Preconditions, etag: str, modified: datetime | None) -> int:
    """Return 200, 304 or 412, evaluating the preconditions in the order of section 13.2.2.

    `etag` is quoted, of the representation selected; `modified` has whole seconds. Where it is not known,
    conditions on it are ignored (sections 13.1.3 and 13.1.4).
    """
    may_read = method in ("GET", "HEAD")
    if given.if_match is not None:
        if not _matches(given.if_match, etag, weak=False):
            return 412
    elif _is_before(given.if_unmodified_since, modified):
        return 412
    if given.if_none_match is not None:
        if _matches(given.if_none_match, etag, weak=True):
            return 304 if may_read else 412
    elif may_read and _is_since(given.if_modified_since, modified):
        return 304
    return 200


def list_known(header: str | None) -> list[str]:
    """Return the entity tags of a list, quoted, weak ones without their mark; none of them for `*`."""
    tags = parse_etags(header)
    return [f'"{value}"' for value in sorted(tags.as_set(include_weak=True))]


def _matches(header: str, etag: str, *, weak: bool) -> bool:
    """Tell whether a list of entity tags, or `*`, holds `etag` (sections 13.1.1 and 13.1.2)."""
    if header.strip() == "*":
        return True
    known = parse_etags(header)
    value, _ = unquote_etag(etag)
    return known.contains_weak(value) if weak else known.is_strong(value)


def _is_before(header: str | None, modified: datetime | None) -> bool:
    date = _find_date(header)
    return date is not None and modified is not None and date < modified


def _is_since(header: str | None, modified: datetime | None) -> bool:
    date = _find_date(header)
    return date is not None and modified is not None and date >= modified


def _find_date(header: str | None) -> datetime | None:
    """Return the date of a field; None where it is invalid, and so ignored (section 13.1.3)."""
    try:
        return parse_date(header)
    except OverflowError:  # a year of twenty digits
        return None


# --- Which coding -----------------------------------------------------------------------------------


def find_coding(codings: Iterable[str], tags: Mapping[str, str], given: Preconditions) -> str | None:
    """Return the coding of the representation to select, given those the client takes, the best first.

    One whose tag it names goes before: it holds this edition then, and need not be sent it again only because
    it would rather have another coding now. None where it takes none of ours.
    """
    acceptable = [coding for coding in codings if coding in tags]
    named = {*list_known(given.if_none_match), *list_known(given.if_match)}
    held = (coding for coding in acceptable if tags[coding] in named)
    return next(held, acceptable[0] if acceptable else None)


def list_acceptable(header: str | None) -> list[str]:
    """Return the codings a client takes (section 12.5.3), the best first: by its weights, then the shortest.

    Without the header it takes any, and gets the plain bytes: many simple clients cannot unpack anything. `*`
    is taken for gzip and the plain bytes: who does not name a newer coding may not know it.
    """
    if header is None:
        return [IDENTITY, *CODINGS]
    given = dict(_read_weights(header))
    rest = given.get("*")
    weights = {coding: given.get(coding, 0.0) for coding in CODINGS}
    gzip = [given[name] for name in GZIP_NAMES if name in given]
    weights["gzip"] = max(gzip) if gzip else rest or 0.0
    weights[IDENTITY] = given.get(IDENTITY, LEAST if rest is None else rest)
    taken = [coding for coding, weight in weights.items() if weight > 0]
    return sorted(taken, key=weights.__getitem__, reverse=True)  # stable: the shortest first


def _read_weights(header: str) -> Iterator[tuple[str, float]]:
    """Yield (name, weight) of a list with weights; a weight that cannot be read counts as a refusal."""
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((value for value in parameters if value.startswith("q")), "q=1")
        found = WEIGHT.fullmatch(weight)
        if name:
            yield name, float(found[1]) if found else 0.0


# --- Deltas -----------------------------------------------------------------------------------------


def list_manipulations(header: str | None) -> list[str]:
    """Return the instance manipulations a client takes, in its order (RFC 3229, section 10.5.3)."""
    return [name for name, weight in _read_weights(header or "") if weight > 0]
