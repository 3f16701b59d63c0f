"""Forms that only a page of ours can send, and only who may write."""

from __future__ import annotations

import hashlib
import re
import secrets

from flask import Flask, Response, abort, g, request

from feeds.web import sessions
from feeds.web.bodies import SlowBodies
from feeds.web.origins import is_same_origin
from feeds.web.security import HOW_TO_SET_TOKEN, is_same, is_token
from feeds.web.sessions import find_access, find_session

#: What a page with a form says beside the headers of all. The policy still tells other sites nothing, but
#: under no-referrer a browser would send `Origin: null` with the form, and hide that it is ours.
FORM_HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "private, no-store"}

COOKIE = "feeds_form"
FORMS = SlowBodies(at_once=2, seconds=5.0, retry_after=10)
SIGNED = SlowBodies(at_once=2, seconds=5.0, retry_after=10)  # strangers take no turn of who is signed in
NONCE = re.compile(r"[A-Za-z0-9_-]{22}")

FOREIGN = "This form was sent from another site."
TOO_OLD = "This form is too old. Go back, load the page again and repeat."
SIGNED_OUT = "You are not signed in any more. Sign in, go back, load the page again and repeat."


def register(app: Flask) -> None:
    """Let templates make forms."""
    app.after_request(_mark_page)
    app.jinja_env.globals["form_token"] = make_form_token


def is_form() -> bool:
    """Whether the request comes from a form of ours, rightly or not."""
    has_cookie = COOKIE in request.cookies or sessions.COOKIE in request.cookies
    return "Authorization" not in request.headers and has_cookie


def make_form_token() -> str:
    """Return the hidden field of a form: it goes with the cookie that the browser has, or will have."""
    g.has_form = True
    session = find_session()
    if session is not None:
        return sessions.prove("form", session)
    if "form_nonce" not in g:
        known = request.cookies.get(COOKIE, "")
        g.form_nonce = known if NONCE.fullmatch(known) else secrets.token_urlsafe(16)
    return _mark(g.form_nonce)


def check_form() -> None:
    """Answer 403 to a form that is not ours, or whose sender may not write.

    What can be told without the body comes first: nobody else gets to make us wait for one.
    """
    access = find_access()
    if access == "closed":
        abort(403, HOW_TO_SET_TOKEN)
    _check_mark(SIGNED if access == "signed" else FORMS, needs_origin=access != "token")
    if access == "token" and not is_token(request.form.get("token", "")):
        abort(403, "That is not the token.")


def check_signed_form(bodies: SlowBodies = SIGNED) -> None:
    """Answer 403 to a form that is not ours, or whose sender is not signed in."""
    access = find_access()
    if access != "signed":
        abort(403, SIGNED_OUT if access == "token" else HOW_TO_SET_TOKEN)
    _check_mark(bodies, needs_origin=True)


def check_form_alone() -> None:
    """Answer 403 to a form that is not ours, whoever has sent it."""
    _check_mark(FORMS, needs_origin=True)


def _check_mark(bodies: SlowBodies, *, needs_origin: bool) -> None:
    if needs_origin and not is_same_origin():
        abort(403, FOREIGN)
    bodies.read()
    expected = _find_mark()
    if expected is None or not is_same(request.form.get("form", ""), expected):
        abort(403, TOO_OLD)


def _find_mark() -> str | None:
    """Return the hidden field that goes with the cookie of this request."""
    session = find_session()
    if session is not None:
        return sessions.prove("form", session)
    nonce = request.cookies.get(COOKIE, "")
    return _mark(nonce) if NONCE.fullmatch(nonce) else None


def _mark(nonce: str) -> str:
    """Another site can neither read the cookie nor the page, so it needs no secret of ours.

    One that went with the token, shown to everybody, would be there to guess the token by.
    """
    return hashlib.sha256(f"form {nonce}".encode()).hexdigest()


def _mark_page(response: Response) -> Response:
    if "has_form" in g:
        response.headers.update(FORM_HEADERS)
    if "form_nonce" in g:
        path = f"{request.script_root}/"
        secure = sessions.is_secure()
        response.set_cookie(COOKIE, g.form_nonce, path=path, secure=secure, httponly=True, samesite="Strict")
    return response
