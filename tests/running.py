"""A real `feeds serve` in a folder of its own, and a real web server that publishes feeds to it."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

SEED = """<!--{timestamp}-->
[{title}]({link})
------

{body}
"""


def write_seed(
    folder: Path, name: str, *, title: str, link: str, body: str, timestamp: int = 1767225600000
) -> Path:
    """Write one seed document, complete at once, as a careful program does."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(SEED.format(timestamp=timestamp, title=title, link=link, body=body), encoding="utf-8")
    draft.rename(path)
    return path


def free_port() -> int:
    """A port where nobody listens, and that no connection is given of itself (from 32768 on)."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """Wait for a condition; return the seconds it took, fail after `seconds`."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        with contextlib.suppress(OSError, urllib.error.URLError):
            if condition():
                return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Service:
    """One installation: a folder with configuration, seeds and store, and the daemon while it runs."""

    def __init__(self, folder: Path, config: str = "", base_url: str | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.seeds = folder / "seeds"
        self.seeds.mkdir(parents=True, exist_ok=True)
        self.base_url = base_url or f"http://127.0.0.1:{self.port}"
        (folder / "instance").mkdir(exist_ok=True)
        (folder / "instance" / "config.toml").write_text(
            f'[site]\ntitle = "Test"\nbase_url = "{self.base_url}"\n[server]\nport = {self.port}\n{config}',
            encoding="utf-8",
        )
        self.process: subprocess.Popen[str] | None = None

    def command(
        self, *arguments: str, check: bool = True, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run `feeds …` in the folder to its end."""
        return subprocess.run(
            [sys.executable, "-m", "feeds", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=check,
        )

    def start(self, *arguments: str) -> None:
        """Start the daemon and wait until it answers."""
        self.launch(*arguments)
        wait_until(lambda: self.get("/healthz")[0] == 200, 30, f"the service answers\n{self.log()}")

    def launch(self, *arguments: str) -> None:
        """Start the daemon."""
        log = (self.folder / "serve.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "feeds", "serve", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdout=log,
            stderr=log,
            text=True,
        )
        log.close()

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
        return {**kept, "PYTHONPATH": str(Path(__file__).parents[1])}

    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Stop the daemon as a service manager does, or Ctrl-C; return the seconds it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(timeout=20)
        assert status == 0, f"ended with status {status}\n{self.log()[-2000:]}"
        self.process = None
        return time.monotonic() - started

    def kill(self) -> None:
        """End the supervisor without a word to anybody."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=20)
        self.process = None

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Return (status, body) of one request."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def json(self, path: str) -> dict:
        return json.loads(self.get(path)[1])

    def processes(self) -> dict[int, str]:
        """Return pid -> command line of the supervisor and everything below it."""
        assert self.process is not None
        found = {self.process.pid: command_line(self.process.pid)}
        for pid, parent in sorted(parents().items()):
            if parent in found:
                found[pid] = command_line(pid)
        return found


def parents() -> dict[int, int]:
    """Return pid -> parent's pid of every process of this machine."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class Publisher:
    """A web server on 127.0.0.1 that publishes files with validators and remembers every request."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.requests: list[tuple[str, int, dict[str, str]]] = []
        self.delay = 0.0
        publisher = self

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(publisher.delay)
                body = publisher.files.get(self.path)
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if body is not None else None
                status = 404 if body is None else 304 if self.headers["If-None-Match"] == etag else 200
                publisher.requests.append((self.path, status, dict(self.headers)))
                self.send_response(status)
                if status == 200:
                    self.send_header("Content-Type", "application/xml")
                if etag:
                    self.send_header("ETag", etag)
                self.send_header("Content-Length", str(len(body or b"") if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


@contextlib.contextmanager
def publishing(files: dict[str, bytes]) -> Iterator[Publisher]:
    publisher = Publisher(files)
    thread = threading.Thread(target=publisher.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()
        thread.join()
