"""An archive copied in while the daemon serves; `python -m benchmarks.flood` copies 20,000 documents."""

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
