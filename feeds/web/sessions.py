"""Who is signed in: a cookie proves that its browser was given to somebody who knew the token."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from feeds.errors import ConfigError, StoreError
from feeds.web.origins import is_at_this_machine
from feeds.web.security import is_same
from feeds.web.service import get_service

COOKIE = "feeds_session"
LASTS = timedelta(days=30)
SHAPE = re.compile(r"([A-Za-z0-9_-]{22}\.[0-9]{1,12})\.([0-9a-f]{64})")  # random, until when; the proof

#: signed: who knows the token has told it; open: whoever sits at this machine may refresh; token: whoever
#: tells it may; closed: there is no token.
Access = Literal["signed", "open", "token", "closed"]


def register(app: Flask) -> None:
    """Let templates ask who reads them."""
    app.after_request(_tell_caches)
    app.jinja_env.globals["access"] = find_access


def find_access() -> Access:
    """What a form needs from whoever reads this page."""
    try:
        token = get_service().settings.token
    except ConfigError:  # the file with the token has become unreadable: nobody gets in
        return "closed"
    if token is not None:
        return "signed" if find_session() is not None else "token"
    return "open" if is_at_this_machine() else "closed"


def find_session() -> str | None:
    """Return the value of the cookie of who is signed in; None where nobody is."""
    if "session_value" not in g:
        g.session_value = _read_session(request.cookies.get(COOKIE, ""), datetime.now(UTC))
    return g.session_value  # type: ignore[no-any-return]  # what it is set to above


def sign_in(response: AnyResponse, now: datetime) -> None:
    """Give the browser the cookie of who has just told the token."""
    response.set_cookie(
        COOKIE,
        make_session(now),
        max_age=LASTS,
        path=f"{request.script_root}/",
        secure=is_secure(),
        httponly=True,
        samesite="Strict",
    )


def sign_out(response: AnyResponse) -> None:
    """Take the cookie away."""
    response.delete_cookie(
        COOKIE, path=f"{request.script_root}/", secure=is_secure(), httponly=True, samesite="Strict"
    )


def is_secure() -> bool:
    """Whether our cookies are for TLS alone: readers reach us by it."""
    return urlsplit(get_service().settings.base_url).scheme == "https"


def make_session(now: datetime) -> str:
    """Return the value of a cookie: something random, until when it holds, and the proof of the token."""
    claim = f"{secrets.token_urlsafe(16)}.{int((now + LASTS).timestamp())}"
    return f"{claim}.{prove('session', claim)}"


def _read_session(value: str, now: datetime) -> str | None:
    found = SHAPE.fullmatch(value)
    if found is None or int(found[1].partition(".")[2]) <= now.timestamp():
        return None
    try:
        return value if is_same(found[2], prove("session", found[1])) else None
    except (ConfigError, StoreError):  # the token or the site's id cannot be read: nobody is let in
        return None


def prove(purpose: str, text: str) -> str:
    """Return what only who knows the token can make of a text."""
    service = get_service()
    key = derive_key(service.settings.token or "", service.site().id)
    return hmac.new(key, f"{purpose} {text}".encode(), hashlib.sha256).hexdigest()


@lru_cache(4)
def derive_key(token: str, site_id: str) -> bytes:
    """Return the key of a token: every web process has the same, after a restart too, and none with another.

    It is slow to make on purpose, so that a cookie somebody has got hold of is of little help in guessing the
    token.
    """
    return hashlib.scrypt(token.encode(), salt=site_id.encode(), n=2**14, r=8, p=1, dklen=32)


def _tell_caches(response: Response) -> Response:
    """What is shown to who is signed in is nobody else's."""
    if "session_value" in g:
        response.vary.add("Cookie")
        if g.session_value is not None:
            response.headers["Cache-Control"] = "private, no-store"
    return response
