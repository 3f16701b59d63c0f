"""The configuration and the log of a command; nothing heavy is imported here."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click

from feeds.config import Configuration


def read_configuration(
    ctx: click.Context, flags: Mapping[str, Mapping[str, Any]] | None = None
) -> Configuration:
    """Return the configuration that `--config`, the environment and the flags make."""
    path: Path | None = ctx.find_root().obj
    return Configuration(path, os.environ, flags)


def configure_logging() -> None:
    """Write the log as readable lines to stderr: the only place that is configured."""
    output = logging.StreamHandler()
    output.setFormatter(_Lines())
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(logging.INFO)
    # A tick that comes late or is left out is nothing to tell; what happens in one is told by the poller.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    for chatty in ("httpx", "httpcore", "watchfiles", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _Lines(logging.Formatter):
    """Readable lines; what writes them is imported with the first of them."""

    def format(self, record: logging.LogRecord) -> str:
        return _make_formatter().format(record)


@cache
def _make_formatter() -> logging.Formatter:
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
        ],
    )
