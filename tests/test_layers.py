"""The arrows of the house: each room imports only what lies below it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feeds"

BELOW_ALL = {"model", "errors"}
COMPOSING_EDGE = {"cli", "daemon"}

MAY_IMPORT = {
    "cli": {"daemon", "web", "polling", "store", "syndication", "parsing", "curation", "text", "config"},
    "daemon": {"polling", "store", "syndication", "config"},
    "web": {"store", "syndication", "text", "config"},
    "polling": {
        "parsing",
        "curation",
        "store",
        "text",
        "syndication",
    },  # the last by one room alone, see below
    "syndication": {"store", "text"},
    "parsing": {"text"},
    "curation": {"text"},
    "store": {"text"},
    "text": set(),
    "config": {"text"},
    "errors": set(),
    "model": {"text"},
    "__init__": {"parsing", "curation"},
    "__main__": {"cli"},
}

#: Each third-party library has one home (or the ones named).
HOMES = {
    "alembic": {"store"},
    "apscheduler": {"daemon"},
    "babel": {"web"},
    "brotli": {"syndication"},
    "bs4": {"parsing"},
    "click": {"cli"},
    "feedgen": {"syndication"},
    "flask": {"web"},
    "werkzeug": {"web"},
    "granian": {"web"},
    "httpcore": {"polling"},
    "httpx": {"polling"},
    "lxml": {"parsing", "text", "syndication"},
    "markdown_it": {"parsing"},
    "nh3": {"text"},
    "opencc": {"text"},
    "psycopg": {"store"},
    "sqlalchemy": {"store"},
    "structlog": {"cli"},
    "watchfiles": {"polling"},
    "yaml": {"parsing"},
    "zlib_ng": {"syndication"},
}


def files_of(room: str) -> list[Path]:
    return [path for path in (PACKAGE / f"{room}.py", *(PACKAGE / room).rglob("*.py")) if path.exists()]


def imported_modules(path: Path) -> set[str]:
    """Every module `path` imports, absolute, in whatever form the import is written."""
    here = ["feeds", *path.relative_to(PACKAGE).with_suffix("").parts]
    if here[-1] != "__init__":
        here = here[:-1]
    else:
        here.pop()
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            stem = ".".join([*base, *(node.module.split(".") if node.module else [])])
            modules |= {f"{stem}.{alias.name}" for alias in node.names}
    return modules


def rooms_imported_by(room: str) -> set[str]:
    modules = set().union(*(imported_modules(path) for path in files_of(room)))
    return {module.split(".")[1] for module in modules if module.startswith("feeds.")}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room):
    assert rooms_imported_by(room) <= MAY_IMPORT[room] | BELOW_ALL | {room}


def test_only_what_delivers_editions_knows_of_them_in_polling():
    publishing = PACKAGE / "polling" / "publishing"
    found = {
        path.parent
        for path in files_of("polling")
        for module in imported_modules(path)
        if module.startswith("feeds.syndication")
    }

    assert found == {publishing}


def test_every_room_stands_in_the_table():
    rooms = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_only_in_its_home(library):
    found = {
        room
        for room in MAY_IMPORT
        for path in files_of(room)
        for module in imported_modules(path)
        if module.split(".")[0] == library
    }

    assert found <= HOMES[library]


def test_the_core_never_asks_the_clock():
    core = [
        *files_of("text"),
        *files_of("parsing"),
        *files_of("curation"),
        PACKAGE / "polling" / "schedule.py",
    ]
    calls = {
        f"{path.name}:{node.lineno}"
        for path in core
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today", "time_ns", "monotonic"}
    }

    assert calls == set()
