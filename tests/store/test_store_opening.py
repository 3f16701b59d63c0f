"""Opening a store: made, migrated, or refused in one line."""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store_samples import NOW, Shelf, fresh, placed

from feeds.errors import StoreCorruptError, StoreError
from feeds.model import ALL, Changes, Placed
from feeds.store import Store, Transaction, archives, history, open_store, sources
from feeds.store.desk_schema import desk_requests  # noqa: F401 - nothing else here knows the table
from feeds.store.entries import apply_changes
from feeds.store.migrations import HEAD, REVISION_TABLE
from feeds.store.migrations.running import configuration, find_revisions
from feeds.store.schema import entries, metadata, search_state
from feeds.store.site import ensure_site
from feeds.text.search import FOLDING
from feeds.text.twins import MARKING


def refusal(url, error=StoreError) -> str:
    with pytest.raises(error) as caught:
        open_store(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def make(path: Path) -> Path:
    """A store with something in it."""
    store = open_store(f"sqlite:///{path}")
    with store.write() as db:
        shelf = Shelf(db, NOW)
        source = shelf.add_source()
        shelf.poll(source, new=[f"{n}" for n in range(400)])
    store.close()
    return path


def set_revision(store: Store, revision: str) -> None:
    with store.write() as db:
        db.execute(sqlalchemy.text(f"UPDATE {REVISION_TABLE} SET version_num = :new"), {"new": revision})


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the schema says what a table is: the terms of the search index differ by database."""
    return kind != "table" or not (name or "").startswith("search_terms")


# --- Made -------------------------------------------------------------------------------------------


def test_the_migrations_lead_to_the_tables_of_the_schema(store):
    with store.read() as db:
        context = MigrationContext.configure(
            db, opts={"version_table": REVISION_TABLE, "include_name": is_described}
        )

        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_newest_migration():
    assert max(find_revisions()) == HEAD


def test_a_store_is_made_with_its_folders(tmp_path):
    open_store(f"sqlite:///{tmp_path}/deep/er/feeds.db").close()

    assert (tmp_path / "deep/er/feeds.db").is_file()


def test_a_relative_address_is_relative_to_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///instance/feeds.db")
    monkeypatch.chdir("/")
    with store.write() as db:
        Shelf(db, NOW).add_source()
    store.close()

    assert store.path == tmp_path / "instance/feeds.db"
    assert store.path.is_file()


def test_an_empty_file_is_a_store_that_is_still_to_be_made(tmp_path):
    path = tmp_path / "feeds.db"
    path.touch()
    open_store(f"sqlite:///{path}").close()

    assert path.stat().st_size > 0


def test_a_store_is_opened_again_with_everything_in_it(tmp_path):
    path = make(tmp_path / "feeds.db")
    store = open_store(f"sqlite:///{path}")
    with store.read() as db:
        assert len(sources.list_sources(db)) == 1
    store.close()


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(tmp_path):
    url = f"sqlite:///{make(tmp_path / 'feeds.db')}"
    program = (
        "import sys; from feeds.store import open_store; open_store(sys.argv[1]).close();"
        "print({'alembic', 'psycopg'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


def test_every_text_is_sorted_by_code_point_whatever_the_locale_of_the_server(filled_postgresql):
    with filled_postgresql.read() as db:
        collations = db.exec_driver_sql(
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'text'"
        ).scalars()

        assert collations.all() == ["C"]


def test_two_that_open_a_new_store_at_once_both_find_it_made(tmp_path):
    url = f"sqlite:///{tmp_path}/feeds.db"
    program = "import sys; from feeds.store import open_store; open_store(sys.argv[1]).close()"
    processes = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]


def test_two_that_open_a_new_database_at_once_both_find_it_made(postgresql):
    url, failed = postgresql(), []

    def open_it():
        try:
            open_store(url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []


def test_sqlite_keeps_what_was_committed_and_its_references(sqlite):
    with sqlite.read() as db:
        answers = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


# --- Refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["mysql://root:secret@db.example/feeds", "sqlite://", "sqlite:///:memory:", "feeds.db", "", "secret:/x"],
)
def test_what_is_no_address_of_a_store_is_refused_without_its_password(url):
    message = refusal(url)

    assert "sqlite:///PATH or postgresql://USER@HOST/NAME is expected" in message
    assert "root:secret" not in message


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "feeds.db"
    path.write_bytes(b"not a database, but somebody's letters\n" * 100)

    assert refusal(f"sqlite:///{path}", StoreCorruptError) == f"{path}: file is not a database"
    assert path.read_bytes() == b"not a database, but somebody's letters\n" * 100
    assert os.listdir(tmp_path) == ["feeds.db"]


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "feeds.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE letters (text)")
    before = path.read_bytes()

    message = refusal(f"sqlite:///{path}", StoreCorruptError)

    assert message == f"{path}: is a database, but not one of feeds"
    assert path.read_bytes() == before


@pytest.mark.parametrize("part", ["cut off", "overwritten"])
def test_a_damaged_store_is_refused_and_left_as_it_is(tmp_path, part):
    path = make(tmp_path / "feeds.db")
    body = path.read_bytes()
    half = len(body) // 8192 * 4096
    path.write_bytes(body[:half] + (b"" if part == "cut off" else b"\xaa" * 8192 + body[half + 8192 :]))
    damaged = path.read_bytes()

    message = refusal(f"sqlite:///{path}", StoreCorruptError)

    assert message.startswith(f"{path}: ")
    assert path.read_bytes() == damaged


def test_damage_that_shows_later_is_told_as_such(tmp_path):
    path = make(tmp_path / "feeds.db")
    store = open_store(f"sqlite:///{path}")
    body = bytearray(path.read_bytes())
    body[4096:] = b"\xaa" * (len(body) - 4096)
    path.write_bytes(body)

    with pytest.raises(StoreCorruptError, match=re.escape(f"{path}: ")), store.read() as db:
        sources.list_sources(db)
    assert store.find_damage() is not None
    store.close()


def test_a_sound_store_has_no_damage(store):
    assert store.find_damage() is None


def test_a_newer_store_is_refused(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    set_revision(store, "9999")
    store.close()

    assert refusal(f"sqlite:///{store.path}") == (
        f"{store.path}: was written by a newer feeds (revision 9999); this one knows {HEAD}"
    )


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path):
    assert refusal(f"sqlite:///{tmp_path}") == f"{tmp_path}: is not a file"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "instance").touch()

    assert refusal(f"sqlite:///{tmp_path}/instance/feeds.db").startswith(f"{tmp_path}/instance: ")


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_what_must_not_be_written_is_refused_by_name(locked):
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to other users
        path = make(Path(folder) / "feeds.db")
        Path(folder).chmod(0o777 if locked == "file" else 0o555)
        path.chmod(0o444 if locked == "file" else 0o666)

        assert as_nobody(path) == f"{path if locked == 'file' else folder}: is not writable"


def as_nobody(path: Path) -> str:
    """What a process without rights is told, whoever runs the tests."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            if os.geteuid() == 0:
                os.setuid(65534)
            open_store(f"sqlite:///{path}")
        except BaseException as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, encoding="utf-8") as told:
        return told.read()


