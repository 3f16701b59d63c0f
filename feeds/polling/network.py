"""The one guarded way out: every request of ours goes through `Network`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from urllib.parse import urlencode

import httpx

from feeds.errors import FetchError, RefusedError
from feeds.polling.body import AnswerError, read_body, read_start
from feeds.polling.guard import ForbiddenError, Guard, Resolver, resolve
from feeds.polling.hop import Hop, parse_url
from feeds.polling.hosts import Hosts
from feeds.polling.reasons import explain
from feeds.polling.transport import GuardedTransport
from feeds.text.urls import public_url

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REPEATING = frozenset({307, 308})  #: redirects that ask for the same form elsewhere (RFC 9110, section 15.4)
WITH_BODY = frozenset({200, 203, 304})  #: 304 has none; read to its end it frees the connection
SUCCESSES = frozenset(range(200, 300))
MAY_EXPLAIN = frozenset({401, 403, 429, 503})  #: whose page may say that it wants to see a browser
START = 65_536  # bytes of such a page
FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})


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
    only_listed: bool = False  #: whether nobody else is asked
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
    #: Decoded, and of a 200 or 203 only, to a call of any 2xx; of a refusal the beginning of its page.
    body: bytes
    url: str  #: where it came from
    place: str  #: `host:port` of it
    redirects: tuple[Redirect, ...] = ()


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
        listed = frozenset(map(str.lower, policy.allow_hosts))
        self._guard = Guard(policy.allow_private, listed, resolver, policy.only_listed)
        # A client would add what we must not have: a cookie jar, environment, whole addresses in the log.
        make_tls = cache(lambda: tls or httpx.create_ssl_context(trust_env=False))
        self._transport = GuardedTransport(self._guard, make_tls, policy.proxy)
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
        return await self._follow(url, headers, REDIRECTS, check=check)

    async def post(self, url: str, fields: Mapping[str, str] | Sequence[tuple[str, str]]) -> Answer:
        """Return the answer to a form, without its body; only redirects that repeat the form are followed.

        Raises what `get` raises.
        """
        return await self._follow(url, FORM, REPEATING, form=urlencode(fields).encode("ascii"))

    async def call(
        self, url: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes | None = None
    ) -> Answer:
        """Return the answer of the very server that was named: no redirect is followed.

        Without a `body` to post it is a GET, and only then the body of the answer is read. Raises what `get`
        raises.
        """
        return await self._follow(url, headers, frozenset(), form=body, with_body=SUCCESSES)

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        followed: frozenset[int],
        *,
        form: bytes | None = None,
        check: Check = _check_nothing,
        with_body: frozenset[int] = WITH_BODY,
    ) -> Answer:
        left = total = self.policy.total_timeout
        redirects: list[Redirect] = []
        with _in_our_words(url, redirects, total):
            hop = Hop(parse_url(url), headers, form)
            while True:
                async with self._hosts.turn(hop.place, spacing=self._spacing(hop)):
                    check(hop.place)
                    started = asyncio.get_running_loop().time()
                    async with asyncio.timeout(left):
                        answer = await self._ask(hop, with_body)
                    left -= asyncio.get_running_loop().time() - started
                location = _find_location(answer, followed)
                if location is None:
                    return replace(answer, redirects=tuple(redirects))
                if len(redirects) == MOST_REDIRECTS:
                    raise AnswerError(f"redirected more than {MOST_REDIRECTS} times")
                hop = hop.follow(location)
                redirects.append(Redirect(answer.status, str(hop.url)))

    def _spacing(self, hop: Hop) -> float:
        return 0.0 if self._guard.is_listed(hop.host, hop.port) else self.policy.spacing

    async def _ask(self, hop: Hop, with_body: frozenset[int]) -> Answer:
        response = await self._send(self._build_request(hop))
        try:
            if response.status_code == 304 and not hop.is_conditional:
                raise AnswerError("the server says unchanged (HTTP 304) without having been asked")
            body = await self._read_body(response, with_body) if hop.form is None else b""
        finally:
            await response.aclose()
        return Answer(response.status_code, _read_headers(response), body, str(hop.url), hop.place)

    async def _read_body(self, response: httpx.Response, with_body: frozenset[int]) -> bytes:
        if response.status_code in with_body:
            return await read_body(response, self.policy.max_body_bytes)
        is_page = "html" in response.headers.get("Content-Type", "").lower()
        explains = is_page and response.status_code in MAY_EXPLAIN
        return await read_start(response, START) if explains else b""

    def _build_request(self, hop: Hop) -> httpx.Request:
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
    """Join repeated fields (RFC 9110, section 5.3), an echo left out; latin-1 keeps every byte as sent."""
    headers: dict[str, list[str]] = {}
    for raw_name, raw_value in response.headers.raw:
        values = headers.setdefault(raw_name.decode("latin-1").lower(), [])
        value = raw_value.decode("latin-1")
        if value not in values[-1:]:
            values.append(value)
    return MappingProxyType({name: ", ".join(values) for name, values in headers.items()})
