"""Installations that are stopped at the end of the test, whatever happened."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from running import Service


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Make an installation in a folder of its own."""
    services: list[Service] = []

    def make(name: str = "here", config: str = "", base_url: str | None = None) -> Service:
        services.append(Service(tmp_path / name, config, base_url))
        return services[-1]

    yield make
    for service in services:
        if service.process is not None:
            service.stop()


@pytest.fixture(scope="module")
def browser(program: Callable[[str], str]) -> Iterator[Browser]:
    """Debian's Chromium, one for the tests of a file: while it is open no other may run an event loop."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()
