"""Nothing a person can type is undocumented."""

import importlib
import re
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
import pytest

import feeds
from feeds.cli import CHILDREN, COMMANDS
from feeds.config import SCALAR_KEYS, SearchSettings, SourceSettings
from feeds.model import Selection
from feeds.parsing import atom, atom_entry, rss, rss_item
from feeds.parsing.fields import Field
from feeds.parsing.front_matter import keys
from feeds.parsing.page import address as page_address
from feeds.parsing.page import reading as page_reading
from feeds.syndication.selecting import list_parameters

NOW = datetime(2024, 1, 1, tzinfo=UTC)

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")

#: The tables of fields, the column for each format, and where the code has the elements.
FORMATS = [
    ("## Fields of an entry", 0, rss_item),
    ("## Fields of an entry", 1, atom_entry),
    ("## Fields of a feed", 0, rss),
    ("## Fields of a feed", 1, atom),
]
#: Documents of the seeds directory: the column of each kind, and where the code has the names.
DOCUMENTS = REFERENCE.split("## Documents of the seeds directory")[1].split("\n## ")[0]
KINDS = [(1, keys), (2, page_reading), (2, page_address)]
DOCUMENT_ROWS = ("id", "title", "published", "updated", "authors", "summary", "categories", "language")
KIND_NAMES = {
    **{row.upper(): row for row in (*DOCUMENT_ROWS, "link", "rights", "image")},
    "LINKED": "link",
}

#: Fields that stand in a row of another name.
ROWS = {
    "ID": "guid",
    "LINKS": "link",
    "MEDIA": "enclosures",
    "OTHER_IMAGE": "image",
    "OWN_ENCLOSURE": "enclosures",
    "OWN_IMAGE": "image",
    "PLAYER": "link",
    "SKIP_DAYS": "skip_hours, skip_days",
    "SKIP_HOURS": "skip_hours, skip_days",
    "SOURCE": "origin",
    "UPDATE_FREQUENCY": "ttl",
    "UPDATE_PERIOD": "ttl",
}
#: What the sentences around the tables tell.
TOLD_APART = {"media:group", "cc:license", "creativecommons:license", "itunes:new-feed-url"}


def command_called(name: str) -> click.Command:
    module, _, function = {**COMMANDS, **CHILDREN}[name][0].partition(":")
    return getattr(importlib.import_module(module), function)


def row_of(name: str) -> str:
    [row] = re.findall(rf"^\| `feeds {name}\b.*$", REFERENCE, re.MULTILINE)
    return row


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_is_documented(name):
    row = row_of(name)
    options = [
        option for parameter in command_called(name).params for option in parameter.opts if option[:2] == "--"
    ]

    assert [option for option in options if f"`{option}`" not in row] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_line_of_help_in_the_list(name):
    assert COMMANDS[name][1].endswith(".")
    assert not command_called(name).hidden


@pytest.mark.parametrize("name", CHILDREN)
def test_the_daemons_own_commands_are_hidden(name):
    assert command_called(name).hidden


@pytest.mark.parametrize(("section", "key"), SCALAR_KEYS)
def test_every_setting_is_documented(section, key):
    part = REFERENCE.split(f"### `[{section}]`")[1].split("###")[0]

    assert f"| `{key}` |" in part


@pytest.mark.parametrize("key", [field.name for field in msgspec.structs.fields(SourceSettings)])
def test_every_setting_of_a_source_is_documented(key):
    assert f"| `{key}` |" in REFERENCE.split("### `[[sources]]`")[1].split("##")[0]


@pytest.mark.parametrize("key", [field.name for field in msgspec.structs.fields(SearchSettings)])
def test_every_setting_of_a_search_is_documented(key):
    assert f"| `{key}` |" in REFERENCE.split("### `[[searches]]`")[1].split("##")[0]


@pytest.mark.parametrize("name", list_parameters(Selection(1, NOW, "en", "q", "key", False, True)))
def test_every_parameter_of_a_feed_is_documented(name):
    assert f"| `{name}` |" in REFERENCE.split("### Parameters of feeds")[1].split("##")[0]


@pytest.mark.parametrize(
    ("part", "column", "name", "field"),
    [
        pytest.param(part, column, name, field, id=f"{module.__name__}-{name}")
        for part, column, module in FORMATS
        for name, field in vars(module).items()
        if isinstance(field, Field)
    ],
)
def test_the_elements_that_give_a_field_are_documented_in_their_order(part, column, name, field):
    documented = documented_names(part, ROWS.get(name, name.lower()), column)
    given = [element for element in field.readers if element not in TOLD_APART]

    assert [element for element in documented if element in given] == given
    assert TOLD_APART.issubset(re.findall(r"`([^`]+)`", REFERENCE.lower()))


@pytest.mark.parametrize(
    ("column", "module", "name"),
    [
        pytest.param(column, module, name, id=f"{module.__name__}-{name}")
        for column, module in KINDS
        for name in KIND_NAMES
        if hasattr(module, name)
    ],
)
def test_the_names_in_documents_are_documented_in_their_order(column, module, name):
    row = rf"^\| {KIND_NAMES[name]}(?:, without a link)?(?: \(all\))? \| (.*) \|$"
    [line] = re.findall(row, DOCUMENTS, re.MULTILINE)
    told = [told.lower() for told in re.findall(r"`([^`]+)`", line.split(" | ")[column])]

    assert [one for one in told if one in getattr(module, name)] == list(getattr(module, name))


def documented_names(part: str, row: str, column: int) -> list[str]:
    """Return the names that the reference gives for a field in one column of a table, folded."""
    table = REFERENCE.split(f"{part}\n")[1].split("\n## ")[0]
    [line] = re.findall(rf"^\| {row}(?: \(all.*?\))? \| (.*) \|$", table, re.MULTILINE)
    cells = line.split(" | ")
    cell = cells[0] if cells[column].startswith("the same") else cells[column]
    return [name.lower() for name in re.findall(r"`([^`\s]+)[^`]*`", cell)]


def test_the_public_names_are_what_the_package_offers():
    assert sorted(feeds.__all__) == sorted(name for name in dir(feeds) if not name.startswith("_"))
    assert all(hasattr(feeds, name) for name in feeds.__all__)


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_links_between_pages_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]

    assert [target for target in targets if target and not ((ROOT / page).parent / target).exists()] == []
