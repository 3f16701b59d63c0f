"""`feeds doctor`: check, one line each, what could keep the service from working."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

from feeds.cli import session, setup
from feeds.cli.explaining import show_all_files
from feeds.cli.ids import check_ids, show_ids
from feeds.config import Configuration, Settings
from feeds.daemon.composing import now
from feeds.errors import FeedsError
from feeds.polling.seeds.look import tell_missing
from feeds.store import Store, files, notices, pages, reports, search
from feeds.store.pages import explain_page
from feeds.text.paths import show_path
from feeds.text.urls import public_url

#: (what was looked at, what is wrong with it or None)
Finding = tuple[str, str | None]


@click.command()
@click.option(
    "--seeds", "with_seeds", is_flag=True, help="Show how each file of the seeds directory is read."
)
@click.option(
    "--ids",
    "ids_of",
    is_flag=False,
    flag_value="",
    metavar="[ID|KEY|LINK|GUID]",
    help="Explain the id of an entry; without a name work out all of them anew.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what --ids tells as JSON.")
@click.pass_context
def doctor(ctx: click.Context, with_seeds: bool, ids_of: str | None, as_json: bool) -> None:
    """Check configuration, store, seeds directory and sources; exit status 1 where something is wrong."""
    if as_json and ids_of is None:
        raise click.UsageError("--json goes with --ids")
    if ids_of:
        show_ids(setup.read_configuration(ctx), ids_of, as_json=as_json)
        return
    if ids_of is not None:
        check_ids(setup.read_configuration(ctx), as_json=as_json)
        return
    if with_seeds:
        show_all_files(setup.read_configuration(ctx))
        return
    findings = list(_examine(ctx))
    for subject, problem in findings:
        click.echo(f"{'ok ' if problem is None else 'BAD'} {subject}{f': {problem}' if problem else ''}")
    if any(problem for _, problem in findings):
        sys.exit(1)


def _examine(ctx: click.Context) -> Iterator[Finding]:
    configuration = setup.read_configuration(ctx)
    yield (
        f"configuration {configuration.path}{'' if configuration.path.exists() else ' (none: defaults)'}",
        None,
    )
    yield from _check_address(configuration.settings)
    yield from _check_seeds(configuration.settings)
    yield from _check_store(configuration)


def _check_address(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.base_url).hostname or ""
    listens_to_all = settings.server.host not in ("127.0.0.1", "::1", "localhost")
    problem = None
    if listens_to_all and settings.site.base_url is None:
        problem = (
            "others are served too, but site.base_url is not set: feeds will name an address of this machine"
        )
    yield f"base_url {settings.base_url}", problem
    if listens_to_all and settings.token is None:
        yield "server.token", f"not set: nobody can refresh over HTTP on {settings.server.host}"
    if not host:
        yield "base_url", "has no host"


def _check_seeds(settings: Settings) -> Iterator[Finding]:
    root = Path(settings.seeds.dir)
    problem = tell_missing(root)
    if problem is None and not os.access(root, os.R_OK | os.X_OK):
        problem = "cannot be read"
    yield f"seeds directory {root}", problem


def _check_store(configuration: Configuration) -> Iterator[Finding]:
    url = configuration.settings.store.url
    try:
        with session.opened_store(configuration) as store:
            yield f"store {url}", store.find_damage()
            for check in (_check_index, _check_files, _check_notices, _check_sources):
                yield from check(store)
    except FeedsError as error:
        yield f"store {url}", str(error)


def _check_index(store: Store) -> Iterator[Finding]:
    if store.is_sqlite:
        with store.write() as db:
            is_damaged = search.find_index_damage(db)
        yield (
            "search index",
            "it is damaged; make it anew with: feeds migrate --reindex" if is_damaged else None,
        )


def _check_files(store: Store) -> Iterator[Finding]:
    with store.read() as db:
        for file in files.list_problems(db):
            yield f"seed {show_path(file.path)}", file.problem
        for path, page in pages.list_page_problems(db):
            yield f"seed {show_path(path)}", f"{public_url(page.url)}: {explain_page(page)}"


def _check_notices(store: Store) -> Iterator[Finding]:
    with store.read() as db:
        for name, text, *_ in notices.list_notices(db):
            yield name, text


def _check_sources(store: Store) -> Iterator[Finding]:
    with store.read() as db:
        for report in reports.report_sources(db, now()):
            if report.source.is_polled:
                problem = report.health.reason if report.state.last_error else None
                yield f"source {report.source.slug}", problem
