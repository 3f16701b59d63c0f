"""Subscribers of our hub have what is new at once, signed; nothing is lost when the daemon is killed."""

import contextlib
import os
import signal

import feedparser
import pytest
from running import wait_until, write_seed
from subscriber_server import SECRET, is_signed, subscriber_process


@pytest.fixture
def subscriber(tmp_path):
    with subscriber_process(tmp_path / "subscriber") as subscriber:
        yield subscriber


@pytest.fixture
def start(install, subscriber):
    """A service whose hub may call the subscriber."""

    def start(config=""):
        service = install(config=f'[websub]\nallow_callbacks = ["{subscriber.host}"]\n{config}')
        service.start()
        return service

    return start


def drop(service, name):
    link = f"https://a.example/{name}"
    write_seed(service.seeds, f"{name}.txt", title=name, link=link, body=f"Text of {name}.")


def titles(delivery):
    return {entry.title for entry in feedparser.parse(delivery["body"]).entries}


def test_a_dropped_seed_arrives_signed_within_seconds_and_survives_a_killed_daemon(start, subscriber):
    service = start()
    hub, topic = f"{service.base_url}/hub", f"{service.base_url}/atom.xml"
    drop(service, "first")
    wait_until(lambda: b"first" in service.get("/atom.xml")[1], 10, "it is served")

    assert subscriber.ask(hub, topic, secret=SECRET)[0] == 202
    wait_until(subscriber.verifications, 5, "it is asked whether it meant it")
    [asked] = subscriber.verifications()
    assert (asked["hub.mode"], asked["hub.topic"], asked["hub.lease_seconds"]) == (
        "subscribe",
        topic,
        "864000",
    )

    def telling(title):
        return [one for one in subscriber.deliveries() if title in titles(one)]

    drop(service, "second")
    seconds = wait_until(lambda: telling("second"), 10, "what is new is delivered")
    assert seconds < 5
    [delivery] = telling("second")
    assert is_signed(delivery)
    assert titles(delivery) == {"first", "second"}
    assert delivery["body"].encode() == service.get("/atom.xml")[1]
    assert delivery["headers"]["content-type"] == "application/atom+xml; charset=utf-8"
    assert delivery["headers"]["link"] == f'<{hub}>; rel="hub", <{topic}>; rel="self"'

    pids = list(service.processes())
    service.kill()
    for pid in pids[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    drop(service, "third")
    service.start()
    wait_until(lambda: telling("third"), 10, "what came meanwhile is delivered, too")
    assert is_signed(telling("third")[-1])

    assert subscriber.ask(hub, topic, "unsubscribe")[0] == 202
    wait_until(lambda: len(subscriber.verifications()) > 1, 5, "the end is verified")
    wait_until(lambda: "unsubscribe: confirmed" in service.command("subscribers").stdout, 5, "and kept")
    count = len(subscriber.deliveries())
    drop(service, "fourth")
    wait_until(lambda: b"fourth" in service.get("/atom.xml")[1], 10, "it is served")
    assert len(subscriber.deliveries()) == count
    assert "Traceback" not in service.log()


def test_an_installation_subscribes_at_the_hub_of_another_and_at_its_own_never(install):
    ours = install("ours")
    other = install("other")
    hosts = f'"127.0.0.1:{ours.port}", "127.0.0.1:{other.port}"'
    topic = f"{ours.base_url}/atom.xml"
    for service in (ours, other):  # both read the same feed; one of them makes it
        path = service.folder / "instance" / "config.toml"
        websub = f"[websub]\nallow_callbacks = [{hosts}]\n"
        source = f'[[sources]]\nurl = "{topic}"\nname = "Ours"\n'
        path.write_text(f"{path.read_text()}[fetch]\nallow_hosts = [{hosts}]\n{websub}{source}")
    drop(ours, "first")
    ours.start()
    wait_until(lambda: b"first" in ours.get("/atom.xml")[1], 10, "it is served")
    ours.command("refresh")
    other.start()

    def hub_of(service):
        [source] = [one for one in service.json("/api/v1/sources")["sources"] if one["title"] == "Ours"]
        return source["hub"] or ""

    wait_until(lambda: "delivers what is new" in hub_of(other), 15, "it is subscribed at our hub")
    drop(ours, "second")
    seconds = wait_until(lambda: b"second" in other.get("/atom.xml")[1], 15, "and has what is new at once")

    assert seconds < 8
    assert hub_of(ours) == ""
    assert ours.json("/api/v1/status")["announcing"] == ["1 subscriber at our hub, to 1 feed"]
    titles = [entry.title for entry in feedparser.parse(ours.get("/atom.xml")[1]).entries]
    assert sorted(titles) == ["first", "second"]
    assert "Traceback" not in ours.log() + other.log()
