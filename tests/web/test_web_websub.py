"""What hubs are told where they call: confirmed if it was asked for, kept if it was signed."""

import hashlib
import hmac
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from web_markup import Page

from feeds.model import HubOffer, HubSubscription
from feeds.store import deliveries, hub_calls, hubs
from feeds.web.websub import is_signed, read_lease

TOPIC, HUB = "https://a.example/feed?a=1&b=2", "https://hub.example/?token=s3cret"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime.now(UTC)
BODY = b"<rss/>"


@pytest.fixture
def source(shelf):
    return shelf.source()


@pytest.fixture
def make(store, source):
    """Store a subscription in some state; return it."""

    def make(**facts):
        wanted = HubSubscription(HUB, TOPIC, "http://feeds.example", asked=NOW, next_step=NOW)
        with store.write() as db:
            hubs.record_offer(db, source, HubOffer((HUB,), TOPIC, TOPIC), NOW)
            return hubs.save_subscription(db, source, replace(wanted, state="asked", **facts))

    return make


@pytest.fixture
def again(store):
    """Read a subscription as it is stored now."""

    def again(known):
        with store.read() as db:
            return hub_calls.find_by_secret(db, known.secret)

    return again


def confirm(client, known, **fields):
    asked = {"mode": "subscribe", "topic": TOPIC, "challenge": "c <b>&", "lease_seconds": "7200"} | fields
    given = {f"hub.{name}": value for name, value in asked.items() if value is not None}
    return client.get(f"/websub/{known.secret}", query_string=given)


def deliver(client, known, body=BODY, signature=None, **headers):
    signature = signature or f"sha256={hmac.new(known.key.encode(), body, 'sha256').hexdigest()}"
    headers = {"X-Hub-Signature": signature, "Content-Type": "text/xml; charset=utf-8", **headers}
    return client.post(f"/websub/{known.secret}", data=body, headers=headers)


def waiting(store, source):
    with store.read() as db:
        return deliveries.find_next(db, source)


# --- Did we mean it? --------------------------------------------------------------------------------


def test_what_was_asked_for_is_confirmed_with_the_challenge_and_nothing_else(client, make, again):
    known = make()
    response = confirm(client, known)
    found = again(known)

    assert (response.status_code, response.text) == (200, "c <b>&")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (found.state, found.lease_end - found.granted) == ("verified", 2 * HOUR)


def test_the_end_is_confirmed_too(client, make, again):
    known = make(mode="unsubscribe", lease_end=NOW + DAY)

    assert confirm(client, known, mode="unsubscribe", lease_seconds=None).text == "c <b>&"
    assert (again(known).state, again(known).lease_end) == ("ended", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": "https://a.example/feed"},
        {"topic": f"{TOPIC}&"},
        {"topic": None},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": None},
        {"challenge": None},
        {"challenge": ""},
    ],
)
def test_what_is_asked_wrongly_is_404_and_changes_nothing(client, make, again, fields):
    known = make()

    assert confirm(client, known, **fields).status_code == 404
    assert again(known) == known


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "wanted", "asked": None},
        {"state": "denied"},
        {"state": "failed"},
        {"state": "verified", "asked": NOW - HOUR},
        {"mode": "unsubscribe", "state": "ended"},
    ],
)
def test_what_nobody_asked_for_is_404(client, make, store, source, again, facts):
    known = make()
    with store.write() as db:
        known = hubs.save_subscription(db, source, replace(known, **facts))

    assert confirm(client, known).status_code == 404
    assert again(known) == known


def test_a_hub_that_has_not_heard_the_answer_may_ask_again(client, make):
    known = make(asked=datetime.now(UTC))  # NOW may be long ago by now

    assert [confirm(client, known).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("text", "lease"),
    [
        ("7200", 2 * HOUR),
        ("1", timedelta(seconds=1)),
        ("0", timedelta()),
        ("999999999999999", 30 * DAY),
        ("9" * 400, 10 * DAY),
        ("", 10 * DAY),
        ("-7200", 10 * DAY),
        ("²", 10 * DAY),
    ],
)
def test_a_lease_is_taken_within_reason(text, lease):
    assert read_lease(text) == lease


def test_a_no_is_heard_at_any_time_with_its_reason(client, make, again):
    known = make()
    confirm(client, known)
    response = confirm(client, known, mode="denied", challenge=None, reason=f"too\r\n many {'x' * 500}")
    found = again(known)

    assert response.status_code == 204
    assert (found.state, found.lease_end) == ("denied", None)
    assert found.last_error.startswith("too many xxx")
    assert len(found.last_error) == 200


def test_a_reason_holds_nothing_that_a_terminal_would_obey(client, make, again):
    known = make()
    confirm(client, known, mode="denied", challenge=None, reason="no\x1b[2J \x00\x08 way\x9b31m")

    assert again(known).last_error == "no[2J way›31m"


def test_a_no_about_something_else_is_not_heard(client, make, again):
    known = make()

    assert confirm(client, known, mode="denied", topic="https://b.example/").status_code == 404
    assert again(known) == known


def test_what_is_verified_is_looked_at_at_once(client, make, store):
    known = make()
    with store.write() as db:
        hubs.look_at(db, known.number, NOW + DAY)
    confirm(client, known)

    with store.read() as db:
        assert deliveries.find_work(db, datetime.now(UTC)).has_steps


def test_what_the_poller_has_decided_otherwise_meanwhile_is_not_granted(make, store, source, again):
    known = make()
    with store.write() as db:
        left = hubs.save_subscription(db, source, replace(known, mode="unsubscribe", state="ended"))
        assert not hub_calls.grant(db, known, DAY, NOW)

    assert again(known) == left


# --- What is delivered ------------------------------------------------------------------------------


