"""Settings: defaults < configuration file < `FEEDS_*` environment < flags.

Only the composing edge (cli, daemon, `web.create_app`) reads them; the rooms get what they need as arguments.
"""

from __future__ import annotations

import math
import re
import time
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feeds.errors import ConfigError
from feeds.model import Declaration, Site

DEFAULT_PATH = Path("instance/config.toml")
ENVIRONMENT_PREFIX = "FEEDS_"
LONGEST_INTERVAL = 366 * 86_400  # seconds


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the configuration file; a key it does not declare is an error."""


class SiteSettings(Section, frozen=True):
    """What the service calls itself."""

    title: str = "feeds"
    subtitle: str = ""
    language: str | None = None
    timezone: str = "UTC"
    base_url: str | None = None

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError of its own
            raise ValueError(f"timezone: {self.timezone!r} is no time zone") from error
        except KeyError as error:
            raise ValueError(f"timezone: {self.timezone!r} is no known time zone") from error
        if self.base_url is not None:
            parts = urlsplit(self.base_url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
                raise ValueError(f"base_url: {self.base_url!r} is no http(s) address")


class ServerSettings(Section, frozen=True):
    """Where the web server listens, and the token that lets a person write."""

    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = None
    token_file: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError(f"port: {self.port} is not between 1 and 65535")
        if self.token is not None and not self.token.strip():
            raise ValueError("token: is empty")


class StoreSettings(Section, frozen=True):
    """The database."""

    url: str = "sqlite:///instance/feeds.db"


class SeedsSettings(Section, frozen=True):
    """The watched directory."""

    dir: str = "seeds"


class FetchSettings(Section, frozen=True):
    """How sources are asked; times in seconds."""

    interval: int = 3600
    min_interval: int = 900
    max_interval: int = 86_400
    timeout: float = 10.0
    total_timeout: float = 30.0
    max_body_bytes: int = 5_000_000
    concurrency: int = 20
    per_host: int = 2
    spacing: float = 1.0
    user_agent: str | None = None
    allow_private: bool = False
    allow_hosts: list[str] = []

    def __post_init__(self) -> None:
        for name in (
            "interval",
            "min_interval",
            "max_interval",
            "timeout",
            "total_timeout",
            "max_body_bytes",
        ):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}: must be greater than 0, and finite")
        for name in ("interval", "min_interval", "max_interval"):
            if getattr(self, name) > LONGEST_INTERVAL:
                raise ValueError(f"{name}: must be no more than {LONGEST_INTERVAL} (a year)")
        for name in ("concurrency", "per_host", "max_body_bytes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be at least 1")
        if not 0 <= self.spacing < math.inf:
            raise ValueError("spacing: must not be negative, and finite")
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval: is greater than max_interval")


class OutputSettings(Section, frozen=True):
    """What is served."""

    limit: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 1000:
            raise ValueError("limit: must be between 1 and 1000")


class SourceSettings(Section, frozen=True):
    """One `[[sources]]` table."""

    url: str
    name: str | None = None
    category: str | None = None
    interval: int | None = None
    private: bool = False
    paused: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url: {self.url!r} is no http(s) address")
        if self.interval is not None and not 0 < self.interval <= LONGEST_INTERVAL:
            raise ValueError(
                f"interval: must be greater than 0, and no more than {LONGEST_INTERVAL} (a year)"
            )

    def declaration(self) -> Declaration:
        return Declaration(
            url=self.url,
            name=self.name,
            category=self.category,
            interval=self.interval,
            private=self.private,
            paused=self.paused,
        )


class Settings(Section, frozen=True):
    """Everything a person can set."""

    site: SiteSettings = SiteSettings()
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    seeds: SeedsSettings = SeedsSettings()
    fetch: FetchSettings = FetchSettings()
    output: OutputSettings = OutputSettings()
    sources: list[SourceSettings] = []

    @property
    def base_url(self) -> str:
        """The address readers reach us by, without a trailing slash."""
        if self.site.base_url:
            return self.site.base_url.rstrip("/")
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return f"http://{host}:{self.server.port}"

    def describe_site(self, id: str, started: datetime) -> Site:
        """Return what every page and feed says about the service; the store knows `id` and `started`."""
        return Site(
            id=id,
            base_url=self.base_url,
            title=self.site.title,
            subtitle=self.site.subtitle,
            language=self.site.language,
            timezone=self.site.timezone,
            limit=self.output.limit,
            started=started,
        )

    @property
    def token(self) -> str | None:
        """The token itself, read from `server.token_file` where that is set."""
        if self.server.token_file is None:
            return self.server.token
        try:
            text = Path(self.server.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"server.token_file: {self.server.token_file}: {_why(error)}") from error
        if not text:
            raise ConfigError(f"server.token_file: {self.server.token_file} is empty")
        return text


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
        raise ConfigError(f"{path or DEFAULT_PATH}: {_why(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path or DEFAULT_PATH}: {error}") from error


def _why(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason)


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
        return f"{place}.{reason}"
    return f"{place}: {reason[:1].lower()}{reason[1:]}"


def _scalar_keys() -> dict[tuple[str, str], type]:
    """Every key that fits into one environment variable: not the tables of tables."""
    keys: dict[tuple[str, str], type] = {}
    for section in msgspec.structs.fields(Settings):
        if isinstance(section.type, type) and issubclass(section.type, Section):
            for field in msgspec.structs.fields(section.type):
                is_list = getattr(field.type, "__origin__", None) is list
                keys[section.name, field.name] = list if is_list else str
    return keys


SCALAR_KEYS = _scalar_keys()


class Configuration:
    """The settings in force, read again when the file changes.

    A file that breaks while we run leaves the last good settings in force; `problem` says what is wrong.
    """

    def __init__(
        self,
        path: Path | None,
        environ: Mapping[str, str],
        flags: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.path = path or DEFAULT_PATH
        self.problem: str | None = None
        self._environ = dict(environ)
        self._flags = flags
        self._stamp = self._read_stamp()
        self.settings = load_settings(path, self._environ, flags)

    @property
    def has_file(self) -> bool:
        """Whether there is, or has been, a file; without any nothing is said about sources."""
        return self._stamp is not None

    def refresh(self, settle: float = 0.0) -> bool:
        """Read the file again if it has changed; return whether the settings have.

        One that was written to within the last `settle` seconds is left for later: it may be valid, and not
        yet whole.
        """
        stamp = self._read_stamp()
        if stamp == self._stamp or (stamp and 0 <= time.time() - stamp[0] / 1e9 < settle):
            return False
        self._stamp = stamp
        try:
            # Also the default file must stay once it was there: without it every source would be gone.
            settings = load_settings(self.path, self._environ, self._flags)
        except ConfigError as error:
            self.problem = str(error)
            return False
        self.problem = None
        changed = settings != self.settings
        self.settings = settings
        return changed

    def _read_stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
