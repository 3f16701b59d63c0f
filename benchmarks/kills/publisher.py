"""The publisher: feeds that change while they are asked for, and files that change while they are read."""

from __future__ import annotations

import hashlib
import http.server
import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from benchmarks.kills.articles import Article, Ledger
from tests.running import write_seed

WINDOW = 15  # articles in a document; an older one leaves it once the poller is known to have stored it
FIRST_MODIFIED = datetime(2026, 1, 1, tzinfo=UTC)
MOST_ARTICLES = 900  # fewer than an edition holds
BROKEN_OFF = 0.05  # of the answers
REFUSED = 0.03
SLOW = 0.25

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title><id>urn:kills:{name}</id>
<updated>{now}</updated>{entries}</feed>"""
ATOM_ENTRY = """<entry><title>{title}</title><id>{guid}</id>
<published>{date}</published><updated>{date}</updated>
<link href="{link}"/><content type="html">&lt;p&gt;This is {title}.&lt;/p&gt;</content></entry>"""
RSS = '<rss version="2.0"><channel><title>{name}</title>{entries}</channel></rss>'
RSS_ITEM = """<item><title>{title}</title><guid isPermaLink="false">{guid}</guid><link>{link}</link>
<pubDate>{date}</pubDate><description>&lt;p&gt;This is {title}.&lt;/p&gt;</description></item>"""


@dataclass(frozen=True)
class Issue:
    """One state of a feed: the document, and which text of which article it holds."""

    number: int
    body: bytes
    texts: Mapping[str, int]
    headers: Mapping[str, str]  #: the validators


@dataclass(frozen=True)
class Kind:
    """How a feed is published."""

    name: str
    is_atom: bool
    has_etag: bool
    has_date: bool
    is_still: bool = False  #: it never changes

    @property
    def is_known(self) -> bool:
        """Whether the poller can say which document it has."""
        return self.has_etag or self.has_date


KINDS = (
    Kind("quick", is_atom=True, has_etag=True, has_date=False),
    Kind("dated", is_atom=False, has_etag=False, has_date=True),
    Kind("both", is_atom=True, has_etag=True, has_date=True),
    Kind("nameless", is_atom=False, has_etag=False, has_date=False),
    Kind("still", is_atom=True, has_etag=True, has_date=True, is_still=True),
    Kind("mirror", is_atom=True, has_etag=True, has_date=True, is_still=True),
)


class PublishedFeed:
    """One feed; its methods are called with the ledger's lock held."""

    def __init__(self, kind: Kind, url: str, ledger: Ledger) -> None:
        self.kind = kind
        self.url = url
        self.ledger = ledger
        self.handed_out: set[int] = set()  #: the issues that left here whole
        self.since_change = 0  #: answers with what is still current
        self.issues: list[Issue] = []
        self._numbers = 0
        self._window: list[Article] = []

    def begin(self, articles: list[Article]) -> None:
        self._window = [self.ledger.add(article) for article in articles]
        self._numbers = len(articles)
        self._write()

    def make(self) -> Article:
        self._numbers += 1
        return Article.of_feed(self.kind.name, self._numbers, self.url, is_urn=self.kind.is_atom)

    def change(self, chance: random.Random) -> None:
        """Publish a new article, or edit one."""
        can_grow = self.kind.is_known and len(self.ledger) < MOST_ARTICLES
        if can_grow and chance.random() < 0.45:
            self._window.insert(0, self.ledger.add(self.make()))
        else:
            chance.choice(self._window).text += 1
        kept = self._window[WINDOW:]
        self._window[WINDOW:] = [one for one in kept if not self.ledger.is_acknowledged(one)]
        self._write()

    @property
    def current(self) -> Issue:
        return self.issues[-1]

    @property
    def articles(self) -> list[Article]:
        return list(self._window)

    def recognize(self, headers: Mapping[str, str]) -> Issue | None:
        """Return the document the poller says it has stored: from now on all of it must be there."""
        asked = {"ETag": headers["If-None-Match"], "Last-Modified": headers["If-Modified-Since"]}
        given = {name: value for name, value in asked.items() if value}
        if not given:
            return None
        for issue in reversed(self.issues):
            if issue.headers == given:
                if issue.number not in self.handed_out:
                    self.ledger.complain(f"{self.kind.name}: validators of a document nobody got whole")
                self.ledger.acknowledge(issue.texts)
                return issue
        self.ledger.complain(f"{self.kind.name}: validators that were never given together: {given}")
        return None

    def _write(self) -> None:
        form, entry_form = (ATOM, ATOM_ENTRY) if self.kind.is_atom else (RSS, RSS_ITEM)
        entries = "".join(
            entry_form.format(
                title=article.title, guid=article.guid, link=article.link, date=self._date(article.published)
            )
            for article in self._window
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        body = form.format(name=self.kind.name, now=now, entries=entries).encode()
        number = len(self.issues)
        headers = {}
        if self.kind.has_etag:
            headers["ETag"] = f'"{number}-{hashlib.sha256(body).hexdigest()[:12]}"'
        if self.kind.has_date:
            headers["Last-Modified"] = format_datetime(FIRST_MODIFIED + timedelta(seconds=number), True)
        texts = {article.id: article.text for article in self._window}
        self.issues.append(Issue(number, body, texts, headers))
        self.since_change = 0

    def _date(self, moment: datetime) -> str:
        return moment.isoformat() if self.kind.is_atom else format_datetime(moment, True)


class Publisher:
    """All feeds behind one server, and what changes in them and in the directory, until told to be quiet."""

    def __init__(self, seed: int, seeds: Path) -> None:
        self.ledger = Ledger()
        self.just_handed_out = threading.Event()  #: set whenever a document has left here whole
        self.answers: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._seeds = seeds
        self._files: list[tuple[Path, Article]] = []
        self._renamed = 0
        self._quiet = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.feeds = {
            f"/{kind.name}": PublishedFeed(kind, f"http://{self.host}/{kind.name}", self.ledger)
            for kind in KINDS
        }
        self._fill()
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._publish, daemon=True),
        ]

    def __enter__(self) -> Publisher:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._quiet.set()
        self._server.shutdown()
        self._server.server_close()

    def _fill(self) -> None:
        for feed in self.feeds.values():
            feed.begin([feed.make() for _ in range(8)])
        still = self.feeds["/still"]
        self.feeds["/mirror"].begin([*self.feeds["/mirror"].articles, *still.articles[:3]])
        for _ in range(8):
            self._write_file()

    def be_quiet(self) -> None:
        """Change nothing any more, and answer everybody as one should."""
        self._quiet.set()
        self._threads[1].join()
        with self.ledger.lock:
            for feed in self.feeds.values():
                feed.since_change = 0

    def is_settled(self) -> bool:
        """Whether the poller has been told of every feed that it has the newest document."""
        with self.ledger.lock:
            return all(feed.since_change >= 2 for feed in self.feeds.values())

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, Issue, PublishedFeed, bool]:
        """Return status and document of an answer, its feed, and whether it shall be broken off."""
        feed = self.feeds[path]
        with self.ledger.lock:
            known = feed.recognize(headers)
            luck = 1.0 if self._quiet.is_set() else self._chance.random()
            status = 503 if luck < REFUSED else 304 if known is feed.current else 200
            self.answers[str(status)] += 1
            feed.since_change += status == 304 or (status == 200 and not feed.kind.is_known)
            return status, feed.current, feed, REFUSED < luck < REFUSED + BROKEN_OFF

    def pause(self) -> float:
        """Return how long the second half of a document is kept back, in seconds."""
        with self.ledger.lock:
            is_slow = not self._quiet.is_set() and self._chance.random() < SLOW
            return self._chance.uniform(0, 0.2) if is_slow else 0.0

    def _publish(self) -> None:
        changing = [feed for feed in self.feeds.values() if not feed.kind.is_still]
        while not self._quiet.wait(self._chance.uniform(0.1, 0.6)):
            with self.ledger.lock:
                place = self._chance.randrange(len(changing) + 1)
                if place < len(changing):
                    changing[place].change(self._chance)
                else:
                    self._change_file()

    # --- The directory ------------------------------------------------------------------------------

    def _change_file(self) -> None:
        """Write a new file, or edit or rename one."""
        luck = self._chance.random()
        if luck < 0.4 and len(self.ledger) < MOST_ARTICLES:
            self._write_file()
            return
        place = self._chance.randrange(len(self._files))
        path, article = self._files[place]
        if luck < 0.7:
            article.text += 1
            self._write(path, article)
        else:
            self._renamed += 1
            renamed = path.with_name(f"{article.name}-{self._renamed}.txt")
            path.rename(renamed)
            self._files[place] = renamed, article

    def _write_file(self) -> None:
        article = self.ledger.add(Article.of_file(len(self._files) + 1))
        path = self._seeds / f"{len(self._files) % 3}/{article.name}.txt"
        self._files.append((path, article))
        self._write(path, article)

    def _write(self, path: Path, article: Article) -> None:
        name = str(path.relative_to(self._seeds))
        stamp = int(article.published.timestamp() * 1000)
        body = f"<p>This is {article.title}.</p>"
        write_seed(self._seeds, name, title=article.title, link=article.link, body=body, timestamp=stamp)


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of a connection that is broken off: who held it was killed."""


def _handler_for(publisher: Publisher) -> type[http.server.BaseHTTPRequestHandler]:
    class Answering(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, issue, feed, broken_off = publisher.answer(self.path, self.headers)
            body = issue.body if status == 200 else b""
            self.send_response(status)
            for name, value in issue.headers.items() if status in (200, 304) else ():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            threading.Event().wait(publisher.pause())
            if broken_off and body:
                self.close_connection = True
                return
            if body:
                feed.handed_out.add(issue.number)  # before the last byte: it may be stored at once
            self.wfile.write(body[len(body) // 2 :])
            if body:
                publisher.just_handed_out.set()

        def log_message(self, *arguments: object) -> None:
            pass

    return Answering
