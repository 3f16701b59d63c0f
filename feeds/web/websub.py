"""Where hubs call us (WebSub): they ask whether we meant it, and deliver what is new.

The address is the only thing a hub has to know. What it sends counts only where it is signed with the key
that was given to it; the poller takes it in.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from feeds.model import HubSubscription
from feeds.store.hub_calls import deny, end, find_by_secret, grant, record_delivery, reject
from feeds.text.characters import collapse
from feeds.web.bodies import SlowBodies
from feeds.web.service import get_service

blueprint = Blueprint("websub", __name__, url_prefix="/websub")

SECRET = re.compile(r"[A-Za-z0-9_-]{32}")
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # section 8
SECONDS = re.compile(r"[0-9]{1,15}")
USUAL_LEASE = timedelta(days=10)  # where a hub does not say how long it delivers
LONGEST_LEASE = timedelta(days=30)
LONGEST_REASON = 200  # characters
LONGEST_MEDIA_TYPE = 200
RETRY_AFTER = 60  # seconds until a hub may send on
BODIES = SlowBodies(at_once=4, seconds=30.0, retry_after=RETRY_AFTER)


@blueprint.get("/<secret>")
def confirm(secret: str) -> Response:
    """Tell a hub whether we have asked for what it says we have (section 5.3), or hear its no (5.2)."""
    known = _find(secret)
    mode = request.args.get("hub.mode")
    if request.args.get("hub.topic") != known.topic:
        abort(404, "Nothing was asked for at this topic.")
    if mode == "denied":
        return _hear_no(known)
    challenge = request.args.get("hub.challenge")
    if not challenge or not known.awaits(mode, _now()) or not _keep(known):
        abort(404, "This was not asked for.")
    return Response(challenge, content_type="text/plain; charset=utf-8")


@blueprint.post("/<secret>")
def receive(secret: str) -> Response:
    """Keep what a hub delivers (section 7); what it has not signed is dropped without a word."""
    known = _find(secret)
    if known.is_over:
        abort(410, "Nothing is wanted here any more.")
    body = _read_body()
    has_signed = is_signed(request.headers.get("X-Hub-Signature", ""), known.key, body)
    with get_service().store.write() as db:
        if not has_signed:
            reject(db, known)
        elif not record_delivery(db, known, _read_media_type(), body, _now()):
            raise ServiceUnavailable("Too many deliveries wait to be taken in.", retry_after=RETRY_AFTER)
    return Response(status=202)


def is_signed(signature: str, key: str, body: bytes) -> bool:
    """Whether a signature, `method=hex`, is that of the body by this key (section 8)."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in METHODS or not given.isascii():
        return False
    expected = hmac.new(key.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(given.strip().lower(), expected)


def _find(secret: str) -> HubSubscription:
    if not SECRET.fullmatch(secret):
        abort(404)
    with get_service().store.read() as db:
        return find_by_secret(db, secret) or abort(404)


def _keep(known: HubSubscription) -> bool:
    """Record what the hub makes sure of; return whether we still want it."""
    with get_service().store.write() as db:
        if known.mode == "unsubscribe":
            return end(db, known, _now())
        return grant(db, known, read_lease(request.args.get("hub.lease_seconds", "")), _now())


def _hear_no(known: HubSubscription) -> Response:
    reason = collapse(request.args.get("hub.reason", ""))[:LONGEST_REASON]
    with get_service().store.write() as db:
        deny(db, known, reason or None, _now())
    return Response(status=204)


def read_lease(text: str) -> timedelta:
    """Return how long the hub delivers: what it says, within reason."""
    if not SECONDS.fullmatch(text):
        return USUAL_LEASE
    return timedelta(seconds=min(int(text), LONGEST_LEASE // timedelta(seconds=1)))


def _read_body() -> bytes:
    """Return the body; what is too large or has broken off is no delivery that was signed wrongly."""
    most = get_service().settings.fetch.max_body_bytes
    request.max_content_length = most + 1  # a server may pass on so much of a larger one, and no more
    body = BODIES.read()
    if len(body) > most:
        raise RequestEntityTooLarge
    if len(body) < (request.content_length or 0):
        abort(400, "The body ends before its length.")
    return body


def _read_media_type() -> str | None:
    return request.headers.get("Content-Type", "")[:LONGEST_MEDIA_TYPE] or None


def _now() -> datetime:
    return datetime.now(UTC)
