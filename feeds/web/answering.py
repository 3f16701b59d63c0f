"""What is answered to who asks for an edition: all, nothing, or only what is new (RFC 9110, RFC 3229)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from feeds.syndication.edition import CODINGS, IDENTITY, Edition, strip_coding
from feeds.text.dates import format_http
from feeds.web.conditional import (
    PRECONDITIONS,
    Preconditions,
    find_coding,
    find_status,
    list_acceptable,
    list_known,
    list_manipulations,
    read_preconditions,
)

#: Caches may keep a feed but must ask before each use: asking costs a look at a counter and a 304, and
#: whoever has just refreshed by hand sees the result at once instead of after some max-age.
CACHE_CONTROL = "no-cache"

#: Of what is only new: no cache may take it for the feed. One that knows deltas may keep it: `im` tells it to
#: overlook `no-store` (RFC 3229, section 10.5).
CACHE_CONTROL_OF_DELTA = "no-store, im"

#: Everything in the environment of a request that the answer depends on, beside the address.
DEPENDS_ON = ("REQUEST_METHOD", "HTTP_ACCEPT_ENCODING", "HTTP_A_IM", *PRECONDITIONS)

MOST_BASES = 4  # editions a client may name and we look for: it must not make us render hundreds

STATUS_LINES = {status: f"{status} {HTTPStatus(status).phrase}" for status in (200, 226, 304, 406, 412)}

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with header fields and a body; one to HEAD has the body of GET, which is not to be sent."""

    status: int  #: 200, 226, 304; 406 and 412 without fields and body
    fields: Fields = ()
    body: bytes = b""

    @property
    def status_line(self) -> str:
        return STATUS_LINES[self.status]


def find_answer(edition: Edition, environ: Mapping[str, Any], links: str | None = None) -> Answer:
    """Return what a request (its environment, as WSGI has it) for this edition is answered with.

    `links` is the Link field of a feed that hubs announce.
    """
    given = read_preconditions(environ)
    tags = {coding: edition.tag(coding) for coding in (*CODINGS, IDENTITY)}
    coding = find_coding(list_acceptable(environ.get("HTTP_ACCEPT_ENCODING")), tags, given)
    if coding is None:
        return Answer(406)
    status = find_status(environ["REQUEST_METHOD"], given, tags[coding], edition.modified)
    if status == 412:
        return Answer(412)
    linked: Fields = (("Link", links),) if links else ()
    fields = (*_describe(edition, tags[coding], CACHE_CONTROL), *linked)
    if status == 304:
        return Answer(304, fields)
    body = edition.encode(coding)
    delta = _find_delta(edition, environ, given, len(body))
    if delta is not None:
        return replace(delta, fields=(*delta.fields, *linked))
    coded: Fields = () if coding == IDENTITY else (("Content-Encoding", coding),)
    return _make(200, edition, (*fields, *coded), body)


def _describe(edition: Edition, tag: str, cache_control: str) -> Fields:
    """Return the header fields a 200 and a 304 have in common (RFC 9110, section 15.4.5).

    A coding is not among them: a 304 has no content, and some clients would unpack what is not there.
    """
    dated = (("Last-Modified", format_http(edition.modified)),) if edition.modified else ()
    return (
        ("ETag", tag),
        *dated,
        ("Cache-Control", cache_control),
        ("Vary", "Accept-Encoding, A-IM" if edition.since else "Accept-Encoding"),
    )


def _make(status: int, edition: Edition, fields: Fields, body: bytes) -> Answer:
    described = ("Content-Type", f"{edition.media_type}; charset=utf-8"), ("Content-Length", str(len(body)))
    return Answer(status, (*fields, *described), body)


# --- Only what is new (RFC 3229, with `feed` for the manipulation) ----------------------------------


def _find_delta(
    edition: Edition, environ: Mapping[str, Any], given: Preconditions, most: int
) -> Answer | None:
    """Return what the client lacks, if it asks for that, we can tell, and it is shorter than `most` bytes.

    It has no content coding: that would be one of the whole feed, made before the delta is (section 4). A
    client that can unpack the delta itself lists gzip as a manipulation that comes after `feed`.
    """
    manipulations = list_manipulations(environ.get("HTTP_A_IM"))
    if edition.since is None or "feed" not in manipulations:
        return None
    found = _find_since(edition, given)
    if found is None:
        return None
    base, delta = found
    is_packed = "gzip" in manipulations[manipulations.index("feed") :]  # in this order: section 10.5.3
    body = delta.encode("gzip" if is_packed else IDENTITY)
    if len(body) >= most:
        return None
    fields = (
        *_describe(edition, edition.etag, CACHE_CONTROL_OF_DELTA),
        ("IM", "feed, gzip" if is_packed else "feed"),
        ("Delta-Base", base),
    )
    return _make(226, edition, fields, body)


def _find_since(edition: Edition, given: Preconditions) -> tuple[str, Edition] | None:
    """Return the tag of an edition that the client names, and what it lacks since; the shortest of these."""
    assert edition.since is not None  # noqa: S101 - the caller has looked
    rests = [(tag, edition.since(strip_coding(tag))) for tag in list_known(given.if_none_match)[:MOST_BASES]]
    known = [(tag, rest) for tag, rest in rests if rest is not None]
    return min(known, key=lambda each: len(each[1].body), default=None)
