"""The real server: a process of its own, on 127.0.0.1."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from email.message import Message
from pathlib import Path

import pytest
from web_samples import Shelf

from feeds.errors import ConfigError
from feeds.store import open_store
from feeds.web.listening import check_address

SERVE = """
import sys
from pathlib import Path
from feeds.config import Configuration
from feeds.web.server import run_server
run_server(Configuration(Path(sys.argv[1]), {}))
"""


def find_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def wait_for(condition, seconds: float) -> float | None:
    """Return after how many seconds `condition` held, or None if it did not in time."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if condition():
            return time.monotonic() - started
        time.sleep(0.02)
    return None


class Server:
    """The server as a subprocess, and what a client sees of it."""

    def __init__(self, folder: Path, store: str = "feeds.db", host: str = "127.0.0.1") -> None:
        self.port = find_port()
        config = folder / "config.toml"
        listen = f'[server]\nhost = "{host}"\nport = {self.port}\n'
        config.write_text(f'{listen}[store]\nurl = "sqlite:///{folder}/{store}"\n')
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str, **headers: str) -> tuple[int, bytes, Message]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers

    def answers(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def is_port_free(self) -> bool:
        try:
            check_address("127.0.0.1", self.port)
        except ConfigError:
            return False
        return True

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def end(self) -> None:
        for pid in (*self.workers(), self.process.pid) if self.process.poll() is None else ():
            os.kill(pid, signal.SIGKILL)
        self.process.communicate(timeout=10)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    try:
        assert wait_for(server.answers, 20) is not None
        yield server
    finally:
        server.end()


def test_it_serves_pages_and_feeds(server):
    status, body, headers = server.get("/rss.xml", **{"Accept-Encoding": "gzip"})

    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert int(headers["Content-Length"]) == len(body)
    again = {"Accept-Encoding": "gzip", "If-None-Match": f'"x", {headers["ETag"]}'}
    status, body, headers = server.get("/rss.xml", **again)
    assert (status, body) == (304, b"")
    assert headers["Last-Modified"]
    assert b"Nothing to read yet" in server.get("/")[1]
    assert server.get("/sources/%E6%97%A9%E6%8A%A5/")[0] == 404
    assert server.get("/sources/%ff%00/rss.xml")[0] == 404


def test_head_sends_no_body(server):
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=5)) as client:
        client.sendall(b"HEAD /atom.xml HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200")
    assert b"content-length: 0" not in head.lower()
    assert body == b""


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to(server, signal_number):
    workers = server.workers()
    server.process.send_signal(signal_number)

    assert server.process.wait(timeout=8) == 0
    assert wait_for(server.is_port_free, 1) is not None
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_killed_it_leaves_nobody_on_its_port(server):
    [worker] = server.workers()
    server.process.kill()
    server.process.wait(timeout=5)

    assert wait_for(server.is_port_free, 3) is not None
    assert wait_for(lambda: not Path(f"/proc/{worker}").exists(), 3) is not None


def test_it_ends_when_its_worker_dies(server):
    [worker] = server.workers()
    os.kill(worker, signal.SIGKILL)

    assert server.process.wait(timeout=8) == 1


@pytest.mark.parametrize(
    "request_begun",
    [
        b"GET / HTTP/1.1\r\nHos",
        b"POST /refresh HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Length: 99\r\n"
        b"Cookie: feeds_form=%s\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nform="
        % (b"A" * 22),
    ],
)
def test_requests_that_never_end_keep_nobody_waiting(server, request_begun):
    with ExitStack() as clients:
        for _ in range(40):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
            client.sendall(request_begun)
        time.sleep(0.5)
        started = time.monotonic()

        assert server.get("/")[0] == 200
        assert time.monotonic() - started < 2


def test_a_port_that_is_taken_is_told(server):
    with pytest.raises(ConfigError, match=f"127.0.0.1 port {server.port}: address already in use"):
        check_address("127.0.0.1", server.port)


@pytest.mark.parametrize("host", ["203.0.113.9", "a..b"])
def test_an_address_that_is_not_ours_is_told(host):
    with pytest.raises(ConfigError, match=f"cannot listen on {host}"):
        check_address(host, 8080)


def test_a_store_that_cannot_be_opened_is_one_line_and_an_end(tmp_path):
    (tmp_path / "bad.db").write_bytes(b"this is no database at all" * 100)
    server = Server(tmp_path, "bad.db")
    output, _ = server.process.communicate(timeout=20)

    assert server.process.returncode == 1
    assert "bad.db" in output
    assert "Traceback" not in output


def test_the_name_of_this_machine_is_an_address(tmp_path):
    server = Server(tmp_path, host="localhost")
    try:
        assert wait_for(server.answers, 20) is not None
    finally:
        server.end()


def test_what_is_stored_while_it_runs_is_served(server, tmp_path):
    before = server.get("/feed.json")[2]["ETag"]
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    shelf = Shelf(store)
    shelf.entry(shelf.source(), title="Meanwhile")
    store.close()
    status, body, _ = server.get("/feed.json", **{"If-None-Match": before})

    assert status == 200
    assert b"Meanwhile" in body