def test_a_server_that_does_not_answer_is_told_in_one_line_without_the_password(tmp_path):
    message = refusal(f"postgresql://feeds:secret@/feeds?host={tmp_path}")

    assert message.startswith("postgresql:///feeds: ")
    assert "secret" not in message


def test_without_the_driver_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    assert "pip install 'feeds[postgres]'" in refusal("postgresql://localhost/feeds")


# --- Filled by a migration --------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    return (
        f"sqlite:///{tmp_path}/feeds.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")()
    )


def test_entries_of_an_older_store_can_be_recognized_too(url):
    migration = ScriptDirectory.from_config(configuration()).get_revision("0013")
    store = open_store(url)
    with store.write() as db:
        shelf = Shelf(db, NOW)
        articles = [
            fresh(f"urn:x:{n}", title=f"Title {n}", link=f"http://a.example/{n}") for n in range(1200)
        ]
        source = shelf.add_source()
        shelf.poll(source, new=map(placed, [*articles, fresh("urn:x:home", link="http://a.example/")]))
        shelf.poll(source, modified=[fresh("urn:x:1", "new", title="New", link="http://a.example/1")])
        shelf.poll(
            shelf.add_source("seeds:"), new=[placed(fresh("urn:x:f", link="http://b.example/1", path="a"))]
        )
    before = likenesses(store)
    with store.write() as db:
        for statement in (
            "DROP INDEX ix_entries_likeness",
            "ALTER TABLE entries DROP COLUMN likeness",
            "DROP TABLE rekeyings",
            "DROP INDEX ix_source_states_previous_url",
            # and what came after it
            "DROP INDEX ix_entries_link_mark",
            "DROP INDEX ix_entries_title_mark",
            "ALTER TABLE entries DROP COLUMN link_mark",
            "ALTER TABLE entries DROP COLUMN title_mark",
            "DROP TABLE entry_languages",
            "DROP TABLE searches",
            *WITHOUT_ARRIVALS,
        ):
            db.exec_driver_sql(statement)
    set_revision(store, migration.down_revision)
    store.close()

    store = open_store(url)
    after = likenesses(store)
    store.close()

    assert after == before
    assert (len(before), list(before.values()).count(None)) == (1202, 2)


