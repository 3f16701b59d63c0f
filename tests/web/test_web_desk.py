"""The desk: who is let in, and how."""

from datetime import UTC, datetime, timedelta

import pytest
from web_desk import OURS, SECRET, find_mark, send, sign_in
from web_markup import Page
from web_samples import NOW, rewrite

from feeds.web.forms import FORMS
from feeds.web.security import FREE_TRIES, WAIT, Tries
from feeds.web.sessions import COOKIE, LASTS, derive_key, make_session

PAGES = [
    "/desk/",
    "/desk/sources/",
    "/desk/sources/a-paper/",
    "/desk/sources/a-paper/remove",
    "/desk/lists/",
    "/desk/export.opml",
    "/desk/quarantined/",
    "/desk/deletions/",
    "/desk/refreshes/",
]
DEEDS = [
    "/desk/sign-out",
    "/desk/sources/a-paper/",
    "/desk/sources/a-paper/pause",
    "/desk/sources/a-paper/resume",
    "/desk/sources/a-paper/remove",
    "/desk/lists/",
    "/desk/deletions/",
]


@pytest.fixture(autouse=True)
def source(shelf):
    return shelf.source()


@pytest.fixture
def app(build):
    return build(SECRET)


def give(client, value):
    client.set_cookie(COOKIE, value, domain="localhost")


def is_in(client) -> bool:
    return client.get("/desk/").status_code == 200


# --- Signing in -------------------------------------------------------------------------------------


def test_who_is_not_signed_in_is_led_to_where_the_token_is_asked_for(client):
    for path in PAGES:
        response = client.get(path)

        assert response.status_code == 302, path
        assert response.headers["Location"].startswith("/desk/sign-in?next=")


def test_the_token_lets_in_and_leads_to_what_was_wanted(client):
    asked = client.get("/desk/sources/?q=paper").headers["Location"]
    page = Page(client.get(asked).text)
    assert page.problems == []
    [wanted] = page.find("input", name="next")
    response = sign_in(client, next=wanted["value"])

    assert response.status_code == 303
    assert response.headers["Location"] == "/desk/sources/?q=paper"
    for path in PAGES:
        assert client.get(path).status_code == 200, path
    assert client.get("/desk/sign-in").headers["Location"] == "/desk/"


def test_a_wrong_token_lets_nobody_in(client):
    response = sign_in(client, "wrong")

    assert response.status_code == 403
    assert "That is not the token." in response.text
    assert Page(response.text).problems == []
    assert COOKIE not in str(response.headers.getlist("Set-Cookie"))
    assert not is_in(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "desk/",
        "/\t/evil.example",
        "/\n/evil.example",
        "http:evil.example",
        " //evil.example",
        "/" + "x" * 3000,
    ],
)
def test_signing_in_leads_to_no_other_site(client, wanted):
    assert sign_in(client, next=wanted).headers["Location"] == "/desk/"
    assert client.get("/desk/sign-in", query_string={"next": wanted}).headers["Location"] == "/desk/"


def test_the_cookie_holds_no_token_and_is_for_the_browser_alone(client):
    cookie = next(one for one in sign_in(client).headers.getlist("Set-Cookie") if one.startswith(COOKIE))

    assert "s3cret" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert "Path=/;" in cookie
    assert f"Max-Age={LASTS // timedelta(seconds=1)}" in cookie


