"""The language of the interface: English, or Chinese in simplified or traditional characters.

A browser's languages decide (RFC 9110, section 12.5.4). What is published keeps the language it has; names
of things and words of the poller (reasons, rules, errors) are the same in page, command and API.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request

FOLDER = Path(__file__).parent / "translations"  # one file a language; English is what the templates say
LANGUAGES = ("en", "zh-Hans", "zh-Hant")

#: What a browser's language tag begins with, and the language of ours that it asks for; the first that fits.
ASKED = (
    ("en", "en"),
    ("zh-hant", "zh-Hant"),
    ("zh-tw", "zh-Hant"),
    ("zh-hk", "zh-Hant"),
    ("zh-mo", "zh-Hant"),
    ("yue", "zh-Hant"),
    ("zh", "zh-Hans"),
)


def register(app: Flask) -> None:
    """Let templates say what they say in the reader's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.jinja_env.globals["interface_language"] = find_language
    app.after_request(_tell_caches)


def find_language() -> str:
    """Return the language in which this request is answered, as a language tag."""
    try:
        return g.language  # type: ignore[no-any-return]  # what it is set to below
    except AttributeError:  # asked for the first time
        g.language = language = _choose()
        return language
    except RuntimeError:  # outside of any request
        return LANGUAGES[0]


def gettext(text: str) -> str:
    """Return a text of the interface in the language of this request."""
    return _load_translations(find_language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the one of two texts that goes with the number."""
    return str(_load_translations(find_language()).ngettext(one, many, count))


def _choose() -> str:
    for tag in request.accept_languages.values():
        for start, language in ASKED:
            if tag.lower() == start or tag.lower().startswith(f"{start}-"):
                return language
    return LANGUAGES[0]


def _tell_caches(response: Response) -> Response:
    if "language" in g:
        response.vary.add("Accept-Language")
    return response


@cache
def find_locale(language: str) -> Locale:
    """Return what a language's dates and numbers look like."""
    return Locale.parse(language, sep="-")


@cache
def _load_translations(language: str) -> NullTranslations:
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.replace("-", "_")))
    compiled.seek(0)
    return Translations(compiled)
