"""Nothing a person can type is undocumented."""

import importlib
import re
from pathlib import Path

import click
import msgspec
import pytest

import feeds
from feeds.cli import CHILDREN, COMMANDS
from feeds.config import SCALAR_KEYS, SourceSettings

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


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


def test_the_public_names_are_what_the_package_offers():
    assert sorted(feeds.__all__) == sorted(name for name in dir(feeds) if not name.startswith("_"))
    assert all(hasattr(feeds, name) for name in feeds.__all__)


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_links_between_pages_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]

    assert [target for target in targets if target and not ((ROOT / page).parent / target).exists()] == []
