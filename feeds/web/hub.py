"""Our own hub (WebSub, section 5): whoever wants to be sent what is new at a feed of ours asks here.

A request is only recorded. The poller makes sure that the subscriber meant it, and delivers.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from feeds.model import HubMode, SubscriberRequest
from feeds.store import views
from feeds.store.subscriber_requests import record_request
from feeds.syndication.topics import Topic, find_topic
from feeds.text.urls import LONGEST_SOURCE
from feeds.web.bodies import SlowBodies
from feeds.web.callbacks import find_callback_host
from feeds.web.origins import is_from_elsewhere
from feeds.web.service import get_service

blueprint = Blueprint("hub", __name__)

MODES: tuple[HubMode, ...] = get_args(HubMode)
PUBLISH = "this hub knows by itself when a feed of its own has changed."
UNKNOWN = "is neither subscribe nor unsubscribe."
SECONDS = re.compile(r"[0-9]{1,15}")
USUAL_LEASE = timedelta(days=10)
SHORTEST_LEASE = timedelta(minutes=10)
LONGEST_LEASE = timedelta(days=30)
MOST_SECRET_BYTES = 199  # section 5.1
RATE_SECONDS = 60
MOST_AT_A_RATE = 1_200  # requests in this time
MOST_OF_HOST_AT_A_RATE = 120
RETRY_AFTER = 300  # seconds until there may be room again
BUSY = "Too many requests have come within a minute; ask again later."
FORMS = SlowBodies(at_once=2, seconds=5.0, retry_after=RETRY_AFTER)
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100


class Rate:
    """Counts the requests of a minute, in all and by the host of their callback."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._began = 0.0
        self._counts: Counter[str] = Counter()

    def is_exceeded(self, host: str, now: float) -> bool:
        """Count a request; return whether there are more than this process takes. `now` is in seconds."""
        with self._guard:
            if not 0 <= now - self._began < RATE_SECONDS:
                self._began, self._counts = now, Counter()
            if self._counts.total() >= MOST_AT_A_RATE or self._counts[host] >= MOST_OF_HOST_AT_A_RATE:
                return True
            self._counts[host] += 1
            return False


RATE = Rate()


@blueprint.post("/hub")
def ask() -> Response:
    """Record what a subscriber asks for: 202, and the rest follows at its callback."""
    service = get_service()
    if service.settings.own_hub is None:
        return _say("There is no hub here.", 404)
    if is_from_elsewhere():
        return _say("Subscribers ask here, and no pages of other sites.", 403)
    asked = _read_request(_read_form(), datetime.now(UTC))
    if RATE.is_exceeded(asked.host, time.monotonic()):
        refusal: str | None = BUSY  # before anything is written: writing costs a disk its turn
    else:
        with service.store.write() as db:
            refusal = record_request(db, asked)
    if refusal is None:
        return _say("Your callback is asked now whether you meant it.", 202)
    response = _say(refusal, 429)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _read_request(form: Mapping[str, str], now: datetime) -> SubscriberRequest:
    """Return what the fields of a form ask for, or answer why it cannot be; other fields are ignored."""
    mode = _read_mode(form.get("hub.mode", ""))
    callback, host = _read_callback(form.get("hub.callback", ""))
    secret = _read_secret(form.get("hub.secret", ""))
    topic, revision = _find_topic(form.get("hub.topic", ""))
    return SubscriberRequest(
        topic=topic.url,
        callback=callback,
        host=host,
        view_key=topic.view.revised_by,
        revision=revision,
        mode=mode,
        lease=read_lease(form.get("hub.lease_seconds", "")),
        asked=now,
        secret=secret,
    )


def _read_mode(text: str) -> HubMode:
    mode = next((mode for mode in MODES if mode == text), None)
    if mode is None:
        abort(_say(f"hub.mode: {PUBLISH if text == 'publish' else UNKNOWN}", 400))
    return mode


def _find_topic(url: str) -> tuple[Topic, int]:
    """Return the feed with this address, and the revision of its view that the subscriber can have seen."""
    service = get_service()
    site = service.site()
    with service.store.read() as db:
        topic = find_topic(db, site, url) if len(url) <= LONGEST_SOURCE else None
        if topic is None:
            abort(_say("hub.topic: is not the address of a feed that is served here.", 404))
        return topic, views.revision(db, topic.view.revised_by)


def _read_callback(url: str) -> tuple[str, str]:
    """Return the callback as it was given, for the subscription is known by it, and its host."""
    try:
        return url, find_callback_host(url, get_service().settings)
    except ValueError as error:
        abort(_say(f"hub.callback: {error}", 400))


def _read_secret(text: str) -> str | None:
    if len(text.encode()) > MOST_SECRET_BYTES:
        abort(_say("hub.secret: must be less than 200 bytes long.", 400))
    if not text.isprintable():
        abort(_say("hub.secret: holds control characters.", 400))
    return text or None


def read_lease(text: str) -> timedelta:
    """Return the lease that is granted: what is asked for, within bounds."""
    wanted = timedelta(seconds=min(int(text), 10**9)) if SECONDS.fullmatch(text) else USUAL_LEASE
    return min(max(wanted, SHORTEST_LEASE), LONGEST_LEASE)


def _read_form() -> Mapping[str, str]:
    """Return the fields, of several with one name the first; what is not UTF-8 is not guessed at."""
    if request.mimetype != FORM:
        abort(_say(f"A request is a form, {FORM}.", 415))
    body = FORMS.read()
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        abort(_say(f"The form is not written in UTF-8, or has more than {MOST_FIELDS} fields.", 400))
    return MultiDict(fields)


def _say(line: str, status: int) -> Response:
    return Response(f"{line}\n", status, content_type="text/plain; charset=utf-8")
