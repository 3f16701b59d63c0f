"""An archive copied in while the daemon serves; `python -m benchmarks.flood` copies 20,000 documents."""

import json
import os

import pytest
from running import wait_until

from benchmarks.archive import write_archive
from benchmarks.flood import flood
from benchmarks.seeds import age

COUNT = 400
LIVE = 120


def test_an_archive_comes_in_completely_in_order_and_below_what_is_there(install):
    service = install()
    list(age(write_archive(service.seeds, range(COUNT, COUNT + LIVE))))
    service.command("refresh")
    service.start()

    assert flood(service.seeds, service.port, COUNT) == 0


def test_a_folder_that_is_moved_in_with_all_that_is_in_it_is_noticed(install, tmp_path):
    service = install()
    service.start()
    list(write_archive(tmp_path / "elsewhere", range(30)))

    (tmp_path / "elsewhere").rename(service.seeds / "years")

    wait_until(lambda: service.json("/api/v1/status")["counts"]["entries"] == 30, 10, "all are there")


@pytest.mark.quiet
def test_a_name_that_is_no_text_keeps_nobody_from_being_noticed(install):
    service = install()
    service.start()
    (service.seeds / os.fsdecode(b"caf\xe9")).mkdir()
    (service.seeds / os.fsdecode(b"caf\xe9/odd\xe8.md")).write_text("# Odd\n")
    wait_until(lambda: count_entries(service) == 1, 10, "the odd one is there")
    path = service.seeds / "plain.md"
    path.write_text("# Plain\n")
    assert wait_until(lambda: count_entries(service) == 2, 10, "another is noticed") < 4

    path.unlink()
    wait_until(lambda: count_entries(service) == 1, 15, "a deletion is noticed")


def test_a_list_subscribes_and_a_folder_that_vanishes_is_held(install):
    service = install()
    service.start()
    (service.seeds / "feeds.opml").write_text(
        '<opml><body><outline xmlUrl="https://lamp.example/feed"/></body></opml>'
    )
    for number in range(12):
        (service.seeds / f"notes/{number}.md").parent.mkdir(exist_ok=True)
        (service.seeds / f"notes/{number}.md").write_text(f"# Note {number}\n")
    wait_until(lambda: count_entries(service) == 12, 10, "all are there")
    assert condition_of(service, "https://lamp.example/feed").startswith(("new", "failing"))

    (service.seeds / "notes").rename(service.folder / "elsewhere")
    (service.seeds / "feeds.opml").unlink()
    wait_until(lambda: service.json("/api/v1/status")["notices"], 15, "it is told")
    assert "--accept-deletions" in service.get("/status/")[1].decode()
    assert count_entries(service) == 12

    service.command("refresh", "seeds", "--accept-deletions")
    assert count_entries(service) == 0
    assert condition_of(service, "https://lamp.example/feed").startswith("retired")


def count_entries(service):
    return service.json("/api/v1/status")["counts"]["entries"]


def condition_of(service, url):
    listed = json.loads(service.command("sources", "--json").stdout)
    return next(source["state"] for source in listed if source["url"] == url)
