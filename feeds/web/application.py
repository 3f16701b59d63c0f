"""The application put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request

from feeds.config import Configuration, Settings
from feeds.store import Store
from feeds.web import (
    api,
    catalogue,
    desk,
    entries,
    feeds,
    forms,
    heads,
    hub,
    machines,
    pages,
    presentation,
    problems,
    refreshing,
    searching,
    security,
    sessions,
    sources,
    status,
    translation,
    websub,
)
from feeds.web.front import Front
from feeds.web.service import EXTENSION, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BODY_BYTES = 64 * 1024  # of a request: a form or a list of slugs
STATIC_MAX_AGE = 31_536_000  # seconds; the address of a static file changes with its bytes


#: What is at the addresses of the site.
PARTS = (
    *(feeds, pages, sources, entries, searching, catalogue, machines, status, refreshing, desk),
    *(api, websub, hub),
)


def build_app(configuration: Configuration, store: Store) -> Flask:
    """Return the application; what it is made of registers itself."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BODY_BYTES, SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE)
    service = Service(configuration, store)
    app.extensions[EXTENSION] = service
    app.before_request(service.follow_configuration)
    app.after_request(keep_redirect_here)
    for part in (security, sessions, forms, translation, presentation, heads, problems):
        part.register(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    app.wsgi_app = Mount(Front(app.wsgi_app, service), service)  # type: ignore[method-assign]  # as Flask's manual says
    return app


class Mount:
    """Serves the site under the path of its base_url, whether or not a proxy in front cut that off."""

    def __init__(self, wsgi_app: WSGIApplication, service: Service) -> None:
        self._wsgi_app = wsgi_app
        self._service = service
        self._known: tuple[Settings | None, str] = None, ""  # settings, and the path of their base_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        settings, prefix = self._known
        if settings is not self._service.settings:
            settings = self._service.settings
            prefix = urlsplit(settings.base_url).path
            self._known = settings, prefix
        if prefix:
            environ["SCRIPT_NAME"] = prefix
            path = environ["PATH_INFO"]
            if path == prefix or path.startswith(f"{prefix}/"):
                environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return self._wsgi_app(environ, start_response)


def keep_redirect_here(response: Response) -> Response:
    """Cut scheme and host, which would come from the Host header, off redirects to a missing slash.

    Their text repeats the address, and is left out.
    """
    is_redirect = 300 <= response.status_code < 400
    if is_redirect and response.location and response.location.startswith(request.host_url):
        response.location = f"/{response.location[len(request.host_url) :].lstrip('/')}"
        response.set_data(b"")
    return response
