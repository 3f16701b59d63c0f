"""A connection is closed whoever waits for it, and whoever stops waiting."""

import asyncio

import pytest

from feeds.polling.streams import open_stream


@pytest.mark.parametrize("sent", [b"", b"what the other side does not read" * 2**16])
def test_who_stops_waiting_for_the_end_of_a_connection_stops_nobody_else(sent):
    async def run():
        done = asyncio.Event()

        async def serve(reader, writer):
            await done.wait()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            stream = await open_stream(*server.sockets[0].getsockname(), 1)
            sending = asyncio.create_task(stream.write(sent))
            await asyncio.sleep(0.01)
            sending.cancel()
            closing = asyncio.create_task(stream.aclose())
            await asyncio.sleep(0)
            closing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await closing

            await stream.aclose()

            done.set()

    asyncio.run(run())
