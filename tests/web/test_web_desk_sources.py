"""Sources at the desk: found, edited, paused, removed; private ones are shown there and nowhere else."""

from datetime import UTC, datetime

import pytest
from web_desk import SECRET, send, sign_in
from web_markup import Page
from web_samples import NOW

from feeds.model import Declaration, SourceState
from feeds.store.sources import add_source, due_sources, find_declared, find_source, retire, save_state

AT_DESK = "/desk/sources/a-paper/"


@pytest.fixture(autouse=True)
def source(shelf):
    return shelf.source()


@pytest.fixture
def app(build):
    return build(SECRET)


@pytest.fixture
def client(app):
    """The browser of who is signed in."""
    client = app.test_client()
    sign_in(client)
    return client


@pytest.fixture
def stranger(app):
    return app.test_client()


def declare(store, door, url="https://c.example/feed.xml", name="Declared"):
    with store.write() as db:
        return add_source(db, Declaration(url=url, name=name), door, NOW)


def save(client, path=AT_DESK, **fields):
    return send(client, path, path, **({"name": "A Paper", "unit": "hours"} | fields))


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_shows_private_sources_to_who_is_signed_in_alone(client, stranger, shelf):
    hush = shelf.source("https://b.example/", name="Hush", private=True)
    key = shelf.entry(hush, title="A secret")
    page = client.get("/desk/sources/").text

    assert "Hush" in page
    assert "private" in page
    assert client.get("/desk/sources/hush/").status_code == 200
    for path in ("/", "/sources/", "/status/", "/feeds/", "/opml.xml", "/api/v1/sources"):
        assert "Hush" not in stranger.get(path).text, path
    for path in ("/sources/hush/", f"/entries/{key}/", "/api/v1/sources/hush"):
        assert stranger.get(path).status_code == 404
    assert "Hush" not in stranger.get("/desk/sources/hush/").text
    assert "hush" not in stranger.get("/refresh?source=hush").text


def test_a_hundred_sources_are_on_a_page_and_the_others_behind_it(client, shelf):
    for number in range(101):
        shelf.source(f"https://b.example/{number}", name=f"Number {number:03}")
    first = client.get("/desk/sources/")
    [more] = Page(first.text).find("a", rel="next")
    second = client.get(more["href"])

    assert "102 sources." in first.text
    assert "Number 098" in first.text
    assert "Number 099" not in first.text
    assert "Number 099" in second.text
    assert "Number 098" not in second.text
    assert not Page(second.text).find("a", rel="next")


@pytest.mark.parametrize("query", ["paper", "PAPER a", "b.example", "News", "报纸", "a-paper"])
def test_sources_are_found_by_words_of_name_category_and_address(client, shelf, query):
    shelf.source("https://b.example/x", name="报纸 paper a-paper", category="News")
    shelf.source("https://d.example/", name="Other")
    page = client.get("/desk/sources/", query_string={"q": query}).text

    assert "报纸" in page
    assert "Other" not in page


def test_a_source_is_not_found_by_the_key_in_its_address(client, shelf):
    shelf.source("https://user:hunter2@b.example/?key=hunter2", name="Other")

    assert "Other" not in client.get("/desk/sources/?q=hunter2").text
    assert "hunter2" not in client.get("/desk/sources/?q=other").text


def test_nothing_found_is_said(client):
    assert "No source has these words" in client.get("/desk/sources/?q=nothing").text
    assert "Every source brings what it has" in client.get("/desk/sources/?state=failing").text


def test_the_failing_ones_can_be_listed_alone(client, shelf, store, source):
    shelf.source("https://b.example/", name="Well")
    with store.write() as db:
        save_state(db, source, SourceState(failures=3, failing_since=NOW, last_error="HTTP 500"))
    page = client.get("/desk/sources/?state=failing").text

    assert "A Paper" in page
    assert "HTTP 500" in page
    assert "Well" not in page


