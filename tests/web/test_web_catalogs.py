"""The interface speaks the reader's language, all of it."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import feeds.web

FOLDER = Path(feeds.web.__file__).parent
METHODS = [("templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "false", "silent": "false"}}


def list_texts() -> set[str | tuple[str, ...]]:
    """Every text that templates and code say in the reader's language."""
    return {text for _, _, text, _, _ in extract_from_dir(str(FOLDER), METHODS, OPTIONS)}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_every_text_is_translated_and_nothing_else_is(language):
    with (FOLDER / "translations" / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language.replace("-", "_"), abort_invalid=True)
    messages = [message for message in catalog if message.id]
    missing = [message.id for message in messages if message.fuzzy or not all(_list_strings(message.string))]

    assert missing == []
    assert {message.id for message in messages} == list_texts()


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_no_translation_loses_a_value_or_a_tag(language):
    with (FOLDER / "translations" / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language.replace("-", "_"))
    faults = [
        f"{message.id}: {error}" for message in catalog if message.id for error in message.check(catalog)
    ]
    faults += [
        str(message.id)
        for message in catalog
        if isinstance(message.id, str) and message.id and message.id.count("<") != message.string.count("<")
    ]

    assert faults == []


def _list_strings(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string
