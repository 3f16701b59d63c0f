"""Everything a person can set, its defaults, and what may stand there."""

from __future__ import annotations

import math
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feeds.config.addresses import check_base_url, check_hub, is_private_host, is_web_address
from feeds.errors import ConfigError, QueryError
from feeds.model import Declaration, Site
from feeds.text.characters import is_blank, is_written
from feeds.text.hosts import is_listed
from feeds.text.query import read_query
from feeds.text.slugs import fold_name
from feeds.text.urls import public_url

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # RFC 5646, the part in use
LONGEST_INTERVAL = 366 * 86_400  # seconds
OWN_HUB = "/hub"  # below base_url
#: Keys of `[fetch]`.
POSITIVE = ("interval", "min_interval", "max_interval", "timeout", "total_timeout", "max_body_bytes")


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
        if not self.title.strip():
            raise ValueError("title: is empty")
        if self.language is not None and not LANGUAGE.fullmatch(self.language):
            raise ValueError(f"language: {self.language!r} is no language tag, as zh-Hans or en is")
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError of its own
            raise ValueError(f"timezone: {self.timezone!r} is no time zone") from error
        except KeyError as error:
            raise ValueError(f"timezone: {self.timezone!r} is no known time zone") from error
        if self.base_url is not None:
            check_base_url(self.base_url)


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
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise ValueError("token: may hold printable ASCII characters only, as a header field does")


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
    proxy: str | None = None

    def __post_init__(self) -> None:
        for name in POSITIVE:
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
        if self.proxy is not None and not is_web_address(self.proxy):
            raise ValueError(f"proxy: {self.proxy!r} is no http(s) address")
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval: is greater than max_interval")


class OutputSettings(Section, frozen=True):
    """What is served."""

    limit: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 1000:
            raise ValueError("limit: must be between 1 and 1000")


class WebsubSettings(Section, frozen=True):
    """Hubs: those that tell us what is new, our own, and those that we tell."""

    enabled: bool = True
    hubs: list[str] = []
    allow_callbacks: list[str] = []

    def __post_init__(self) -> None:
        for hub in self.hubs:
            check_hub(hub)


class SourceSettings(Section, frozen=True):
    """One `[[sources]]` table."""

    url: str
    name: str | None = None
    category: str | None = None
    interval: int | None = None
    private: bool = False
    paused: bool = False

    def __post_init__(self) -> None:
        if not is_web_address(self.url):
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


class SearchSettings(Section, frozen=True):
    """One `[[searches]]` table."""

    name: str
    query: str

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", self.name.strip())  # nobody has seen it yet
        if is_blank(self.name):
            raise ValueError("name: is empty")
        if not is_written(self.name):
            raise ValueError(f"name: {self.name!r} holds characters that cannot be written")
        try:
            read_query(self.query)
        except QueryError as error:
            raise ValueError(f"query: {error}") from error


class Settings(Section, frozen=True):
    """Everything a person can set."""

    site: SiteSettings = SiteSettings()
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    seeds: SeedsSettings = SeedsSettings()
    fetch: FetchSettings = FetchSettings()
    output: OutputSettings = OutputSettings()
    websub: WebsubSettings = WebsubSettings()
    sources: list[SourceSettings] = []
    searches: list[SearchSettings] = []

    def __post_init__(self) -> None:
        numbers: dict[str, int] = {}
        for number, search in enumerate(self.searches):
            first = numbers.setdefault(fold_name(search.name), number)
            if first != number:
                taken = f"searches[{first}] ({self.searches[first].name!r})"
                raise ValueError(f"searches[{number}].name: {search.name!r} is the name of {taken}")

    @property
    def base_url(self) -> str:
        """The address readers reach us by, without a trailing slash."""
        if self.site.base_url:
            return self.site.base_url.rstrip("/")
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return f"http://{host}:{self.server.port}"

    @property
    def is_private(self) -> bool:
        """Whether base_url is this machine or in a private network: no stranger is to be sent anything."""
        return is_private_host(urlsplit(self.base_url).hostname or "")

    @property
    def own_hub(self) -> str | None:
        """The address of our own hub; None where it is switched off, or may call nobody."""
        may_call = not self.is_private or bool(self.websub.allow_callbacks)
        return self.base_url + OWN_HUB if self.websub.enabled and may_call else None

    def may_be_called(self, host: str, port: int) -> bool:
        """Whether our hub takes a callback there; at a private address only where the owner has listed it.

        Else any page that a browser here opens could subscribe its own server to what is read in private.
        """
        return not self.is_private or is_listed(host, port, self.allowed_callbacks)

    @property
    def allowed_callbacks(self) -> frozenset[str]:
        """The hosts, or `host:port`, in lower case, whose callbacks are called wherever they lead."""
        return frozenset(map(str.lower, self.websub.allow_callbacks))

    @property
    def other_hubs(self) -> tuple[str, ...]:
        """The hubs of others with everything in their addresses, for us alone to call."""
        hubs = self.websub.hubs if self.websub.enabled else []
        return tuple(dict.fromkeys(hub for hub in hubs if hub != self.own_hub))

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs that announce our feeds, as everybody is told; our own is first: it sends at once."""
        own = () if self.own_hub is None else (self.own_hub,)
        return tuple(dict.fromkeys((*own, *map(public_url, self.other_hubs))))

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
            hubs=self.hubs,
        )

    @property
    def token(self) -> str | None:
        """The token itself, read from `server.token_file` where that is set."""
        if self.server.token_file is None:
            return self.server.token
        try:
            text = Path(self.server.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"server.token_file: {self.server.token_file}: {tell_why(error)}") from error
        if not text:
            raise ConfigError(f"server.token_file: {self.server.token_file} is empty")
        return text


def tell_why(error: Exception) -> str:
    """Return why a file could not be read, as the system words it."""
    reason = getattr(error, "strerror", None) or str(error)
    return str(reason)


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
