"""Run the published test cases of feedparser beside ours, given a checkout of it.

    python -m benchmarks.fidelity path/to/feedparser/tests [part of a name] [-v] [--min-same PERCENT]

A case states in a comment what feedparser reads in it, as an expression over its own names. Here the same
expression is asked of what we read; `feedparser_view` says where another wording means the same. Each ends as
`same`, `different`, or `not ours` where it asks for something our model does not have (coordinates, scheme of
a category, the parser's own state).
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feeds
from benchmarks.feedparser_view import Missing, is_same, view_of
from feeds.model import Document
from feeds.text import urls
from feeds.text.charset import decode

EXPECTATION = re.compile(r"Expect:\s*(.*?)\s*(?:-->|\n)", re.DOTALL)
HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.*)")
#: The parser's own state, which is no fact of the document.
STATE = frozenset({"bozo", "bozo_exception", "encoding", "version", "namespaces", "headers", "status"})
#: What an expectation may call besides the two things it is about.
NAMES: dict[str, Any] = {call.__name__: call for call in (len, list, ord, set, str, is_same)}
HOME = "http://127.0.0.1:8097/tests/"
ENDINGS = ("same", "different", "not ours")


@dataclass(frozen=True)
class Case:
    """One document and what is expected of it."""

    name: str
    document: Document
    expectation: str


class _Meaning(ast.NodeTransformer):
    """Makes every `==` ask for the same meaning."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
            return node
        return ast.Call(ast.Name("is_same", ast.Load()), [node.left, *node.comparators], [])


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
        if "content-language" in headers:  # we are told the type of a document, and no other header
            continue
        url = urls.resolve(HOME + name, headers.get("content-location", "")) or HOME + name
        yield Case(name, Document(url, body, headers.get("content-type")), found[1])


def judge(case: Case) -> tuple[str, str]:
    """Return same, different or not ours, and why."""
    try:
        questions = list(_find_questions(case.expectation))
        names = NAMES | dict(view_of(case.document))
    except SyntaxError as error:
        return "not ours", str(error)
    except feeds.ParseError as error:
        return "different", str(error)
    answers = [_answer(question, names) for question in questions] or [
        ("not ours", "only the parser's state")
    ]
    return min(answers, key=lambda answer: ("different", "not ours", "same").index(answer[0]))


def _find_questions(expectation: str) -> Iterator[ast.expr]:
    """Yield the parts of an expectation that ask for facts of the document."""
    asked = ast.parse(expectation, mode="eval").body
    for part in asked.values if isinstance(asked, ast.BoolOp) and isinstance(asked.op, ast.And) else [asked]:
        names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
        if not names & STATE:
            yield part


def _answer(question: ast.expr, names: dict[str, Any]) -> tuple[str, str]:
    written = ast.unparse(question)
    try:
        is_true = _evaluate(ast.unparse(_Meaning().visit(question)), names)
    except Missing as missing:
        return "not ours", str(missing)
    except NameError as error:
        return "not ours", str(error)
    except Exception as error:
        return "different", f"{written}\n    {error!r}"
    return ("same", "") if is_true else ("different", f"{written}{_find_values(written, names)}")


def _find_values(question: str, names: dict[str, Any]) -> str:
    found = ""
    for path in dict.fromkeys(re.findall(r"(?:entries\[\d\]|feed)(?:\[['\"]?\w+['\"]?\]|\.\w+)*", question)):
        try:
            found += f"\n    {path} is {_evaluate(path, names)!r}"
        except Exception as error:
            found += f"\n    {path}: {error!r}"
    return found


def _evaluate(expression: str, names: dict[str, Any]) -> Any:
    return eval(expression, {"__builtins__": {}}, names)


def main() -> None:
    """Run the cases and print how they ended; status 1 where fewer than wanted are the same."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("part", nargs="?", default="")
    arguments.add_argument("-v", "--verbose", action="store_true", help="print every case that differs")
    arguments.add_argument(
        "--min-same", type=float, default=0, metavar="PERCENT", help="of those that are ours"
    )
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    counts: dict[str, Counter[str]] = {}
    for case in find_cases(options.folder):
        if options.part not in case.name:
            continue
        ending, why = judge(case)
        counts.setdefault(case.name.rpartition("/")[0], Counter())[ending] += 1
        if options.verbose and ending == "different":
            print(f"{case.name}\n    {why}")
    total = sum(counts.values(), Counter())
    for folder, endings in {**counts, "all": total}.items():
        print(f"{folder:28}", *(f"{endings[name]:6} {name}" for name in ENDINGS))
    percent = 100 * total["same"] / max(total["same"] + total["different"], 1)
    print(f"{percent:.1f} % of what is ours is the same")
    sys.exit(percent < options.min_same)


if __name__ == "__main__":
    main()
