"""Understanding documents from the poller's side: a worker process, its deadlines and its replacement."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from feeds.errors import DocumentError, PageError, ParseError, ReaderDownError
from feeds.model import Reading
from feeds.polling.messages import CHUNK, Inbox, MessageTooLongError, pack
from feeds.polling.worker import LONGEST_HOLD, Job, Reply, encode_job, read_document
from feeds.text.urls import public_url

__all__ = ["Job", "ReadLimits", "Reader", "read_document"]

START_SECONDS = 60.0  # until a new worker must be ready, on a busy machine
END_SECONDS = 2.0  # until a worker whose input has ended is killed
MOST_DOCUMENTS = 20_000  # for one worker: parsers keep every name they have ever seen
LARGE_DOCUMENT = 2_000_000  # bytes; what it took to read one is never given back
LARGEST_REPLY = 64 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one document may cost."""

    seconds: float = 20.0
    memory: int = 2**30  #: bytes of address space


class _WorkerError(Exception):
    """The worker has not answered a job; the message says what the document did to it."""


class _StartError(Exception):
    """No worker could be started; the message says why."""


class Reader:
    """Has documents read in a process of its own, one batch at a time; open it with `async with`."""

    def __init__(self, limits: ReadLimits = ReadLimits()) -> None:
        self._limits = limits
        self._worker: _Worker | None = None
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drop_worker(END_SECONDS)

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return self._worker.process.pid if self._worker else None

    async def read(self, jobs: Sequence[Job]) -> list[Reading | DocumentError]:
        """Return what each document gave, or why nothing; one that breaks the worker costs no other.

        What could not be read for want of a worker is a ReaderDownError, anything else a ParseError.
        """
        async with self._lock:
            results: list[Reading | DocumentError] = []
            try:
                while len(results) < len(jobs):
                    results += await self._read_on(jobs[len(results) :])
            except _StartError as error:
                results += [ReaderDownError(_subject(job), str(error)) for job in jobs[len(results) :]]
            if self._worker is not None and self._worker.is_worn:
                await self._drop_worker(END_SECONDS)
            return results

    async def _read_on(self, jobs: Sequence[Job]) -> list[Reading | ParseError]:
        """Read as far as the worker gets, and on behind the job it stumbles over."""
        results, failure = await self._attempt(jobs)
        return results if failure is None else [*results, *await self._read_singly(jobs[len(results) :])]

    async def _read_singly(self, jobs: Sequence[Job]) -> list[Reading | ParseError]:
        """Read as far as a job that stops a new worker, each asked for by itself.

        Of several asked for together it does not show which one it was; and what stalls or exhausts a worker
        need not be a document: it may be what came before, or the machine.
        """
        results: list[Reading | ParseError] = []
        for job in jobs:
            is_new = self._worker is None
            result, failure = await self._attempt([job])
            if failure is not None and not is_new:
                result, failure = await self._attempt([job])
            if failure is not None:
                return [*results, _problem(job, failure)]
            results += result
        return results

    async def _attempt(self, jobs: Sequence[Job]) -> tuple[list[Reading | ParseError], str | None]:
        """Return the results the worker gives, and what went wrong if they are not all."""
        worker = await self._find_worker()
        results: list[Reading | ParseError] = []
        sender = asyncio.create_task(worker.send(jobs))
        try:
            for job in jobs:
                results.append(_result(job, await worker.receive(self._limits.seconds)))  # noqa: PERF401
            return results, None
        except _WorkerError as error:
            await self._drop_worker()
            return results, str(error)
        except BaseException:  # cancelled: what the worker still answers belongs to nobody
            await self._drop_worker()
            raise
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _find_worker(self) -> _Worker:
        if self._worker is not None and self._worker.process.returncode is None:
            return self._worker
        await self._drop_worker(END_SECONDS)
        self._worker = await _Worker.start(self._limits)
        return self._worker

    async def _drop_worker(self, patience: float = 0.0) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end(patience)


def _result(job: Job, reply: Reply) -> Reading | ParseError:
    if reply.reading is not None:
        return reply.reading
    reason = reply.reason or "could not be read"
    return _problem(job, reason) if reply.offers is None else PageError(_subject(job), reason, reply.offers)


