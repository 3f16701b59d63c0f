"""The corpus of real documents, as an installation meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

from running import Publisher, Service


def read_feeds(shared: Path) -> dict[str, bytes]:
    """Return the real feeds by the paths they are to be published at."""
    return {f"/{path.name}": path.read_bytes() for path in sorted((shared / "corpus/feeds").glob("*.xml"))}


def configure(publisher: Publisher) -> str:
    """Return the configuration of an installation that reads all of them and serves all they hold."""
    sources = "".join(f'[[sources]]\nurl = "{publisher.url(path)}"\n' for path in publisher.files)
    return f'[output]\nlimit = 1000\n[fetch]\nallow_hosts = ["{publisher.host}"]\n{sources}'


def copy_seeds(shared: Path, service: Service) -> None:
    for path in (shared / "corpus/seeds").glob("*.txt"):
        shutil.copy2(path, service.seeds)
