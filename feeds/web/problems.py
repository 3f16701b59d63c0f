"""What goes wrong, told in one line: a page for a person, JSON for a program, never a traceback."""

from __future__ import annotations

import logging

import msgspec
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from feeds.errors import ConfigError, EditionError, StoreError, TooSlowError
from feeds.web.forms import is_form

log = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds; a busy or unreachable database
UNMADE_RETRY_AFTER = 60  # seconds; a feed that cannot be made is tried again after as many

#: Our words, where the exception brings only those of the library.
REASONS = {
    400: "The request could not be understood.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take such a request.",
    406: "There is nothing here in a form that the request accepts.",
    408: "The request did not come in time.",
    410: "This is gone.",
    412: "The precondition of the request does not hold.",
    413: "The request is too large.",
    415: "The request is of a kind that is not understood here.",
    500: "Something went wrong here. It has been noted in the log.",
    503: "The database cannot be used at the moment. Please try again shortly.",
}

TITLES = {
    400: "Bad request",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible",
    406: "Not acceptable",
    408: "Too slow",
    410: "Gone",
    429: "A moment, please",
    500: "Something went wrong",
    503: "Not available right now",
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
        title = TITLES.get(code, error.name)
        response = Response(render_template("problem.html", code=code, title=title, reason=reason), code)
    for name, value in error.get_headers():  # Allow, WWW-Authenticate, Retry-After
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def is_for_program() -> bool:
    """Whether the client is a program: it called the API, or a callback, or refreshes without our form."""
    return request.path.startswith(("/api/", "/websub/")) or (
        request.path == "/refresh" and request.method == "POST" and not is_form()
    )
