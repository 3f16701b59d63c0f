"""What the desk shows of what has happened: what needs attention, refreshes, deletions, entries kept out."""

import pytest
from web_desk import SECRET, send, sign_in
from web_markup import Page
from web_samples import NOW

from feeds.model import PollOutcome, RefreshRequest, SeedFile, SourceState
from feeds.store.entries import quarantine
from feeds.store.files import save_files
from feeds.store.notices import set_notice
from feeds.store.polls import ask_refresh, end_refresh, list_refreshes, record_poll, take_refresh
from feeds.store.sources import save_state


@pytest.fixture
def app(build):
    return build(SECRET)


@pytest.fixture
def client(app):
    """The browser of who is signed in."""
    client = app.test_client()
    sign_in(client)
    return client


def vanish(store, *paths):
    with store.write() as db:
        save_files(
            db,
            [SeedFile(path, 1, 2, 3, missing_since=NOW, entry_ids=(f"id of {path}",)) for path in paths],
        )


# --- What needs attention ---------------------------------------------------------------------------


def test_all_is_well_where_nothing_needs_attention(client, shelf, store):
    source = shelf.source()
    with store.write() as db:
        save_state(db, source, SourceState(last_success=NOW))
    with store.poller_lock():
        page = client.get("/desk/")

    assert "All is well." in page.text
    assert Page(page.text).problems == []


def test_everything_that_needs_attention_is_on_the_first_page_private_or_not(client, shelf, store):
    hush = shelf.source("https://b.example/", name="Hush", private=True)
    shelf.entry(hush, id="bad")
    vanish(store, "a/1.txt", "a/2.txt")
    with store.write() as db:
        save_state(db, hush, SourceState(failures=2, failing_since=NOW, last_error="HTTP 500"))
        quarantine(db, "bad", "its id is no IRI", NOW)
        save_files(db, [SeedFile("broken.txt", 1, 2, 3, problem="no title line")])
        set_notice(db, "disk", "the disk is full", NOW)
        set_notice(db, "seeds-held", "2 files vanished", NOW)
    page = client.get("/desk/")

    assert Page(page.text).problems == []
    for words in (
        "Something needs attention.",
        "No poller is running",
        "The disk is full",
        "2 files have vanished and wait for your word",
        "1 entry is kept out of the feeds",
        "1 seed file, or page that one names, could not be read",
        "1 source brings nothing",
        "Hush",
        "HTTP 500",
    ):
        assert words in page.text, words
    assert "2 files vanished" not in page.text  # it is told once


def test_of_many_failing_sources_the_first_are_shown_and_the_others_linked(client, shelf, store):
    for number in range(12):
        source = shelf.source(f"https://b.example/{number}", name=f"Number {number}")
        with store.write() as db:
            save_state(db, source, SourceState(failures=1, failing_since=NOW, last_error="HTTP 500"))
    page = client.get("/desk/").text

    assert "12 sources bring nothing" in page
    assert page.count("HTTP 500") == 10
    assert "/desk/sources/?state=failing" in page


# --- Refreshes --------------------------------------------------------------------------------------


def test_the_log_says_who_asked_and_what_came_of_it(client, shelf, store):
    source = shelf.source()
    with store.write() as db:
        asked = ask_refresh(db, RefreshRequest("cli", sources=("a-paper",)), NOW)
        take_refresh(db, NOW)
        record_poll(db, source, PollOutcome("changed", NOW, NOW, new=3, modified=1), asked.id)
        record_poll(db, source, PollOutcome("failed", NOW, NOW, error="HTTP 500"), asked.id)
        end_refresh(db, asked.id, NOW)
        ask_refresh(db, RefreshRequest("http"), NOW)
    page = client.get("/desk/refreshes/")
    text = " ".join(page.text.split())

    assert Page(page.text).problems == []
    assert "on the command line" in text
    assert "2 sources polled; entries: 3 new, 1 modified, 0 withdrawn" in text
    assert "1 failed" in text
    assert "over HTTP" in text
    assert "Of all sources: waiting" in text
    assert f"/refreshes/{asked.id}/" in text


