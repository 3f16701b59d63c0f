"""An installation that hubs can call: its web server in a thread, its poller driven step by step."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from hub_server import Hub
from polling_installation import Installation
from polling_server import Asked, Server, response
from werkzeug.serving import WSGIRequestHandler, make_server

from feeds.config import Configuration
from feeds.model import HubSubscription, PollOutcome, Source
from feeds.polling.delivery.asking import Subscriber
from feeds.polling.poll import Poller
from feeds.store import hub_words, hubs, polls
from feeds.web import create_app

ITEM = "<item><title>{0}</title><link>http://a.example/{0}</link><guid>{0}</guid></item>"


def rss(*titles: str, head: str = "") -> bytes:
    items = "".join(map(ITEM.format, titles))
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>F</title>{head}{items}</channel></rss>'.encode()


@dataclass
class Subscribing:
    """What a test does: publish, poll, let the poller decide about hubs, take in what they sent."""

    here: Installation
    publisher: Server
    base_url: str | None
    titles: tuple[str, ...] = ("one",)
    hubs: tuple[str, ...] = ()  #: that the feed advertises

    @property
    def source(self) -> Source:
        return self.here.source(self.publisher.url)

    def answer(self, asked: Asked) -> bytes:
        links = "".join(f'<atom:link rel="hub" href="{hub}"/>' for hub in self.hubs)
        return response(body=rss(*self.titles, head=links))

    def poll(self, *titles: str) -> PollOutcome:
        """Poll the source, which now holds these entries."""
        self.titles = titles or self.titles
        [outcome] = self.here.poll(self.publisher.url)
        return outcome

    def step(self, *hubs: Hub) -> list[str]:
        """Decide, ask what is to be asked, and wait for the hubs; return what went wrong."""
        self.here.now = max(self.here.now, datetime.now(UTC))  # the web server has no other clock

        async def run(poller: Poller) -> list[str]:
            subscriber = Subscriber(poller.store, poller.network, poller.policy, poller.clock)
            asked = await subscriber.take_steps(self.base_url)
            return [problem for one in asked if (problem := await subscriber.ask(one))]

        problems = self.here._run(run)
        for hub in hubs:
            hub.settle()
        return problems

    def take_in(self) -> list[PollOutcome]:
        number = self.source.number
        return self.here._run(lambda poller: poller.take_in(number))

    def subscribe(self, hub: Hub) -> HubSubscription:
        """Go all the way to a running subscription at the hub."""
        self.hubs = (hub.url,)
        self.poll()
        assert self.step(hub) == []
        self.step(hub)
        return self.subscription

    @property
    def subscriptions(self) -> list[HubSubscription]:
        with self.here.store.read() as db:
            return hubs.find_subscriptions(db, self.source)

    @property
    def subscription(self) -> HubSubscription:
        return self.subscriptions[-1]

    @property
    def states(self) -> list[tuple[str, str]]:
        return [(one.mode, one.state) for one in self.subscriptions]

    def explain(self) -> str | None:
        with self.here.store.read() as db:
            return hub_words.explain_hub(db, self.source, self.here.now)

    def polls(self) -> list[PollOutcome]:
        with self.here.store.read() as db:
            return polls.list_polls(db, self.source)


class Quiet(WSGIRequestHandler):
    def log(self, *arguments: object) -> None:
        """Nothing: a test is not a place for an access log."""


@contextmanager
def called(here: Installation, publisher: Server) -> Iterator[Subscribing]:
    """Serve the callbacks of an installation whose clock is that of its web server."""
    here.now = datetime.now(UTC)
    app = create_app(Configuration(here.folder / "config.toml", {}), here.store)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    base_url = f"http://127.0.0.1:{server.server_port}"
    site = msgspec.structs.replace(here.settings.site, base_url=base_url)
    here.settings = msgspec.structs.replace(here.settings, site=site)
    subscribing = Subscribing(here, publisher, base_url)
    publisher.answer = subscribing.answer
    here.subscribe(publisher.url)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield subscribing
    finally:
        server.shutdown()
        server.server_close()
