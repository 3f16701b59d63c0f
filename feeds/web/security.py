"""What browsers are told to refuse, and programs that bear the token."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from flask import Flask, Response, abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from feeds.web.service import get_service

HOW_TO_SET_TOKEN = (
    "Set a token to allow this: [server] token in the configuration file, or FEEDS_SERVER_TOKEN."  # noqa: S105 - a text
)

#: Nothing is run, framed or sent elsewhere; pictures and sound come from wherever entries have them.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "style-src 'self'",
        "img-src 'self' http: https:",
        "media-src http: https:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

TRIES = "feeds-tries"  # the extension
FREE_TRIES = 5  # wrong tokens from one address before each further one costs a wait
WAIT = 10.0  # seconds
REMEMBERED = 900.0  # seconds after its last wrong try an address begins anew
MOST_ADDRESSES = 1024


def register(app: Flask) -> None:
    """Give every answer its header fields."""
    app.extensions[TRIES] = Tries()
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def check_bearer() -> None:
    """Answer 403 where no token is set, and 401 to a request that does not bear it (RFC 6750)."""
    token = get_service().settings.token
    if token is None:
        abort(403, HOW_TO_SET_TOKEN)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_same(given.strip(), token):
        challenge = WWWAuthenticate("bearer", {"realm": "feeds"})
        raise Unauthorized("This needs the token: Authorization: Bearer TOKEN.", www_authenticate=challenge)


def is_token(given: str) -> bool:
    """Whether a person has typed the token; answers 429 while too many wrong ones have come from there."""
    tries: Tries = current_app.extensions[TRIES]
    address, now = request.remote_addr or "", time.monotonic()
    seconds = tries.find_wait(address, now)
    if seconds:
        told = "in a second" if seconds == 1 else f"in {seconds} seconds"
        raise TooManyRequests(f"Too many wrong tokens; try again {told}.", retry_after=seconds)
    is_right = is_same(given, get_service().settings.token or "")
    tries.note(address, now, is_right=is_right)
    return is_right


def is_same(given: str, expected: str) -> bool:
    """Compare two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


@dataclass(slots=True)
class Tries:
    """The wrong tokens that came of late, by the address they came from; of one process.

    Only what was compared counts, so that the right token never waits longer than `WAIT`; but for one whose
    address is that of somebody else, too, who goes on guessing.
    """

    _known: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)  # how many, the last one

    def find_wait(self, address: str, now: float) -> int:
        """Return the whole seconds until a token from there is looked at, 0 where it is now."""
        count, last = self._known.get(address, (0, now))
        left = last + WAIT - now
        return 0 if count < FREE_TRIES or left <= 0 else int(left) + 1

    def note(self, address: str, now: float, *, is_right: bool) -> None:
        """Count a token that was compared; the right one clears the address."""
        count, last = self._known.pop(address, (0, now))
        if is_right:
            return
        self._known[address] = (1 if now - last > REMEMBERED else count + 1, now)
        if len(self._known) > MOST_ADDRESSES:
            self._known.popitem(last=False)
