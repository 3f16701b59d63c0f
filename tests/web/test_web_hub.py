"""Our own hub over HTTP: what is asked is recorded, and nothing else; every feed names it."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from feeds.store import subscriber_requests, subscribers
from feeds.store.searches import sync_searches
from feeds.web import callbacks, hub

TOPIC, CALLBACK = "http://feeds.example/atom.xml", "https://reader.example/cb?id=1&b"
LATER = timedelta(days=100)
DAY = timedelta(days=1)
LINKS = '<http://feeds.example/hub>; rel="hub", <{}>; rel="self"'
PRIVATE = '[site]\nbase_url = "http://127.0.0.1:8080"\n'


@pytest.fixture(autouse=True)
def source(shelf):
    source = shelf.source(name="早报", category="World News")
    shelf.entry(source, title="好消息", categories=("经济",))
    return source


@pytest.fixture(autouse=True)
def rate(monkeypatch):
    """The requests of other tests count in no test."""
    monkeypatch.setattr(hub, "RATE", hub.Rate())


@pytest.fixture
def waiting(store):
    """Read what waits to be verified."""

    def waiting():
        with store.read() as db:
            return subscriber_requests.due_requests(db, datetime.now(UTC) + LATER, (), 100)

    return waiting


class Drip:
    """A body that comes byte by byte."""

    def read(self, size=-1):
        time.sleep(0.1)
        return b"a"

    def close(self):
        pass


def ask(client, **fields):
    form = {"mode": "subscribe", "topic": TOPIC, "callback": CALLBACK} | fields
    return client.post("/hub", data={f"hub.{name}": value for name, value in form.items()})


def test_a_request_is_recorded_and_nobody_is_subscribed_yet(client, waiting, store):
    before = datetime.now(UTC)
    response = ask(client, secret="s3cret ü", lease_seconds="86400", verify="sync")
    [asked] = waiting()

    assert (response.status_code, response.mimetype) == (202, "text/plain")
    assert (asked.topic, asked.callback, asked.host) == (TOPIC, CALLBACK, "reader.example")
    assert (asked.mode, asked.secret, asked.lease, asked.view_key) == ("subscribe", "s3cret ü", DAY, "all")
    assert before <= asked.asked <= datetime.now(UTC)
    with store.read() as db:
        assert subscribers.list_subscribers(db) == []


@pytest.mark.parametrize(
    "path",
    [
        "/rss.xml",
        "/feed.json",
        "/sources/%E6%97%A9%E6%8A%A5/atom.xml",
        "/categories/%E7%BB%8F%E6%B5%8E/rss.xml",
        "/categories/world-news/feed.json",
    ],
)
def test_every_feed_is_a_topic_at_the_address_it_gives_itself(client, waiting, path):
    topic = f"http://feeds.example{path}"
    assert ask(client, topic=topic).status_code == 202
    assert [asked.topic for asked in waiting()] == [topic]
    assert client.get(path).headers["Link"] == LINKS.format(topic)


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml", "feed.json"])
@pytest.mark.parametrize(
    ("address", "is_topic"),
    [
        ("/{}", True),
        ("/sources/%E6%97%A9%E6%8A%A5/{}", True),
        ("/searches/news/{}", True),
        ("/{}?limit=5", False),
        ("/{}?full=0", False),
        ("/searches/news/{}?lang=zh", False),
        ("/search/{}?q=a", False),
    ],
)
def test_a_document_names_the_hub_that_takes_its_address_and_no_other(client, store, file, address, is_topic):
    with store.write() as db:
        sync_searches(db, {"news": "消息"})
    path = address.format(file)
    response = client.get(path)

    assert ask(client, topic=f"http://feeds.example{path}").status_code == (202 if is_topic else 404)
    assert ("http://feeds.example/hub" in response.text) is is_topic
    assert ("Link" in response.headers) is is_topic


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "http://feeds.example/",
        "http://feeds.example/opml.xml",
        "http://feeds.example/status/atom.xml",
        "http://feeds.example/atom.xml?limit=5",
        "http://feeds.example/atom.xml#x",
        "https://feeds.example/atom.xml",
        "http://feeds.example:80/atom.xml",
        "http://FEEDS.example/atom.xml",
        "http://other.example/atom.xml",
        "http://feeds.example.evil.example/atom.xml",
        "http://feeds.example@evil.example/atom.xml",
        "http://feeds.example/sources/nobody/atom.xml",
        "http://feeds.example/sources/早报/atom.xml",
        "http://feeds.example/sources//atom.xml",
        "http://feeds.example/sources/../atom.xml",
        "http://feeds.example/sources/a%00b/atom.xml",
        "http://feeds.example/sources/%ff/atom.xml",
        "http://feeds.example/sources/" + "a" * 5000 + "/atom.xml",
        "/atom.xml",
    ],
)
def test_anything_else_is_refused_in_one_line(client, waiting, topic):
    response = ask(client, topic=topic)

    assert (response.status_code, response.mimetype) == (404, "text/plain")
    assert response.text == "hub.topic: is not the address of a feed that is served here.\n"
    assert waiting() == []


def test_a_private_source_is_no_topic(client, shelf):
    private = shelf.source("https://b.example/", name="secret", private=True)

    assert ask(client, topic=f"http://feeds.example/sources/{private.slug}/atom.xml").status_code == 404


@pytest.mark.parametrize(
    "callback",
    [
        "",
        "reader.example/cb",
        "ftp://reader.example/cb",
        "https:///cb",
        "https://user:pass@reader.example/",
        "https://reader.example/#x",
        "https://reader.example/a b",
        "https://reader.example/\nx",
        "https://reader.example/ü",
        "https://[::1/",
        "https://reader.example/" + "a" * 2000,
        "http://feeds.example/websub/abc",
        "http://feeds.example",
        "HTTP://FEEDS.example.:80/hub",
        "http://feeds.example/%68ub",
        "https://reader.example:99999/",
        "https://reader.example:0/",
        "https://a..example/",
        "https://a%2eexample/",
        "https://*.example/",
        "https://127.1/",
        "https://127.0.0.01/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1%25eth0]/",
    ],
)
def test_a_callback_that_cannot_be_called_is_refused(client, waiting, callback):
    response = ask(client, callback=callback)

    assert response.status_code == 400
    assert response.text.startswith("hub.callback: ")
    assert waiting() == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://READER.example.:8443/a", "reader.example"),
        ("https://[2606:4700:0:0::1]/", "2606:4700::1"),
        ("https://1.1.1.1./", "1.1.1.1"),
        ("http://feeds.example:8080/hub", "feeds.example"),
        ("http://feeds.example.org/hub", "feeds.example.org"),
    ],
)
def test_turns_are_counted_by_the_host_that_is_meant(client, waiting, url, host):
    assert ask(client, callback=url).status_code == 202
    assert [(asked.callback, asked.host) for asked in waiting()] == [(url, host)]


@pytest.mark.parametrize("body", [b"hub.secret=%ff", b"hub.secret=\xff", b"&".join([b"a=b"] * 200)])
def test_a_form_that_cannot_be_read_as_it_was_meant_is_refused(client, waiting, body):
    form = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": CALLBACK}).encode()
    response = client.post("/hub", data=form + b"&" + body, content_type=hub.FORM)

    assert (response.status_code, response.mimetype, waiting()) == (400, "text/plain", [])


def test_a_request_is_a_form(client):
    response = client.post("/hub", json={"hub.mode": "subscribe"})

    assert (response.status_code, response.mimetype) == (415, "text/plain")


@pytest.mark.parametrize("mode", ["", "publish", "denied", "Subscribe", "x" * 10_000])
def test_other_modes_are_refused(client, mode):
    response = ask(client, mode=mode)

    assert response.status_code == 400
    assert response.text.startswith("hub.mode: ")


@pytest.mark.parametrize("secret", ["x" * 200, "ü" * 100, "x" * 60_000, "a\x00b", "a\nb"])
def test_a_secret_that_cannot_be_kept_is_refused(client, waiting, secret):
    response = ask(client, secret=secret)

    assert (response.status_code, response.text[:11]) == (400, "hub.secret:")
    assert waiting() == []


@pytest.mark.parametrize("secret", ["x" * 199, "ü" * 99])
def test_a_secret_may_be_as_long_as_the_standard_says(client, waiting, secret):
    assert ask(client, secret=secret).status_code == 202
    assert waiting()[0].secret == secret


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", 10 * DAY),
        ("86400", DAY),
        ("0", timedelta(minutes=10)),
        ("1", timedelta(minutes=10)),
        ("-5", 10 * DAY),
        ("1e9", 10 * DAY),
        ("٣", 10 * DAY),
        ("999999999999999", 30 * DAY),
        ("9" * 1000, 10 * DAY),
    ],
)
def test_a_lease_is_granted_within_bounds(asked, granted):
    assert hub.read_lease(asked) == granted


def test_where_there_is_no_room_the_answer_says_when_to_ask_again(client, waiting, monkeypatch):
    monkeypatch.setattr(subscriber_requests, "MOST_WAITING", 1)
    assert ask(client).status_code == 202
    response = ask(client, callback="https://other.example/")

    assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
    assert response.text == f"{subscriber_requests.BUSY}\n"
    assert len(waiting()) == 1


def test_requests_that_come_too_fast_are_turned_away(client, monkeypatch):
    monkeypatch.setattr(hub, "MOST_OF_HOST_AT_A_RATE", 2)
    assert [ask(client).status_code for _ in range(3)] == [202, 202, 429]
    assert ask(client).text == f"{hub.BUSY}\n"
    assert ask(client, callback="https://other.example/").status_code == 202


def test_a_rate_is_of_one_minute(monkeypatch):
    monkeypatch.setattr(hub, "MOST_AT_A_RATE", 2)
    rate = hub.Rate()

    assert [rate.is_exceeded(f"host-{n}", 1000.0) for n in range(3)] == [False, False, True]
    assert [rate.is_exceeded("a", moment) for moment in (1059.9, 1060.0)] == [True, False]


def test_what_is_too_large_or_sent_too_slowly_by_others_is_turned_away(client, monkeypatch):
    assert ask(client, more="x" * 70_000).status_code == 413
    for _ in range(2):
        assert hub.FORMS.seats.acquire(blocking=False)
    try:
        response = ask(client)
    finally:
        hub.FORMS.seats.release(2)
    assert (response.status_code, response.mimetype) == (503, "text/plain")
    assert ask(client).status_code == 202


def test_a_body_that_comes_byte_by_byte_is_given_up(client, monkeypatch):
    monkeypatch.setattr(hub.FORMS, "_seconds", 0.3)
    environ = {"wsgi.input": Drip(), "wsgi.input_terminated": True, "CONTENT_LENGTH": "1000"}
    started = time.monotonic()
    response = client.post("/hub", content_type=hub.FORM, environ_overrides=environ)

    assert (response.status_code, response.mimetype) == (408, "text/plain")
    assert time.monotonic() - started < 5
    assert ask(client).status_code == 202


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://feeds.example:8080"}, 403),
        # A name of another site that suddenly means this machine (DNS rebinding).
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost", "Host": "localhost"}, 403),
        ({"Sec-Fetch-Site": "none"}, 202),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://feeds.example"}, 202),
    ],
)
def test_the_page_of_another_site_subscribes_nobody(client, waiting, headers, status):
    form = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": CALLBACK}

    assert client.post("/hub", data=form, headers=headers).status_code == status
    assert len(waiting()) == (status == 202)


def test_at_a_private_address_only_listed_callbacks_are_taken(build, waiting):
    client = build(f'{PRIVATE}[websub]\nallow_callbacks = ["reader.lan:8080"]\n').test_client()
    topic = "http://127.0.0.1:8080/atom.xml"
    outside = ask(client, topic=topic, callback="https://evil.example/")
    answers = [
        ask(client, topic=topic, callback=f"http://{place}/").status_code
        for place in ("reader.lan:8081", "127.0.0.9:8080", "READER.lan.:8080")
    ]

    assert (outside.status_code, outside.text) == (400, f"hub.callback: {callbacks.NOT_LISTED}\n")
    assert answers == [400, 400, 202]
    assert [asked.host for asked in waiting()] == ["reader.lan"]


def test_the_hub_is_no_page(client):
    response = client.get("/hub")

    assert (response.status_code, response.mimetype) == (405, "text/plain")
    assert response.text == "This address does not take such a request.\n"
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    "config", [PRIVATE, '[site]\nbase_url = "http://feeds.example"\n[websub]\nenabled = false\n']
)
def test_where_no_hub_is_advertised_there_is_none(build, config):
    client = build(config).test_client()

    assert "Link" not in client.get("/atom.xml").headers
    assert ask(client).status_code == 404


def test_hubs_of_others_are_named_behind_ours(build):
    other = "https://hub.example/?a=%3C"
    config = f'[site]\nbase_url = "http://feeds.example"\n[websub]\nhubs = ["{other}"]\n'
    header = build(config).test_client().get("/rss.xml").headers["Link"]

    assert header.startswith(f'<http://feeds.example/hub>; rel="hub", <{other}>; rel="hub", ')


def test_hubs_of_others_are_named_without_ours(build):
    config = f'{PRIVATE}[websub]\nhubs = ["https://hub.example/"]\n'

    assert build(config).test_client().get("/rss.xml").headers["Link"].count('rel="hub"') == 1


def test_a_feed_below_a_path_names_the_hub_there(build, waiting):
    client = build('[site]\nbase_url = "http://feeds.example/papers"\n').test_client()
    topic = "http://feeds.example/papers/atom.xml"

    assert "<http://feeds.example/papers/hub>" in client.get("/papers/atom.xml").headers["Link"]
    response = client.post(
        "/papers/hub", data={"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": CALLBACK}
    )
    assert (response.status_code, waiting()[0].topic) == (202, topic)


def test_an_answer_without_a_body_names_the_hub_too(client):
    first = client.get("/atom.xml")
    again = client.get("/atom.xml", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.headers["Link"]) == (304, LINKS.format(TOPIC))


def test_changes_of_health_are_announced_by_no_hub(client):
    assert "Link" not in client.get("/status/atom.xml").headers


def test_the_page_and_the_api_say_how_many_are_told_and_not_who(client, store, waiting):
    assert client.get("/api/v1/status").json["announcing"] == []
    ask(client)
    with store.write() as db:
        subscribers.grant(db, waiting()[0], datetime.now(UTC))
    [line] = client.get("/api/v1/status").json["announcing"]

    assert line == "1 subscriber at our hub, to 1 feed"
    assert line in client.get("/status/").text
    assert "reader.example" not in client.get("/status/").text + client.get("/api/v1/status").text
