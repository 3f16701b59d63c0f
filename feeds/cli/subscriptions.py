"""Commands that change what is subscribed to."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from feeds.cli import session, setup
from feeds.config import Settings
from feeds.daemon.composing import fetch_policy, now
from feeds.errors import SourceError
from feeds.model import Declaration, Document
from feeds.model.declaring import HAND_DOOR, refuse_declared
from feeds.parsing.opml import parse_opml
from feeds.polling.discover import Discovery
from feeds.polling.lists import subscribe
from feeds.polling.network import Network
from feeds.polling.reading import Reader
from feeds.store import by_hand, sources
from feeds.store.site import ensure_site
from feeds.syndication.opml import is_subscription, render_opml
from feeds.text.urls import is_web_url, public_typed, public_url


@click.command()
@click.argument("url")
@click.option("--name", metavar="N", help="What to call it; else what it calls itself.")
@click.option("--category", metavar="C", help="A category for all its entries.")
@click.pass_context
def add(ctx: click.Context, url: str, name: str | None, category: str | None) -> None:
    """Subscribe to the feed at URL, or to the one that the page there advertises."""
    configuration = setup.read_configuration(ctx)
    _check_address(url)
    with session.opened_store(configuration) as store:
        address, title = asyncio.run(_discover(configuration.settings, url))
        declaration = Declaration(url=address, name=name, title=title, category=category)
        with store.write() as db:
            source, is_new = by_hand.subscribe(db, declaration, now())
    if is_new:
        told = public_url(address)
        click.echo(f"{source.slug}: subscribed to {name or title or told} ({told})")
    else:
        click.echo(f"{source.slug}: is subscribed already")


def _check_address(url: str) -> None:
    if not is_web_url(url):
        raise SourceError(f"{public_typed(url)}: is no http(s) address")


async def _discover(settings: Settings, url: str) -> tuple[str, str | None]:
    """Return (address, title) of the feed at `url`, or of the first that is found through the page there."""
    async with Network(fetch_policy(settings)) as network, Reader() as reader:
        found = await Discovery(network, reader, now).find(url)
    return found.link.href, found.reading.feed.title


@click.command()
@click.argument("source")
@click.pass_context
def remove(ctx: click.Context, source: str) -> None:
    """Unsubscribe from a source that was added by hand; its entries stay."""
    with session.opened_store(setup.read_configuration(ctx)) as store, store.write() as db:
        found = session.find_source(db, source)
        refuse_declared(found, str(ctx.find_root().obj or "instance/config.toml"))
        sources.close_door(db, found, HAND_DOOR, now())
    click.echo(f"{found.slug}: unsubscribed; its entries stay")


@click.command()
@click.argument("source")
@click.pass_context
def pause(ctx: click.Context, source: str) -> None:
    """Stop polling a source for now; its entries stay."""
    click.echo(f"{_set_paused(ctx, source, paused=True)}: paused")


@click.command()
@click.argument("source")
@click.pass_context
def resume(ctx: click.Context, source: str) -> None:
    """Poll a paused source again."""
    click.echo(f"{_set_paused(ctx, source, paused=False)}: resumed")


def _set_paused(ctx: click.Context, name: str, *, paused: bool) -> str:
    """Return the slug of the source."""
    with session.opened_store(setup.read_configuration(ctx)) as store, store.write() as db:
        source = session.find_source(db, name)
        sources.set_paused(db, source, paused)
    return source.slug


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def import_opml(ctx: click.Context, file: Path) -> None:
    """Subscribe to every feed that the OPML file lists."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file}: {(error.strerror or str(error)).lower()}") from error
    declarations, damage = parse_opml(Document(url=file.name, body=body, path=str(file)))
    if damage:
        click.echo(f"{file}: the list is {damage}: only what stands before that is subscribed", err=True)
    with session.opened_store(setup.read_configuration(ctx)) as store:
        hidden = not sys.stderr.isatty()
        bar = click.progressbar(declarations, label="Importing", file=sys.stderr, hidden=hidden)
        with bar as remaining, store.write() as db:
            added = sum(subscribe(db, declaration, now()) for declaration in remaining)
    click.echo(f"{added} subscribed, {len(declarations) - added} already known")


@click.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_context
def export_opml(ctx: click.Context, file: Path | None) -> None:
    """Write the subscriptions as OPML, to standard output or to FILE.

    Private ones stay out of it, and so do the passwords and keys in addresses: standard error says how many.
    """
    configuration = setup.read_configuration(ctx)
    settings = configuration.settings
    with session.opened_store(configuration) as store, store.write() as db:
        subscribed = [source for source in sources.list_sources(db) if is_subscription(source)]
        described = settings.describe_site(*ensure_site(db, settings.base_url, now()))
    told = [source for source in subscribed if not source.private]
    body = render_opml(described, told)
    _tell_left_out(len(subscribed) - len(told), sum(public_url(one.url) != one.url for one in told))
    if file is None:
        sys.stdout.buffer.write(body)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise SourceError(f"{file}: {(error.strerror or str(error)).lower()}") from error
    click.echo(f"{len(told)} subscriptions written to {file}")


def _tell_left_out(private: int, secret: int) -> None:
    left_out = [
        f"{private} private {'subscription' if private == 1 else 'subscriptions'}" if private else "",
        f"the password or key of {secret} {'address' if secret == 1 else 'addresses'}" if secret else "",
    ]
    if any(left_out):
        click.echo(f"left out: {', '.join(filter(None, left_out))}", err=True)
