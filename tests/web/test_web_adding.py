"""Adding a source by the address of a page: recorded, shown, confirmed, and nothing stored before."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from web_desk import OURS, sign_in
from web_desk import SECRET as SECRETS
from web_markup import Page

from feeds.model import FoundFeed, Preview, PreviewedEntry
from feeds.store import desk_requests as desk
from feeds.store.by_hand import HAND_DOOR
from feeds.store.sources import close_door, find_source, find_state, list_sources
from feeds.web.desk.adding import LONGEST_NAME

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SECRET = "https://u:pass@a.example/feed?key=s3cret&page=2"
PREVIEW = Preview(
    asked="https://a.example/",
    feeds=(
        FoundFeed("https://a.example/feed", "page", "News", "rss"),
        FoundFeed("https://a.example/comments?key=s3cret", "page", "Comments", "atom"),
    ),
    title="A <b>Paper</b>",
    link="https://a.example/",
    subtitle="What is new",
    language="zh-Hant",
    count=12,
    newest=NOW,
    gap=7200,
    entries=(
        PreviewedEntry("第一條", "https://a.example/1", NOW, "摘要", "zh-Hant", has_picture=True),
        PreviewedEntry(None, None, None, "Only text", None, has_picture=False),
    ),
)


@pytest.fixture
def client(build):
    """A browser that is signed in."""
    browser = build(SECRETS).test_client()
    sign_in(browser)
    return browser


@pytest.fixture
def form(client):
    """The hidden field of every form."""
    return Page(client.get("/desk/add/").text).find("input", name="form")[0]["value"]


@pytest.fixture
def send(client, form):
    """Send a form of the desk."""

    def send(path="/desk/add/", headers=OURS, **fields):
        return client.post(path, data={"form": form, **fields}, headers=headers)

    return send


@pytest.fixture
def previewed(store):
    """Have a preview recorded and answered; return its path."""

    def preview(answer=PREVIEW):
        with store.write() as db:
            asked = desk.record_request(db, "preview", answer.asked.encode(), datetime.now(UTC))
            desk.answer_request(db, asked.id, answer, datetime.now(UTC))
        return f"/desk/add/{asked.id}/"

    return preview


def sources(store):
    with store.read() as db:
        return [source for source in list_sources(db) if source.kind == "feed"]


def recorded(store):
    with store.write() as db:
        return desk.take_request(db, datetime.now(UTC))


def sound(response) -> str:
    """The page, once it is known to be sound."""
    assert Page(response.text).problems == []
    return response.text


# --- The address ------------------------------------------------------------------------------------


def test_the_page_asks_for_an_address(client):
    page = Page(sound(client.get("/desk/add/?url=a.example")))

    assert page.find("input", name="url", value="a.example")


def test_an_address_is_recorded_and_its_preview_shown(store, send, client):
    response = send(url=" https://a.example/page ")
    made = recorded(store)

    assert response.status_code == 303
    assert response.headers["Location"] == f"/desk/add/{made.id}/"
    assert (made.kind, made.body) == ("preview", b"https://a.example/page")
    assert sources(store) == []


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.org", "https://example.org"),
        ("example.org:8080/feed?a=b", "https://example.org:8080/feed?a=b"),
        ("http://example.org/", "http://example.org/"),
        ("feed:example.org/rss", "http://example.org/rss"),
        ("https://例.example/饭", "https://xn--fsq.example/%E9%A5%AD"),
    ],
)
def test_what_a_person_types_becomes_an_address(store, send, typed, address):
    assert send(url=typed).status_code == 303
    assert recorded(store).body.decode() == address


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", ": is no http(s) address"),
        ("two words", "two words: is no http(s) address"),
        ("ftp://u:p4ss@a.example/?key=s3cret", "ftp://a.example/: is no http(s) address"),
        ("mailto:me@a.example", "is no http(s) address"),
        ("javascript:alert(1)", "javascript:alert(1): is no http(s) address"),
        ("https://a.example/" + "x" * 2000, "is no http(s) address"),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(store, send, typed, told):
    response = send(url=typed)

    assert response.status_code == 400
    assert told in sound(response)
    assert "p4ss" not in response.text
    assert "s3cret" not in response.text
    assert recorded(store) is None


def test_too_many_requests_are_refused_in_one_line(send):
    for _ in range(desk.MOST_WAITING):
        send(url="https://a.example/")
    response = send(url="https://a.example/")

    assert response.status_code == 429
    assert "10 requests wait to be carried out already." in response.text
    assert response.headers["Retry-After"]


def test_the_form_of_another_site_records_nothing(store, send, previewed):
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    assert send(url="https://a.example/", headers=elsewhere).status_code == 403
    assert send(previewed(), headers=elsewhere).status_code == 403
    assert recorded(store) is None
    assert sources(store) == []


def test_a_form_without_its_token_is_refused(store, client, previewed):
    for path in ("/desk/add/", previewed()):
        assert client.post(path, data={"url": "https://a.example/"}, headers=OURS).status_code == 403
    assert sources(store) == []


# --- While it is looked for -------------------------------------------------------------------------


def test_a_page_that_waits_follows_by_itself_with_and_without_a_script(store, send, client):
    path = send(url=SECRET).headers["Location"]
    with store.poller_lock():
        text = sound(client.get(path))

    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    assert Page(text).find("section", role="status")[0]["data-follow"] == f"{path}state.json"
    assert "preview.js" in text
    assert "https://a.example/feed?page=2" in text.replace("&amp;", "&")
    assert "s3cret" not in text
    assert "pass" not in text


def test_a_page_says_that_no_poller_runs(send, client):
    text = sound(client.get(send(url="https://a.example/").headers["Location"]))

    assert "No poller is running." in text
    assert 'content="10"' in text


def test_the_script_is_told_how_it_stands(store, send, client):
    path = send(url="https://a.example/").headers["Location"]

    assert client.get(f"{path}state.json").json == {"shown": "stalled"}
    with store.poller_lock():
        assert client.get(f"{path}state.json").json == {"shown": "waiting"}
    with store.write() as db:
        desk.answer_request(db, path.split("/")[-2], PREVIEW, datetime.now(UTC))
    assert client.get(f"{path}state.json").json == {"shown": "done"}


@pytest.mark.parametrize("id", ["0" * 32, "x", "%00", "%2e%2e", "é", "' or 1=1"])
def test_what_nobody_has_asked_for_is_not_found(client, send, id):
    assert client.get(f"/desk/add/{id}/").status_code == 404
    assert client.get(f"/desk/add/{id}/state.json").status_code == 404
    assert send(f"/desk/add/{id}/", name="x").status_code == 404
    assert send(of=id, feed="0").status_code == 404


def test_an_import_is_no_preview(store, client, send):
    with store.write() as db:
        asked = desk.record_request(db, "import", b"<opml/>", datetime.now(UTC))
        desk.answer_request(db, asked.id, {"added": 1}, datetime.now(UTC))

    assert client.get(f"/desk/add/{asked.id}/").status_code == 404
    assert send(f"/desk/add/{asked.id}/").status_code == 404


def test_a_preview_is_kept_for_an_hour_only(store, client, previewed):
    path = previewed()
    with store.write() as db:
        desk.expire_requests(db, datetime.now(UTC) + timedelta(hours=1))

    assert client.get(path).status_code == 404


# --- What it would bring ----------------------------------------------------------------------------


def test_a_preview_shows_the_feed_its_entries_and_the_other_feeds(client, previewed):
    response = client.get(previewed())
    text = sound(response)

    assert '<h1 dir="auto" lang="zh-Hant">A &lt;b&gt;Paper&lt;/b&gt;</h1>' in text
    for told in (
        "What is new",
        "12 entries",
        "about every 2 hours",
        "named by the page",
        "第一條",
        "Only text",
    ):
        assert told in text
    assert "with a picture" in text
    assert "and 10 more" in text
    assert "https://a.example/comments" in text
    assert "s3cret" not in text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert 'http-equiv="refresh"' not in text


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (20, "about every minute"),
        (1800, "about every 30 minutes"),
        (7200, "about every 2 hours"),
        (86_400, "about every day"),
        (3 * 86_400, "about every 3 days"),
    ],
)
def test_how_often_it_posts_is_said_as_people_say_it(client, previewed, gap, told):
    assert told in client.get(previewed(Preview(feeds=PREVIEW.feeds, gap=gap))).text


def test_a_feed_without_anything_to_tell_is_shown_by_its_host(client, previewed):
    text = sound(client.get(previewed(Preview(feeds=(FoundFeed("https://a.example/feed", "address"),)))))

    assert ">a.example</h1>" in text
    assert "It holds no entry at the moment" in text


@pytest.mark.parametrize(
    "problem",
    ["https://a.example/: HTTP 404 Not Found", "http://10.0.0.1/: 10.0.0.1 is not a public address"],
)
def test_a_problem_is_told_with_a_form_to_try_again(client, previewed, problem):
    text = sound(client.get(previewed(Preview("https://a.example/?key=s3cret", problem))))

    assert problem in text
    assert Page(text).find("input", name="url", value="https://a.example/")
    assert "Subscribe" not in text


def test_another_feed_of_the_page_is_previewed_instead_by_its_whole_address(store, send, previewed):
    path = previewed()
    response = send(of=path.split("/")[-2], feed="1")

    assert response.status_code == 303
    assert recorded(store).body == b"https://a.example/comments?key=s3cret"


@pytest.mark.parametrize("number", ["2", "-1", "", "x", "9" * 50, "²"])
def test_a_feed_that_was_not_found_is_not_previewed(store, send, previewed, number):
    assert send(of=previewed().split("/")[-2], feed=number).status_code == 400
    assert recorded(store) is None


# --- Confirmed --------------------------------------------------------------------------------------


def test_a_confirmed_preview_is_subscribed_to_as_by_hand(store, send, previewed):
    response = send(previewed(), name="  My \n Paper ", category="News", minutes="90")
    [source] = sources(store)

    assert (source.url, source.name, source.title) == ("https://a.example/feed", "My Paper", PREVIEW.title)
    assert (source.category, source.interval, source.private) == ("News", 5400, False)
    assert source.doors == (HAND_DOOR,)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/sources/{source.slug}/"
    with store.read() as db:
        assert find_state(db, source).next_poll is None  # due at once


def test_what_the_form_does_not_say_is_left_to_the_feed(store, send, previewed):
    send(previewed(), name="", category=" ", minutes="")
    [source] = sources(store)

    assert (source.name, source.category, source.interval) == (None, None, None)


def test_exactly_what_was_previewed_is_subscribed_to_whatever_the_form_says(store, send, previewed):
    preview = Preview("https://a.example/", feeds=(FoundFeed(SECRET, "page"),), title="Mine")
    send(previewed(preview), url="https://evil.example/", title="Other", feed="1", kind="page", key="x")
    [source] = sources(store)

    assert (source.url, source.key, source.title, source.kind) == (SECRET, SECRET, "Mine", "feed")


def test_a_private_source_is_told_of_on_the_desk_only(store, send, client, previewed):
    path = previewed()
    response = send(path, name="Hidden", private="1")
    [source] = sources(store)

    assert source.private
    assert response.headers["Location"] == path
    assert "Subscribed already" in sound(client.get(path))
    assert client.get(f"/sources/{source.slug}/").status_code == 404


def test_an_address_that_is_subscribed_already_is_told_with_its_name(store, send, client, previewed):
    send(previewed(), name="Mine")
    text = sound(client.get(previewed()))

    assert "Subscribed already" in text
    assert '<a href="/sources/mine/"' in text
    assert 'name="minutes"' not in text


def test_a_source_that_was_removed_can_be_subscribed_to_again(store, send, client, previewed):
    path = previewed()
    send(path, name="Mine")
    with store.write() as db:
        close_door(db, find_source(db, "mine"), HAND_DOOR, datetime.now(UTC))
    assert "Subscribe to it?" in client.get(path).text
    send(path)
    [source] = sources(store)

    assert (source.slug, source.retired, source.doors) == ("mine", None, (HAND_DOOR,))


def test_confirming_twice_makes_one_source(store, send, previewed):
    path = previewed()
    first, second = send(path, name="Mine"), send(path, name="Mine")

    assert first.headers["Location"] == second.headers["Location"]
    assert len(sources(store)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x" * (LONGEST_NAME + 1)},
        {"category": "a\x00b"},
        {"minutes": "0"},
        {"minutes": "-5"},
        {"minutes": "1.5"},
        {"minutes": "９"},
        {"minutes": "525601"},
        {"minutes": "9" * 500},
    ],
)
def test_a_field_that_cannot_be_taken_is_told_and_nothing_stored(store, send, previewed, fields):
    response = send(previewed(), **{"name": "Kept as typed", **fields})

    assert response.status_code == 400
    assert re.search('<p class="error" role="alert">[^<]+</p>', sound(response))
    assert "name" in fields or 'value="Kept as typed"' in response.text
    assert sources(store) == []


def test_what_has_not_been_answered_or_has_no_feed_cannot_be_confirmed(store, send, previewed):
    waiting = send(url="https://a.example/").headers["Location"]

    assert send(waiting).status_code == 400
    assert send(previewed(Preview("https://a.example/", "it is broken"))).status_code == 400
    assert sources(store) == []


def test_nobody_who_is_not_signed_in_sees_any_of_it(build, previewed):
    path = previewed()
    stranger = build(SECRETS).test_client()
    for asked in ("/desk/add/", path, f"{path}state.json"):
        assert stranger.get(asked).headers["Location"].startswith("/desk/sign-in?next=")
        assert stranger.post(asked, headers=OURS).status_code in (403, 405)
    without_token = build().test_client()
    assert "Setting a token" in without_token.get(path).text
