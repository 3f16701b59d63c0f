"""Who may write, and what browsers are told to refuse."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from feeds.errors import ConfigError
from feeds.text.hosts import find_place
from feeds.web.bodies import SlowBodies
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

#: What a page with a form says beside them. The policy still tells other sites nothing, but under
#: no-referrer a browser would send `Origin: null` with the form, and hide that it is ours.
FORM_HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "private, no-store"}

COOKIE = "feeds_form"
FORMS = SlowBodies(at_once=2, seconds=5.0, retry_after=10)
NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
PROXY_HEADERS = re.compile(r"Forwarded|X-Forwarded-.*|Via|X-Real-Ip", re.IGNORECASE)

#: open: whoever sits at this machine may write; token: whoever knows it; closed: there is no token.
Access = Literal["open", "token", "closed"]


def register(app: Flask) -> None:
    """Give every answer its header fields, and the templates what their forms need."""
    app.secret_key = secrets.token_hex(32)  # of this process: a form lives no longer than it
    app.after_request(_protect)
    app.jinja_env.globals.update(access=find_access, form_token=make_form_token)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "form_nonce" in g:
        response.headers.update(FORM_HEADERS)
        path = f"{request.script_root}/"
        response.set_cookie(COOKIE, g.form_nonce, path=path, httponly=True, samesite="Strict")
    return response


# --- A program with a token -------------------------------------------------------------------------


def check_bearer() -> None:
    """Answer 403 where no token is set, and 401 to a request that does not bear it (RFC 6750)."""
    token = get_service().settings.token
    if token is None:
        abort(403, HOW_TO_SET_TOKEN)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_same(given.strip(), token):
        challenge = WWWAuthenticate("bearer", {"realm": "feeds"})
        raise Unauthorized("This needs the token: Authorization: Bearer TOKEN.", www_authenticate=challenge)


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


# --- A person with the page's form ------------------------------------------------------------------


def find_access() -> Access:
    """What the form needs from whoever reads this page."""
    try:
        token = get_service().settings.token
    except ConfigError:  # the file with the token has become unreadable: nobody gets in
        return "closed"
    if token is not None:
        return "token"
    return "open" if is_at_this_machine() else "closed"


def is_form() -> bool:
    """Whether the request comes from a form of ours, rightly or not."""
    return "Authorization" not in request.headers and COOKIE in request.cookies


def make_form_token() -> str:
    """Return the hidden field that goes with the cookie this answer will carry."""
    if "form_nonce" not in g:
        known = request.cookies.get(COOKIE, "")
        g.form_nonce = known if NONCE.fullmatch(known) else secrets.token_urlsafe(16)
    return _sign(g.form_nonce)


def check_form() -> None:
    """Answer 403 to a form that is not ours, or whose sender may not write.

    What can be told without the body comes first: nobody else gets to make us wait for one.
    """
    access = find_access()
    if access == "closed":
        abort(403, HOW_TO_SET_TOKEN)
    if access == "open" and not is_same_origin():
        abort(403, "This form was sent from another site.")
    FORMS.read()
    fields = request.form
    nonce = request.cookies.get(COOKIE, "")
    if not NONCE.fullmatch(nonce) or not _is_same(fields.get("form", ""), _sign(nonce)):
        abort(403, "This form is too old. Go back, load the page again and repeat.")
    if access == "token" and not _is_same(fields.get("token", ""), get_service().settings.token or ""):
        abort(403, "That is not the token.")


def _sign(nonce: str) -> str:
    return hmac.new(str(current_app.secret_key).encode(), nonce.encode(), hashlib.sha256).hexdigest()


def is_at_this_machine() -> bool:
    """Whether only a person at this machine can have sent the request.

    We listen on a loopback address, no proxy has passed the request on, and it asks for a name that is
    always this machine: a page elsewhere whose own name suddenly points here (DNS rebinding) does not.
    """
    return (
        is_loopback(get_service().settings.server.host)
        and not any(PROXY_HEADERS.fullmatch(name) for name, _ in request.headers)
        and is_loopback(_read_host(request.headers.get("Host", "")))
    )


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address without brackets, is this machine and no other."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_same_origin() -> bool:
    """Whether the browser says that a page of ours sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin"):
        return False
    for name in ("Origin", "Referer"):
        if request.headers.get(name, "null") != "null":
            return _read_origin(request.headers[name]) == request.headers.get("Host", "").lower()
    return site == "same-origin"


def is_from_elsewhere() -> bool:
    """Whether a browser says that a page of another site sent the request; a program says nothing of it.

    Our own origin is that of base_url: what the request itself calls us could be the name of that page (DNS
    rebinding).
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return True
    if "Origin" not in request.headers:
        return False
    origin = find_place(request.headers["Origin"])
    return origin is None or origin != find_place(get_service().settings.base_url)


def _read_origin(header: str) -> str | None:
    try:
        return urlsplit(header).netloc.lower()
    except ValueError:
        return None


def _read_host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
