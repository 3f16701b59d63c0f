"""The store under faults: old entries keep being served, nothing is lost and nothing doubled."""

import contextlib
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from running import free_port, publishing, wait_until

PAGE = 4096  # bytes of a page of SQLite's file
HOURLY = 'token = "secret"\n[output]\nlimit = 1000\n[fetch]\ntimeout = 25\n'
OFTEN = f"{HOURLY}interval = 1\nmin_interval = 1\nmax_interval = 2\n"

FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><id>urn:x:f</id>{entries}</feed>'
ENTRY = """<entry><title>{text} {number}</title><id>urn:x:{number}</id><updated>2026-01-02T03:04:05Z</updated>
<content type="html">{body}</content></entry>"""


def write_feed(numbers, text="Entry"):
    """Return a feed of such entries, four kilobytes each."""
    return FEED.format(
        entries="".join(ENTRY.format(number=n, text=text, body=f"{text} {n} " * 400) for n in numbers)
    ).encode()


@pytest.fixture
def publisher():
    with publishing({"/feed": write_feed(range(20))}) as publisher:
        yield publisher


@pytest.fixture
def started(install, publisher):
    """Make a service that runs and has taken in what is published."""

    def start(config=OFTEN, store=""):
        sources = "".join(f'[[sources]]\nurl = "{publisher.url(path)}"\n' for path in publisher.files)
        service = install(config=f'{config}allow_hosts = ["{publisher.host}"]\n{sources}{store}')
        service.start()
        wait_until(lambda: len(served(service)) == 20 * len(publisher.files), 20, "it is there")
        return service

    return start


def served(service):
    """Return the title of every entry, by id: in the live feed, and in the pages that follow it."""
    status, _ = service.get("/atom.xml")
    assert status == 200
    titles, path = {}, "/feed.json"
    while path:
        page = service.json(path)
        assert len({item["id"] for item in page["items"]}) == len(page["items"])
        titles |= {item["id"]: item["title"] for item in page["items"]}
        path = page.get("next_url", "").removeprefix(service.base_url)
    return titles


def wanted(numbers, text="Entry"):
    return {f"urn:x:{number}": f"{text} {number}" for number in numbers}


def complaints(service, words):
    return [line for line in service.log().splitlines() if words in line]


def check_store(path, versions):
    """The file is sound, and so many versions are stored: none twice."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM versions").fetchone() == (versions,)


# --- A full disk ------------------------------------------------------------------------------------


class Disk:
    """A disk of three megabytes; where we may mount none, files that may not grow stand for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
        self.is_mounted = subprocess.run(mount, capture_output=True).returncode == 0

    def fill(self, service) -> str:
        """Leave no room; return what SQLite says of it."""
        if not self.is_mounted:
            self._limit(service, max(path.stat().st_size for path in self.folder.iterdir()))
            return "disk I/O error"
        with open(self.folder / "filling", "ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * PAGE)
        return "database or disk is full"

    def make_room(self, service) -> None:
        if self.is_mounted:
            subprocess.run(["mount", "-o", "remount,size=50m", str(self.folder)], check=True)
        else:
            self._limit(service, resource.RLIM_INFINITY)

    def _limit(self, service, size: int) -> None:
        for pid in service.processes():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path / "disk")
    yield disk
    if disk.is_mounted:
        subprocess.run(["umount", "-l", str(disk.folder)], check=True)


def test_a_full_disk_loses_nothing_and_is_told_in_one_line(started, publisher, disk):
    service = started(store=f'[store]\nurl = "sqlite:///{disk.folder}/feeds.db"\n')
    words = disk.fill(service)
    publisher.files["/feed"] = write_feed(range(600))
    wait_until(lambda: complaints(service, words), 20, "the poller says that the disk is full")
    time.sleep(2)
    assert served(service) == wanted(range(20))
    assert len(complaints(service, words)) == 1

    if disk.is_mounted:
        service.stop()
        service.start()
        assert served(service) == wanted(range(20))
    disk.make_room(service)
    service.command("refresh")
    assert served(service) == wanted(range(600))
    service.stop()
    check_store(disk.folder / "feeds.db", versions=600)
    assert "Traceback" not in service.log()


# --- A locked database ------------------------------------------------------------------------------


def test_a_database_locked_for_longer_than_we_wait_loses_nothing(started, publisher):
    service = started()
    path = service.folder / "instance/feeds.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        publisher.files["/feed"] = write_feed(range(30))
        wait_until(lambda: complaints(service, "database is locked"), 25, "a poll could not be stored")
        assert served(service) == wanted(range(20))
        other.execute("ROLLBACK")
    service.command("refresh")

    assert served(service) == wanted(range(30))
    assert len(complaints(service, "database is locked")) == 1
    service.stop()
    check_store(path, versions=30)


# --- A damaged file ---------------------------------------------------------------------------------


