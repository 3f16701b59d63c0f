"""Alembic, run on a connection of ours."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def configuration() -> Config:
    """Return what alembic needs to find the migrations; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def find_revisions() -> set[str]:
    """Return every revision this program knows."""
    scripts = ScriptDirectory.from_config(configuration())
    return {script.revision for script in scripts.walk_revisions()}


def run(db: Connection) -> None:
    """Lead the store behind `db` to the newest revision, inside its transaction."""
    config = configuration()
    config.attributes["connection"] = db
    command.upgrade(config, "head")