# --- Editing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"name": " 一份  报纸 "}, {"name": "一份 报纸"}),
        ({"name": ""}, {"name": None}),
        ({"category": "News"}, {"category": "News"}),
        ({"interval": "90", "unit": "minutes"}, {"interval": 5400}),
        ({"interval": "2", "unit": "hours"}, {"interval": 7200}),
        ({"interval": "366", "unit": "days"}, {"interval": 366 * 86_400}),
        ({"private": "on"}, {"private": True}),
    ],
)
def test_each_field_can_be_edited(client, store, shelf, source, fields, changed):
    response = save(client, **fields)

    assert response.status_code == 303
    assert response.headers["Location"] == f"{AT_DESK}?done=saved"
    assert "Saved." in client.get(response.headers["Location"]).text
    expected = {"name": "A Paper", "category": None, "interval": None, "private": False} | changed
    found = shelf.again(source)
    assert {field: getattr(found, field) for field in expected} == expected
    with store.read() as db:
        declared = find_declared(db, found, "hand")
    assert {field: getattr(declared, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("seconds", "interval", "unit"),
    [
        (None, "", "hours"),
        (5400, "90", "minutes"),
        (7200, "2", "hours"),
        (86_400, "1", "days"),
        (90, "2", "minutes"),
    ],
)
def test_the_form_shows_what_was_said_before(client, shelf, seconds, interval, unit):
    shelf.source("https://b.example/", name="B", category="News", interval=seconds, private=True)
    page = Page(client.get("/desk/sources/b/").text)

    assert page.find("input", id="name")[0]["value"] == "B"
    assert page.find("input", id="category")[0]["value"] == "News"
    assert page.find("input", id="interval")[0]["value"] == interval
    assert "checked" in page.find("input", id="private")[0]
    assert [option["value"] for option in page.find("option") if "selected" in option] == [unit]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"interval": "0"}, "whole number"),
        ({"interval": "-1"}, "whole number"),
        ({"interval": "1.5"}, "whole number"),
        ({"interval": "٣"}, "whole number"),
        ({"interval": "9" * 30}, "whole number"),
        ({"interval": "367", "unit": "days"}, "whole number"),
        ({"interval": "1", "unit": "years"}, "whole number"),
        ({"name": "x" * 201}, "longer than 200"),
        ({"category": "x" * 201}, "longer than 200"),
        ({"name": "a\x07b"}, "cannot be written"),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays_in_the_form(client, shelf, source, fields, reason):
    response = save(client, **({"name": "New"} | fields))
    page = Page(response.text)

    assert response.status_code == 400
    assert reason in response.text
    assert page.problems == []
    assert page.find("input", id="interval")[0]["value"] == fields.get("interval", "")
    assert shelf.again(source) == source


def test_a_source_made_private_is_gone_from_every_public_page_at_once(client, stranger, shelf, source):
    key = shelf.entry(source, title="Said in public")
    assert "Said in public" in stranger.get("/rss.xml").text
    save(client, private="on")

    for path in ("/rss.xml", "/", "/sources/"):
        assert "Said in public" not in stranger.get(path).text
        assert "A Paper" not in stranger.get(path).text
    assert stranger.get(f"/entries/{key}/").status_code == 404
    save(client)
    assert stranger.get(f"/entries/{key}/").status_code == 200


@pytest.mark.parametrize(
    ("door", "file"), [("config", "config.toml"), ("list:papers/mine.opml", "papers/mine.opml")]
)
def test_a_source_that_a_file_declares_names_the_file(client, store, shelf, door, file):
    declared = declare(store, door)
    page = client.get("/desk/sources/declared/")
    assert "; change it there" in page.text
    assert f"{file}; change it there" in page.text
    assert not Page(page.text).find("input", id="name")
    for path, word in (("", "change"), ("remove", "remove")):
        response = send(client, f"/desk/sources/declared/{path}", name="Mine")
        assert response.status_code == 409
        assert f"{file}; {word} it there" in response.text
    response = client.get("/desk/sources/declared/remove")

    assert response.status_code == 409
    assert f"{file}; remove it there" in response.text
    assert shelf.again(declared) == declared


