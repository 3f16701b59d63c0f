"""A hub (WebSub) on 127.0.0.1 that behaves as a test tells it to, and publishes when told."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import http.server
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass
class Hub:
    """What it does with a request, and what has become of each."""

    status: int = 202  #: of the answer to a request
    location: str | None = None  #: where it redirects to
    delay: float = 0.0  #: seconds until it answers
    verifies: str = "after"  #: `before` it answers, `after` that, or `never`
    lease: int | None = 86_400  #: seconds it grants; None: it does not say
    topic: str | None = None  #: that it asks about; None: the right one
    denies: str | None = None  #: the reason, in place of a verification
    retry_after: str | None = None
    port: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    confirmed: list[tuple[str, int, bool]] = field(default_factory=list)  #: mode, status, challenge echoed
    subscribers: dict[str, dict[str, str]] = field(default_factory=dict)  #: callback -> the confirmed request
    told: list[list[tuple[str, str]]] = field(default_factory=list)  #: what publishers said is new
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hub"

    def hear(self, form: dict[str, str]) -> None:
        self.requests.append(form)
        time.sleep(self.delay)
        if not 200 <= self.status < 300 or self.verifies == "never":
            return
        if self.verifies == "before":
            self.verify(form)
            return
        thread = threading.Thread(target=self.verify, args=(form,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def verify(self, form: dict[str, str], mode: str | None = None) -> int:
        """Ask the subscriber whether it meant it (section 5.3), or tell it no (5.2); return its status."""
        mode = mode or form["hub.mode"]
        fields = {"hub.mode": mode, "hub.topic": self.topic or form["hub.topic"]}
        if self.denies is not None:
            fields |= {"hub.mode": "denied", "hub.reason": self.denies}
        else:
            fields |= {"hub.challenge": "Ünguessable & odd"}
        if self.lease is not None:
            fields["hub.lease_seconds"] = str(self.lease)
        status, body = call("GET", f"{form['hub.callback']}?{urlencode(fields)}")
        is_echoed = status // 100 == 2 and body.decode() == fields.get("hub.challenge")
        self.confirmed.append((fields["hub.mode"], status, is_echoed))
        if is_echoed and mode == "subscribe":
            self.subscribers[form["hub.callback"]] = form
        elif is_echoed:
            self.subscribers.pop(form["hub.callback"], None)
        return status

    def settle(self) -> None:
        """Wait until everything it began is done."""
        while self.threads:
            self.threads.pop().join(10)

    def deliver(self, body: bytes, media_type: str = "application/rss+xml", **options: str) -> list[int]:
        """Send a document to everyone who is subscribed (section 7); return their statuses."""
        callbacks = list(self.subscribers.items())
        return [send(url, form["hub.secret"], body, media_type, **options) for url, form in callbacks]


def send(
    callback: str,
    key: str,
    body: bytes,
    media_type: str = "application/rss+xml",
    method: str = "sha256",
    signature: str | None = None,
) -> int:
    """Deliver one document as a hub does (section 8); return the subscriber's status."""
    if signature is None:
        signature = f"{method}={hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()}"
    headers = {"Content-Type": media_type, "X-Hub-Signature": signature}
    return call("POST", callback, body, {name: value for name, value in headers.items() if value})[0]


def call(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def send_in_chunks(callback: str, key: str, body: bytes) -> int:
    """Deliver without saying beforehand how long the document is."""
    parts = urlsplit(callback)
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {"X-Hub-Signature": f"sha256={signature}", "Content-Type": "application/rss+xml"}
    pieces = (body[start : start + 100] for start in range(0, len(body), 100))
    connection.request("POST", parts.path, body=pieces, headers=headers, encode_chunked=True)
    status = connection.getresponse().status
    connection.close()
    return status


@contextmanager
def running_hub(**behaviour: object) -> Iterator[Hub]:
    """Run a hub until the end of the block."""
    hub = Hub(**behaviour)

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = parse_qsl(body, strict_parsing=True)
            if ("hub.mode", "publish") in form:
                hub.told.append(form)
            else:
                hub.hear(dict(form))
            self.send_response(hub.status)
            for name, value in (("Location", hub.location), ("Retry-After", hub.retry_after)):
                if value is not None:
                    self.send_header(name, value)
            self.send_header("Content-Length", "0")
            with suppress(OSError):
                self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.settle()
        server.shutdown()
        server.server_close()
        thread.join()
