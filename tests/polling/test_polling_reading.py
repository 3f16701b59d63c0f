import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import Document, Reading
from feeds.polling.reading import Job, Reader, ReadLimits, read_document

URL = "https://feed.example/atom.xml"


def atom(*titles):
    entries = "".join(
        f"<entry><id>urn:x:{title}</id><title>{title}</title><updated>2022-11-01T08:00:00Z</updated></entry>"
        for title in titles
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'
    return Job(Document(URL, feed.encode(), "application/atom+xml"), URL, URL)


BROKEN = Job(Document("https://anna:pw@feed.example/x?token=abc", b"\x00\x01\x02", "text/xml"), URL, URL)


def titles(result):
    return [entry.title for entry in result.feed.entries]


LIMITS = ReadLimits()


def read(*jobs, limits=LIMITS):
    async def run():
        async with Reader(limits) as reader:
            return await reader.read(jobs)

    return asyncio.run(run())


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_documents_come_back_as_feeds_in_their_order():
    results = read(atom("a", "b"), atom("c"), atom())

    assert [titles(result) for result in results] == [["a", "b"], ["c"], []]
    assert all(isinstance(result, Reading) for result in results)
    assert results[0].feed.entries[0].updated == datetime(2022, 11, 1, 8, 0, tzinfo=UTC)


def test_the_worker_reads_what_the_function_reads():
    assert read(atom("a")) == [read_document(atom("a"))]


def test_nothing_to_read_starts_nothing():
    async def run():
        async with Reader() as reader:
            return await reader.read([]), reader.pid

    assert asyncio.run(run()) == ([], None)


def test_a_process_that_was_started_before_reads_what_comes():
    async def run():
        async with Reader() as reader:
            await reader.warm()
            started = reader.pid
            [result] = await reader.read([atom("a")])
            return started, reader.pid, titles(result)

    started, pid, found = asyncio.run(run())
    assert started == pid is not None
    assert found == ["a"]


def test_a_document_that_is_no_feed_is_the_only_one_to_fail():
    before, error, after = read(atom("a"), BROKEN, atom("b"))

    assert (titles(before), titles(after)) == (["a"], ["b"])
    assert isinstance(error, ParseError)
    assert error.subject == "https://feed.example/x"
    assert "\n" not in error.reason


def test_a_path_that_is_no_text_is_named_as_it_is():
    path = os.fsdecode(b"news/\xff.html")
    job = Job(Document("file:///news/%FF.html", b"", path=path), "file:seeds", "file:seeds")

    [error] = read(job)

    assert error.subject == path


def test_an_address_that_is_no_text_costs_no_other():
    odd = Job(Document("https://feed.example/\udcff", b""), URL, URL)

    before, error, after = read(atom("a"), odd, atom("b"))

    assert (titles(before), titles(after)) == (["a"], ["b"])
    assert isinstance(error, ParseError)


def test_one_worker_serves_all_who_ask_at_once():
    async def run():
        async with Reader() as reader:
            results = await asyncio.gather(*(reader.read([atom(str(n))]) for n in range(20)))
            return [titles(result) for [result] in results]

    assert asyncio.run(run()) == [[str(n)] for n in range(20)]


def test_a_worker_that_stands_still_is_replaced_and_the_document_tried_again():
    async def run():
        async with Reader(ReadLimits(seconds=1.0)) as reader:
            await reader.read([atom("a")])
            stopped = reader.pid
            os.kill(stopped, signal.SIGSTOP)
            results = await reader.read([atom("b"), atom("c")])
            return results, stopped, reader.pid

    results, stopped, pid = asyncio.run(run())

    assert [titles(result) for result in results] == [["b"], ["c"]]
    assert pid != stopped
    assert not is_alive(stopped)


def test_a_document_that_takes_its_time_delays_no_other_for_long():
    async def run():
        async with Reader(ReadLimits(seconds=8.0)) as reader:
            await reader.read([atom("a")])
            os.kill(reader.pid, signal.SIGSTOP)  # as a document that is worked on for long
            slow = asyncio.create_task(reader.read([atom("slow")]))
            await asyncio.sleep(0)
            started = time.monotonic()
            others = await asyncio.gather(*(reader.read([atom(name)]) for name in "bc"))
            seconds, spare = time.monotonic() - started, reader._spare.pid
            os.kill(reader.pid, signal.SIGCONT)
            return [titles(one) for [one] in [*others, await slow]], seconds, spare

    found, seconds, spare = asyncio.run(run())

    assert found == [["b"], ["c"], ["slow"]]
    assert seconds < 6
    assert spare is None  # nobody needs it any more


def test_a_long_queue_is_read_by_one_process():
    async def run():
        spares = set()
        async with Reader() as reader:
            await reader.read([atom("a")])
            waiting = [asyncio.create_task(reader.read([atom(str(n))] * 40)) for n in range(60)]
            while not all(task.done() for task in waiting):
                spares.add(reader._spare.pid)
                await asyncio.sleep(0.01)
            return spares, [len(await task) for task in waiting]

    spares, counts = asyncio.run(run())

    assert spares == {None}
    assert counts == [40] * 60


def test_a_worker_that_dies_is_replaced():
    async def run():
        async with Reader() as reader:
            await reader.read([atom("a")])
            os.kill(reader.pid, signal.SIGKILL)
            return await reader.read([atom("b"), atom("c")])

    assert [titles(result) for result in asyncio.run(run())] == [["b"], ["c"]]


HUGE = atom(*(f"{n}" + "x" * 50 for n in range(60_000)))  # takes seconds, and more than 100 MiB


def test_a_document_that_takes_too_long_costs_no_other():
    before, error, after = read(atom("a"), HUGE, atom("b"), limits=ReadLimits(seconds=0.5))

    assert (titles(before), titles(after)) == (["a"], ["b"])
    assert error.reason == "took longer than 0.5 s to read"


def test_a_document_that_needs_too_much_memory_costs_no_other():
    before, error, after = read(atom("a"), HUGE, atom("b"), limits=ReadLimits(memory=100 * 2**20))

    assert (titles(before), titles(after)) == (["a"], ["b"])
    assert isinstance(error, ParseError)


def test_a_worker_that_has_read_a_large_document_is_replaced():
    async def run():
        async with Reader() as reader:
            await reader.read([atom("a")])
            first = reader.pid
            await reader.read([atom("x" * 2_000_000)])
            [result] = await reader.read([atom("b")])
            return titles(result), reader.pid != first, is_alive(first)

    assert asyncio.run(run()) == (["b"], True, False)


def test_giving_up_in_the_middle_leaves_nothing_behind():
    async def run():
        async with Reader() as reader:
            await reader.read([atom("a")])
            pid = reader.pid
            os.kill(pid, signal.SIGSTOP)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await reader.read([atom("b")])
            [result] = await reader.read([atom("c")])
            return titles(result), is_alive(pid)

    assert asyncio.run(run()) == (["c"], False)


def test_a_worker_that_dies_twice_in_one_batch_costs_no_document():
    async def run():
        async with Reader() as reader:
            reading = asyncio.create_task(reader.read([atom(*"abcdefghij")] * 3000))
            pids = set()
            while len(pids) < 2 and not reading.done():
                await asyncio.sleep(0.05)
                if reader.pid and reader.pid not in pids:
                    await asyncio.sleep(0.5)  # it has read some by then
                    pids.add(reader.pid)
                    os.kill(reader.pid, signal.SIGKILL)
            return await reading, len(pids)

    results, deaths = asyncio.run(run())

    assert deaths == 2
    assert all(isinstance(result, Reading) for result in results)


DRIPPING = """#!/bin/sh
printf '\\000\\000\\000\\000\\000\\000\\000\\144'
while sleep 0.2; do printf x; done
"""


def test_a_worker_that_answers_byte_by_byte_is_not_waited_for(tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text(DRIPPING)
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    [error] = read(atom("a"), limits=ReadLimits(seconds=0.5))

    assert error.reason == "took longer than 0.5 s to read"


def test_the_worker_ends_with_the_reader():
    async def run():
        async with Reader() as reader:
            await reader.read([atom("a")])
            return reader.pid

    assert not is_alive(asyncio.run(run()))


POLLER = """
import asyncio, sys
from feeds.model import Document
from feeds.polling.reading import Job, Reader

async def run():
    async with Reader() as reader:
        await reader.read([Job(Document("https://feed.example/", b"<rss/>"), "k", "u")])
        print(reader.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(run())
"""


def test_the_worker_does_not_outlive_a_poller_that_is_killed():
    with subprocess.Popen([sys.executable, "-c", POLLER], stdout=subprocess.PIPE, text=True) as poller:
        worker = int(poller.stdout.readline())
        assert is_alive(worker)
        poller.kill()

    assert wait_until(lambda: not is_alive(worker))


def test_the_worker_holds_none_of_the_pollers_files_nor_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("FEEDS_SERVER_TOKEN", "s3cret")

    async def run():
        with (tmp_path / "lock").open("w") as lock:
            os.set_inheritable(lock.fileno(), False)
            async with Reader() as reader:
                await reader.read([atom("a")])
                proc = Path(f"/proc/{reader.pid}")
                files = {os.readlink(entry) for entry in (proc / "fd").iterdir()}
                return files, (proc / "environ").read_bytes()

    files, environment = asyncio.run(run())

    assert not any(str(tmp_path) in name or name.startswith("socket:") for name in files)
    assert b"s3cret" not in environment
