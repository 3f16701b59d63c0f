"""Read the settings: defaults < configuration file < `FEEDS_*` environment < flags."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from feeds.config.settings import SCALAR_KEYS, Settings, tell_why
from feeds.errors import ConfigError

DEFAULT_PATH = Path("instance/config.toml")
ENVIRONMENT_PREFIX = "FEEDS_"


def load_settings(
    path: Path | None, environ: Mapping[str, str], flags: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """Read the settings; `path` None means the default file, which need not exist.

    Raises ConfigError naming the file and the key.
    """
    tables = _read_file(path)
    where = str(path or DEFAULT_PATH)
    _convert(tables, where)
    for section, key, value in _read_environment(environ):
        tables.setdefault(section, {})[key] = value
        _convert(tables, f"{ENVIRONMENT_PREFIX}{section}_{key}".upper(), strict=False)
    for section, values in (flags or {}).items():
        tables.setdefault(section, {}).update(
            {key: value for key, value in values.items() if value is not None}
        )
    settings = _convert(tables, "command line", strict=False)
    _ = settings.token  # an unreadable token file is told at once, not at the first request
    return settings


def _read_file(path: Path | None) -> dict[str, Any]:
    try:
        text = (path or DEFAULT_PATH).read_text(encoding="utf-8")
        return tomllib.loads(text)
    except FileNotFoundError as error:
        if path is None:
            return {}
        raise ConfigError(f"{path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path or DEFAULT_PATH}: {tell_why(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path or DEFAULT_PATH}: {error}") from error


def _read_environment(environ: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """Return (section, key, value) of every `FEEDS_<SECTION>_<KEY>`."""
    found: list[tuple[str, str, Any]] = []
    for variable, value in sorted(environ.items()):
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        section, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        kind = SCALAR_KEYS.get((section, key))
        if kind is None:
            raise ConfigError(f"{variable}: there is no such setting")
        if kind is list:
            found.append((section, key, [part.strip() for part in value.split(",") if part.strip()]))
        else:
            found.append((section, key, value))
    return found


def _convert(tables: dict[str, Any], where: str, *, strict: bool = True) -> Settings:
    try:
        return msgspec.convert(tables, Settings, strict=strict)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {_explain(str(error))}") from error


def _explain(message: str) -> str:
    """Turn the validator's words into `key: what is wrong`."""
    reason, _, location = message.partition(" - at `$")
    place = location.rstrip("`").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.+)`", reason)
    if unknown:
        return f"{f'{place}.' if place else ''}{unknown[1]}: there is no such setting"
    missing = re.fullmatch(r"Object missing required field `(.+)`", reason)
    if missing:
        return f"{place}.{missing[1]}: is missing"
    reason = reason.replace("`", "").replace("xpected object", "xpected table")
    if re.match(r"[a-z_]+: ", reason):  # raised by a __post_init__ above, which names its key
        return f"{place}.{reason}" if place else reason
    return f"{place}: {reason[:1].lower()}{reason[1:]}"