def _problem(job: Job, reason: str) -> ParseError:
    return ParseError(_subject(job), reason)


def _subject(job: Job) -> str:
    return job.document.path or public_url(job.document.url)


class _Worker:
    """One worker process and the pipes to it."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._stdin = cast(asyncio.StreamWriter, process.stdin)  # both are pipes
        self._stdout = cast(asyncio.StreamReader, process.stdout)
        self._decoder = msgspec.msgpack.Decoder(Reply)  # checks every type: the worker is not to be trusted
        self._inbox = Inbox(LARGEST_REPLY)
        self._documents = 0
        self._largest = 0  # bytes

    @classmethod
    async def start(cls, limits: ReadLimits) -> _Worker:
        """Start a process and wait until it is ready; raise _StartError."""
        arguments = ("-P", "-m", "feeds.polling.worker", str(limits.memory), str(int(limits.seconds) + 1))
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,  # what it says while it dies is for no reader
                env=_environment(),
                start_new_session=True,  # an interrupt at the terminal is for the poller to act on
            )
        except OSError as error:
            raise _StartError(f"no reading process could be started ({error.strerror})") from error
        worker = cls(process)
        try:
            await worker._receive(START_SECONDS)
        except BaseException as error:
            await worker.end()
            if isinstance(error, _WorkerError):
                raise _StartError("the reading process does not start") from error
            raise
        return worker

    @property
    def is_worn(self) -> bool:
        """Whether it holds on to more memory than a new one needs."""
        return self._documents >= MOST_DOCUMENTS or self._largest >= LARGE_DOCUMENT

    async def send(self, jobs: Sequence[Job]) -> None:
        """Hand over jobs as fast as they are taken; what goes wrong shows where the reply is awaited."""
        try:
            for chunk in self._gather(jobs):
                self._stdin.write(chunk)
                await self._stdin.drain()
        except (ConnectionError, UnicodeError):  # it is gone, or an address is no text: nothing more can come
            self._stdin.close()

    def _gather(self, jobs: Sequence[Job]) -> Iterator[bytes]:
        """Yield the messages of jobs, many small ones at once."""
        gathered = bytearray()
        for job in jobs:
            message = pack(encode_job(job))
            self._documents += 1
            self._largest = max(self._largest, len(message))
            if len(gathered) + len(message) > CHUNK:
                yield bytes(gathered)
                gathered.clear()
            if len(message) > CHUNK:
                yield message
            else:
                gathered += message
        yield bytes(gathered)

    async def receive(self, seconds: float) -> Reply:
        """Return the reply to the next job; raise _WorkerError if it does not come, or is none."""
        try:
            return self._decoder.decode(await self._receive(seconds))
        except msgspec.MsgspecError as error:
            raise _WorkerError("made the reading process answer nonsense") from error

    async def _receive(self, seconds: float) -> bytes:
        try:
            message = self._inbox.take()
            if message is None:
                # Behind a reply that the worker held back, it may have begun so much later.
                async with asyncio.timeout(seconds + LONGEST_HOLD):
                    message = await self._receive_more()
            return message
        except TimeoutError as error:
            raise _WorkerError(f"took longer than {seconds:g} s to read") from error
        except MessageTooLongError as error:
            raise _WorkerError("is too large once read") from error
        except ConnectionError as error:
            raise _WorkerError("broke the reading process") from error

    async def _receive_more(self) -> bytes:
        while (message := self._inbox.take()) is None:
            chunk = await self._stdout.read(CHUNK)
            if not chunk:
                raise ConnectionError
            self._inbox.add(chunk)
        return message

    async def end(self, patience: float = 0.0) -> None:
        """Let it end with its input, kill it after `patience` seconds."""
        self._stdin.close()
        try:
            async with asyncio.timeout(patience):
                await self._stdout.read()  # to its end, without which asyncio may not notice the process's
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self._stdout.read()
        await self.process.wait()


def _environment() -> dict[str, str]:
    """Return ours without our settings (they hold secrets), and with the path modules are found by."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    return ours | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
