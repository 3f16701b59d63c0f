"""What a form says of a source, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feeds.config.settings import LONGEST_INTERVAL
from feeds.model import Source
from feeds.text.characters import is_written
from feeds.web.translation import gettext as _

LONGEST_TEXT = 200  # characters

#: The units of an interval, the longest first, in seconds.
UNITS = {"days": 86_400, "hours": 3600, "minutes": 60}


class FieldError(ValueError):
    """A field of the form that cannot be taken as it is; says why."""


@dataclass(frozen=True, slots=True)
class SourceFields:
    """The fields as they stand in the form."""

    name: str
    category: str
    interval: str
    unit: str
    private: bool


def show_fields(source: Source) -> SourceFields:
    """Return the form of a source as it is now."""
    count, unit = _split_interval(source.interval)
    return SourceFields(source.name or "", source.category or "", count, unit, source.private)


def _split_interval(seconds: int | None) -> tuple[str, str]:
    """Return an interval as it is written: in the longest unit of which it is a multiple."""
    if seconds is None:
        return "", "hours"
    for unit, length in UNITS.items():
        if seconds % length == 0:
            return str(seconds // length), unit
    return str(-(-seconds // UNITS["minutes"])), "minutes"


def read_fields(form: Mapping[str, str]) -> SourceFields:
    """Return the fields as they were sent."""
    name, category, interval = (
        " ".join(form.get(field, "").split()) for field in ("name", "category", "interval")
    )
    return SourceFields(name, category, interval, form.get("unit", ""), "private" in form)


def check_fields(fields: SourceFields) -> dict[str, Any]:
    """Return what the fields say of a source, as it is declared; raises FieldError."""
    return {
        "name": _check_text(fields.name, _("The name")),
        "category": _check_text(fields.category, _("The category")),
        "interval": _check_interval(fields.interval, fields.unit),
        "private": fields.private,
    }


def _check_text(text: str, called: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        raise FieldError(_("%(field)s is longer than 200 characters.") % {"field": called})
    if not is_written(text):
        raise FieldError(_("%(field)s holds characters that cannot be written.") % {"field": called})
    return text or None


def _check_interval(text: str, unit: str) -> int | None:
    """Return the seconds between two polls."""
    if not text:
        return None
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    seconds = count * UNITS.get(unit, 0)
    if not 0 < seconds <= LONGEST_INTERVAL:
        raise FieldError(_("The time between two polls is a whole number, up to a year."))
    return seconds
