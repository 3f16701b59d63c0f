"""How SQLite goes about what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def explain_all(db: Any, ask: Callable[[], object]) -> list[list[str]]:
    """The query plans of all statements that reach SQLite while `ask` runs."""
    sent: list[str] = []
    driver = db.connection.driver_connection
    driver.set_trace_callback(sent.append)
    ask()
    driver.set_trace_callback(None)
    # What a full-text table asks of its own tables is told as a comment.
    asked = [statement for statement in sent if not statement.startswith("--")]
    return [[row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")] for statement in asked]
