"""An installation with a hub of its own, driven step by step, its clock in the hands of the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version

import msgspec
from polling_installation import Installation
from running import write_seed

from feeds.daemon.publishing import callback_policy, ping_policy
from feeds.model import Announcement, PingedHub, Site, Subscriber, SubscriberRequest
from feeds.polling.network import Network
from feeds.polling.poll import Poller
from feeds.polling.publishing.pinging import Pinger
from feeds.polling.publishing.sending import Sender
from feeds.polling.publishing.verifying import Verifier
from feeds.store import pings, subscriber_requests, subscribers, views
from feeds.store.announcements import list_announcements
from feeds.store.site import ensure_site
from feeds.store.subscriber_words import explain_announcement, explain_announcing
from feeds.syndication.editions import Editions
from feeds.syndication.topics import find_topic

DAY = timedelta(days=1)
SECRET = "a secret of ours"


@dataclass
class Publishing:
    """What a test does: subscribe somebody, change a feed, let the poller tell whom it has to."""

    here: Installation
    timeout: float = 2.0  #: seconds for a callback

    def configure(self, section: str, **values: object) -> None:
        changed = msgspec.structs.replace(getattr(self.here.settings, section), **values)
        self.here.settings = msgspec.structs.replace(self.here.settings, **{section: changed})

    @property
    def site(self) -> Site:
        with self.here.store.write() as db:
            return self.here.settings.describe_site(
                *ensure_site(db, self.here.settings.base_url, self.here.now)
            )

    def topic(self, path: str = "/atom.xml") -> str:
        return self.here.settings.base_url + path

    def ask(
        self,
        callback: str,
        topic: str | None = None,
        *,
        mode: str = "subscribe",
        secret: str | None = SECRET,
        lease: timedelta = DAY,
        host: str = "127.0.0.1",
    ) -> str | None:
        """Record what the web records; return why it would not."""
        url, site = topic or self.topic(), self.site
        with self.here.store.write() as db:
            found = find_topic(db, site, url)
            assert found is not None
            revision = views.revision(db, found.view.key)
            return subscriber_requests.record_request(
                db,
                SubscriberRequest(
                    url, callback, host, found.view.key, revision, mode, lease, self.here.now, secret
                ),
            )

    def publish(self, name: str, folder: str = "") -> None:
        """Have a new entry in the feeds."""
        path = self.here.seeds / folder
        write_seed(path, f"{name}.txt", title=name, link=f"https://a.example/{name}", body=f"Text of {name}.")
        assert self.here.poll_seeds().error is None

    def step(self) -> None:
        """Do once what is to be done now: verify, notice, deliver, ping."""
        site = self.site

        async def run(poller: Poller) -> None:
            policy = replace(poller.network.policy, total_timeout=self.timeout)
            callbacks = callback_policy(policy, self.here.settings)
            async with Network(callbacks) as network, Network(ping_policy(policy)) as hubs:
                store, now = poller.store, self.here.now
                editions = Editions(store.store, lambda: site, version("feeds"))
                verifier = Verifier(store, network, lambda: site, poller.clock)
                sender = Sender(store, network, editions, lambda: site, poller.clock)
                pinger = Pinger(store, hubs, lambda: site, poller.clock)
                for request in await store.read(subscriber_requests.due_requests, now, (), 100):
                    await verifier.verify(request)
                await store.write(subscribers.expire, now)
                await store.write(subscribers.notice, now)
                for subscriber in await store.read(subscribers.due_deliveries, now, (), 100):
                    await sender.send(subscriber)
                for hub in await store.read(pings.due_hubs, now):
                    await pinger.ping(hub)

        self.here._run(run)

    def subscribe(self, callback: str, topic: str | None = None, **facts: object) -> Subscriber:
        assert self.ask(callback, topic, **facts) is None
        self.step()
        [subscriber] = [one for one in self.subscribers if one.callback == callback]
        return subscriber

    def follow_hubs(self, *hubs: str) -> None:
        self.configure("websub", hubs=list(hubs))
        with self.here.store.write() as db:
            pings.follow_hubs(db, hubs, self.here.now)

    @property
    def subscribers(self) -> list[Subscriber]:
        with self.here.store.read() as db:
            return subscribers.list_subscribers(db)

    @property
    def requests(self) -> Sequence[SubscriberRequest]:
        with self.here.store.read() as db:
            return subscriber_requests.due_requests(db, self.here.now + 100 * DAY, (), 1000)

    @property
    def hubs(self) -> list[PingedHub]:
        with self.here.store.read() as db:
            return pings.list_hubs(db)

    @property
    def log(self) -> list[Announcement]:
        """Newest first."""
        with self.here.store.read() as db:
            return list_announcements(db, 100)

    @property
    def last(self) -> str:
        return explain_announcement(self.log[0])

    def explain(self) -> list[str]:
        with self.here.store.read() as db:
            return explain_announcing(db)
