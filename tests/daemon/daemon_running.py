"""A poller in the process of the tests."""

import asyncio
from datetime import timedelta

from feeds.config import Configuration
from feeds.daemon import poller as daemon
from feeds.daemon.composing import now, open_poller, prepare_store
from feeds.store import open_store


class Running:
    """A poller in this process, its clock in our hands, until `async with` ends."""

    def __init__(self, folder, config="", **environ):
        (folder / "seeds").mkdir()
        (folder / "config.toml").write_text(config)
        environ["FEEDS_SEEDS_DIR"] = str(folder / "seeds")
        self.configuration = Configuration(folder / "config.toml", environ)
        self.store = open_store(f"sqlite:///{folder}/feeds.db")
        prepare_store(self.store, self.configuration.settings)
        self.shift = timedelta(0)

    def read(self, function, *arguments):
        with self.store.read() as db:
            return function(db, *arguments)

    def write(self, function, *arguments):
        with self.store.write() as db:
            return function(db, *arguments)

    def until(self, *steps):
        """Run the poller while the steps, conditions or things to do, come true one after the other."""

        async def run():
            async with open_poller(self.configuration.settings, self.store) as poller:
                poller.clock = lambda: now() + self.shift
                stop = asyncio.Event()
                task = asyncio.create_task(daemon._Daemon(self.configuration, poller, stop).run())
                async with asyncio.timeout(20):
                    for step in steps:
                        while not (task.done() or step(poller)):
                            await asyncio.sleep(0.02)
                stop.set()
                await task

        asyncio.run(run())
