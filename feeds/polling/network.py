"""The one guarded way out: every request of ours goes through `Network`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlencode

import httpx

from feeds.errors import FetchError, RefusedError
from feeds.polling.body import AnswerError, read_body
from feeds.polling.guard import ForbiddenError, Guard, Resolver, resolve
from feeds.polling.hosts import Hosts
from feeds.polling.pools import PORTS
from feeds.polling.reasons import explain
from feeds.polling.transport import GuardedTransport
from feeds.text.urls import is_web_url, public_url
from feeds.text.urls import resolve as resolve_url

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REPEATING = frozenset({307, 308})  #: redirects that ask for the same form elsewhere (RFC 9110, section 15.4)
WITH_BODY = frozenset({200, 304})  #: 304 has none; reading it to its end lets the connection be used again
FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})

#: Headers that are between us and the origin they were meant for.
CONFIDENTIAL = frozenset({"authorization", "cookie", "if-none-match", "if-modified-since"})
CONDITIONS = frozenset({"if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How we ask; times in seconds."""

    user_agent: str
    timeout: float = 10.0  #: of each step: looking up, connecting, waiting for bytes
    total_timeout: float = 30.0  #: from the first lookup to the last byte, redirects included
    max_body_bytes: int = 5_000_000  #: as sent and as decoded
    concurrency: int = 20
    per_host: int = 2
    spacing: float = 1.0  #: between starts of requests at one host and port; none for allow_hosts
    allow_private: bool = False
    allow_hosts: frozenset[str] = frozenset()  #: `host` or `host:port`
    proxy: str | None = None  #: its address; the environment names none


@dataclass(frozen=True, slots=True)
class Redirect:
    """One step on the way to an answer."""

    status: int
    url: str  #: where it led to


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last server on the way said."""

    status: int
    headers: Mapping[str, str]  #: names in lower case; values as sent, repeated ones joined by a comma
    body: bytes  #: decoded, and of a 200 only
    url: str  #: where it came from
    place: str  #: `host:port` of it
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request on the way."""

    url: httpx.URL
    headers: Mapping[str, str]
    form: bytes | None = None  #: what is posted; None: nothing, it is a GET

    @property
    def host(self) -> str:
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        return self.url.port or PORTS[self.url.scheme]

    @property
    def place(self) -> str:
        """What politeness goes by: `host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def is_conditional(self) -> bool:
        return not CONDITIONS.isdisjoint(name.lower() for name in self.headers)

    def follow(self, location: str) -> _Hop:
        """Return the request a redirect asks for; raise ForbiddenError if it must not be made."""
        here = str(self.url.copy_with(userinfo=b""))
        target = resolve_url(here, location)
        if target is None or not is_web_url(target):
            raise ForbiddenError("the redirect leads to no web address")
        url = _parse_url(target)
        if self._may_be_told(url):
            return replace(self, url=url.copy_with(userinfo=self.url.userinfo))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in CONFIDENTIAL}
        return replace(self, url=url.copy_with(userinfo=b""), headers=headers)

    def _may_be_told(self, url: httpx.URL) -> bool:
        """Whether `url` is of the same origin, or of the same host on its way to https."""
        if url.raw_host != self.url.raw_host:
            return False
        ports = (self.port, url.port or PORTS[url.scheme])
        same = url.scheme == self.url.scheme and ports[0] == ports[1]
        return same or (self.url.scheme == "http" and url.scheme == "https" and ports == (80, 443))


#: Is told `host:port` before a request; what it raises is raised in place of the request.
Check = Callable[[str], None]


def _check_nothing(place: str) -> None:
    """Let every request pass."""


class Network:
    """Asks web servers, politely and within bounds; open it with `async with`."""

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy
        self._guard = Guard(policy.allow_private, frozenset(map(str.lower, policy.allow_hosts)), resolver)
        # A client would add what we must not have: a cookie jar, environment, whole addresses in the log.
        tls = tls or httpx.create_ssl_context(trust_env=False)
        self._transport = GuardedTransport(self._guard, tls, policy.proxy)
        self._hosts = Hosts(per_host=policy.per_host, concurrency=policy.concurrency)

    async def __aenter__(self) -> Network:
        """Open it; raises GuardError where the guard turns out not to be in force."""
        await self._transport.__aenter__()
        try:
            await self._transport.check()
        except BaseException:
            await self._transport.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.__aexit__()

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        *,
        check: Check = _check_nothing,
    ) -> Answer:
        """Return the answer after at most five redirects.

        Waiting for a turn at a host is not counted; `check` is asked about the host when the turn has come.
        Raises RefusedError where the guard forbids a step, FetchError for everything else that goes wrong
        on the way; an error status is an answer.
        """
        return await self._follow(url, headers, check=check)

    async def post(self, url: str, fields: Mapping[str, str]) -> Answer:
        """Return the answer to a form, without its body; only redirects that repeat the form are followed.

        Raises what `get` raises.
        """
        return await self._follow(url, FORM, form=urlencode(fields).encode("ascii"))

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        form: bytes | None = None,
        check: Check = _check_nothing,
    ) -> Answer:
        left = total = self.policy.total_timeout
        redirects: list[Redirect] = []
        with _in_our_words(url, redirects, total):
            hop = _Hop(_parse_url(url), headers, form)
            while True:
                async with self._hosts.turn(hop.place, spacing=self._spacing(hop)):
                    check(hop.place)
                    started = asyncio.get_running_loop().time()
                    async with asyncio.timeout(left):
                        answer = await self._ask(hop)
                    left -= asyncio.get_running_loop().time() - started
                location = _find_location(answer, REDIRECTS if form is None else REPEATING)
                if location is None:
                    return replace(answer, redirects=tuple(redirects))
                if len(redirects) == MOST_REDIRECTS:
                    raise AnswerError(f"redirected more than {MOST_REDIRECTS} times")
                hop = hop.follow(location)
                redirects.append(Redirect(answer.status, str(hop.url)))

    def _spacing(self, hop: _Hop) -> float:
        return 0.0 if self._guard.is_listed(hop.host, hop.port) else self.policy.spacing

    async def _ask(self, hop: _Hop) -> Answer:
        response = await self._send(self._build_request(hop))
        try:
            if response.status_code == 304 and not hop.is_conditional:
                raise AnswerError("the server says unchanged (HTTP 304) without having been asked")
            has_body = hop.form is None and response.status_code in WITH_BODY
            body = await read_body(response, self.policy.max_body_bytes) if has_body else b""
        finally:
            await response.aclose()
        return Answer(response.status_code, _read_headers(response), body, str(hop.url), hop.place)

    def _build_request(self, hop: _Hop) -> httpx.Request:
        ours = {"User-Agent": self.policy.user_agent, "Accept-Encoding": "gzip"}
        headers = {
            name.encode("ascii"): value.encode("latin-1", "replace")  # as `_read_headers` reads them
            for name, value in (ours | dict(hop.headers)).items()
        }
        timeout = httpx.Timeout(self.policy.timeout, pool=None).as_dict()
        method = "GET" if hop.form is None else "POST"
        request = httpx.Request(
            method, hop.url, headers=headers, content=hop.form, extensions={"timeout": timeout}
        )
        if hop.url.userinfo:
            next(httpx.BasicAuth(hop.url.username, hop.url.password).auth_flow(request))
        return request

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Send, and send again where a kept-alive connection turns out to have been closed meanwhile."""
        while True:
            opened = request.extensions["trace"] = _Opened()
            try:
                return await self._transport.handle_async_request(request)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if opened.seen:
                    raise