def test_where_readers_come_by_tls_the_cookie_goes_by_tls_alone_and_below_the_path_of_the_site(build):
    client = build('[site]\nbase_url = "https://www.example/papers"\n[server]\ntoken = "s"\n').test_client()
    mark = find_mark(client.get("/papers/desk/sign-in", base_url="https://www.example").text)
    response = client.post(
        "/papers/desk/sign-in",
        data={"form": mark, "token": "s", "next": "/desk/lists/"},
        headers={"Origin": "https://www.example"},
        base_url="https://www.example",
    )

    assert response.headers["Location"] == "/papers/desk/lists/"
    cookie = next(one for one in response.headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert "Secure" in cookie
    assert "Path=/papers/;" in cookie
    assert client.get("/papers/desk/lists/", base_url="https://www.example").status_code == 200


def test_behind_a_proxy_that_asks_for_another_name_the_forms_of_base_url_are_ours(client):
    assert sign_in(client, headers={"Origin": "http://feeds.example"}).status_code == 303


def test_a_session_survives_a_restart_and_holds_in_every_process(client, build):
    sign_in(client)
    other = build(SECRET).test_client()
    give(other, client.get_cookie(COOKIE).value)

    assert is_in(other)


def test_a_session_ends_when_the_token_changes(client, app, tmp_path):
    sign_in(client)
    rewrite(app, tmp_path / "config.toml", SECRET.replace("s3cret", "another"))

    assert not is_in(client)


def test_a_session_ends_after_its_days(client, app):
    with app.test_request_context():
        old, young = (make_session(datetime.now(UTC) - LASTS + timedelta(minutes=m)) for m in (-1, 1))
    give(client, old)
    assert not is_in(client)
    give(client, young)
    assert is_in(client)


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: "",
        lambda value: "x",
        lambda value: value.rpartition(".")[0] + "." + "0" * 64,
        lambda value: value.replace(".1", ".9", 1) if ".1" in value else "y" + value,
        lambda value: "A" * 22 + value[22:],
        lambda value: value + "0",
        lambda value: value.upper(),
    ],
)
def test_a_forged_session_lets_nobody_in(client, app, forge):
    with app.test_request_context():
        value = make_session(NOW)
    give(client, forge(value))

    assert not is_in(client)


def test_a_session_of_another_site_with_the_same_token_lets_nobody_in():
    assert derive_key("s3cret", "one") != derive_key("s3cret", "another") != derive_key("s", "another")


def test_signing_out_takes_the_cookie_away(client):
    sign_in(client)
    response = send(client, "/desk/sign-out")

    assert response.status_code == 303
    assert client.get_cookie(COOKIE) is None
    assert not is_in(client)


# --- Wrong tries ------------------------------------------------------------------------------------


def test_after_some_wrong_tokens_each_further_one_has_to_wait(client):
    for _ in range(FREE_TRIES):
        assert sign_in(client, "wrong").status_code == 403
    response = sign_in(client)

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= WAIT + 1
    assert "Too many wrong tokens" in response.text
    assert not is_in(client)


def test_the_form_that_asks_for_the_token_itself_counts_too(client):
    for _ in range(FREE_TRIES):
        assert send(client, "/refresh", "/refresh", token="wrong").status_code == 403

    assert send(client, "/refresh", "/refresh", token="s3cret").status_code == 429


def test_the_right_token_waits_no_longer_than_ten_seconds():
    tries = Tries()
    for _ in range(100):
        tries.note("a", 0, is_right=False)

    assert tries.find_wait("a", 0.5) == 10
    assert tries.find_wait("a", WAIT) == 0
    assert tries.find_wait("b", 0.5) == 0


def test_the_right_token_and_a_quarter_of_an_hour_clear_an_address():
    tries = Tries()
    for _ in range(FREE_TRIES):
        tries.note("a", 0, is_right=False)
    tries.note("a", 20, is_right=True)
    tries.note("a", 21, is_right=False)
    assert tries.find_wait("a", 21) == 0

    for _ in range(FREE_TRIES):
        tries.note("b", 0, is_right=False)
    tries.note("b", 1000, is_right=False)
    assert tries.find_wait("b", 1000) == 0


def test_no_more_addresses_are_remembered_than_there_is_room_for():
    tries = Tries()
    for number in range(5000):
        tries.note(str(number), 0, is_right=False)

    assert len(tries._known) == 1024


# --- Forms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DEEDS)
def test_a_form_of_another_site_does_nothing(client, path):
    sign_in(client)
    for headers in ({}, {"Origin": "http://evil.example"}, {**OURS, "Sec-Fetch-Site": "cross-site"}):
        response = send(client, path, headers=headers)

        assert response.status_code == 403
        assert "another site" in response.text