def damage(path):
    """Overwrite every second page but the first ones."""
    with path.open("r+b") as file:
        for place in range(8 * PAGE, path.stat().st_size, 2 * PAGE):
            file.seek(place)
            file.write(b"\xa5" * PAGE)


def test_a_file_damaged_while_it_is_used_is_no_longer_written_to(started, publisher):
    publisher.files["/more"] = write_feed(range(20, 40))
    service = started()
    service.stop()
    publisher.requests.clear()
    service.start()
    wait_until(lambda: len(publisher.requests) >= 2, 20, "it polls, and has read next to nothing of the file")
    path = service.folder / "instance/feeds.db"
    damage(path)
    publisher.files["/feed"] = write_feed(range(60), "Corrected")
    wait_until(lambda: "poller" not in str(service.processes()), 20, "the poller has ended")
    time.sleep(1)

    assert len(complaints(service, "feeds.db: database disk image is malformed")) >= 1
    assert len(complaints(service, "the poller refuses to go on; it is not started again")) == 1
    assert "Traceback" not in service.log()
    assert {service.get(path)[0] for path in ("/atom.xml", "/", "/status/")} <= {200, 503}
    assert "poller" not in str(service.processes())
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(10) == 1
    service.process = None
    file = path.stat().st_ino
    for command in ("serve", "refresh"):
        again = service.command(command, check=False)
        [line] = again.stderr.strip().splitlines()
        assert again.returncode == 1
        assert line.startswith(f"feeds: {path}: ")
    assert path.stat().st_ino == file
    assert b"\xa5" * PAGE in path.read_bytes()


# --- Two at once ------------------------------------------------------------------------------------


def start_another(service, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "feeds", *arguments],
        cwd=service.folder,
        env=service.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_two_daemons_started_at_one_moment_one_refuses(install):
    service = install()
    both = [start_another(service, "serve", "--port", str(free_port())) for _ in range(2)]
    try:
        wait_until(lambda: any(one.poll() is not None for one in both), 40, "one has ended")
        time.sleep(1)
        [refused] = [one for one in both if one.poll() is not None]
        [running] = [one for one in both if one.poll() is None]
    finally:
        for one in both:
            one.terminate()
        told = {one: one.communicate(timeout=20)[1] for one in both}

    assert (refused.returncode, running.returncode) == (1, 0)
    assert f"another poller holds sqlite:///{service.folder}/instance/feeds.db" in told[refused]
    assert told[running] == ""


def test_a_daemon_refuses_while_a_refresh_polls_and_two_refreshes_are_one(install, publisher):
    source = f'[[sources]]\nurl = "{publisher.url("/feed")}"\n'
    service = install(config=f'{HOURLY}allow_hosts = ["{publisher.host}"]\n{source}')
    publisher.delay = 12.0
    first, second = start_another(service, "refresh"), None
    try:
        wait_until(lambda: (service.folder / "instance/feeds.db.lock").exists(), 10, "the refresh polls")
        second = start_another(service, "refresh")
        daemon = service.command("serve", check=False)
    finally:
        told = [one.communicate(timeout=30)[0] for one in (first, second) if one]

    assert daemon.returncode == 1
    assert "another poller holds" in daemon.stderr
    assert "entries: 20 new" in told[0]
    assert told[0].splitlines()[-1] == told[1].splitlines()[-1]
    assert len(publisher.requests) == 1


# --- Told to stop in the middle ---------------------------------------------------------------------


def test_a_refresh_of_slow_sources_is_carried_on_after_a_restart(started, publisher):
    for number in range(1, 6):
        publisher.files[f"/feed-{number}"] = write_feed(range(20 * number, 20 * number + 20))
    service = started(config=f"{HOURLY}per_host = 2\n")
    for number in range(6):
        path = f"/feed-{number}" if number else "/feed"
        publisher.files[path] = write_feed(range(20 * number, 20 * number + 20), "Corrected")
    publisher.delay = 3.0
    request = urllib.request.Request(
        f"{service.base_url}/refresh", method="POST", headers={"Authorization": "Bearer secret"}
    )
    with urllib.request.urlopen(request) as answer:
        path = answer.headers["Location"].removeprefix(service.base_url)
    wait_until(lambda: 1 < service.json(path)["polled"] < 7, 20, "some sources have been polled")

    assert service.stop() < 10
    publisher.delay = 0.0
    service.start()
    wait_until(lambda: service.json(path)["state"] == "done", 20, "the refresh is carried out")
    record = service.json(path)
    names = [result["source"] for result in record["results"]]
    assert (record["total"], record["polled"], record["failed"]) == (7, 7, 0)
    assert len(set(names)) == len(names) == 7
    assert served(service) == wanted(range(120), "Corrected")
    service.stop()
    check_store(service.folder / "instance/feeds.db", versions=240)
