"""`feeds sources` and `feeds show`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from feeds.cli import session, setup
from feeds.cli.explaining import find_seed, show_file
from feeds.cli.outcomes import describe_outcome, tell_outcome
from feeds.errors import SourceError
from feeds.model import Source, SourceState
from feeds.store import polls, sources, summary
from feeds.text.urls import public_url

SHOWN_POLLS = 20


@click.command(name="sources")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def list_sources(ctx: click.Context, as_json: bool) -> None:
    """List the sources: what they are called, how they are, when they are polled next."""
    with session.opened_store(setup.read_configuration(ctx)) as store, store.read() as db:
        counts = summary.count_by_source(db)
        listed = [
            (source, sources.find_state(db, source), counts.get(source.number, 0))
            for source in sources.list_sources(db)
        ]
    if as_json:
        session.print_json([describe(source, state, count) for source, state, count in listed])
        return
    rows = [
        (
            source.slug,
            source.display_title,
            tell_condition(source, state),
            str(count),
            session.tell_time(state.next_poll if source.is_polled else None),
        )
        for source, state, count in listed
    ]
    session.print_table(rows, ("source", "title", "state", "entries", "next poll (UTC)"))


@click.command()
@click.argument("source", metavar="SOURCE|FILE")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def show(ctx: click.Context, source: str, as_json: bool) -> None:
    """Show one source: where it is, how it is, when it is polled next and why, its last polls.

    Or show how a FILE of the seeds directory is read: what each field is, and which rule gave it.
    """
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration) as store, store.read() as db:
        file = find_seed(store, Path(configuration.settings.seeds.dir), source)
        if file is not None and not session.is_source(db, source):
            show_file(configuration, store, file, as_json=as_json)
            return
        if file is None and not session.is_source(db, source):
            raise SourceError(
                f"{source}: there is no such source (feeds sources lists them), nor such a file"
                f" in {configuration.settings.seeds.dir}"
            )
        found = session.find_source(db, source)
        state = sources.find_state(db, found)
        count = summary.count_by_source(db).get(found.number, 0)
        recent = polls.list_polls(db, found, SHOWN_POLLS)
    description = describe(found, state, count)
    if as_json:
        session.print_json({**description, "polls": [describe_outcome(outcome) for outcome in recent]})
        return
    for name, value in description.items():
        if value not in (None, [], ""):
            click.echo(f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}")
    for outcome in recent:
        click.echo(f"  {session.tell_time(outcome.started)}  {outcome.error or tell_outcome(outcome)}")
        if outcome.next_poll:
            click.echo(f"    → {session.tell_time(outcome.next_poll)}: {outcome.rule}")


def tell_condition(source: Source, state: SourceState) -> str:
    """Return in words how a source is."""
    if source.kind == "archive":
        return "archive"
    if source.retired:
        return f"retired: {source.retired}"
    if source.paused:
        return "paused"
    if state.failures:
        return f"failing ({state.failures} in a row)"
    return "healthy" if state.last_success else "new"


def describe(source: Source, state: SourceState, count: int) -> dict[str, Any]:
    """Return everything a person may know about a source; addresses without secrets."""
    return {
        "source": source.slug,
        "title": source.display_title,
        "kind": source.kind,
        "url": public_url(source.url),
        "key": public_url(source.key),
        "link": source.link,
        "category": source.category,
        "declared_by": list(source.doors),
        "state": tell_condition(source, state),
        "entries": count,
        "last_poll": state.last_poll and state.last_poll.isoformat(timespec="seconds"),
        "last_success": state.last_success and state.last_success.isoformat(timespec="seconds"),
        "last_error": state.last_error,
        "offered": [public_url(offer) for offer in state.offers],
        "address_before": state.previous_url and public_url(state.previous_url),
        "next_poll": state.next_poll.isoformat(timespec="seconds")
        if state.next_poll and source.is_polled
        else None,
        "because": state.rule if source.is_polled else None,
    }
