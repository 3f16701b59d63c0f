"""What a poll asks of the store takes no longer where a million entries are stored."""

import re

import pytest
from polling_server import response
from sqlalchemy import event

ITEM = (
    "<item><title>{0}</title><link>http://a.example/{1}</link><guid>{1}</guid><category>c</category></item>"
)

#: Steps of SQLite's plans that go through a whole table: without an index, or by what is true of most rows.
WALK = re.compile(
    r"SCAN (entries|versions|entry_\w+|search_\w+|polls|source_states|hub_\w+|rekeyings)\b"
    r"|ix_entries_view \(visible=\?\)$"
)


def rss(*items: tuple[str, int], title: str = "F") -> bytes:
    written = "".join(ITEM.format(*item) for item in items)
    return f'<rss version="2.0"><channel><title>{title}</title>{written}</channel></rss>'.encode()


@pytest.fixture
def sent(here):
    """Every statement that is sent to the store, with the first of its parameters."""
    found: dict[str, object] = {}

    def note(_db, _cursor, statement, parameters, _context, _many):
        rows = parameters if isinstance(parameters, list) else [parameters]
        found.setdefault(statement, rows[0])

    event.listen(here.store.engine, "before_cursor_execute", note)
    return found


def plans_of(here, sent):
    """How SQLite carries out each statement that was sent."""
    with here.store.read() as db:
        driver = db.connection.driver_connection
        return {
            statement: [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            for statement, parameters in list(sent.items())
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
        }


def test_no_poll_goes_through_all_entries(here, serve, sent):
    answers = [
        response(body=rss(("one", 1), ("two", 2))),
        response(body=rss(("one", 1), ("two", 2), ("three", 3))),
        response(body=rss(("ONE", 1), ("two", 2), ("three", 3), title="New"), etag='"v1"'),
        response(304, b""),
        response(500, b""),
        response(410, b""),
    ]
    server = serve(lambda asked: answers.pop(0))
    here.subscribe(server.url)
    sent.clear()
    ended = [here.poll(server.url)[0].kind for _ in range(6)]
    plans = plans_of(here, sent)

    assert ended == ["changed", "changed", "changed", "unchanged", "failed", "failed"]
    assert len(plans) > 20
    assert {statement: steps for statement, steps in plans.items() if any(map(WALK.search, steps))} == {}


def test_a_document_that_says_what_it_said_asks_for_its_entries_once(here, serve, sent):
    """However many entries: neither their other names nor their pages are looked up."""
    bodies = [rss(*((str(n), n) for n in range(50)), title=title) for title in "FG"]
    server = serve(lambda asked: response(body=bodies.pop(0)))
    here.subscribe(server.url)
    here.poll(server.url)
    sent.clear()
    here.poll(server.url)

    reading = [text for text in sent if text.startswith("SELECT") and "FROM entries" in text]

    assert len([text for text in reading if "versions.data" in text]) == 1
    assert not [text for text in reading if "\nFROM entries JOIN entry_sources" in text]


def test_guids_that_are_exchanged_are_looked_for_by_indexes(here, serve, sent):
    first = rss(("one", 1), ("two", 2))
    again = (
        first.replace(b"<guid>1", b"<guid>0").replace(b"<guid>2", b"<guid>1").replace(b"<guid>0", b"<guid>2")
    )
    bodies = [first, again]
    server = serve(lambda asked: response(body=bodies.pop(0)))
    here.subscribe(server.url)
    here.poll(server.url)
    sent.clear()
    outcome = here.poll(server.url)[0]
    plans = plans_of(here, sent)
    [linked] = [steps for statement, steps in plans.items() if "link_mark IN" in statement]

    assert outcome.kind == "unchanged"
    assert "ix_entries_link_mark (link_mark=?)" in linked[0]
    assert {statement: steps for statement, steps in plans.items() if any(map(WALK.search, steps))} == {}


def test_what_comes_under_another_guid_is_looked_for_by_indexes_and_nothing_else_is(here, serve, sent):
    """A poll that brings only what is known asks the store no more than it did before there was a ledger."""
    bodies = [rss(("one", 1)), rss(("one", 1), title="New"), rss(("one", 1)).replace(b"<guid>1", b"<guid>2")]
    server = serve(lambda asked: response(body=bodies.pop(0)))
    here.subscribe(server.url)
    here.poll(server.url)
    sent.clear()
    here.poll(server.url)
    known = [statement for statement in sent if "rekeyings" in statement or "likeness IN" in statement]
    sent.clear()
    here.poll(server.url)
    plans = plans_of(here, sent)
    [alike] = [steps for statement, steps in plans.items() if "likeness IN" in statement]

    assert known == []
    assert len(here.titles()) == 1
    assert [statement for statement in plans if statement.startswith("INSERT INTO rekeyings")] != []
    assert "ix_entries_likeness (likeness=?)" in alike[0]
    assert {statement: steps for statement, steps in plans.items() if any(map(WALK.search, steps))} == {}
