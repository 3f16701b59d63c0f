"""Every edition that is served is compared with the ledger."""

from __future__ import annotations

import threading
from collections import Counter
from http.client import HTTPException

from lxml import etree

from benchmarks.kills.articles import Ledger, read_title
from tests.running import Service

ATOM = "{http://www.w3.org/2005/Atom}"
PAUSE = 0.4  # seconds between two looks


class Watch:
    """A subscriber who never rests; what an edition must not be is a problem in the ledger."""

    def __init__(self, service: Service, ledger: Ledger) -> None:
        self.seen = 0  #: editions
        self._service = service
        self._ledger = ledger
        self._served: dict[str, int] = {}  # the newest text that was served, by id
        self._looking = threading.Lock()  # one edition after the other: each is compared with the last
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            try:
                self.look()
            except (OSError, HTTPException):  # nobody is there, or was killed in mid-sentence
                continue
            except Exception as error:
                self._ledger.complain(f"an edition that cannot be read: {type(error).__name__}: {error}")

    def look(self) -> dict[str, int]:
        """Ask for the feed of everything and its archive, examine them; return the text of each article."""
        with self._looking:
            return self._look()

    def _look(self) -> dict[str, int]:
        due = self._ledger.acknowledged()
        texts: dict[str, int] = {}
        path = "/atom.xml"
        while path:  # from the live feed to the first archive document: what comes first is the newest
            status, body = self._service.get(path)
            if status != 200:
                self._ledger.complain(f"{path} was answered with {status}: {body[:200]!r}")
                return {}
            texts = self._read(body) | texts
            before = etree.fromstring(body).find(f"{ATOM}link[@rel='prev-archive']")
            path = "" if before is None else before.get("href", "").removeprefix(self._service.base_url)
        for told, oldest in (("acknowledged", due), ("served before", self._served)):
            for id, text in oldest.items():
                if texts.get(id, 0) < text:
                    self._ledger.complain(f"{id}: text {text} was {told}, and text {texts.get(id)} is served")
        self._served |= texts
        self.seen += 1
        return texts

    def _read(self, body: bytes) -> dict[str, int]:
        texts: dict[str, int] = {}
        entries = etree.fromstring(body).findall(f"{ATOM}entry")
        published = self._ledger.newest()  # asked for afterwards: nothing served can be newer
        for entry in entries:
            id, title = entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")
            name, text = read_title(title or "")
            texts[id or ""] = text
            if id not in published or name != published[id][0] or not 0 < text <= published[id][1]:
                self._ledger.complain(f"{id}: nobody published {title!r}")
        for id, count in Counter(entry.findtext(f"{ATOM}id") for entry in entries).items():
            if count > 1:
                self._ledger.complain(f"{id} is in one edition {count} times")
        return texts
