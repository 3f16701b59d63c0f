"""How the service is doing, in the words of status, show and doctor."""

import json
import os
import threading
import time
from datetime import UTC, datetime

import pytest
from running import write_seed

from feeds.store import open_store, polls

pytestmark = pytest.mark.usefixtures("allow")


def test_a_new_installation_is_well(call):
    status, out, err = call("status")

    assert (status, err) == (0, "")
    assert "poller: not running" in out
    assert "entries: 0" in out


def test_an_unreadable_file_is_told_by_refresh_status_and_doctor(call, tmp_path):
    (tmp_path / "seeds" / "odd.txt").write_text("no seed")
    assert "odd.txt" in call("refresh")[2]
    assert call("refresh")[0] == 0  # told once; it has not changed since

    status, out, _ = call("status")
    assert status == 1
    assert "odd.txt: " in out

    status, out, _ = call("doctor")
    assert status == 1
    assert "BAD seed odd.txt: " in out

    assert json.loads(call("status", "--json")[1])["unreadable_files"][0]["file"] == "odd.txt"


def test_any_bytes_in_a_file_name_can_be_shown(call, tmp_path):
    with open(os.fsencode(tmp_path / "seeds") + b"/\xff.txt", "wb") as file:
        file.write(b"no seed")

    assert call("refresh")[0] == 1
    assert r"\xff.txt: " in call("status")[1]


def test_doctor_is_content_with_a_healthy_installation(call, tmp_path):
    write_seed(tmp_path / "seeds", "a.txt", title="A", link="https://a.example/1", body="<p>x</p>")
    call("refresh")
    status, out, _ = call("doctor")

    assert status == 0
    assert "BAD" not in out
    assert "ok  store sqlite:///instance/feeds.db" in out


def test_doctor_misses_the_seeds_directory(call, tmp_path):
    (tmp_path / "seeds").rmdir()
    status, out, _ = call("doctor")

    assert status == 1
    assert "BAD seeds directory seeds: there is no such directory" in out


def test_doctor_warns_of_a_public_server_without_token_and_base_url(call, monkeypatch):
    monkeypatch.setenv("FEEDS_SERVER_HOST", "0.0.0.0")
    out = call("doctor")[1]

    assert "BAD base_url" in out
    assert "BAD server.token: not set" in out


def test_show_says_when_a_source_is_polled_next_and_why(call, tmp_path):
    call("refresh")
    out = call("show", "seeds")[1]

    assert "state: healthy" in out
    assert "because: the directory is watched" in out
    assert "unchanged" in out
    assert json.loads(call("show", "seeds", "--json")[1])["polls"][0]["outcome"] == "unchanged"


def test_migrate_says_that_the_store_is_up_to_date(call):
    assert call("migrate") == (0, "sqlite:///instance/feeds.db: up to date\n", "")
    assert call("migrate", "--quiet") == (0, "", "")


def test_an_unknown_command_is_wrong_usage(call):
    assert call("nonsense")[0] == 2


def test_a_refresh_whose_polls_could_not_be_recorded_has_failed(call, tmp_path):
    call("status")
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")

    def end_without_result():
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with store.write() as db:
                refresh = polls.take_refresh(db, datetime.now(UTC))
                if refresh:
                    polls.end_refresh(db, refresh.id, datetime.now(UTC))
                    return
            time.sleep(0.02)

    with store.poller_lock():
        daemon = threading.Thread(target=end_without_result)
        daemon.start()
        status, _, err = call("refresh")
        daemon.join()
    store.close()

    assert (status, err) == (1, "feeds: 1 of 1 polls left no record; the log of the daemon says why\n")
