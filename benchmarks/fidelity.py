"""Run the published test cases of feedparser beside ours, given a checkout of it.

    python -m benchmarks.fidelity path/to/feedparser/tests [part of a name] [-v]

A case states in a comment what feedparser reads in it, as an expression over its own names. Here the same
expression is asked of what we read. Each ends as `same`, `different`, or `not ours` where it asks for
something our model does not have (coordinates, scheme of a category, the parser's own state).
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feeds
from feeds.curation import normalize
from feeds.model import Document, Entry, Feed, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing import parse
from feeds.text.charset import decode

EXPECTATION = re.compile(r"Expect:\s*(.*?)\s*(?:-->|\n)", re.DOTALL)
HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.*)")
#: The parser's own state, which is no fact of the document.
STATE = re.compile(
    r"""(?:and )?(?:(?:not )?bozo|(?:encoding|version) == u?(?:'[^']*'|"[^"]*"))\s*(?:and )?"""
)
#: What an expectation may call besides the two things it is about.
NAMES: dict[str, Any] = {call.__name__: call for call in (len, list, set, str)}
HOME = "http://127.0.0.1:8097/tests/"


@dataclass(frozen=True)
class Case:
    """One document and what is expected of it."""

    name: str
    body: bytes
    media_type: str | None
    url: str
    expectation: str


class Missing(Exception):
    """A name that means nothing in our model."""


class View(dict[str, Any]):
    """A dictionary, read as feedparser's are, that knows what it could not have."""

    def __missing__(self, key: str) -> Any:
        raise Missing(key)

    def __getattr__(self, key: str) -> Any:
        return self[key]


def find_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases below the folder, in order of their names."""
    for path in sorted(folder.rglob("*.xml")):
        body = path.read_bytes()
        text = decode(body, None)
        found = EXPECTATION.search(text)
        if found is None or found[1] in ("0", "1"):  # these ask about HTTP alone
            continue
        name = str(path.relative_to(folder))
        headers = {key.lower(): value.strip() for key, value in HEADER.findall(text[: found.end() + 400])}
        url = headers.get("content-location", HOME + name)
        yield Case(name, body, headers.get("content-type"), url, found[1])


def view_of(case: Case) -> View:
    """Return what we read, under feedparser's names."""
    document = Document(case.url, case.body, case.media_type)
    parsed = parse(document)
    feed = normalize(parsed, document, case.url, case.url)
    entries = [_entry(*pair) for pair in zip(parsed.entries, feed.entries, strict=False)]
    return View(feed=_feed(parsed, feed), entries=entries)


def _feed(parsed: ParsedFeed, feed: Feed) -> View:
    view = View(
        title=feed.title,
        title_detail=_detail(parsed.title, feed.title),
        link=feed.link,
        id=feed.guid,
        guid=feed.guid,
        language=feed.language,
        rights=feed.rights,
        copyright=feed.rights,
        rights_detail=_detail(parsed.rights, feed.rights),
        copyright_detail=_detail(parsed.rights, feed.rights),
        updated=parsed.updated,
        updated_parsed=feed.updated and feed.updated.timetuple(),
        published=parsed.updated,
        published_parsed=feed.updated and feed.updated.timetuple(),
        modified=parsed.updated,
        modified_parsed=feed.updated and feed.updated.timetuple(),
        date=parsed.updated,
        image=View(href=feed.image),
        ttl=parsed.ttl,
        tags=[View(term=name, label=name) for name in feed.categories],
        category=feed.categories[0] if feed.categories else None,
        **_people(feed.authors),
        links=_links(parsed),
    )
    for name in ("subtitle", "tagline", "description", "info"):
        view[name] = feed.subtitle
        view[f"{name}_detail"] = _detail(parsed.subtitle, feed.subtitle)
    return view