def test_a_source_that_is_declared_by_hand_and_by_a_file_is_the_files(client, store, shelf, source):
    declare(store, "config", source.url, None)
    before = shelf.again(source)
    assert save(client, name="Mine").status_code == 409
    assert shelf.again(source) == before


def test_an_archive_is_not_edited(client, shelf):
    shelf.source("https://c.example/", name="archive", kind="archive")

    assert "is the archive of a publisher" in client.get("/desk/sources/archive/").text
    assert send(client, "/desk/sources/archive/pause").status_code == 409


# --- Pausing and removing ---------------------------------------------------------------------------


def is_due(store) -> bool:
    with store.read() as db:
        return bool(due_sources(db, datetime.now(UTC)))


def test_a_paused_source_is_not_due_for_the_poller_until_it_is_resumed(client, store, shelf, source):
    assert is_due(store)
    response = send(client, f"{AT_DESK}pause", AT_DESK)
    assert response.headers["Location"] == f"{AT_DESK}?done=paused"
    assert "Resume" in client.get(response.headers["Location"]).text
    assert shelf.again(source).paused
    assert not is_due(store)
    send(client, f"{AT_DESK}resume", AT_DESK)

    assert not shelf.again(source).paused
    assert is_due(store)


def test_a_source_that_a_file_declares_can_be_paused_as_by_the_commands(client, store, shelf):
    declared = declare(store, "config")
    assert send(client, "/desk/sources/declared/pause").status_code == 303
    assert shelf.again(declared).paused


def test_removing_says_first_what_will_happen(client, shelf, source):
    response = client.get(f"{AT_DESK}remove")

    assert response.status_code == 200
    assert Page(response.text).problems == []
    assert "Its entries stay" in response.text
    assert shelf.again(source).doors == ("hand",)


def test_a_removed_source_is_polled_no_more_and_its_entries_stay(client, store, shelf, source, stranger):
    key = shelf.entry(source)
    response = send(client, f"{AT_DESK}remove", f"{AT_DESK}remove")

    assert response.headers["Location"] == f"{AT_DESK}?done=removed"
    page = client.get(response.headers["Location"])
    assert "Removed." in page.text
    assert Page(page.text).problems == []
    assert shelf.again(source).retired == "no longer declared"
    assert not is_due(store)
    assert stranger.get(f"/entries/{key}/").status_code == 200
    assert send(client, f"{AT_DESK}remove").status_code == 409
    assert send(client, f"{AT_DESK}pause").status_code == 409


def test_what_a_publisher_has_ended_is_told(client, store, source):
    with store.write() as db:
        retire(db, source, "410 Gone")

    assert "410 Gone" in client.get("/desk/").text
    assert "410 Gone" in client.get("/desk/sources/?state=failing").text


@pytest.mark.parametrize("path", ["", "pause", "resume", "remove"])
def test_a_source_that_is_none_is_not_found(client, path):
    assert send(client, f"/desk/sources/nobody/{path}").status_code == 404
    assert client.get("/desk/sources/nobody/").status_code == 404
    assert client.get("/desk/sources/%00/").status_code == 404


def test_who_is_signed_in_sees_what_a_refresh_brought_of_private_sources(client, stranger, shelf, store):
    shelf.source("https://b.example/", name="Hush", private=True)
    address = send(client, "/refresh", "/desk/sources/hush/", source="hush").headers["Location"]

    assert "hush" in client.get("/desk/refreshes/").text
    assert stranger.get(address).status_code == 200
    assert "hush" not in stranger.get(address).text.lower()
    with store.read() as db:
        assert find_source(db, "hush") is not None


def test_a_fault_in_the_address_of_a_page_is_told_in_one_line(client):
    assert client.get("/desk/refreshes/?before=x").status_code == 400
    assert client.get("/desk/quarantined/?after=-1").status_code == 400
    assert client.get("/desk/sources/?after=nobody").status_code == 200
    assert client.get(f"{AT_DESK}?done=evil").status_code == 200
