"""`feeds search`: the entries that hold some words."""

from __future__ import annotations

import os

import click

from feeds.cli import session, setup
from feeds.errors import QueryError
from feeds.model import ALL, StoredEntry
from feeds.store import Transaction
from feeds.store.entries import EVERYTHING
from feeds.store.naming import list_unknown
from feeds.store.selections import list_holding
from feeds.text.query import Query, is_searched, read_argument

SHOWN = 20
MOST_SHOWN = 10_000
MOST_QUERIES = 100


@click.command(context_settings={"ignore_unknown_options": True})  # a hyphen excludes
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@click.option(
    "--limit", type=click.IntRange(1, MOST_SHOWN), default=SHOWN, help="So many, the newest; 20 unless told."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def search(ctx: click.Context, queries: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find the entries that meet every QUERY, newest first: that hold it in title or text.

    A QUERY is found wherever its characters stand in a row, in words too; capitals and small letters,
    traditional and simplified characters are alike. Quote one that has spaces in it.

    -QUERY: that do not hold it. source:NAME, category:NAME, lang:zh, before:2024-05, after:2024-05-31
    (from then on): where they stand; with a hyphen in front the first three exclude.
    """
    asked = read_queries(queries)
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration, only_reads=True) as store, store.read() as db:
        found = list_holding(db, ALL, EVERYTHING, asked, limit + 1)
        unknown = [] if found else _tell_unknown(db, asked)
    shown, more = found[:limit], len(found) > limit
    if as_json:
        session.print_json([_describe(stored) for stored in shown])
        return
    for stored in shown:
        source = stored.source.display_title
        click.echo(f"{session.tell_time(stored.position)}  {source}  {stored.entry.title or stored.excerpt}")
        click.echo(f"    {stored.entry.link or stored.entry.id}")
    if more and limit < MOST_SHOWN:
        click.echo(f"… and more: feeds search --limit {min(limit * 5, MOST_SHOWN)} shows them", err=True)
    elif more:
        click.echo("… and more", err=True)
    elif not shown:
        click.echo("; ".join(["nothing is found", *unknown]), err=True)


def read_queries(arguments: tuple[str, ...]) -> list[Query]:
    """Return what is looked for; raises click.UsageError."""
    if len(arguments) > MOST_QUERIES:
        raise click.UsageError(f"at most {MOST_QUERIES} queries at once")
    for argument in arguments:
        if argument.startswith("--"):
            raise click.NoSuchOption(argument.partition("=")[0])
    # Bytes that are no text in this locale are UTF-8 all the same, or nothing that could be found.
    texts = [os.fsencode(argument).decode("utf-8", "replace") for argument in arguments]
    if not any(map(is_searched, texts)):
        raise click.UsageError("the query is empty")
    try:
        return [read_argument(text) for text in texts]
    except QueryError as error:
        raise click.UsageError(str(error)) from error


def _tell_unknown(db: Transaction, queries: list[Query]) -> list[str]:
    return [f"there is no {one.kind} ‘{one.name}’" for one in list_unknown(db, queries)]


def _describe(stored: StoredEntry) -> dict[str, object]:
    entry = stored.entry
    return {
        "id": entry.id,
        "key": stored.key,
        "title": entry.title,
        "link": entry.link,
        "source": stored.source.slug,
        "position": stored.position.isoformat(),
        "published": entry.published and entry.published.isoformat(),
        "excerpt": stored.excerpt,
        "language": entry.language,
    }
