"""The application over a real store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_samples import Shelf

from feeds.config import Configuration
from feeds.store import Store, open_store
from feeds.web import create_app

CONFIG = """
[site]
title = "Papers"
base_url = "http://feeds.example"
timezone = "Asia/Shanghai"
"""


@pytest.fixture
def store(tmp_path: Path, made_store: Path) -> Iterator[Store]:
    shutil.copy(made_store, tmp_path / "feeds.db")
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    yield store
    store.close()


@pytest.fixture
def shelf(store: Store) -> Shelf:
    return Shelf(store)


@pytest.fixture
def build(tmp_path: Path, store: Store) -> Callable[[str], Flask]:
    """Make the application with a configuration file of this text."""

    def build(text: str = CONFIG) -> Flask:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return create_app(Configuration(path, {}), store)

    return build


@pytest.fixture
def app(build: Callable[[str], Flask]) -> Flask:
    return build(CONFIG)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser at the machine itself: what it asks for by default is http://localhost/."""
    return app.test_client()