def _entry(written: ParsedEntry, entry: Entry) -> View:
    short = _markup(entry.summary or entry.content)
    body = _markup(entry.content or entry.summary)
    origin = entry.origin
    return View(
        title=entry.title,
        title_detail=_detail(written.title, entry.title),
        link=entry.link,
        links=_links(written),
        id=entry.guid or entry.link,
        guid=entry.guid or entry.link,
        guidislink=written.guid_is_link,
        summary=short,
        description=short,
        summary_detail=_detail(written.summary or written.content, short),
        description_detail=_detail(written.summary or written.content, short),
        content=[_detail(written.content or written.summary, body)],
        published=written.published,
        updated=written.updated or written.published,
        created=written.published,
        date=written.published,
        published_parsed=entry.published and entry.published.timetuple(),
        created_parsed=entry.published and entry.published.timetuple(),
        updated_parsed=(entry.updated or entry.published) and (entry.updated or entry.published).timetuple(),
        tags=[View(term=name, label=name) for name in entry.categories],
        category=entry.categories[0] if entry.categories else None,
        rights=entry.rights,
        copyright=entry.rights,
        rights_detail=_detail(written.rights, entry.rights),
        image=View(href=entry.image),
        comments=entry.comments,
        language=entry.language,
        enclosures=[
            View(url=file.url, href=file.url, type=file.media_type, length=str(file.length or ""))
            for file in entry.enclosures
        ],
        source=origin
        and View(
            title=origin.title,
            link=origin.link,
            href=origin.url,
            id=origin.id,
            rights=origin.rights,
            updated_parsed=origin.updated and origin.updated.timetuple(),
        ),
        **_people(entry.authors),
    )


def _markup(html: str | None) -> str | None:
    """Return our HTML without what we add to every link, which is no part of the document."""
    return html and html.replace(' rel="noopener noreferrer"', "")


def _people(people: tuple[Person, ...]) -> dict[str, Any]:
    views = [View(name=person.name, email=person.email, url=person.url, href=person.url) for person in people]
    if not people:
        return {"authors": views}
    name, email = people[0].name, people[0].email
    author = f"{name} ({email})" if name and email else name or email
    return {"authors": views, "author": author, "author_detail": views[0]}


def _links(parsed: ParsedFeed | ParsedEntry) -> list[View]:
    return [
        View(rel=link.rel, href=link.href, type=link.media_type, title=link.title, length=link.length)
        for link in parsed.links
    ]


def _detail(written: Text | None, value: str | None) -> View:
    view = View(value=value)
    if written:
        kind = {"text": "text/plain", "html": "text/html"}[written.kind]
        view.update(base=written.base, language=written.language, type=kind)
    return view


def judge(case: Case) -> tuple[str, str]:
    """Return same, different or not ours, and why."""
    asked = STATE.sub("", case.expectation).strip().removeprefix("and ")
    if not asked:
        return "same", ""
    try:
        view = view_of(case)
        names = NAMES | {"feed": view["feed"], "entries": view["entries"]}
        same = eval(asked, {"__builtins__": {}}, names)
    except Missing as missing:
        return "not ours", str(missing)
    except feeds.ParseError as error:
        return "different", str(error)
    except (SyntaxError, NameError) as error:
        return "not ours", str(error)
    except Exception as error:
        return "different", repr(error)
    return ("same", "") if same else ("different", _found(asked, names))


def _found(asked: str, names: dict[str, Any]) -> str:
    found = []
    for path in dict.fromkeys(re.findall(r"(?:entries\[\d\]|feed)(?:\[['\"]?\w+['\"]?\])*", asked)):
        try:
            found.append(f"{path} = {eval(path, {'__builtins__': {}}, names)!r}")
        except Exception as error:
            found.append(f"{path}: {error!r}")
    return "; ".join(found)


def main() -> None:
    """Run the cases and print how they ended."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("part", nargs="?", default="")
    arguments.add_argument("-v", "--verbose", action="store_true", help="print every case that differs")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    counts: dict[str, Counter[str]] = {}
    for case in find_cases(options.folder):
        if options.part not in case.name:
            continue
        ending, why = judge(case)
        counts.setdefault(case.name.rpartition("/")[0], Counter())[ending] += 1
        if options.verbose and ending == "different":
            print(f"{case.name}\n    asked {case.expectation}\n    found {why}")
    total: Counter[str] = Counter()
    for folder, endings in counts.items():
        total += endings
        print(f"{folder:28}", *(f"{endings[name]:6} {name}" for name in ("same", "different", "not ours")))
    print(f"{'all':28}", *(f"{total[name]:6} {name}" for name in ("same", "different", "not ours")))


if __name__ == "__main__":
    main()
