"""How files of the seeds directory are read: what each field is, and which rule gave it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from feeds.errors import DocumentError
from feeds.model import ARTICLES, Document, Entry, Feed, Reading, SeedFile
from feeds.polling.reading import Job, Reader
from feeds.polling.seeds import documents
from feeds.polling.seeds.look import walk
from feeds.store import Store, files
from feeds.text.dates import format_rfc3339
from feeds.text.urls import public_url

SHOWN = 100  # characters of a text
SHOWN_ENTRIES = 20  # of a saved feed

#: What is not written anywhere, but made of what is.
DERIVED = {
    "publisher": "the host of the link",
    "language": "the characters of the text",
    "image": "the first picture",
    "enclosures": "the players in the text",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was read in a file."""

    field: str
    value: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one file was read."""

    path: str
    format: str = ""
    facts: tuple[Fact, ...] = ()
    problem: str | None = None


async def explain(store: Store, root: Path, place: str, key: str) -> AsyncIterator[Explanation]:
    """Yield how each file at or below a place in the directory is read, in order."""
    found = (one.as_file() for one in walk(root, place))
    async with Reader() as reader:
        for batch in documents.cut_batches(found):
            with store.read() as db:
                known = files.find_files(db, [file.path for file in batch])
            for explanation in await _explain_batch(reader, root, batch, known, key):
                yield explanation


async def _explain_batch(
    reader: Reader, root: Path, batch: Sequence[SeedFile], known: Mapping[str, SeedFile], key: str
) -> list[Explanation]:
    """Return how these files are read; where each was first seen is what the store knows."""
    first = {path: file.first_path for path, file in known.items()}
    looked = [replace(file, first_path=first.get(file.path)) for file in batch]
    opened = [(file, _open(root, file)) for file in looked]
    jobs = [Job(found, key, key, with_rules=True) for _, found in opened if isinstance(found, Document)]
    answers = iter(await reader.read(jobs))
    return [_explain(file, next(answers) if isinstance(found, Document) else found) for file, found in opened]


def _open(root: Path, file: SeedFile) -> Document | DocumentError:
    try:
        if file.problem:
            raise DocumentError(file.path, file.problem)
        return documents.read_document(root, file)
    except DocumentError as error:
        return error


def _explain(file: SeedFile, found: Reading | DocumentError) -> Explanation:
    if isinstance(found, DocumentError):
        return Explanation(file.path, problem=found.reason)
    is_article = found.format in ARTICLES
    facts = _tell_article(found.feed, found.rules) if is_article else _tell_others(found)
    return Explanation(file.path, found.format, tuple(facts), found.problem)


def _tell_article(feed: Feed, rules: tuple[tuple[str, str], ...]) -> Iterator[Fact]:
    if not feed.entries:
        yield Fact("draft", "left out until it is none")
    for entry in feed.entries:
        for field, value in _tell_fields(feed, entry):
            told = tuple(rule for name, rule in rules if name == field)
            yield Fact(field, value, told or _derive(field, entry))


def _derive(field: str, entry: Entry) -> tuple[str, ...]:
    if field == "id":
        return ("the normalized link" if entry.link else "its path when it was first seen",)
    return (DERIVED[field],) if field in DERIVED else ()


def _tell_fields(feed: Feed, entry: Entry) -> Iterator[tuple[str, str]]:
    fields = (
        ("id", entry.id),
        ("title", entry.title),
        ("link", entry.link),
        ("publisher", feed.title),
        ("published", format_rfc3339(entry.published) if entry.published else None),
        ("updated", format_rfc3339(entry.updated) if entry.updated else None),
        ("authors", ", ".join(person.name or person.email or "" for person in entry.authors)),
        ("language", entry.language),
        ("categories", ", ".join(entry.categories)),
        ("rights", entry.rights),
        ("image", entry.image),
        ("enclosures", ", ".join(one.url for one in entry.enclosures)),
        ("summary", entry.summary),
        ("content", entry.content),
    )
    for field, value in fields:
        if value:
            yield field, shorten(value)


def _tell_others(found: Reading) -> Iterator[Fact]:
    if found.feed.title:
        yield Fact("title", shorten(found.feed.title))
    for entry in found.feed.entries[:SHOWN_ENTRIES]:
        yield Fact("entry", shorten(f"{entry.title or '(no title)'}  {entry.id}"))
    more = len(found.feed.entries) - SHOWN_ENTRIES
    if more > 0:
        yield Fact("entries", f"and {more} more")
    for declaration in found.subscriptions:
        yield Fact("subscription", public_url(declaration.url))
    for url in found.pages:
        yield Fact("page", public_url(url))


def shorten(text: str) -> str:
    """Return a text on one line, with its length where it is cut."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}… ({len(text):,} characters)"
