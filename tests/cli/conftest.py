"""The commands, called as a person calls them, in a folder of their own."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from feeds import cli


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Call `feeds …`; return (exit status, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["feeds", *arguments])
        status: object = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code
        if isinstance(status, str):  # as the interpreter does at its end
            sys.stderr.write(f"{status}\n")
            status = 1
        out, err = capfd.readouterr()
        return int(status or 0), out, err

    return run


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the network reach the publisher on this machine."""
    monkeypatch.setenv("FEEDS_FETCH_ALLOW_PRIVATE", "true")
    monkeypatch.setenv("FEEDS_FETCH_SPACING", "0")
