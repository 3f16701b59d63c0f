"""`feeds status` and `feeds migrate`."""

from __future__ import annotations

import sys
from typing import Any

import click

from feeds.cli import session, setup
from feeds.daemon.composing import now
from feeds.store import Store, entries, files, notices, pages, polls, reports, summary
from feeds.store.pages import explain_page
from feeds.store.subscriber_words import explain_announcing
from feeds.text.paths import show_path
from feeds.text.urls import public_url

#: What needs a person.
WORRIES = ("failing", "unreadable_files", "unfetched_pages", "notices", "quarantined")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Tell how the service is doing; exit status 1 where something needs a person."""
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration) as store:
        report = _report(store, has_hub=configuration.settings.own_hub is not None)
    if as_json:
        session.print_json(report)
    else:
        _print_report(report)
    if any(report[name] for name in WORRIES):
        sys.exit(1)


def _report(store: Store, *, has_hub: bool) -> dict[str, Any]:
    with store.read() as db:
        return {
            "poller": "running" if store.is_poller_running() else "not running",
            "counts": summary.store_summary(db),
            "failing": [
                {"source": report.source.slug, "state": report.health.word, "reason": report.health.reason}
                for report in reports.report_sources(db, now())
                if report.health.word == "failing"
            ],
            "unreadable_files": [
                {"file": show_path(file.path), "reason": file.problem} for file in files.list_problems(db)
            ],
            "unfetched_pages": [
                {"file": show_path(path), "url": public_url(page.url), "reason": explain_page(page)}
                for path, page in pages.list_page_problems(db)
            ],
            "quarantined": [
                {"entry": id, "reason": reason} for id, reason, *_ in entries.list_quarantined(db)
            ],
            "notices": [text for _, text, *_ in notices.list_notices(db)],
            "announcing": explain_announcing(db, has_hub=has_hub),
            "last_refreshes": [
                {"id": record.id, "state": record.state, "asked": session.tell_time(record.asked)}
                for record in polls.list_refreshes(db, 5)
            ],
        }


def _print_report(report: dict[str, Any]) -> None:
    click.echo(f"poller: {report['poller']}")
    for name, count in report["counts"].items():
        click.echo(f"{name.replace('_', ' ')}: {count}")
    for row in report["failing"]:
        click.echo(f"{row['source']}: {row['state']}: {row['reason']}")
    for row in report["unreadable_files"]:
        click.echo(f"{row['file']}: {row['reason']}")
    for row in report["unfetched_pages"]:
        click.echo(f"{row['file']}: {row['url']}: {row['reason']}")
    for row in report["quarantined"]:
        click.echo(f"quarantined: {row['entry']}: {row['reason']}")
    for text in (*report["announcing"], *report["notices"]):
        click.echo(text)


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--reindex", is_flag=True, help="Make the search index anew, too.")
@click.pass_context
def migrate(ctx: click.Context, quiet: bool, reindex: bool) -> None:
    """Bring the database to the schema of this version; every start does it too."""
    configuration = setup.read_configuration(ctx)
    with session.opened_store(configuration, reindex=reindex):
        pass
    if not quiet:
        click.echo(f"{configuration.settings.store.url}: up to date")
