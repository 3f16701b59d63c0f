"""The process in which documents are understood: whatever a hostile one does happens here and ends here.

It reads requests from standard input and writes replies to standard output, as MessagePack. Replies to what
was asked together come together: to wake the poller for each costs more than to read some documents. It ends
with its input, so it never outlives the poller.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec

from feeds.errors import PageError, ParseError
from feeds.model import Document, Link, Reading
from feeds.polling.messages import CHUNK, Inbox, pack
from feeds.text.urls import is_web_url

LONGEST_HOLD = 0.1  # seconds after which no reply waits for the next document to be begun


@dataclass(frozen=True, slots=True)
class Job:
    """A document to understand, and the source it came from."""

    document: Document
    source_key: str
    source_url: str
    is_page: bool = False  #: fetched as an article to keep, not as a feed
    with_rules: bool = False  #: tell which rule gave which field


class Request(msgspec.Struct, array_like=True, frozen=True):
    """A job on its way to the worker."""

    job: Job
    paths: tuple[bytes, bytes | None] | None = None
    """The document's path and first path as the file system has them, where one is no text."""


class Reply(msgspec.Struct, array_like=True, frozen=True):
    """What became of a job: what the document gave, or why that is nothing."""

    reading: Reading | None = None
    reason: str | None = None
    links: tuple[Link, ...] | None = None  #: to feeds, of a page that stands where one was expected


def read_document(job: Job) -> Reading:
    """Return what a document says in normal form; raise ParseError."""
    # Imported by the worker only: the poller needs none of the parsers, nor their memory.
    from feeds.curation.identity import find_feed_key
    from feeds.curation.normalize import normalize
    from feeds.parsing import parse
    from feeds.parsing.files import parse_file
    from feeds.parsing.page import parse_fetched_page

    document = job.document
    if document.path is None:
        parsed = parse_fetched_page(document) if job.is_page else parse(document)
        return Reading(parsed.format, normalize(parsed, document, job.source_key, job.source_url))
    file = parse_file(document)
    if file.feed is None:
        return Reading(file.format, subscriptions=file.subscriptions, pages=file.pages, problem=file.problem)
    # A saved feed is itself the source of its entries, wherever the file lies.
    key = find_feed_key(file.feed, document.first_path or document.path)
    rules = file.feed.entries[0].rules if job.with_rules and file.feed.entries else ()
    feed = normalize(file.feed, document, key, key if is_web_url(key) else job.source_url)
    return Reading(file.format, feed, problem=file.problem, rules=rules)


def encode_job(job: Job) -> bytes:
    """Return the message that carries a job."""
    document = job.document
    try:
        return msgspec.msgpack.encode(Request(job))
    except UnicodeEncodeError:
        if document.path is None:
            raise
    portable = replace(job, document=replace(document, path=None, first_path=None))
    first = os.fsencode(document.first_path) if document.first_path else None
    return msgspec.msgpack.encode(Request(portable, (os.fsencode(document.path), first)))


def decode_job(message: bytes) -> Job:
    """Return the job a message carries."""
    request = msgspec.msgpack.decode(message, type=Request)
    if request.paths is None:
        return request.job
    path, first = request.paths
    document = replace(
        request.job.document, path=os.fsdecode(path), first_path=os.fsdecode(first) if first else None
    )
    return replace(request.job, document=document)


def answer(message: bytes) -> bytes:
    """Carry out one job; whatever goes wrong with it is a reply."""
    try:
        return msgspec.msgpack.encode(Reply(read_document(decode_job(message))))
    except PageError as error:
        return msgspec.msgpack.encode(Reply(reason=error.reason, links=error.links))
    except ParseError as error:
        reason = error.reason
    except MemoryError:
        reason = "needs more memory to read than it may"
    except Exception as error:  # a defect of ours must cost one document, not the batch
        reason = f"could not be read ({type(error).__name__}: {error})"
    line = " ".join(reason.encode("utf-8", "replace").decode("utf-8").split())
    return msgspec.msgpack.encode(Reply(reason=line[:300]))


def main(memory: int, seconds: int) -> None:
    """Carry out jobs until the input ends, within `memory` bytes and `seconds` of processor time for each."""
    replies = _Replies(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get among the replies
    import feeds.curation.normalize
    import feeds.parsing
    import feeds.text.dates.shapes  # noqa: F401  # all of them before the first deadline runs

    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_AS, memory)
    replies.add(b"")  # ready
    for message in _receive(sys.stdin.fileno(), replies.send):
        used = resource.getrusage(resource.RUSAGE_SELF)
        _set_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)
        replies.add(answer(message))


def _set_limit(kind: int, limit: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # not every system has every limit
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))


def _receive(source: int, before_waiting: Callable[[], None]) -> Iterator[bytes]:
    """Yield the messages that come in, and call `before_waiting` whenever there is none."""
    inbox = Inbox()
    while True:
        yield from inbox.take_all()
        before_waiting()
        chunk = os.read(source, CHUNK)
        if not chunk:
            return
        inbox.add(chunk)


class _Replies:
    """What goes back to the poller, many at once; one may have to wait for the document behind it."""

    def __init__(self, target: int) -> None:
        self._stream = os.fdopen(target, "wb", buffering=CHUNK)
        self._sent = time.monotonic()

    def add(self, reply: bytes) -> None:
        self._stream.write(pack(reply))
        if time.monotonic() - self._sent > LONGEST_HOLD:
            self.send()

    def send(self) -> None:
        self._stream.flush()
        self._sent = time.monotonic()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main(*map(int, sys.argv[1:]))
