"""One worker process and the pipes to it, from the poller's side."""

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

from feeds.polling.messages import CHUNK, Inbox, MessageTooLongError, pack
from feeds.polling.worker import LONGEST_HOLD, Job, Reply, encode_job

START_SECONDS = 60.0  # until a new worker must be ready, on a busy machine
MOST_DOCUMENTS = 20_000  # for one worker: parsers keep every name they have ever seen
LARGE_DOCUMENT = 2_000_000  # bytes; what it took to read one is never given back
LARGEST_REPLY = 64 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one document may cost."""

    seconds: float = 20.0
    memory: int = 2**30  #: bytes of address space


class WorkerError(Exception):
    """The worker has not answered a job; the message says what the document did to it."""


class StartError(Exception):
    """No worker could be started; the message says why."""


class Worker:
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
    async def start(cls, limits: ReadLimits) -> Worker:
        """Start a process and wait until it is ready; raise StartError."""
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
            raise StartError(f"no reading process could be started ({error.strerror})") from error
        worker = cls(process)
        try:
            await worker._receive(START_SECONDS)
        except BaseException as error:
            await worker.end()
            if isinstance(error, WorkerError):
                raise StartError("the reading process does not start") from error
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
        """Return the reply to the next job; raise WorkerError if it does not come, or is none."""
        try:
            return self._decoder.decode(await self._receive(seconds))
        except msgspec.MsgspecError as error:
            raise WorkerError("made the reading process answer nonsense") from error

    async def _receive(self, seconds: float) -> bytes:
        try:
            message = self._inbox.take()
            if message is None:
                # Behind a reply that the worker held back, it may have begun so much later.
                async with asyncio.timeout(seconds + LONGEST_HOLD):
                    message = await self._receive_more()
            return message
        except TimeoutError as error:
            raise WorkerError(f"took longer than {seconds:g} s to read") from error
        except MessageTooLongError as error:
            raise WorkerError("is too large once read") from error
        except ConnectionError as error:
            raise WorkerError("broke the reading process") from error

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
