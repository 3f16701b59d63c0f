"""The web server: Granian, one worker process, no process left behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from feeds.config import Configuration
from feeds.errors import FeedsError
from feeds.web.listening import check_address

if TYPE_CHECKING:
    from flask import Flask
    from granian.server.common import AbstractServer

THREADS = 8  # that answer requests; each may hold a connection to the database
WAITING = 1024  # connections the system keeps for us
CONNECTIONS = 768  # open at one time; a process may commonly have 1024 files
HEADER_TIMEOUT = 5_000  # milliseconds within which the head of a request must be there
STOP_TIMEOUT = 4  # seconds for requests under way when the server is told to stop


def run_server(configuration: Configuration) -> None:
    """Serve until SIGTERM or SIGINT; raises ConfigError where the address cannot be taken.

    Ends with SystemExit(1) if the worker cannot start or dies.
    """
    server = configuration.settings.server
    address = check_address(server.host, server.port)
    open_server(address, server.port).serve(target_loader=partial(load_app, configuration), wrap_loader=False)


def open_server(address: str, port: int) -> AbstractServer[Any]:
    """Return the server for one WSGI application."""
    return Granian(
        "feeds",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backlog=WAITING,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=STOP_TIMEOUT,
    )


def load_app(configuration: Configuration) -> Flask:
    """Open the store and make the application, in the worker: a connection does not survive a fork."""
    end_with_server()
    from feeds.store import open_store
    from feeds.web import create_app

    try:
        return create_app(configuration, open_store(configuration.settings.store.url))
    except FeedsError as error:
        print(f"feeds: {error}", file=sys.stderr)  # noqa: T201 - the one line a person is told
        sys.exit(1)


def end_with_server() -> None:
    """End this worker process as soon as the main process is gone, however that ended.

    Granian's worker would otherwise go on answering on the port.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.join,), daemon=True).start()


def _follow(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)
