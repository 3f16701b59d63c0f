"""The HTTP part of a poll: one conditional request, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from feeds.errors import FetchError, GoneError, HeldError
from feeds.model import Document, Validators
from feeds.polling.link_header import find_targets
from feeds.polling.network import REDIRECTS, Answer, Network
from feeds.polling.pauses import FINE, Pauses
from feeds.text.dates import parse_date
from feeds.text.urls import public_url

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
PERMANENT = frozenset({301, 308})
LONGEST_PAUSE = timedelta(days=7)  # that a Retry-After can ask for
LONGEST_FRESHNESS = timedelta(days=366)
LONGEST_VALIDATOR = 2000  # characters
#: What a status says to a person beyond its name.
MEANINGS = {
    401: "a login is wanted",
    402: "a subscription is wanted",
    407: "a proxy on the way wants a login",
    451: "withheld for legal reasons",
    511: "the network here wants a login",
}
NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a fetch brought; `document` is None where the server says it has not changed."""

    document: Document | None
    status: int
    url: str  #: where the answer came from
    moved_to: str | None = None  #: the source's new address, where its server says it moved for good
    fresh_for: timedelta | None = None  #: how long the server says it will not change
    size: int = 0  #: bytes of the decoded body
    hubs: tuple[str, ...] = ()  #: that the Link header names (WebSub, section 4)
    topic: str | None = None  #: the address it gives for the document itself


async def fetch(
    network: Network,
    url: str,
    validators: Validators = NO_VALIDATORS,
    *,
    clock: Callable[[], datetime],
    pauses: Pauses | None = None,
    insist: bool = False,
) -> FetchResult:
    """Ask for a document, unless it is the one `validators` belong to.

    Hosts that `pauses` holds are not asked, unless we `insist`; it hears of every answer. A Retry-After in
    seconds counts from the answer: a request may have waited long for its turn. Raises HeldError, GoneError
    (410), FetchError with `status` and `retry_after` where the server gives them, and what `Network.get`
    raises.
    """
    pauses = pauses if pauses is not None else Pauses()

    def check(host: str) -> None:
        until = None if insist else pauses.find(host, clock())
        if until is not None:
            raise HeldError(public_url(url), host, until)

    answer = await network.get(url, {"Accept": ACCEPT} | _conditions(validators), check=check)
    now = clock()
    if answer.status not in FINE:
        raise _failure(url, answer, pauses, now)
    pauses.hear(answer.place, answer.url, answer.status, None, now)
    document = None if answer.status == HTTPStatus.NOT_MODIFIED else _read_document(url, answer)
    links = answer.headers.get("link", "")
    return FetchResult(
        document=document,
        status=answer.status,
        url=answer.url,
        moved_to=_find_new_address(answer),
        fresh_for=_find_freshness(answer.headers),
        size=len(answer.body),
        hubs=find_targets(links, "hub", answer.url),
        topic=next(iter(find_targets(links, "self", answer.url)), None),
    )


def _conditions(validators: Validators) -> dict[str, str]:
    """Both at once, each exactly as it was given (RFC 9110, section 13.1)."""
    given = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in given.items() if value}


def _read_document(url: str, answer: Answer) -> Document:
    if not answer.body:
        raise FetchError(public_url(url), "the answer was empty", status=answer.status)
    return Document(
        url=public_url(answer.url),  # relative links are resolved against it: it must hold no password
        body=answer.body,
        media_type=answer.headers.get("content-type"),
        validators=Validators(
            etag=_find_validator(answer, "etag"), last_modified=_find_validator(answer, "last-modified")
        ),
    )


def _find_validator(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name)
    return value if value and len(value) <= LONGEST_VALIDATOR else None


def _find_new_address(answer: Answer) -> str | None:
    """Return the end of the unbroken chain of permanent redirects that starts at the source."""
    moved_to = None
    for redirect in answer.redirects:
        if redirect.status not in PERMANENT:
            break
        moved_to = redirect.url
    return moved_to


def _failure(url: str, answer: Answer, pauses: Pauses, now: datetime) -> FetchError:
    subject = public_url(url)
    retry_after = find_retry_after(answer.headers, now)
    is_paused = pauses.hear(answer.place, answer.url, answer.status, retry_after, now)
    is_own = all(redirect.status in PERMANENT for redirect in answer.redirects)
    if answer.status == HTTPStatus.GONE and is_own:  # behind a temporary redirect only that place is gone
        return GoneError(subject, "the publisher says it is gone for good (HTTP 410)", status=answer.status)
    return FetchError(
        subject,
        _describe(answer),
        status=answer.status,
        retry_after=retry_after,
        paused_host=answer.place if is_paused else None,
    )


def _describe(answer: Answer) -> str:
    """Name the status of an answer, say what it means to us, and who gave it where that was somebody else."""
    named = describe_status(answer.status)
    if answer.redirects:
        named = f"redirected to {public_url(answer.url)}: {named}"
    if _is_challenge(answer):
        return f"{named}: the answer is a challenge for browsers"
    if answer.status in REDIRECTS:
        return f"{named}: a redirect without an address"
    meaning = MEANINGS.get(answer.status)
    return f"{named}: {meaning}" if meaning else named


def _is_challenge(answer: Answer) -> bool:
    """Whether a refusal is one of everybody who is no browser."""
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if not answer.body:
        return False
    from feeds.parsing.instead import is_challenge  # only here: most answers have no page to look at

    return is_challenge(answer.body, answer.headers.get("content-type"))


def describe_status(status: int) -> str:
    """Name a status in the standard's words; a server's own could be anything."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def find_retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Read Retry-After (RFC 9110, section 10.2.3) of any failure: a date or seconds, a week at most."""
    text = headers.get("retry-after", "").strip()
    wait = _read_seconds(text, LONGEST_PAUSE)
    when = parse_date(text) if wait is None else now + wait
    if when is None or when <= now:
        return None
    return min(when, now + LONGEST_PAUSE)


def _find_freshness(headers: Mapping[str, str]) -> timedelta | None:
    """Return how much longer the answer is fresh (RFC 9111, section 4.2); None where nothing is promised."""
    directives = _read_directives(headers.get("cache-control", ""))
    if directives.keys() & {"no-cache", "no-store"}:
        return None
    if "max-age" in directives:
        seconds = directives["max-age"]
        if seconds.isdecimal():
            seconds = seconds[:15]  # what is too large to count is large (RFC 9111, section 1.2.2)
        lifetime = _read_seconds(seconds, LONGEST_FRESHNESS)
    else:
        lifetime = _find_expiry(headers)
    age = _read_seconds(headers.get("age", ""), LONGEST_FRESHNESS) or timedelta()
    return lifetime - age if lifetime is not None and lifetime > age else None


def _find_expiry(headers: Mapping[str, str]) -> timedelta | None:
    expires, date = (parse_date(headers.get(name, "")) for name in ("expires", "date"))
    return min(expires - date, LONGEST_FRESHNESS) if expires and date else None


def _read_directives(text: str) -> dict[str, str]:
    pairs = (directive.partition("=") for directive in text.lower().split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _read_seconds(text: str, most: timedelta) -> timedelta | None:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        return None
    return min(timedelta(seconds=min(int(text), most // timedelta(seconds=1))), most)
