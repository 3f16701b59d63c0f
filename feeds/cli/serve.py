"""`feeds serve` and its two children."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
import time

import click

from feeds.cli import setup
from feeds.config import Settings
from feeds.daemon.lifeline import end_with_parent
from feeds.daemon.supervisor import AGAIN, PROGRAM, REFUSED, TAKEN, Command, supervise
from feeds.errors import StoreCorruptError, StoreLockedError
from feeds.web.listening import check_address

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
    check_address(settings.server.host, settings.server.port)
    given = ("--config", str(ctx.find_root().obj)) if ctx.find_root().obj else ()
    _migrate(given)
    flags = [*_flag("--host", host), *_flag("--port", port)]
    commands = [Command("web server", (*given, "child-web", *flags))]
    if not no_poll:
        commands.append(Command("poller", (*given, "child-poller", *flags)))
    sys.exit(asyncio.run(supervise(commands, lambda: _announce(settings))))


def _flag(name: str, value: object) -> tuple[str, ...]:
    return () if value is None else (name, str(value))


def _migrate(given: tuple[str, ...]) -> None:
    """Open the store once, in a process of its own: the supervisor stays small."""
    arguments = [*PROGRAM, *given, "migrate", "--quiet"]
    status = subprocess.run(arguments, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - ourselves
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
        click.echo(f"feeds: serving {settings.base_url}/ (Ctrl-C stops)")
        return


@click.command(hidden=True)
@click.option("--host")
@click.option("--port", type=int)
@click.pass_context
def child_web(ctx: click.Context, host: str | None, port: int | None) -> None:
    """The web server, as a child of `feeds serve`."""
    from feeds.web.server import run_server

    setup.configure_logging()
    configuration = setup.read_configuration(ctx, {"server": {"host": host, "port": port}})
    end_with_parent()
    run_server(configuration)


@click.command(hidden=True)
@click.option("--host")
@click.option("--port", type=int)
@click.pass_context
def child_poller(ctx: click.Context, host: str | None, port: int | None) -> None:
    """The poller, as a child of `feeds serve`."""
    from feeds.cli.session import opened_store
    from feeds.daemon.poller import run_poller

    setup.configure_logging()
    configuration = setup.read_configuration(ctx, {"server": {"host": host, "port": port}})
    end_with_parent()
    try:
        with opened_store(configuration) as store:
            again = asyncio.run(run_poller(configuration, store))
    except (StoreLockedError, StoreCorruptError) as error:
        click.echo(f"feeds: {error}", err=True)
        sys.exit(TAKEN if isinstance(error, StoreLockedError) else REFUSED)
    sys.exit(AGAIN if again else 0)
