"""Carries out the importing of a list that was sent to the desk."""

from __future__ import annotations

from feeds.model import DeskRequest
from feeds.model.declaring import Imported
from feeds.polling.lists import import_list
from feeds.polling.poll import Poller


async def import_sent(poller: Poller, request: DeskRequest) -> Imported:
    """Subscribe to all that the list names, and say what came of it."""
    return await import_list(poller.reader, poller.store, request.body, poller.clock())
