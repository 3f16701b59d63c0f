"""Feeds that are at hand, answered before Flask is asked: most requests are for the same few bytes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from feeds.config import Settings
from feeds.model import ViewKind
from feeds.store.views import find_view
from feeds.syndication import FORMATS
from feeds.syndication.editions import Edition
from feeds.web.answering import DEPENDS_ON, Answer, find_answer
from feeds.web.security import HEADERS
from feeds.web.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENDINGS = tuple(f"/{name}" for name in FORMATS)
FEED = re.compile(rf"/(?:(sources|categories)/([^/]+)/)?({'|'.join(map(re.escape, FORMATS))})")
KINDS: dict[str | None, ViewKind] = {None: "all", "sources": "source", "categories": "category"}

LOOK_AGAIN = 0.001  # seconds between two questions to the store: they cost more than all the rest

MOST_ANSWERS = 1024
MOST_BYTES = 16 * 1024 * 1024  # of them and of what was asked; what the shelf drops must not live on here

Key = tuple[str | None, ...]


@dataclass(slots=True)
class Answers:
    """What requests were answered with, as long as nothing has changed since."""

    settings: Settings
    changes: object  #: in the store, counted before the first of these was found
    written: object  #: by this process, before the last look
    looked: float  #: when the last look at the store began, by the monotonic clock
    known: dict[Key, Answer] = field(default_factory=dict)
    held: int = 0  #: bytes
    until: datetime | None = None  #: from when one of them may state a date that it leaves out

    def hold(self, settings: Settings, changes: object) -> bool:
        """Whether they may be given again."""
        is_over = self.until is not None and datetime.now(UTC) >= self.until
        return self.changes == changes and self.settings is settings and not is_over

    def keep(self, key: Key, answer: Answer, dated_from: datetime | None) -> None:
        """Note an answer; where it has no date yet, `dated_from` is when it will have one."""
        if dated_from is not None:
            self.until = min(self.until or dated_from, dated_from)
        size = len(answer.body) + sum(len(part or "") for part in key)
        if len(self.known) >= MOST_ANSWERS or self.held + size > MOST_BYTES:
            self.known.clear()
            self.held = 0
        self.known[key] = answer
        self.held += size


class Front:
    """Answers for the plain feeds of views, and leaves all else to the application behind it.

    Parameters, errors, redirects and the like are the application's. On SQLite an answer is given again as
    long as nothing at all was committed to the store: what this process commits counts at once, what others
    do after a millisecond at most. On PostgreSQL each is found anew.
    """

    def __init__(self, wsgi_app: WSGIApplication, service: Service) -> None:
        self._wsgi_app = wsgi_app
        self._service = service
        self._answers: Answers | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = None
        if environ["PATH_INFO"].endswith(ENDINGS) and not environ.get("QUERY_STRING"):
            answer = self._find(environ)
        if answer is None:
            return self._wsgi_app(environ, start_response)
        start_response(answer.status_line, list(answer.fields))
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _find(self, environ: WSGIEnvironment) -> Answer | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        try:
            answers = self._find_answers()
            return self._make(environ)[0] if answers is None else self._recall(answers, environ)
        except Exception:  # the application meets it again, and says what is wrong
            return None

    def _find_answers(self) -> Answers | None:
        """Return those that still hold; None where the store does not tell."""
        store, answers = self._service.store, self._answers
        now, written = time.monotonic(), store.written  # before the look, so that none is missed
        if answers is not None and answers.written is written and now - answers.looked < LOOK_AGAIN:
            return answers
        self._service.follow_configuration()
        settings, changes = self._service.settings, store.count_changes()
        if changes is None:
            return None
        if answers is None or not answers.hold(settings, changes):
            self._answers = Answers(settings, changes, written, now)
        else:
            answers.written, answers.looked = written, now
        return self._answers

    def _recall(self, answers: Answers, environ: WSGIEnvironment) -> Answer | None:
        key = (environ["PATH_INFO"], *map(environ.get, DEPENDS_ON))
        answer = answers.known.get(key)
        if answer is None:
            answer, edition = self._make(environ)
            if answer is not None and edition is not None and edition.is_lasting:
                answers.keep(key, answer, edition.dated_from)
        return answer

    def _make(self, environ: WSGIEnvironment) -> tuple[Answer | None, Edition | None]:
        """Return the answer and its edition, if they are not the application's."""
        found = self._find_edition(environ["PATH_INFO"])
        if found is None:
            return None, None
        edition, links = found
        answer = find_answer(edition, environ, links)
        if not answer.fields:
            return None, None
        others = tuple(item for item in HEADERS.items() if item[0] not in dict(answer.fields))
        return replace(answer, fields=answer.fields + others), edition

    def _find_edition(self, path: str) -> tuple[Edition, str | None] | None:
        """Return the edition at an address (in bytes, as WSGI has it) and its links, if there is one."""
        found = FEED.fullmatch(path.encode("latin-1").decode("utf-8", "replace"))
        if found is None:
            return None
        kind, name, file = KINDS[found[1]], found[2] or "", cast(str, found[3])
        if not name.isprintable():
            return None
        with self._service.store.read() as db:
            view = find_view(db, kind, name)
        if view is None:
            return None
        edition = self._service.editions.find(view, file, datetime.now(UTC))
        return edition, self._service.write_links(view, file)
