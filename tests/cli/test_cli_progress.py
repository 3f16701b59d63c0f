"""Long work shows a bar on a terminal, and plain lines elsewhere."""

import os
import pty
import subprocess
import sys

import pytest
from running import write_seed

OPML = '<opml version="2.0"><body><outline text="A" xmlUrl="http://a.example/feed"/></body></opml>'


def on_terminal(folder, *arguments: str) -> str:
    """Return what a command shows on a terminal, its standard error being one."""
    terminal, child = pty.openpty()
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        command = [sys.executable, "-m", "feeds", *arguments]
        process = subprocess.Popen(command, cwd=folder, stdin=child, stdout=child, stderr=child)
        os.close(child)
        shown = b""
        try:
            while part := screen.read(4096):
                shown += part
        except OSError:  # so Linux says that nobody holds the other end any more
            pass
        assert process.wait(timeout=60) == 0
    return shown.decode()


@pytest.fixture
def folder(tmp_path):
    write_seed(tmp_path / "seeds", "a.txt", title="A", link="https://a.example/1", body="<p>x</p>")
    (tmp_path / "in.opml").write_text(OPML)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "label"), [(("refresh",), "Polling"), (("import", "in.opml"), "Importing")]
)
def test_a_terminal_is_shown_a_bar(folder, arguments, label):
    shown = on_terminal(folder, *arguments)

    assert f"{label}  [" in shown
    assert "100%" in shown


def test_a_pipe_is_given_plain_lines(folder):
    command = [sys.executable, "-m", "feeds", "refresh"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[0] == "seeds: 1 new"
    assert "[" not in result.stdout
    assert result.stderr == ""