@pytest.mark.parametrize("path", DEEDS)
@pytest.mark.parametrize("mark", ["", "0" * 64])
def test_a_form_without_our_mark_does_nothing(client, path, mark):
    sign_in(client)
    response = client.post(path, data={"form": mark}, headers=OURS)

    assert response.status_code == 403
    assert "too old" in response.text


@pytest.mark.parametrize("path", DEEDS)
def test_a_mark_belongs_to_the_session_it_was_made_for(client, app, path):
    other = app.test_client()
    sign_in(other)
    mark = find_mark(other.get("/desk/").text)
    sign_in(client)

    assert client.post(path, data={"form": mark}, headers=OURS).status_code == 403


@pytest.mark.parametrize("path", DEEDS)
def test_who_is_not_signed_in_does_nothing(client, path):
    client.get("/refresh")  # which gives a cookie for forms
    response = send(client, path, "/refresh", token="s3cret")

    assert response.status_code == 403
    assert "not signed in" in response.text


@pytest.mark.parametrize("path", DEEDS)
def test_the_token_of_programs_opens_no_form(client, path):
    assert client.post(path, headers={"Authorization": "Bearer s3cret"}).status_code == 403


def test_the_form_for_signing_in_cannot_be_sent_by_another_site(client):
    assert sign_in(client, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/desk/sign-in", data={"token": "s3cret"}, headers=OURS).status_code == 403
    assert not is_in(client)


def test_who_is_signed_in_refreshes_without_typing_the_token(client):
    sign_in(client)
    for path in ("/", "/status/", "/sources/a-paper/"):
        page = Page(client.get(path).text)
        assert page.problems == []
        assert not page.find("input", type="password")
    response = send(client, "/refresh", "/")

    assert response.status_code == 303


# --- Without a token --------------------------------------------------------------------------------


def test_without_a_token_the_desk_says_how_to_set_one(build):
    client = build("").test_client()
    for path in [*PAGES, "/desk/sign-in"]:
        response = client.get(path)

        assert response.status_code == 200
        assert "FEEDS_SERVER_TOKEN" in response.text
        assert Page(response.text).problems == []


@pytest.mark.parametrize("path", [*DEEDS, "/desk/sign-in"])
def test_without_a_token_nothing_can_be_done_at_the_desk(build, path):
    response = send(build("").test_client(), path, "/status/", token="")

    assert response.status_code == 403
    assert "[server] token" in response.text


def test_without_a_token_no_cookie_signs_anybody_in(build):
    app = build("")
    client = app.test_client()
    with app.test_request_context():
        give(client, make_session(datetime.now(UTC)))

    assert "FEEDS_SERVER_TOKEN" in client.get("/desk/").text


# --- The pages --------------------------------------------------------------------------------------


def test_pages_of_the_desk_are_kept_by_nobody_and_found_by_no_search_engine(client):
    sign_in(client)
    for path in PAGES:
        response = client.get(path)

        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        if path != "/desk/export.opml":
            assert Page(response.text).problems == [], path
            assert '<meta name="robots" content="noindex">' in response.text


def test_what_who_is_signed_in_is_shown_is_given_to_nobody_else(client):
    response = client.get("/")
    assert "Cookie" in response.headers["Vary"]
    sign_in(client)

    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_a_store_that_cannot_be_read_lets_nobody_in(client, store, build):
    sign_in(client)
    fresh = build(SECRET).test_client()
    give(fresh, client.get_cookie(COOKIE).value)
    store.close()
    store.path.write_bytes(b"not a database any more" * 1000)
    response = fresh.get("/desk/")

    assert response.status_code in (302, 503)
    assert "Traceback" not in response.text


def test_strangers_who_send_slowly_take_no_turn_of_who_is_signed_in(client):
    sign_in(client)
    for _ in range(2):
        assert FORMS.seats.acquire(blocking=False)
    try:
        answer = send(client, "/desk/sources/a-paper/pause", page="/desk/sources/a-paper/")
    finally:
        FORMS.seats.release(2)

    assert answer.status_code == 303
