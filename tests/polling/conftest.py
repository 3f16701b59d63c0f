"""What every test of polling may ask for."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hub_server import Hub, running_hub
from polling_hub import Subscribing, called
from polling_installation import Installation
from polling_publisher import Publisher
from polling_server import Answer, Listener, Server, handler_for

from feeds.polling.reading import Reader
from feeds.store import Store, open_store


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers on 127.0.0.1: `serve(answer)` with bytes, or a function from Asked to bytes or pieces."""
    listeners: list[Listener] = []

    def start(answer: bytes | Answer, tls: ssl.SSLContext | None = None) -> Server:
        server = Server((lambda asked: answer) if isinstance(answer, bytes) else answer)
        listener = Listener(("127.0.0.1", 0), handler_for(server, tls))
        listeners.append(listener)
        server.port = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        return server

    yield start
    for listener in listeners:
        listener.shutdown()
        listener.server_close()


@pytest.fixture
def store(tmp_path: Path, made_store: Path) -> Iterator[Store]:
    """A store without an installation around it."""
    shutil.copy(made_store, tmp_path / "feeds.db")
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    yield store
    store.close()


@pytest.fixture(scope="session")
def running_reader() -> Iterator[tuple[asyncio.Runner, Reader]]:
    """A loop, and on it one reading process."""
    with asyncio.Runner() as runner:
        reader = Reader()
        yield runner, reader
        runner.run(reader.__aexit__())


@pytest.fixture
def here(
    tmp_path: Path, made_store: Path, running_reader: tuple[asyncio.Runner, Reader]
) -> Iterator[Installation]:
    """An installation of its own for the test."""
    shutil.copy(made_store, tmp_path / "feeds.db")
    installation = Installation.at(tmp_path, *running_reader)
    yield installation
    installation.store.close()


@pytest.fixture
def publisher(here: Installation, serve: Callable[..., Server]) -> Publisher:
    """A source in the installation, to be polled as the test likes."""
    return Publisher(here, serve)


@pytest.fixture
def run_hub() -> Iterator[Callable[..., Hub]]:
    """Run hubs until the end of the test: `run_hub(status=500)`."""
    with ExitStack() as stack:
        yield lambda **behaviour: stack.enter_context(running_hub(**behaviour))


@pytest.fixture
def subscribing(here: Installation, serve: Callable[..., Server]) -> Iterator[Subscribing]:
    """An installation that hubs can call, with one source."""
    with called(here, serve(b"")) as subscribing:
        yield subscribing
