"""Refreshing by hand: who may, and what becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from web_markup import Page
from web_samples import NOW
from werkzeug.exceptions import TooManyRequests

from feeds.model import RefreshRequest
from feeds.store.polls import ask_refresh, end_refresh, list_refreshes, take_refresh
from feeds.store.sources import retire
from feeds.web.refreshing import find_wait, record

SECRET = '[site]\nbase_url = "http://feeds.example"\n[server]\ntoken = "s3cret"\n'
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def source(shelf):
    return shelf.source()


@pytest.fixture
def locked(build):
    """A client of a service that has a token."""
    return build(SECRET).test_client()


def bearer(token: str = "s3cret") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def recorded(store) -> list[RefreshRequest]:
    with store.read() as db:
        return [refresh.request for refresh in list_refreshes(db)]


def send_form(client, page: str = "/status/", headers=OURS, base: str = "http://localhost", **fields):
    """Load the page with the form, fill it in and send it."""
    found = Page(client.get(page, base_url=base).text).find("input", name="form")
    form = {"form": found[0]["value"]} if found else {}
    return client.post("/refresh", data={**form, **fields}, headers=headers, base_url=base)


# --- With the token ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/refresh", "/api/v1/refreshes"])
def test_the_token_gets_a_refresh_and_where_to_follow_it(locked, store, path):
    response = locked.post(path, headers={"Authorization": "bearer s3cret"})
    record = response.json

    assert response.status_code == 202
    assert response.headers["Location"] == f"http://feeds.example/api/v1/refreshes/{record['id']}"
    assert record["state"] == "queued"
    assert record["page"] == f"http://feeds.example/refreshes/{record['id']}/"
    assert recorded(store) == [RefreshRequest("http")]
    assert locked.get(f"/api/v1/refreshes/{record['id']}").json == record


def test_where_to_follow_a_refresh_is_told_in_full_to_who_asks_by_our_own_name_too(locked):
    response = locked.post("/refresh", headers=bearer(), base_url="http://feeds.example")

    assert response.headers["Location"] == f"http://feeds.example/api/v1/refreshes/{response.json['id']}"


def test_asking_twice_joins_the_refresh_that_waits(locked, store):
    first, second = (locked.post("/refresh", headers=bearer()).json for _ in range(2))

    assert first["id"] == second["id"]
    assert len(recorded(store)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"source": ["b", "a-paper"]}},
        {"json": {"source": ["b", "a-paper"]}},
        {"json": {"source": ["b", "a-paper", "b"]}},
    ],
)
def test_single_sources_can_be_named(locked, store, shelf, body):
    shelf.source("https://b.example/", name="B")

    assert locked.post("/refresh", headers=bearer(), **body).json["sources"] == ["b", "a-paper"]
    assert recorded(store)[0].sources == ("b", "a-paper")


def test_one_source_needs_no_list(locked):
    response = locked.post("/refresh", headers=bearer(), json={"source": "a-paper"})

    assert response.json["sources"] == ["a-paper"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"data": {"source": "nobody"}}, 404, "There is no source called ‘nobody’."),
        ({"json": {"source": ["a-paper", "\x00"]}}, 404, "There is no source called"),
        ({"json": {"source": 3}}, 400, "takes the slug"),
        ({"json": {"source": [3]}}, 400, "takes the slug"),
        ({"json": ["a-paper"]}, 400, "takes the slug"),
        ({"data": b"{", "content_type": "application/json"}, 400, "The body is not JSON."),
        ({"data": {"source": "x" * 70_000}}, 413, "too large"),
        ({"json": {"source": "archive"}}, 400, "never polled"),
        ({"json": {"source": "gone"}}, 400, "‘gone’ is retired: 410 Gone."),
    ],
)
def test_what_cannot_be_refreshed_is_told_in_one_line(locked, store, shelf, body, status, reason):
    shelf.source("https://c.example/", name="archive", kind="archive")
    gone = shelf.source("https://d.example/", name="gone")
    with store.write() as db:
        retire(db, gone, "410 Gone")
    response = locked.post("/refresh", headers=bearer(), **body)

    assert response.status_code == status
    assert reason in response.json["error"]
    assert "\n" not in response.json["error"]
    assert recorded(store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic czNjcmV0"},
        {"Authorization": "s3cret"},
        {"Authorization": "Bearer s3cretx"},
    ],
)
@pytest.mark.parametrize("path", ["/refresh", "/api/v1/refreshes"])
def test_without_the_token_the_answer_is_401(locked, store, path, headers):
    response = locked.post(path, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert "token" in response.json["error"]
    assert recorded(store) == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer anything"}, {"Authorization": "Bearer "}])
@pytest.mark.parametrize("path", ["/refresh", "/api/v1/refreshes"])
def test_where_no_token_is_set_the_answer_says_how_to_set_one(client, store, path, headers):
    response = client.post(path, headers=headers)

    assert response.status_code == 403
    assert "[server] token" in response.json["error"]
    assert "FEEDS_SERVER_TOKEN" in response.json["error"]
    assert recorded(store) == []


# --- With the page's form ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/status/", "/refresh"])
def test_at_the_machine_itself_the_button_suffices(client, store, page):
    response = send_form(client, page)

    assert response.status_code == 303
    assert client.get(response.headers["Location"]).status_code == 200
    assert response.headers["Location"].startswith("/refreshes/")
    assert recorded(store) == [RefreshRequest("page")]


def test_the_button_of_a_source_refreshes_that_source(client, store):
    [button] = Page(client.get("/sources/a-paper/").text).find("input", name="source")
    send_form(client, "/sources/a-paper/", source=button["value"])

    assert recorded(store) == [RefreshRequest("page", sources=("a-paper",))]


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:9"])
def test_every_name_of_this_machine_will_do(client, base):
    assert send_form(client, base=base, headers={"Origin": base}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8081"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Referer": "http://evil.example/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Referer": "http://evil.example/", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_of_another_site_is_refused(client, store, headers):
    assert send_form(client, headers=headers).status_code == 403
    assert recorded(store) == []


@pytest.mark.parametrize(
    "headers", [{"Referer": "http://localhost/status/"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_one_sign_of_our_own_page_is_enough(client, headers):
    assert send_form(client, headers=headers).status_code == 303


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via", "X-Real-IP"])
def test_behind_a_proxy_the_form_needs_the_token(client, store, name):
    assert send_form(client, headers={**OURS, name: "127.0.0.1"}).status_code == 403
    assert recorded(store) == []
    assert "needs a token" in client.get("/status/", headers={name: "127.0.0.1"}).text


@pytest.mark.parametrize(
    "host", ["evil.example", "feeds.example", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_foreign_name_that_points_here_gets_no_form(client, store, host):
    base = f"http://{host}"

    assert not Page(client.get("/", base_url=base).text).find("form", method="post")
    assert send_form(client, base=base, headers={"Origin": base}).status_code == 403
    assert recorded(store) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.2", "::"])
def test_on_an_open_address_there_is_no_form_without_a_token(build, store, address):
    client = build(f'[server]\nhost = "{address}"\n').test_client()

    assert not Page(client.get("/").text).find("form", method="post")
    assert send_form(client).status_code == 403
    assert recorded(store) == []


@pytest.mark.parametrize("field", ["", "wrong", "0" * 64])
def test_a_form_without_our_mark_is_refused(client, store, field):
    client.get("/status/")
    response = client.post("/refresh", data={"form": field}, headers=OURS)

    assert response.status_code == 403
    assert "too old" in response.text
    assert Page(response.text).problems == []
    assert recorded(store) == []


def test_a_mark_belongs_to_the_cookie_it_came_with(client, app, store):
    other = app.test_client()
    mark = Page(other.get("/status/").text).find("input", name="form")[0]["value"]
    client.get("/status/")

    assert client.post("/refresh", data={"form": mark}, headers=OURS).status_code == 403


def test_with_a_token_the_form_asks_for_it(locked, store):
    base = "http://feeds.example"
    assert Page(locked.get("/refresh", base_url=base).text).find("input", type="password")
    assert send_form(locked, base=base, headers={}, token="wrong").status_code == 403
    assert send_form(locked, base=base, headers={}).status_code == 403
    assert recorded(store) == []
    assert send_form(locked, base=base, headers={}, token="s3cret").status_code == 303
    assert recorded(store) == [RefreshRequest("page")]


def test_with_a_token_the_pages_for_reading_set_no_cookie(locked):
    for path in ("/", "/sources/a-paper/"):
        response = locked.get(path)

        assert "Set-Cookie" not in response.headers
        assert "/refresh" in response.text


def test_the_cookie_is_for_our_own_forms_only(client):
    cookie = client.get("/status/").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_page_with_a_form_is_kept_by_nobody_else(client):
    headers = client.get("/status/").headers

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_token_file_that_has_become_unreadable_lets_nobody_in(build, store, tmp_path):
    file = tmp_path / "token"
    file.write_text("one\n", encoding="utf-8")
    client = build(f'[server]\ntoken_file = "{file}"\n').test_client()
    assert client.post("/refresh", headers=bearer("one")).status_code == 202
    file.unlink()

    for response in (client.post("/refresh", headers=bearer("one")), send_form(client)):
        assert response.status_code == 503
        assert "configuration" in response.json["error"]
        assert str(file) not in response.text
    assert client.get("/").status_code == 200
    assert len(recorded(store)) == 1


def test_the_form_page_names_the_sources_asked_for(client, shelf):
    shelf.source("https://b.example/", name="Hush", private=True)
    text = client.get("/refresh?source=a-paper&source=hush&source=nobody&source=%00").text

    assert "A Paper" in text
    assert "Hush" not in text
    assert [field["value"] for field in Page(text).find("input", name="source")] == ["a-paper"]


def test_the_moment_of_asking_is_kept(locked):
    assert locked.post("/refresh", headers=bearer()).json["asked"] > f"{NOW:%Y}"


# --- A pause after each -----------------------------------------------------------------------------


def end_one(store, ended, asked_by="cli") -> str:
    """A refresh of all sources that has ended at that moment; return its id."""
    with store.write() as db:
        refresh = ask_refresh(db, RefreshRequest(asked_by), ended)
        take_refresh(db, ended)
        end_refresh(db, refresh.id, ended)
    return refresh.id


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(0, 5), (0.1, 5), (1, 4), (4.2, 1), (4.999, 1), (5, 0), (3600, 0), (-0.5, 0), (-3600, 0)],
)
def test_a_refresh_may_begin_five_seconds_after_the_last_one_has_ended(seconds, wait):
    """One that ended in the future holds nobody up: the clock has been set back since."""
    assert find_wait(NOW, NOW + timedelta(seconds=seconds)) == wait


def test_the_first_refresh_waits_for_nothing():
    assert find_wait(None, NOW) == 0


@pytest.mark.parametrize("asked_by", ["cli", "http", "page"])
def test_whoever_asked_for_the_last_one_the_next_is_cooled_down(app, store, asked_by):
    end_one(store, NOW, asked_by)
    with app.test_request_context():
        with pytest.raises(TooManyRequests) as refused:
            record("http", ["a-paper"], NOW + timedelta(seconds=2))
        assert refused.value.retry_after == 3
        assert recorded(store) == [RefreshRequest(asked_by)]

        record("http", ["a-paper"], NOW + timedelta(seconds=5))
    assert len(recorded(store)) == 2


def test_what_waits_or_runs_is_joined_even_right_after_another(app, store):
    with store.write() as db:
        waiting = ask_refresh(db, RefreshRequest("cli", sources=("a-paper",)), NOW)
        take_refresh(db, NOW)
    end_one(store, NOW)
    with app.test_request_context():
        joined = record("page", ["a-paper"], NOW + timedelta(seconds=1))

    assert (joined.id, joined.state) == (waiting.id, "running")


@pytest.mark.parametrize("path", ["/refresh", "/api/v1/refreshes"])
def test_a_program_that_asks_too_soon_is_told_when_to_ask_again(locked, store, path):
    end_one(store, datetime.now(UTC))
    response = locked.post(path, headers=bearer())

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 5
    assert response.json["error"].startswith("The last refresh has only just ended; ask again in ")
    assert len(recorded(store)) == 1


def test_a_person_who_asks_too_soon_is_told_on_a_page(client, store):
    end_one(store, datetime.now(UTC))
    response = send_form(client)

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 5
    assert "The last refresh has only just ended; ask again in " in response.text
    assert Page(response.text).problems == []
    assert len(recorded(store)) == 1


def test_without_the_token_nobody_learns_when_the_last_refresh_was(locked, store):
    end_one(store, datetime.now(UTC))

    assert locked.post("/refresh").status_code == 401
