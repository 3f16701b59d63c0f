"""Why a request failed, in words a person understands."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator

import httpx

from feeds.polling.body import AnswerError


def _explain_lookup(error: BaseException) -> str:
    unknown = getattr(error, "errno", None) != socket.EAI_AGAIN
    return "name not found" if unknown else "name could not be looked up"


def _explain_certificate(error: BaseException) -> str:
    return f"certificate: {getattr(error, 'verify_message', None) or 'not valid'}"


def _explain_proxy(error: BaseException) -> str:
    return f"the proxy refused: {' '.join(str(error).split())[:100]}"


#: Best first: the first kind that stands anywhere in the chain of causes wins.
REASONS: tuple[tuple[type[BaseException], str | Callable[[BaseException], str]], ...] = (
    (AnswerError, str),
    (httpx.ProxyError, _explain_proxy),
    (ssl.SSLCertVerificationError, _explain_certificate),
    (ssl.SSLError, "no secure connection could be made"),
    (socket.gaierror, _explain_lookup),
    (httpx.InvalidURL, "is no usable address"),
    (UnicodeError, "is no usable address"),
    (ConnectionRefusedError, "connection refused"),
    (httpx.ConnectTimeout, "connecting timed out"),
    (httpx.TimeoutException, "timed out"),
    (httpx.ConnectError, "host cannot be reached"),
    (httpx.RemoteProtocolError, "the server broke off, or does not speak HTTP"),
    (httpx.LocalProtocolError, "the request cannot be written"),
    (httpx.TransportError, "the connection broke"),
    (OSError, "the connection broke"),
)


def explain(error: BaseException) -> str:
    """Return the reason in one short line."""
    causes = list(_chain(error))
    for kind, words in REASONS:
        for cause in causes:
            if isinstance(cause, kind):
                return words if isinstance(words, str) else words(cause)
    return "the request failed"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