class _Opened:
    """Notices whether a request opened a connection of its own; called by httpcore at each step."""

    seen = False

    async def __call__(self, event: str, details: Mapping[str, object]) -> None:
        self.seen = self.seen or event == "connection.connect_tcp.started"


@contextmanager
def _in_our_words(asked: str, redirects: Sequence[Redirect], total: float) -> Iterator[None]:
    """Turn whatever goes wrong into FetchError or RefusedError about the address that was asked for."""
    subject = public_url(asked)

    def tell(reason: str) -> str:
        return f"redirected to {public_url(redirects[-1].url)}: {reason}" if redirects else reason

    try:
        yield
    except ForbiddenError as error:
        raise RefusedError(subject, tell(str(error))) from error
    except TimeoutError as error:
        raise FetchError(subject, tell(f"no complete answer within {total:g} s")) from error
    except (AnswerError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise FetchError(subject, tell(explain(error))) from error


def _parse_url(text: str) -> httpx.URL:
    url = httpx.URL(text)
    if url.scheme not in PORTS:
        raise ForbiddenError("only http and https addresses are fetched")
    if not url.raw_host:
        raise httpx.InvalidURL("no host")
    return url.copy_with(fragment=None) if url.fragment else url


def _find_location(answer: Answer, followed: frozenset[int]) -> str | None:
    """Return where a redirect leads, as text; servers write it in UTF-8 where they should not."""
    location = answer.headers.get("location") if answer.status in followed else None
    if location is None:
        return None
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return location


def _read_headers(response: httpx.Response) -> Mapping[str, str]:
    """Join repeated fields (RFC 9110, section 5.3); latin-1 keeps every byte as it was sent."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return MappingProxyType(headers)
