"""What goes wrong, told in one line: a page for a person, JSON for a program, never a traceback."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from feeds.errors import ConfigError, EditionError, StoreError, TooSlowError
from feeds.web.forms import is_form
from feeds.web.translation import gettext
from feeds.web.words import N_

log = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds; a busy or unreachable database
UNMADE_RETRY_AFTER = 60  # seconds; a feed that cannot be made is tried again after as many

#: Our words, where the exception brings only those of the library.
REASONS = {
    400: N_("The request could not be understood."),
    403: N_("This is not allowed."),
    404: N_("There is nothing at this address."),
    405: N_("This address does not take such a request."),
    406: N_("There is nothing here in a form that the request accepts."),
    408: N_("The request did not come in time."),
    410: N_("This is gone."),
    412: N_("The precondition of the request does not hold."),
    413: N_("The request is too large."),
    415: N_("The request is of a kind that is not understood here."),
    500: N_("Something went wrong here. It has been noted in the log."),
    503: N_("The database cannot be used at the moment. Please try again shortly."),
}

TITLES = {
    400: N_("Bad request"),
    401: N_("A token is needed"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible"),
    406: N_("Not acceptable"),
    408: N_("Too slow"),
    410: N_("Gone"),
    429: N_("A moment, please"),
    500: N_("Something went wrong"),
    503: N_("Not available right now"),
}


def register(app: Flask) -> None:
    """Let every error of a request end here."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(StoreError, show_unavailable)
    app.register_error_handler(TooSlowError, show_too_slow)
    app.register_error_handler(ConfigError, show_unusable)
    app.register_error_handler(EditionError, show_unmade)
    app.register_error_handler(Exception, show_unexpected)


def show_unavailable(error: Exception) -> Response:
    """503: the database does not answer; where it lies is for the log, not for the public."""
    log.error("%s", error)
    return show(ServiceUnavailable(retry_after=RETRY_AFTER))


def show_too_slow(error: Exception) -> Response:
    """503: a search, or a long feed, that would keep the service from everybody else."""
    log.warning("%s: %s", request.url_rule or request.path, error)
    reason = f"This was given up: {error}. Ask for something more precise, or try again shortly."
    return show(ServiceUnavailable(reason, retry_after=RETRY_AFTER))


def show_unusable(error: Exception) -> Response:
    """503: a part of the configuration that was needed just now has become unreadable."""
    log.error("%s", error)
    return show(ServiceUnavailable("The configuration cannot be used at the moment. The log says why."))


def show_unmade(error: Exception) -> Response:
    """503, in one line: a feed cannot be made, and there is no good one to serve; the log says why."""
    text = "This feed cannot be given at the moment. The status page says why.\n"
    response = Response(text, 503, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(UNMADE_RETRY_AFTER)
    return response


def show_unexpected(error: Exception) -> Response:
    where = request.url_rule or request.path  # not the secret in the address of a callback
    log.error("%s %s", request.method, where, exc_info=error)
    return show(InternalServerError())


def show(error: HTTPException) -> Response:
    """Answer with the error in the form the client reads."""
    code = error.code or 500
    own = type(error).description
    reason = REASONS.get(code, str(own)) if error.description in (None, own) else str(error.description)
    if request.path == "/hub":  # every answer there is one line
        response = Response(f"{reason}\n", code, content_type="text/plain; charset=utf-8")
    elif is_for_program():
        response = Response(msgspec.json.encode({"error": reason}), code, content_type="application/json")
    else:
        response = Response(_render(code, error.name, reason), code)
    for name, value in error.get_headers():  # Allow, WWW-Authenticate, Retry-After
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _render(code: int, name: str, reason: str) -> str:
    """Return the page of an error; a reason that is not ours for all of its kind stays as it was said."""
    title = gettext(TITLES[code]) if code in TITLES else name
    is_usual = reason == REASONS.get(code)
    shown = gettext(reason) if is_usual else reason
    return render_template("problem.html", code=code, title=title, reason=shown, is_usual=is_usual)


def is_for_program() -> bool:
    """Whether the client is a program: it called the API, or a callback, or refreshes without our form."""
    return request.path.startswith(("/api/", "/websub/")) or (
        request.path == "/refresh" and request.method == "POST" and not is_form()
    )
