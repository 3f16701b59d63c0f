"""A subscriber (WebSub) on 127.0.0.1: it subscribes, confirms as a test wants it to, keeps what it is sent.

Run as a program it serves until its standard input ends; it prints its port, and keeps what came in a folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from hub_server import call

SECRET = "a secret of ours"


@dataclass
class Subscriber:
    """What a test sees of the process."""

    folder: Path
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def callback(self, name: str = "plain") -> str:
        """The address that behaves so: see `behave`."""
        return f"http://{self.host}/{name}"

    def ask(
        self, hub: str, topic: str, mode: str = "subscribe", name: str = "plain", **fields: str
    ) -> tuple[int, str]:
        """Send a request to a hub; return (status, what it says)."""
        form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": self.callback(name)}
        form |= {f"hub.{field}": value for field, value in fields.items()}
        status, body = call("POST", hub, urlencode(form).encode())
        return status, body.decode()

    def heard(self, method: str, name: str = "plain") -> list[dict]:
        """Return what came to an address, in order: `query`, `headers`, `body`, `time`."""
        found = [json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))]
        return [one for one in found if one["method"] == method and one["name"] == name]

    def verifications(self, name: str = "plain") -> list[dict[str, str]]:
        return [one["query"] for one in self.heard("GET", name)]

    def deliveries(self, name: str = "plain") -> list[dict]:
        return self.heard("POST", name)


def is_signed(delivery: dict, secret: str = SECRET) -> bool:
    """Whether a delivery bears the signature of its body (section 8)."""
    expected = hmac.new(secret.encode(), delivery["body"].encode(), hashlib.sha256).hexdigest()
    return delivery["headers"].get("x-hub-signature") == f"sha256={expected}"


@contextmanager
def subscriber_process(folder: Path) -> Iterator[Subscriber]:
    """Run a subscriber until the end of the block."""
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, __file__, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Subscriber(folder, int(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


@contextmanager
def subscriber_thread(folder: Path) -> Iterator[Subscriber]:
    """The same in a thread of the test."""
    folder.mkdir()
    server = serve(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Subscriber(folder, server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- The process ------------------------------------------------------------------------------------


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    guard = threading.Lock()
    seen: Counter[tuple[str, str]] = Counter()

    class Answer(http.server.BaseHTTPRequestHandler):
        def keep(self, body: bytes) -> None:
            kept = {
                "method": self.command,
                "name": self.name,
                "query": self.query,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode(),
                "time": time.monotonic(),
            }
            with guard:
                seen[self.command, self.name] += 1
                path = folder / f"{seen.total():06}.json"
            path.with_suffix(".new").write_text(json.dumps(kept))
            os.replace(path.with_suffix(".new"), path)

        def do_GET(self) -> None:
            self.keep(b"")
            self.behave(self.query.get("hub.challenge", "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.keep(body)
            self.behave(b"")

        @property
        def name(self) -> str:
            return urlsplit(self.path).path.strip("/")

        @property
        def query(self) -> dict[str, str]:
            return dict(parse_qsl(urlsplit(self.path).query))

        def behave(self, body: bytes) -> None:
            """Answer as the name in the address says: `get-404`; `post-500-200`, where the last one stays."""
            wanted, *words = self.name.split("-")
            words = words if wanted == self.command.lower() else []
            if "hang" in words:
                time.sleep(60)
            elif "drip" in words:
                self.drip()
            elif "large" in words:
                self.answer(200, b"x" * 1_000_000)
            else:
                self.answer(self.choose(words), b"wrong" if "wrong" in words else body)

        def choose(self, words: list[str]) -> int:
            statuses = [int(word) for word in words if word.isdigit()] or [200]
            return statuses[min(seen[self.command, self.name], len(statuses)) - 1]

        def drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(1000):
                    self.wfile.write(b"x")
                    time.sleep(0.2)

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(body)))
            with contextlib.suppress(OSError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    class Listener(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 100

    return Listener(("127.0.0.1", 0), Answer)


if __name__ == "__main__":
    server = serve(Path(sys.argv[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