def test_older_refreshes_are_on_further_pages(client, store):
    with store.write() as db:
        ids = [ask_refresh(db, RefreshRequest("cli", sources=(str(n),)), NOW).id for n in range(21)]
    first = client.get("/desk/refreshes/").text
    [older] = Page(first).find("a", rel="next")
    second = client.get(older["href"]).text

    assert ids[1] in first
    assert ids[0] not in first
    assert ids[0] in second
    assert ids[1] not in second
    assert not Page(second).find("a", rel="next")


# --- Deletions --------------------------------------------------------------------------------------


def test_folders_whose_files_vanished_are_shown_with_how_many_and_what_becomes_of_them(client, store):
    vanish(store, *(f"a/b/{number}.txt" for number in range(7)), "c\udce9<i>.txt")
    page = client.get("/desk/deletions/")

    assert Page(page.text).problems == []
    assert "<code>a/b/</code>" in page.text
    assert "7 files" in page.text
    assert "c\\xe9&lt;i&gt;.txt" in page.text
    assert page.text.count(".txt</code>") == 6  # five of the seven, and one
    assert "8 files brought 8 entries." in page.text
    assert "To keep them" in page.text


def test_confirming_asks_the_poller_what_the_command_asks_it(client, shelf, store):
    shelf.source("seeds:", name="Seeds", kind="seeds", key="seeds:")
    vanish(store, "a/1.txt")
    response = send(client, "/desk/deletions/", "/desk/deletions/")

    assert response.headers["Location"].startswith("/refreshes/")
    with store.read() as db:
        [refresh] = list_refreshes(db)
    assert refresh.request == RefreshRequest("page", sources=("seeds",), accept_deletions=True)
    assert "believing deletions" in client.get("/desk/refreshes/").text


def test_where_nothing_waits_nothing_is_confirmed(client, shelf, store):
    shelf.source("seeds:", name="Seeds", kind="seeds", key="seeds:")
    assert "Nothing waits." in client.get("/desk/deletions/").text
    assert send(client, "/desk/deletions/", "/desk/deletions/").status_code == 409
    with store.read() as db:
        assert list_refreshes(db) == []


# --- Kept out ---------------------------------------------------------------------------------------


def test_entries_that_are_kept_out_are_shown_with_their_reasons_private_ones_too(client, shelf, store):
    for name, private in (("A Paper", False), ("Hush", True)):
        source = shelf.source(f"https://{name[0]}.example/", name=name, private=private)
        shelf.entry(source, id=f"bad {name}", title=f"<b>{name}</b> title")
    with store.write() as db:
        for name in ("A Paper", "Hush"):
            quarantine(db, f"bad {name}", f"{name} has no IRI", NOW)
    page = client.get("/desk/quarantined/")

    assert Page(page.text).problems == []
    assert "2 entries." in page.text
    for name in ("A Paper", "Hush"):
        assert f"{name} has no IRI" in page.text
        assert f"&lt;b&gt;{name}&lt;/b&gt; title" in page.text


def test_a_hundred_are_on_a_page(client, shelf, store):
    source = shelf.source()
    for number in range(101):
        shelf.entry(source, id=f"bad {number}", title=f"Number {number:03}")
        with store.write() as db:
            quarantine(db, f"bad {number}", "no IRI", NOW)
    first = client.get("/desk/quarantined/").text
    [more] = Page(first).find("a", rel="next")
    second = client.get(more["href"]).text

    assert "101 entries." in first
    assert "Number 099" in first
    assert "Number 100" not in first
    assert "Number 100" in second
    assert "Number 099" not in second


def test_where_nothing_is_kept_out_that_is_said(client):
    assert "None: every entry is in the feeds." in client.get("/desk/quarantined/").text
