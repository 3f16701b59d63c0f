"""Our own hub over HTTP: what is asked is recorded, and nothing else; every feed names it."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.store import subscriber_requests, subscribers
from feeds.store.searches import sync_searches
from feeds.web import hub

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
    ],
)
def test_a_callback_that_cannot_be_called_is_refused(client, waiting, callback):
    response = ask(client, callback=callback)

    assert response.status_code == 400
    assert response.text.startswith("hub.callback: ")
    assert waiting() == []


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
        assert hub.FORMS_READ.acquire(blocking=False)
    try:
        assert ask(client).status_code == 503
    finally:
        hub.FORMS_READ.release(2)
    assert ask(client).status_code == 202


def test_the_hub_is_no_page(client):
    assert client.get("/hub").status_code == 405


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