WITHOUT_ARRIVALS = (
    "DROP TABLE desk_requests",
    "DROP INDEX ix_entries_quarantined",
    "DROP INDEX ix_insertions_entry_number",
    "ALTER TABLE insertions DROP COLUMN arrival",
    "ALTER TABLE site DROP COLUMN flooding",
)


def test_a_flood_that_an_older_store_has_left_unseen_is_archived(url):
    store = open_store(url)
    with store.write() as db:
        ensure_site(db, "https://feeds.example", NOW)
        source = Shelf(db, NOW).add_source()
        flood = Placed(fresh("urn:x:1"), NOW, flooded=True)
        apply_changes(db, source, Changes(new=(flood,), is_part=True), NOW)
        for statement in WITHOUT_ARRIVALS:
            db.exec_driver_sql(statement)
    set_revision(store, "0014")
    store.close()

    store = open_store(url)
    with store.write() as db:
        assert archives.list_waiting(db, ALL).entries == []
        history.archive_floods(db, NOW)
        archive = archives.find_archive(db, ALL, 1)
    store.close()
    assert archive is not None
    assert len(archive.entries) == 1


@pytest.mark.parametrize(
    ("state", "reindex"), [("marks 1", False), (f"{MARKING} ", False), (MARKING, True)], ids=str
)
def test_the_marks_of_an_older_program_are_made_anew_when_the_store_is_opened(url, state, reindex):
    store = open_store(url)
    with store.write() as db:
        shelf = Shelf(db, NOW)
        articles = [fresh(f"urn:x:{n}", title=f"{n}", link=f"http://a.example/now#{n}") for n in range(600)]
        shelf.poll(shelf.add_source(), new=map(placed, articles))
        before = marks(db)
        db.execute(entries.update().values(link_mark=1, title_mark=None))
        is_of_marks = search_state.c.folding == MARKING
        db.execute(search_state.update().where(is_of_marks).values(folding=state))
    store.close()

    store = open_store(url, reindex=reindex)
    with store.read() as db:
        after = marks(db)
        states = set(db.scalars(sqlalchemy.select(search_state.c.folding)))
    store.close()

    assert after == before
    assert len(set(after)) == 600
    assert states == {MARKING, FOLDING}


def marks(db: Transaction) -> list[tuple[int, int]]:
    found = sqlalchemy.select(entries.c.link_mark, entries.c.title_mark).order_by(entries.c.number)
    return [tuple(row) for row in db.execute(found)]


def likenesses(store: Store) -> dict[str, int | None]:
    with store.read() as db:
        return {
            row.id: row.likeness for row in db.execute(sqlalchemy.select(entries.c.id, entries.c.likeness))
        }
