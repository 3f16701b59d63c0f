"""How entries came by their ids, for `feeds doctor --ids`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from feeds.cli import session
from feeds.config import Configuration
from feeds.curation.explaining import explain_id
from feeds.errors import SourceError
from feeds.model.identities import RULES, Explained, IdFacts
from feeds.store import Store, Transaction, identities
from feeds.store.entries import find_key
from feeds.text.paths import show_path
from feeds.text.urls import is_web_url, public_url

MOST_TOLD = 20  # entries with something wrong, named one by one


def show_ids(configuration: Configuration, name: str, *, as_json: bool) -> None:
    """Print what the ids of the entries that are meant were made of; raises SourceError for none."""
    with session.opened_store(configuration, only_reads=True) as store, store.read() as db:
        found = identities.list_facts(db, identities.find_keys(db, name))
        explained = list(_explain_all(db, found))
    if not found:
        raise SourceError(f"{name}: no entry has this id, key, link or guid")
    if as_json:
        session.print_json([_describe(*one) for one in explained])
    else:
        for facts, how in explained:
            for line in _tell(facts, how):
                click.echo(line)


def check_ids(configuration: Configuration, *, as_json: bool) -> None:
    """Work out the id of every entry anew and print how many each rule gave; status 1 if one is wrong."""
    with session.opened_store(configuration, only_reads=True) as store:
        counts, rekeyed, wrong = _check_all(store)
    if as_json:
        problems = [{"id": id, "problem": problem} for id, problem in wrong]
        told = {"entries": counts.total(), "by_rule": counts, "rekeyed": rekeyed, "problems": problems}
        session.print_json(told)
    else:
        _print_check(counts, rekeyed, wrong)
    if wrong:
        sys.exit(1)


def _check_all(store: Store) -> tuple[Counter[str], int, list[tuple[str, str]]]:
    """Return (entries by rule, how many came under another guid later, (id, problem) of each wrong one)."""
    counts: Counter[str] = Counter()
    rekeyed = 0
    wrong: list[tuple[str, str]] = []
    with store.read() as db:
        for facts, how in _explain_all(db, identities.list_all_facts(db)):
            counts[how.rule] += 1
            rekeyed += bool(facts.rekeyings)
            if how.rule == "unknown":
                wrong.append((facts.id, "is made of nothing that is stored"))
            if facts.key != find_key(facts.id):  # unique by the database: so no two have one id
                wrong.append((facts.id, f"stands under the key {facts.key}, which is another one's"))
    return counts, rekeyed, wrong


def _explain_all(db: Transaction, some: Iterable[IdFacts]) -> Iterator[tuple[IdFacts, Explained]]:
    """Yield each with what its id is made of; last those that can only be told beside all others."""
    left = []
    for facts in some:
        how = explain_id(facts)
        if how.rule != "unknown":
            yield facts, how
        else:
            left.append(facts)
    shared = identities.find_shared(db, left)
    yield from ((facts, explain_id(facts, shared[facts.id])) for facts in left)


def _print_check(counts: Counter[str], rekeyed: int, wrong: Sequence[tuple[str, str]]) -> None:
    for rule, words in RULES.items():
        if counts[rule] and rule != "unknown":
            click.echo(f"ok  {counts[rule]} made of: {words}")
    for id, problem in wrong[:MOST_TOLD]:
        click.echo(f"BAD {_public(id)}: {problem}")
    if len(wrong) > MOST_TOLD:
        click.echo(f"BAD and {len(wrong) - MOST_TOLD} more")
    click.echo(f"{counts.total()} entries, {rekeyed} that came under another guid later, {len(wrong)} wrong")


def _tell(facts: IdFacts, how: Explained) -> list[str]:
    """Return what is known of one id, a fact on each line."""
    lines = [
        f"{_public(facts.id)}",
        f"  entry: /entries/{facts.key}/{f'  {facts.titles[0]}' if facts.titles else ''}",
        f"  source: {facts.owner_slug} (key {_public(facts.source_keys[0])})",
        f"  first seen: {session.tell_iso(facts.first_seen)}",
        f"  made of: {RULES[how.rule]}",
    ]
    if how.source_key:
        lines.append(f"  that key: {_public(how.source_key)}")
    if how.made_of:
        lines.append(f"  that text: {_show(how.made_of, how)}")
    lines += [f"  guid: {_public(guid)}" for guid in facts.guids]
    lines += [f"  link: {_public(link)}" for link in facts.links]
    lines += [f"  file: {show_path(path)}" for path in facts.paths]
    lines += [f"  named in a list: {_public(url)}" for url in facts.pages]
    for one in facts.rekeyings:
        lines.append(
            f"  came as: {_public(one.guid or one.id)} since {session.tell_iso(one.moment)}"
            f" (from {_public(one.source_key)}; would else be {_public(one.id)})"
        )
    return lines


def _describe(facts: IdFacts, how: Explained) -> dict[str, Any]:
    return {
        "id": _public(facts.id),
        "key": facts.key,
        "source": facts.owner_slug,
        "source_key": _public(facts.source_keys[0]),
        "first_seen": session.tell_iso(facts.first_seen),
        "rule": how.rule,
        "made_of": how.made_of and _show(how.made_of, how),
        "made_with_key": how.source_key and _public(how.source_key),
        "guids": list(map(_public, facts.guids)),
        "links": list(map(_public, facts.links)),
        "files": list(map(show_path, facts.paths)),
        "listed": list(map(_public, facts.pages)),
        "rekeyed": [
            {
                "guid": one.guid and _public(one.guid),
                "id": _public(one.id),
                "since": session.tell_iso(one.moment),
                "source_key": _public(one.source_key),
            }
            for one in facts.rekeyings
        ],
    }


def _show(text: str, how: Explained) -> str:
    return show_path(text) if how.rule == "path" else _public(text)


def _public(text: str) -> str:
    """Return an address without what it keeps secret, anything else as it is."""
    return public_url(text) if is_web_url(text) else text
