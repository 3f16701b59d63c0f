"""`feeds sources` and `feeds show`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from feeds.cli import session, setup
from feeds.cli.explaining import find_seed, show_file
from feeds.cli.outcomes import describe_outcome
from feeds.daemon.composing import now
from feeds.errors import SourceError
from feeds.model import PollOutcome, SourceReport
from feeds.store import Transaction, reports, summary
from feeds.text.urls import public_url

SHOWN_POLLS = 20

#: What is printed in a form of its own: a failing source gives its error as the reason.
TOLD_OTHERWISE = ("offered", "last_error")


@click.command(name="sources")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def list_sources(ctx: click.Context, as_json: bool) -> None:
    """List the sources: what they are called, how they are, when they are polled next."""
    with session.opened_store(setup.read_configuration(ctx)) as store, store.read() as db:
        counts = summary.count_by_source(db)
        listed = reports.report_sources(db, now())
    if as_json:
        session.print_json([describe(report, counts.get(report.source.number, 0)) for report in listed])
        return
    rows = [
        (
            report.source.slug,
            report.source.display_title,
            report.health.word,
            str(counts.get(report.source.number, 0)),
            session.tell_time(report.state.next_poll),
        )
        for report in listed
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
                f"{public_url(source)}: there is no such source (feeds sources lists them), nor such a file"
                f" in {configuration.settings.seeds.dir}"
            )
        report, count = _find_report(db, source)
    description = describe(report, count)
    if as_json:
        session.print_json({**description, "polls": [describe_outcome(poll) for poll in report.polls]})
    else:
        _print(report, description)


def _find_report(db: Transaction, name: str) -> tuple[SourceReport, int]:
    """Return what is told of a source, and how many entries it has."""
    source = session.find_source(db, name)
    count = summary.count_by_source(db).get(source.number, 0)
    return reports.report_source(db, source, now(), SHOWN_POLLS), count


def _print(report: SourceReport, description: dict[str, Any]) -> None:
    for name, value in description.items():
        if value not in (None, [], "") and name not in TOLD_OTHERWISE:
            label = "because" if name == "rule" else name.replace("_", " ")
            click.echo(f"{label}: {', '.join(value) if isinstance(value, list) else value}")
    for address in report.state.offers:
        click.echo(f"offered: {address} (to subscribe: feeds add {shlex.quote(address)})")
    if report.polls:
        click.echo("last polls (UTC):")
    for outcome in report.polls:
        _print_poll(outcome)


def _print_poll(outcome: PollOutcome) -> None:
    cost = f" · {outcome.cost}" if outcome.cost else ""
    click.echo(f"  {session.tell_time(outcome.started)}  {outcome.told}{cost}")
    if outcome.rule:
        when = f"{session.tell_time(outcome.next_poll)}: " if outcome.next_poll else ""
        click.echo(f"    → {when}{outcome.rule}")


def describe(report: SourceReport, count: int) -> dict[str, Any]:
    """Return everything a person may know about a source."""
    source, state = report.source, report.state
    return {
        "source": source.slug,
        "title": source.display_title,
        "kind": source.kind,
        "url": source.url,
        "key": source.key,
        "link": source.link,
        "category": source.category,
        "declared_by": list(source.doors),
        "state": report.health.word,
        "reason": report.health.reason,
        "since": session.tell_iso(report.since),
        "entries": count,
        "last_poll": session.tell_iso(state.last_poll),
        "last_success": session.tell_iso(state.last_success),
        "last_error": state.last_error,
        "next_poll": session.tell_iso(state.next_poll),
        "rule": state.rule,
        "hub": report.hub,
        "offered": list(state.offers),
        "address_before": state.previous_url,
    }
