"""The feeds of every view, beside its page, that of the changes of health, and the lists of feeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import Headers

from feeds.errors import QueryError
from feeds.model import ViewKind
from feeds.store.entries import EVERYTHING
from feeds.syndication.editions import Edition
from feeds.web.answering import find_answer
from feeds.web.names import find_named_view
from feeds.web.parameters import read_asked_query, read_selection
from feeds.web.presentation import capitalize
from feeds.web.service import get_service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

blueprint = Blueprint("feeds", __name__)

MOST_ARCHIVES = 2**40  # more than there can be; a database takes no number of any length

FILE = "<any('rss.xml', 'atom.xml', 'feed.json'):file>"


@blueprint.get(f"/{FILE}")
def show_all(file: str) -> Response:
    return syndicate("all", "", file)


@blueprint.get(f"/sources/<name>/{FILE}")
def show_source(name: str, file: str) -> Response:
    return syndicate("source", name, file)


@blueprint.get(f"/categories/<name>/{FILE}")
def show_category(name: str, file: str) -> Response:
    return syndicate("category", name, file)


@blueprint.get("/archive/<int:number>/atom.xml")
def show_archive_of_all(number: int) -> Response:
    return syndicate_archive("all", "", number)


@blueprint.get("/sources/<name>/archive/<int:number>/atom.xml")
def show_archive_of_source(name: str, number: int) -> Response:
    return syndicate_archive("source", name, number)


@blueprint.get("/categories/<name>/archive/<int:number>/atom.xml")
def show_archive_of_category(name: str, number: int) -> Response:
    return syndicate_archive("category", name, number)


@blueprint.get(f"/searches/<name>/{FILE}")
def show_search(name: str, file: str) -> Response:
    return syndicate("search", name, file)


@blueprint.get(f"/search/{FILE}")
def show_query(file: str) -> Response:
    """What a reader searches for, as a feed: new entries that hold it come in by themselves."""
    query = read_asked_query(request.args.get("q", "")) or ""
    return syndicate("query", query, file)


@blueprint.get("/status/atom.xml")
def show_changes() -> Response:
    """The changes of health, which stand in no other feed."""
    return send(get_service().editions.find_changes(datetime.now(UTC)))


@blueprint.get("/<any('opml.xml', 'feeds.opml'):file>")
def show_list(file: str) -> Response:
    """What is read here, or what is served, as OPML."""
    return send(get_service().editions.find_list(file, datetime.now(UTC)))


def syndicate(kind: ViewKind, name: str, file: str) -> Response:
    """Answer with the edition of a view in a format, as the parameters select from it."""
    service = get_service()
    asked = {key: value for key, value in request.args.items() if key != "q" or kind != "query"}
    selection = read_selection(asked, service.settings.output.limit)
    with service.store.read() as db:
        view = find_named_view(db, kind, name, file)
    try:
        edition = service.editions.find(view, file, datetime.now(UTC), selection)
    except QueryError as error:
        abort(400, f"{capitalize(str(error))}.")
    is_plain = selection == EVERYTHING and view.kind != "query"
    return send(edition, service.write_links(view, file) if is_plain else None)


def syndicate_archive(kind: ViewKind, name: str, number: int) -> Response:
    """Answer with an archive document of a view."""
    service = get_service()
    if number > MOST_ARCHIVES:
        abort(404)
    with service.store.read() as db:
        view = find_named_view(db, kind, name, f"archive/{number}/atom.xml")
    edition = service.editions.find_archive(view, number, datetime.now(UTC))
    return send(edition or abort(404, "There is no such archive document."))


def send(edition: Edition, links: str | None = None) -> Response:
    """Answer with an edition, that it has not changed, or only with what is new.

    `links` is the Link field of a feed that hubs announce.
    """
    answer = find_answer(edition, request.environ, links)
    if answer.status in (406, 412):
        abort(answer.status)
    return Fixed(answer.body or None, answer.status, headers=Headers(answer.fields))


class Fixed(Response):
    """An answer whose header fields are complete: no more and no less is said.

    A 304 keeps its Last-Modified, by which readers without ETag support update theirs.
    """

    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers
