"""`feeds subscribers`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from feeds.cli import session, setup
from feeds.model import Announcement, Subscriber
from feeds.store.announcements import list_announcements
from feeds.store.subscriber_words import explain_announcement, explain_announcing, explain_subscriber
from feeds.store.subscribers import count_subscribers, list_subscribers

SHOWN = 50  # announcements

#: What a program reads of a subscriber; the callback and the secret open a door.
TOLD = ("host", "topic", "granted", "lease_end", "last_delivery", "failures", "last_error", "next_try")


@click.command()
@click.option(
    "--limit", default=SHOWN, show_default=True, help="How much of the log.", type=click.IntRange(0)
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def subscribers(ctx: click.Context, limit: int, as_json: bool) -> None:
    """Show who is subscribed at our hub, and the log of what was delivered to them and told to other hubs."""
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration) as store, store.read() as db:
        state = explain_announcing(db, has_hub=configuration.settings.own_hub is not None)
        listed = list_subscribers(db)
        hidden = count_subscribers(db) - len(listed)
        log = list_announcements(db, limit)
    if as_json:
        report = {"state": state, "subscribers": [_describe(one) for one in listed], "not_shown": hidden}
        session.print_json(report | {"log": [_read(one) for one in log]})
        return
    for line in state or ["nobody is subscribed"]:
        click.echo(line)
    for one in listed:
        click.echo(f"{one.host}: {one.topic} {explain_subscriber(one)}")
    if hidden:
        click.echo(f"and {hidden} more")
    for announcement in reversed(log):
        click.echo(explain_announcement(announcement))


def _describe(one: Subscriber) -> dict[str, Any]:
    return {name: _write(value) for name, value in asdict(one).items() if name in TOLD}


def _read(one: Announcement) -> dict[str, Any]:
    return {name: _write(value) for name, value in asdict(one).items()}


def _write(value: Any) -> Any:
    return session.tell_iso(value) if isinstance(value, datetime) else value
