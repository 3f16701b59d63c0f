"""Lists of subscriptions: sent to the desk, and given away."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from web_desk import OURS, SECRET, find_mark, send, sign_in
from web_markup import Page
from web_samples import NOW

from feeds.model.declaring import Imported
from feeds.store.desk_requests import answer_request, find_request, take_request
from feeds.store.sources import list_sources

OPML = b'<opml version="2.0"><body><outline type="rss" text="B" xmlUrl="https://b.example/"/></body></opml>'


@pytest.fixture
def app(build):
    return build(SECRET)


@pytest.fixture
def client(app):
    """The browser of who is signed in."""
    client = app.test_client()
    sign_in(client)
    return client


def send_list(client, body=OPML, name="mine.opml"):
    return send(client, "/desk/lists/", "/desk/lists/", list=(BytesIO(body), name))


def send_bytes(client, size):
    """Send a file of this size; from memory, where the client itself would leave a file open."""
    mark = find_mark(client.get("/desk/lists/").text)
    head = 'Content-Disposition: form-data; name="'
    body = (
        f'--x\r\n{head}form"\r\n\r\n{mark}\r\n--x\r\n{head}list"; filename="a.opml"\r\n\r\n'.encode()
        + b"x" * size
        + b"\r\n--x--\r\n"
    )
    kind = "multipart/form-data; boundary=x"
    return client.post("/desk/lists/", data=body, content_type=kind, headers=OURS)


def waiting(store):
    with store.write() as db:
        return take_request(db, datetime.now(UTC))


def answer(store, address, **result):
    """Answer what was recorded as the poller does."""
    with store.write() as db:
        answer_request(db, address.rstrip("/").rpartition("/")[2], Imported(**result), NOW)


def test_a_list_is_recorded_for_the_poller_and_nothing_is_subscribed_to_by_the_web(client, store):
    response = send_list(client)
    page = client.get(response.headers["Location"])

    assert response.status_code == 303
    assert "No poller is running." in page.text
    assert "mine.opml" in page.text
    assert Page(page.text).problems == []
    assert Page(page.text).find("meta", content="10")
    with store.read() as db:
        found = find_request(db, response.headers["Location"].rstrip("/").rpartition("/")[2])
        assert (found.kind, found.body, found.state) == ("import", OPML, "waiting")
        assert list_sources(db) == []


def test_while_a_poller_runs_the_page_follows_it(client, store):
    with store.poller_lock():
        page = client.get(send_list(client).headers["Location"])

    assert "The poller takes it up next." in page.text
    assert Page(page.text).find("meta", content="2")


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"subscribed": 1, "known": 12}, ["1 subscribed, 12 already known."]),
        ({"subscribed": 1, "damage": "the list is broken off"}, ["1 subscribed", "The list is broken off."]),
        ({"problem": "not well-formed <XML>"}, ["Nothing was subscribed to", "not well-formed &lt;XML&gt;"]),
    ],
)
def test_what_came_of_a_list_is_shown(client, store, result, words):
    address = send_list(client).headers["Location"]
    answer(store, address, **result)
    page = client.get(address)

    assert Page(page.text).problems == []
    assert "progress.js" not in page.text
    for told in words:
        assert told in page.text


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_file_is_refused_at_once(client, store, body):
    response = send_list(client, body)

    assert response.status_code == 400
    assert "Choose a file" in response.text
    assert Page(response.text).problems == []
    assert waiting(store) is None


def test_a_form_without_a_file_is_refused(client, store):
    assert send(client, "/desk/lists/", "/desk/lists/", list="text").status_code == 400
    assert waiting(store) is None


@pytest.mark.parametrize(("size", "status"), [(5_000_000, 303), (5_400_000, 413)])
def test_a_list_may_have_five_megabytes(client, store, size, status):
    assert send_bytes(client, size).status_code == status
    assert (waiting(store) is not None) is (status == 303)


def test_every_other_form_of_the_desk_stays_small(client, shelf):
    shelf.source()

    assert send(client, "/desk/sources/a-paper/", name="x" * 70_000).status_code == 413


def test_a_long_name_and_what_is_no_text_in_it_do_no_harm(client, store):
    response = send_list(client, name="x" * 300 + "<b>\x07报.opml")
    page = client.get(response.headers["Location"])

    assert Page(page.text).problems == []
    assert "&lt;b&gt;报.opml" in page.text
    assert "x" * 101 not in page.text


def test_too_many_lists_that_wait_are_refused_in_one_line(client):
    answers = [send_list(client) for _ in range(11)]

    assert [one.status_code for one in answers] == [303] * 10 + [429]
    assert "wait to be carried out already" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "10"


@pytest.mark.parametrize("id", ["nobody", "0" * 32, "%00", "é"])
def test_a_list_that_is_none_is_not_found(client, id):
    assert client.get(f"/desk/lists/{id}/").status_code == 404


def test_the_export_is_what_the_command_writes_without_private_sources_and_says_so(client, shelf):
    shelf.source("https://user:hunter2@a.example/feed", name="A")
    shelf.source("https://b.example/", name="Hush", private=True)
    page = client.get("/desk/lists/").text
    response = client.get("/desk/export.opml")

    assert "1 subscription as OPML" in page
    assert "1 private subscription is left out." in page
    assert "Addresses are told without the passwords and keys in them." in page
    assert response.headers["Content-Type"] == "text/x-opml"
    assert response.headers["Content-Disposition"] == "attachment; filename=subscriptions.opml"
    assert "https://a.example/feed" in response.text
    assert "hunter2" not in response.text
    assert "Hush" not in response.text
