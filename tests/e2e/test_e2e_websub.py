"""A hub delivers, and subscribers have it at once."""

import os
import signal

import feedparser
import pytest
from hub_server import running_hub, send_in_chunks
from running import publishing, wait_until

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Told</title>
<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>{items}</channel></rss>"""
ITEM = "<item><title>{0}</title><link>http://a.example/{0}</link><guid>{0}</guid></item>"


def titles(service):
    return {entry.title for entry in feedparser.parse(service.get("/atom.xml")[1]).entries}


@pytest.mark.quiet
def test_what_a_hub_delivers_is_in_the_feed_within_two_seconds_and_survives_a_killed_poller(install):
    with running_hub() as hub, publishing({"/feed.xml": b""}) as publisher:
        topic = publisher.url("/feed.xml")

        def write(*names):
            items = "".join(map(ITEM.format, names))
            return FEED.format(hub=hub.url, topic=topic, items=items).encode()

        publisher.files["/feed.xml"] = write("one")
        service = install()
        path = service.folder / "instance" / "config.toml"
        hosts = f'"{publisher.host}", "{hub.host}", "127.0.0.1:{service.port}"'
        path.write_text(f'{path.read_text()}[fetch]\nallow_hosts = [{hosts}]\n[[sources]]\nurl = "{topic}"\n')
        service.start()
        wait_until(lambda: hub.subscribers, 10, "the subscription is verified")
        [(callback, form)] = hub.subscribers.items()

        assert callback.startswith(f"{service.base_url}/websub/")
        assert (form["hub.topic"], hub.confirmed) == (topic, [("subscribe", 200, True)])
        assert hub.deliver(write("two", "one")) == [202]
        assert wait_until(lambda: titles(service) == {"one", "two"}, 10, "it is in the feed") < 2
        assert send_in_chunks(callback, form["hub.secret"], write("three")) == 202
        assert wait_until(lambda: "three" in titles(service), 10, "so is what came in chunks") < 2
        assert hub.deliver(write("forged"), signature="sha256=00") == [202]

        [poller] = [pid for pid, line in service.processes().items() if "child-poller" in line]
        os.kill(poller, signal.SIGKILL)
        assert hub.deliver(write("four")) == [202]
        wait_until(lambda: "four" in titles(service), 15, "what came while no poller ran is taken in")
        [source] = [one for one in service.json("/api/v1/sources")["sources"] if one["title"] == "Told"]

        assert titles(service) == {"one", "two", "three", "four"}
        assert f"{hub.url} delivers what is new" in source["hub"]
        assert "wrongly signed and dropped: 1" in source["hub"]
        assert len([request for request in publisher.requests if request[0] == "/feed.xml"]) == 1
        assert "Traceback" not in service.log()
