"""The command `feeds`: each command is imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click

from feeds.errors import FeedsError

#: Command: (module:function, one line of help). The modules stay unimported until a command is called.
COMMANDS = {
    "serve": ("feeds.cli.serve:serve", "Run the daemon: poller and web server."),
    "refresh": ("feeds.cli.refresh:refresh", "Poll sources now."),
    "add": ("feeds.cli.subscriptions:add", "Subscribe to a feed, or to the one a page advertises."),
    "sources": ("feeds.cli.listing:list_sources", "List the sources."),
    "show": ("feeds.cli.listing:show", "Show one source, or how a file of the seeds directory is read."),
    "remove": ("feeds.cli.subscriptions:remove", "Unsubscribe; the entries stay."),
    "pause": ("feeds.cli.subscriptions:pause", "Stop polling a source for now."),
    "resume": ("feeds.cli.subscriptions:resume", "Poll a paused source again."),
    "import": ("feeds.cli.subscriptions:import_opml", "Subscribe to what an OPML file lists."),
    "export": ("feeds.cli.subscriptions:export_opml", "Write the subscriptions as OPML."),
    "search": ("feeds.cli.search:search", "Find entries by words in title and text."),
    "subscribers": ("feeds.cli.subscribers:subscribers", "Show who is subscribed at our hub, and its log."),
    "status": ("feeds.cli.status:status", "Tell how the service is doing."),
    "doctor": ("feeds.cli.doctor:doctor", "Check configuration, store and seeds directory."),
    "migrate": ("feeds.cli.status:migrate", "Bring the database to this version's schema."),
}

#: The daemon's children; `feeds serve` starts them.
CHILDREN = {
    "child-prepare": ("feeds.cli.serve:child_prepare", ""),
    "child-poller": ("feeds.cli.serve:child_poller", ""),
    "child-web": ("feeds.cli.serve:child_web", ""),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place, _ = {**COMMANDS, **CHILDREN}.get(cmd_name, (None, ""))
        if place is None:
            return None
        module, _, function = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Configuration file; without it instance/config.toml, where there is one.",
)
@click.version_option(package_name="feeds", message="%(prog)s %(version)s")
@click.pass_context
def feeds(ctx: click.Context, config_path: Path | None) -> None:
    """Gather documents and feeds, and syndicate them as RSS, Atom, JSON Feed and HTML."""
    ctx.obj = config_path


def main() -> None:
    """Run the command; whatever goes wrong is one line on stderr and exit status 1."""
    try:
        feeds.main(prog_name="feeds")
    except FeedsError as error:
        sys.exit(f"feeds: {error}")
    except Exception as error:  # a mistake of ours: a person still gets one line, with its place
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"
        sys.exit(f"feeds: unexpected {type(error).__name__} at {place}: {error}")
