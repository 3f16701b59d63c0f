"""`feeds serve` and its two children."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import click

from feeds.cli import setup
from feeds.config import Settings
from feeds.daemon.lifeline import end_with_parent
from feeds.daemon.supervisor import AGAIN, PROGRAM, REFUSED, TAKEN, UNFIT, Command, supervise
from feeds.errors import ConfigError, FeedsError, GuardError, StoreCorruptError, StoreLockedError
from feeds.web.listening import check_address

LET_GO_WITHIN = 5.0  # seconds in which the processes of a killed daemon end
#: What makes the poller end, and what it tells the supervisor by that.
REFUSALS: dict[type[FeedsError], int] = {
    StoreLockedError: TAKEN,
    StoreCorruptError: REFUSED,
    GuardError: UNFIT,
}
START_WITHIN = 30.0  # seconds in which the web server is expected to answer


@click.command()
@click.option("--host", metavar="H", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", metavar="P", type=int, help="Port to listen on (default 8080).")
@click.option("--no-poll", is_flag=True, help="Only serve; another process polls.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, no_poll: bool) -> None:
    """Run the daemon: the poller and the web server, until SIGTERM or Ctrl-C."""
    setup.configure_logging()
    settings = setup.read_configuration(ctx, {"server": {"host": host, "port": port}}).settings
    # The children read the same settings, these flags among them.
    os.environ["FEEDS_SERVER_HOST"] = settings.server.host
    os.environ["FEEDS_SERVER_PORT"] = str(settings.server.port)
    _insist(lambda: check_address(settings.server.host, settings.server.port), ConfigError)
    given = ("--config", str(ctx.find_root().obj)) if ctx.find_root().obj else ()
    _prepare((*given, "child-prepare", *(["--no-poll"] if no_poll else [])))
    commands = [Command("web server", (*given, "child-web"))]
    if not no_poll:
        commands.append(Command("poller", (*given, "child-poller")))
    sys.exit(asyncio.run(supervise(commands, lambda: _announce(settings))))


def _insist(attempt: Callable[[], object], refusal: type[FeedsError]) -> None:
    """Try for a while: what is left of a daemon that was killed needs a moment to let go of its things."""
    end = time.monotonic() + LET_GO_WITHIN
    while time.monotonic() < end:
        try:
            attempt()
        except refusal:
            time.sleep(0.1)
        else:
            return
    attempt()


def _prepare(arguments: tuple[str, ...]) -> None:
    """Open the store once, in a process of its own: the supervisor stays small."""
    command = [*PROGRAM, *arguments]
    status = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - ourselves
    if status:
        sys.exit(status)


def _announce(settings: Settings) -> None:
    """Say where we serve, once the web server answers."""
    threading.Thread(target=_wait_and_announce, args=(settings,), daemon=True).start()


def _wait_and_announce(settings: Settings) -> None:
    server = settings.server
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end:
        try:
            socket.create_connection((server.host, server.port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        click.echo(f"feeds: serving {settings.base_url}/{_tell_address(settings)} (Ctrl-C stops)")
        return


def _tell_address(settings: Settings) -> str:
    """Return where the server listens, where base_url does not say it."""
    server = settings.server
    return "" if settings.site.base_url is None else f" on {server.host} port {server.port}"


@click.command(hidden=True)
@click.option("--no-poll", is_flag=True)
@click.pass_context
def child_prepare(ctx: click.Context, no_poll: bool) -> None:
    """Bring the store up to date, and see that nobody else polls it."""
    from feeds.cli.session import opened_store

    def take_lock() -> None:
        with store.poller_lock():
            pass

    with opened_store(setup.read_configuration(ctx)) as store:
        if not no_poll:
            _insist(take_lock, StoreLockedError)


@click.command(hidden=True)
@click.pass_context
def child_web(ctx: click.Context) -> None:
    """The web server, as a child of `feeds serve`."""
    from feeds.web.server import run_server

    setup.configure_logging()
    configuration = setup.read_configuration(ctx)
    end_with_parent()
    run_server(configuration)


@click.command(hidden=True)
@click.pass_context
def child_poller(ctx: click.Context) -> None:
    """The poller, as a child of `feeds serve`."""
    from feeds.cli.session import opened_store
    from feeds.daemon.poller import run_poller

    setup.configure_logging()
    configuration = setup.read_configuration(ctx)
    end_with_parent()
    try:
        with opened_store(configuration) as store:
            again = asyncio.run(run_poller(configuration, store))
    except tuple(REFUSALS) as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(REFUSALS[type(error)])
    sys.exit(AGAIN if again else 0)
