"""Start children, start them again when they die, end them all when asked to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger("feeds.supervisor")

#: A child's exit status that says: it would end the same way again (a damaged store). The others go on.
REFUSED = 3

#: One that says: another process polls. It ends us at the first start; later that is a refresh by hand.
TAKEN = 6

#: One that says: nothing of this program may run as things are (outgoing requests have no guard).
UNFIT = 7

#: And one that says: start me again at once, I have new settings to follow.
AGAIN = 4

#: Ourselves; -P: the working directory is the owner's, and no place to import from.
PROGRAM = (sys.executable, "-P", "-m", "feeds")

NO_START = 126  # as a shell says it of a program that cannot be run
FIRST_WAIT = 0.5  # seconds before a dead child is started again; doubles with each death in a row
LONGEST_WAIT = 30.0
LONG_LIFE = 60.0  # seconds after which a death is the first in a row again
GRACE = 8.0  # seconds between SIGTERM and SIGKILL: all is over within ten


@dataclass(frozen=True, slots=True)
class Command:
    """One part of the daemon: arguments for the program itself."""

    name: str
    arguments: tuple[str, ...]


async def supervise(commands: Sequence[Command], on_start: Callable[[], None] | None = None) -> int:
    """Run the commands until SIGTERM, SIGINT, or until all have refused to go on; return the exit status."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    children = [asyncio.create_task(_keep_alive(command, stop)) for command in commands]
    if on_start:
        on_start()
    return 1 if any(await asyncio.gather(*children)) else 0


async def _keep_alive(command: Command, stop: asyncio.Event) -> bool:
    """Run one command again and again until all shall stop; return whether it refused to go on."""
    deaths, is_first = 0, True
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        status = await _run(command, stop)
        if status == REFUSED:
            log.error("the %s refuses to go on; it is not started again", command.name)
            return True
        if status == UNFIT or (status == TAKEN and is_first):
            stop.set()
            return True
        if stop.is_set():
            return False
        is_first = False
        if status == AGAIN:
            deaths = 0
            continue
        deaths = 1 if loop.time() - started > LONG_LIFE else deaths + 1
        wait = min(FIRST_WAIT * 2 ** (deaths - 1), LONGEST_WAIT)
        log.error("the %s ended (%s); starting it again in %g s", command.name, _tell(status), wait)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        if stop.is_set():
            return False


async def _run(command: Command, stop: asyncio.Event) -> int:
    """Run one child until it ends or is told to; its standard input is the lifeline."""
    try:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, *command.arguments, stdin=asyncio.subprocess.PIPE
        )
    except OSError as error:  # no memory, no process to spare: that may pass
        log.error("the %s cannot be started: %s", command.name, error.strerror)
        return NO_START
    ended = asyncio.create_task(process.wait())
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not ended.done():
        process.terminate()
        await asyncio.wait({ended}, timeout=GRACE)
    if not ended.done():
        log.error("the %s did not end within %g s; ending it", command.name, GRACE)
        process.kill()
    return await ended


def _tell(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"
