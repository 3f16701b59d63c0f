"""Children are started again when they die, and end when they are told to."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from feeds.daemon.supervisor import AGAIN, REFUSED, TAKEN, UNFIT, Command, supervise


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Stand a small program in the place of `python -m feeds`, which writes a line at each start."""

    def write(body: str) -> Path:
        package = tmp_path / "feeds"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(
            "import os, sys, time, signal\n"
            f"open({str(tmp_path / 'starts')!r}, 'a').write(f'{{os.getpid()}}\\n')\n" + body
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return tmp_path / "starts"

    return write


def starts(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def run(*names: str, until) -> int:
    """Supervise a child, or one of each name, until a condition holds; stop like a service manager."""

    async def watch() -> int:
        async def stop() -> None:
            while not until():
                await asyncio.sleep(0.02)
            os.kill(os.getpid(), signal.SIGTERM)

        task = asyncio.create_task(stop())
        commands = [Command(name, (name,)) for name in names or ("child",)]
        status = await asyncio.wait_for(supervise(commands), 30)
        task.cancel()
        return status

    return asyncio.run(watch())


def test_a_child_that_dies_is_started_again_after_a_while(child):
    path = child("sys.exit(5)")
    started = time.monotonic()

    assert run(until=lambda: len(starts(path)) >= 3) == 0
    assert time.monotonic() - started > 1.4  # half a second, then a whole one


def test_a_child_that_asks_for_it_is_started_again_at_once(child):
    path = child(f"sys.exit({AGAIN})")
    started = time.monotonic()
    run(until=lambda: len(starts(path)) >= 3)

    assert time.monotonic() - started < 1.4


def test_the_refusal_of_the_only_one_ends_it_all(child):
    path = child(f"sys.exit({REFUSED})")

    assert run(until=lambda: False) == 1
    assert len(starts(path)) == 1


def test_what_refuses_to_go_on_does_not_end_the_others(child):
    path = child(f"sys.exit({REFUSED}) if 'one' in sys.argv else time.sleep(60)")
    since = []

    def long_enough() -> bool:
        if len(starts(path)) == 2:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() - since[0] > 1

    assert run("one", "other", until=long_enough) == 1
    assert len(starts(path)) == 2


def test_another_poller_at_the_first_start_ends_it_all(child):
    path = child(f"sys.exit({TAKEN})")

    assert run(until=lambda: False) == 1
    assert len(starts(path)) == 1


def test_what_must_not_run_ends_all_others_too(child, tmp_path):
    path = child(
        "if 'other' in sys.argv: time.sleep(60)\n"
        f"while len(open({str(tmp_path / 'starts')!r}).readlines()) < 2: time.sleep(0.02)\n"
        f"sys.exit({UNFIT})"
    )

    assert run("one", "other", until=lambda: False) == 1
    assert len(starts(path)) == 2


def test_a_poller_that_finds_its_place_taken_later_waits_for_it(child, tmp_path):
    path = child(
        f"sys.exit({AGAIN} if len(open({str(tmp_path / 'starts')!r}).readlines()) == 1 else {TAKEN})"
    )

    assert run(until=lambda: len(starts(path)) >= 3) == 0


def test_a_child_is_told_to_end(child):
    path = child("signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\nwhile True: time.sleep(1)")
    started = time.monotonic()

    assert run(until=lambda: starts(path)) == 0
    assert time.monotonic() - started < 5
    assert not Path(f"/proc/{starts(path)[0]}").exists()


def test_a_child_holds_a_pipe_that_closes_with_its_parent(child):
    path = child("sys.stdin.buffer.read()")
    supervisor = os.fork()
    if supervisor == 0:
        run(until=lambda: False)
        os._exit(0)
    deadline = time.monotonic() + 10
    while not starts(path) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(supervisor, signal.SIGKILL)
    os.waitpid(supervisor, 0)
    [pid] = starts(path)
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    assert time.monotonic() < deadline
