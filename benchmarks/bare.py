"""The least a WSGI application can do, on the server that `feeds` runs on: fixed answers by path.

    python -m benchmarks.bare PORT FILE

FILE is JSON: for each path the status line, the header fields, and the file with the body.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from feeds.web.server import open_server

Fixed = tuple[str, list[tuple[str, str]], list[bytes]]


def load(path: Path) -> Callable[..., Iterable[bytes]]:
    """Return the application."""
    answers: dict[str, Fixed] = {}
    for address, (status, fields, file) in json.loads(path.read_text()).items():
        body = Path(file).read_bytes()
        answers[address] = status, [(name, value) for name, value in fields], [body] if body else []

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, fields, body = answers[environ["PATH_INFO"]]
        start_response(status, fields)
        return body

    return answer


if __name__ == "__main__":
    open_server("127.0.0.1", int(sys.argv[1])).serve(
        target_loader=partial(load, Path(sys.argv[2])), wrap_loader=False
    )
