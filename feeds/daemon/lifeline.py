"""A child that ends when its parent does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

GRACE = 8.0  # seconds between the parent's end and a hard end


def end_with_parent() -> None:
    """Watch standard input, the pipe the parent holds open: when it closes, end like on SIGTERM."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
