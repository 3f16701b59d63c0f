"""The whole service as a person meets it: start it, drop a file, subscribe, refresh, stop it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from uuid import NAMESPACE_URL, uuid5

import feedparser
import pytest
from running import free_port, is_alive, publishing, wait_until, write_seed

ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Remote</title><id>urn:x:feed</id><updated>2026-01-02T03:04:05Z</updated>
<entry><title>One</title><id>urn:x:one</id><updated>2026-01-02T03:04:05Z</updated><link href="http://a.example/1"/>
<content type="html">&lt;p>first&lt;/p></content></entry></feed>"""


def titles(service, path="/atom.xml"):
    return [entry.title for entry in feedparser.parse(service.get(path)[1]).entries]


@pytest.mark.quiet
def test_a_dropped_seed_reaches_a_subscriber_within_two_seconds(install):
    service = install()
    service.start()
    # The web server may answer before the poller has started: what counts is a service that runs.
    wait_until(lambda: service.json("/api/v1/status")["poller_running"], 20, "the poller runs")
    write_seed(
        service.seeds,
        "one.txt",
        title="第一条新闻",
        link="https://news.example/2026/1",
        body='<p>今天的新闻在这里。</p><p><a href="/more">more</a></p>',
        timestamp=1767225600000,
    )
    seconds = wait_until(lambda: titles(service), 5, "the seed is in the feed")

    assert seconds < 2
    for path in ("/atom.xml", "/rss.xml"):
        feed = feedparser.parse(service.get(path)[1])
        [entry] = feed.entries
        assert not feed.bozo
        assert entry.title == "第一条新闻"
        assert entry.link == "https://news.example/2026/1"
        assert entry.id.startswith("urn:uuid:")
        assert entry.published_parsed[:6] == (2026, 1, 1, 0, 0, 0)
        html = (entry.get("content") or [entry.summary_detail])[0].value
        assert "今天的新闻在这里。" in html
        assert 'href="https://news.example/more"' in html


@pytest.mark.quiet
def test_an_edited_seed_is_corrected_and_a_deleted_one_withdrawn(install):
    service = install()
    service.start()
    link = "https://news.example/1"
    path = write_seed(service.seeds, "a/one.txt", title="Before", link=link, body="<p>x</p>")
    wait_until(lambda: titles(service) == ["Before"], 5, "it is there")
    write_seed(service.seeds, "a/one.txt", title="After", link=link, body="<p>y</p>")
    assert wait_until(lambda: titles(service) == ["After"], 5, "it is corrected") < 2
    path.rename(service.seeds / "renamed.txt")
    time.sleep(4)
    assert titles(service) == ["After"]
    (service.seeds / "renamed.txt").unlink()
    assert wait_until(lambda: titles(service) == [], 15, "it is withdrawn") < 10
    write_seed(service.seeds, "one.txt", title="After", link=link, body="<p>y</p>")
    wait_until(lambda: titles(service) == ["After"], 5, "it is restored")


def test_a_file_that_is_no_seed_is_told_and_stops_nothing(install):
    service = install()
    (service.seeds / "rubbish.txt").write_bytes(b"\xff\x00 no seed at all")
    os.mkfifo(service.seeds / "pipe")
    write_seed(service.seeds, "one.txt", title="One", link="https://news.example/1", body="<p>x</p>")
    result = service.command("refresh", check=False)

    assert result.returncode == 1
    assert "rubbish.txt" in result.stderr
    assert "Traceback" not in result.stderr
    service.start()
    assert titles(service) == ["One"]
    page = service.get("/status/")[1].decode()
    assert "rubbish.txt" in page
    assert "a pipe (FIFO) is not read" in page


