"""`feeds search`: the entries that hold some words."""

from __future__ import annotations

import os

import click

from feeds.cli import session, setup
from feeds.model import StoredEntry
from feeds.store import entries
from feeds.text.query import is_searched

SHOWN = 20
MOST_SHOWN = 10_000
MOST_QUERIES = 100


@click.command()
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@click.option(
    "--limit", type=click.IntRange(1, MOST_SHOWN), default=SHOWN, help="So many, the newest; 20 unless told."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def search(ctx: click.Context, queries: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find the entries that hold every QUERY in title or text, newest first.

    A QUERY is found wherever its characters stand in a row, in words too; capitals and small letters,
    traditional and simplified characters are alike. Quote one that has spaces in it.
    """
    if len(queries) > MOST_QUERIES:
        raise click.UsageError(f"at most {MOST_QUERIES} queries at once")
    # Bytes that are no text in this locale are UTF-8 all the same, or nothing that could be found.
    words = [os.fsencode(query).decode("utf-8", "replace") for query in queries]
    if not any(map(is_searched, words)):
        raise click.UsageError("the query is empty")
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration, only_reads=True) as store, store.read() as db:
        found = entries.search_entries(db, words, limit + 1)
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
        click.echo("nothing is found", err=True)


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