def test_what_is_signed_is_kept_as_it_came(client, make, store, source):
    known = make()
    response = deliver(client, known)
    found = waiting(store, source)

    assert (response.status_code, response.data) == (202, b"")
    assert (found.body, found.media_type) == (BODY, "text/xml; charset=utf-8")
    with store.read() as db:
        assert deliveries.find_work(db, NOW - DAY) == deliveries.HubWork(False, (source.number,))


@pytest.mark.parametrize("method", ["sha1", "SHA1", "sha256", "sha384", "sha512"])
def test_each_method_of_the_standard_is_a_signature(method):
    digest = hmac.new(b"key", BODY, getattr(hashlib, method.lower())).hexdigest()

    assert is_signed(f"{method}={digest}", "key", BODY)
    assert is_signed(f" {method}={digest.upper()} ", "key", BODY)
    for wrong in (
        f"{method}={digest[:-1]}",
        f"{method}={digest}0",
        digest,
        f"md5={digest}",
        f"{method}=",
        "",
    ):
        assert not is_signed(wrong, "key", BODY)
    assert not is_signed(f"{method}={digest}", "key", BODY + b" ")
    assert not is_signed(f"{method}={digest}", "Key", BODY)


@pytest.mark.parametrize("signature", ["sha256=00", "none", "sha256=\xfc"])
def test_what_is_signed_wrongly_is_answered_alike_dropped_and_counted(
    client, make, store, source, again, signature
):
    known = make()
    response = deliver(client, known, signature=signature)

    assert (response.status_code, response.data) == (202, b"")
    assert waiting(store, source) is None
    assert again(known).rejected == 1


def test_what_is_too_large_is_refused(build, make, store, source):
    client = build("[fetch]\nmax_body_bytes = 100000\n").test_client()
    known = make()

    assert deliver(client, known, b"x" * 100_001).status_code == 413
    assert waiting(store, source) is None
    assert deliver(client, known, b"x" * 100_000).status_code == 202


@pytest.mark.parametrize(
    ("size", "declared", "status"),
    [(100_000, "", 202), (100_001, "", 413), (100_000, "200000", 413), (99_999, "100000", 400)],
    ids=["fits", "too large", "said to be too large", "broken off"],
)
def test_a_body_as_a_server_passes_it_on_is_taken_whole_or_refused(
    build, make, store, source, again, size, declared, status
):
    client = build("[fetch]\nmax_body_bytes = 100000\n").test_client()
    known, body = make(), b"x" * size
    signature = f"sha256={hmac.new(known.key.encode(), body, 'sha256').hexdigest()}"
    response = client.post(
        f"/websub/{known.secret}",
        input_stream=io.BytesIO(body),
        headers={"X-Hub-Signature": signature},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": declared},
    )

    assert response.status_code == status
    assert (waiting(store, source) is not None, again(known).rejected) == (status == 202, 0)


def test_when_too_much_waits_the_hub_is_asked_to_come_again(client, make, store, source):
    known = make()
    with store.write() as db:
        for _ in range(hub_calls.MOST_WAITING):
            hub_calls.record_delivery(db, known, None, BODY, NOW)
    response = deliver(client, known)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "error" in response.json


@pytest.mark.parametrize("facts", [{"mode": "unsubscribe"}, {"state": "denied"}])
def test_what_is_over_is_gone(client, make, store, source, facts):
    known = make()
    with store.write() as db:
        known = hubs.save_subscription(db, source, replace(known, **facts))

    assert deliver(client, known).status_code == 410
    assert waiting(store, source) is None


# --- Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "x", "a" * 32, "a" * 31 + "%00", "a" * 5000, "../" * 10])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_is_told_anything(client, make, method, secret):
    make()

    assert getattr(client, method)(f"/websub/{secret}").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_hubs_do_nothing_else(client, make, method):
    assert getattr(client, method)(f"/websub/{make().secret}").status_code == 405


def test_a_token_is_neither_needed_nor_another_way_in(build, make, again):
    client = build('[server]\ntoken = "s3cret"\n').test_client()
    known = make()
    bearer = {"Authorization": "Bearer s3cret"}

    assert confirm(client, known).status_code == 200
    assert deliver(client, known, Origin="https://hub.example").status_code == 202
    assert client.post(f"/websub/{known.secret}", data=BODY, headers=bearer).status_code == 202
    assert again(known).rejected == 1
    assert client.post("/refresh", data=BODY).status_code == 401


def test_a_mistake_of_ours_does_not_put_the_secret_into_the_log(app, make, caplog, store):
    known = make()
    with store.write() as db:
        db.exec_driver_sql("UPDATE hub_subscriptions SET lease_end = 'nonsense'")
    response = confirm(app.test_client(), known)

    assert response.status_code == 500
    assert known.secret not in caplog.text


# --- What readers are told --------------------------------------------------------------------------


def test_page_and_api_tell_it_in_the_same_words_and_without_secrets(client, make):
    known = make()
    confirm(client, known)
    told = client.get("/api/v1/sources/a-paper").json["hub"]

    assert told.startswith("https://hub.example/ delivers what is new, until ")
    assert client.get("/api/v1/sources").json["sources"][0]["hub"] == told
    assert told in client.get("/sources/a-paper/").text
    assert Page(client.get("/sources/a-paper/").text).problems == []
    for path in ("/sources/a-paper/", "/api/v1/sources", "/status/", "/opml.xml"):
        text = client.get(path).text
        assert not [one for one in (known.secret, known.key, "s3cret") if one in text]


def test_a_source_without_a_hub_has_none(client, source):
    assert client.get("/api/v1/sources/a-paper").json["hub"] is None
    assert "Hub" not in client.get("/sources/a-paper/").text