def test_a_refresh_can_be_asked_for_over_http(install):
    with publishing({"/feed.xml": ATOM}) as publisher:
        service = install(config=f'token = "secret"\n[fetch]\nallow_hosts = ["{publisher.host}"]\n')
        service.start()
        service.command("add", publisher.url("/feed.xml"))
        wait_until(lambda: titles(service) == ["One"], 10, "the source is polled at once")
        publisher.files["/feed.xml"] = ATOM.replace(b">One<", b">Two<")
        request = urllib.request.Request(
            f"{service.base_url}/refresh", method="POST", headers={"Authorization": "Bearer secret"}
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 202
            location = response.headers["Location"]
        path = location.removeprefix(service.base_url)
        wait_until(lambda: service.json(path)["state"] == "done", 10, "the refresh is done")
        record = service.json(path)

        assert (record["new"], record["changed"], record["failed"]) == (0, 1, 0)
        assert titles(service) == ["Two"]


def test_without_a_token_http_is_refused_and_says_how_to_set_one(install):
    service = install()
    service.start()
    request = urllib.request.Request(
        f"{service.base_url}/refresh", method="POST", headers={"Accept": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)

    assert refusal.value.code == 403
    assert "token" in refusal.value.read().decode()


def test_the_command_follows_the_running_poller(install):
    with publishing({"/feed.xml": ATOM, "/broken.xml": b"<html>no feed</html>"}) as publisher:
        sources = "".join(f'[[sources]]\nurl = "{publisher.url(path)}"\n' for path in publisher.files)
        service = install(config=f'[fetch]\nallow_hosts = ["{publisher.host}"]\n{sources}')
        service.start()
        wait_until(lambda: titles(service) == ["One"], 10, "the sources are polled at start")
        result = service.command("refresh", "--json", check=False)
        summary = json.loads(result.stdout)

        assert result.returncode == 1
        assert (summary["polled"], summary["failed"]) == (3, 1)
        assert "/broken.xml" in result.stderr
        assert publisher.requests[-1][1] in (200, 304)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_ten_seconds_and_starts_again_at_once(install, number):
    service = install()
    service.start()
    pids = service.processes()

    assert service.stop(number) < 10
    assert not [pid for pid in pids if is_alive(pid)]
    service.start()
    assert service.get("/")[0] == 200


@pytest.mark.parametrize("victim", ["serve", "child-web", "child-poller"])
def test_a_killed_process_leaves_no_orphan(install, victim):
    service = install()
    write_seed(service.seeds, "one.txt", title="One", link="https://news.example/1", body="<p>x</p>")
    service.start()
    wait_until(lambda: titles(service) == ["One"], 10, "it serves")
    before = service.processes()
    [killed, *_] = [pid for pid, line in before.items() if victim in line]
    below = [pid for pid, line in before.items() if victim in line or victim == "serve" or "reading" in line]
    if victim == "serve":
        service.kill()
        service.start()  # at once
        wait_until(lambda: not [pid for pid in before if is_alive(pid)], 10, "all have ended")
        wait_until(lambda: titles(service) == ["One"], 20, "the new one serves, not what was left of the old")
        return
    if victim == "child-web":
        below = [pid for pid in below if "reading" not in before[pid]]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not [pid for pid in below if is_alive(pid)], 10, "its own children have ended")
    wait_until(
        lambda: titles(service) == ["One"] and len(service.processes()) >= 4, 20, "it is started again"
    )
    write_seed(service.seeds, "two.txt", title="Two", link="https://news.example/2", body="<p>x</p>")
    wait_until(lambda: len(titles(service)) == 2, 10, "it works again")


def test_a_web_worker_killed_alone_is_replaced(install):
    service = install()
    service.start()
    before = service.processes()
    web = [pid for pid, line in before.items() if "child-web" in line]
    os.kill(web[-1], signal.SIGKILL)
    wait_until(lambda: not is_alive(web[-1]), 5, "it is gone")
    wait_until(lambda: service.get("/healthz")[0] == 200, 15, "another answers")
    assert service.stop() < 10
    assert not [pid for pid in before if is_alive(pid)]


def test_all_processes_together_need_less_than_250_megabytes(install):
    service = install()
    write_seed(service.seeds, "one.txt", title="One", link="https://news.example/1", body="<p>x</p>")
    service.start()
    wait_until(lambda: titles(service) == ["One"], 10, "it serves")
    for path in ("/", "/rss.xml", "/feed.json", "/status/", "/sources/"):
        service.get(path)

    total = sum(proportional_memory(pid) for pid in service.processes())
    assert total < 250_000_000


def proportional_memory(pid: int) -> int:
    """Return the bytes of a process, shared pages divided among those that share them."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


# --- Bad input --------------------------------------------------------------------------------------


def refused(service, *arguments) -> str:
    """Return the one line on stderr of a command that must fail with status 1."""
    result = service.command(*arguments, check=False)
    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_an_unknown_key_is_named(install):
    assert "server.prot: there is no such setting" in refused(install(config="prot = 1\n"), "serve")


def test_a_taken_port_is_named(install):
    service, other = install("one"), install("two")
    service.start()
    line = refused(other, "serve", "--port", str(service.port))

    assert f"cannot listen on 127.0.0.1 port {service.port}: address already in use" in line


def test_a_corrupt_database_is_named_and_left_alone(install):
    service = install()
    path = service.folder / "instance" / "feeds.db"
    path.write_bytes(b"this is no database" * 100)
    line = refused(service, "refresh")

    assert "feeds.db" in line
    assert path.read_bytes() == b"this is no database" * 100
    assert "feeds.db" in refused(service, "serve")


def test_a_database_that_cannot_be_written_is_named(install):
    service = install(config='[store]\nurl = "sqlite:////proc/nowhere/feeds.db"\n')

    assert "/proc/nowhere" in refused(service, "refresh")


def test_a_port_given_on_the_command_line_is_part_of_the_address(install):
    service = install()
    path = service.folder / "instance" / "config.toml"
    path.write_text("")
    service.start("--port", str(service.port))

    wait_until(lambda: f"serving http://127.0.0.1:{service.port}/ " in service.log(), 5, "it says so")
    assert f"http://127.0.0.1:{service.port}/atom.xml" in service.get("/atom.xml")[1].decode()
    with sqlite3.connect(service.folder / "instance" / "feeds.db") as db:
        [(id,)] = db.execute("select id from site").fetchall()
    assert id == str(uuid5(NAMESPACE_URL, f"http://127.0.0.1:{service.port}"))


def test_a_second_poller_on_one_store_says_so_and_ends(install):
    service = install()
    service.start()
    wait_until(lambda: "child-poller" in str(service.processes()), 5, "the poller runs")
    time.sleep(1)
    result = service.command("serve", "--port", str(free_port()), check=False, timeout=30)

    assert result.returncode == 1
    assert "another poller holds" in result.stderr
    assert "serving" not in result.stdout
    assert "Traceback" not in result.stderr


def test_an_unreachable_source_is_one_line_and_a_row_on_the_status_page(install):
    url = f"http://127.0.0.1:{free_port()}/feed.xml"
    service = install(config=f'[fetch]\nallow_private = true\n[[sources]]\nurl = "{url}"\n')
    result = service.command("refresh", check=False)

    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert url in result.stderr
    service.start("--no-poll")
    assert "connection refused" in service.get("/status/")[1].decode().lower()


def test_a_refresh_that_takes_over_while_the_poller_restarts_does_not_end_the_service(install):
    with publishing({"/feed": b"<rss version='2.0'><channel><title>F</title></channel></rss>"}) as publisher:
        url = publisher.url("/feed")
        service = install(config=f'[fetch]\nallow_private = true\nspacing = 0\n[[sources]]\nurl = "{url}"\n')
        service.start()
        wait_until(lambda: publisher.requests, 10, "the first poll")
        publisher.delay = 2.0
        arguments = [sys.executable, "-m", "feeds", "refresh"]
        refresh = subprocess.Popen(arguments, cwd=service.folder, env=service.environment())
        wait_until(lambda: service.json("/api/v1/status")["refreshes"], 10, "the refresh runs")
        [poller] = [pid for pid, line in service.processes().items() if "child-poller" in line]
        os.kill(poller, signal.SIGKILL)

        assert refresh.wait(30) == 0
        wait_until(lambda: service.json("/api/v1/status")["poller_running"], 20, "the poller is back")
        assert "Traceback" not in service.log()
        service.stop()


def test_a_broken_configuration_leaves_the_last_good_one_in_force(install):
    service = install()
    service.start()
    path = service.folder / "instance" / "config.toml"
    good = path.read_text()
    path.write_text(good.replace("Test", "Changed"))
    wait_until(lambda: "Changed" in service.get("/")[1].decode(), 5, "a change is followed")
    path.write_text("[site\n")
    wait_until(lambda: "config.toml" in service.get("/status/")[1].decode(), 5, "the status page says so")
    assert "Changed" in service.get("/")[1].decode()


def test_usage_errors_have_status_two(install):
    assert install().command("refresh", "--nonsense", check=False).returncode == 2


@pytest.mark.quiet
def test_help_is_quick(install):
    service = install()
    service.command("--help")
    times = []
    for _ in range(3):
        started = time.perf_counter()
        service.command("--help")
        times.append(time.perf_counter() - started)

    assert min(times) < 0.3


def test_an_interrupted_store_is_whole(install):
    service = install()
    for number in range(300):
        write_seed(
            service.seeds,
            f"{number}.txt",
            title=f"T{number}",
            link=f"https://news.example/{number}",
            body="<p>x</p>",
        )
    for delay in (0.3, 0.6, 0.9, 1.2):
        service.start()
        time.sleep(delay)
        service.kill()
        time.sleep(1.5)
    service.start()
    wait_until(lambda: service.json("/api/v1/status")["counts"]["entries"] == 300, 20, "all are there")
    service.stop()
    with sqlite3.connect(service.folder / "instance" / "feeds.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("select count(*), count(distinct id) from entries").fetchone() == (300, 300)
        assert db.execute("select count(*) from versions").fetchone() == (300,)
