"""What every test may ask for."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the checkout; without it the test is skipped."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("there is no corpus beside this checkout")
    return folder
