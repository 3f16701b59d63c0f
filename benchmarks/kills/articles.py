"""What was published, and the ledger of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

MARK = " text "  # between an article's name and the number of its text


@dataclass
class Article:
    """One article of the publisher; each edit gives it the next text."""

    name: str
    guid: str
    id: str  #: what it must be served as, for ever
    link: str
    text: int = 1
    published: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @classmethod
    def of_feed(cls, feed: str, number: int, key: str, *, is_urn: bool) -> Article:
        """Return an article whose guid is one of everywhere, or of its feed alone."""
        name = f"{feed}-{number}"
        guid = f"urn:kills:{name}" if is_urn else f"number {number}"
        id = guid if is_urn else uuid5(NAMESPACE_URL, f"{key}\n{guid}").urn
        return cls(name, guid, id, f"https://{feed}.example/{number}")

    @classmethod
    def of_file(cls, number: int) -> Article:
        """Return a document of the seeds directory, which is known by its link."""
        link = f"https://seed.example/{number}"
        return cls(f"seed-{number}", "", uuid5(NAMESPACE_URL, link).urn, link)

    @property
    def title(self) -> str:
        return f"{self.name}{MARK}{self.text}"


def read_title(title: str) -> tuple[str, int]:
    """Return name and text of the article that has this title."""
    name, _, text = title.rpartition(MARK)
    return name, int(text)


class Ledger:
    """Every article there is, and what the poller is known to have stored; shared by threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.articles: dict[str, Article] = {}  #: by id
        self.problems: list[str] = []
        self._acknowledged: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.articles)

    def add(self, article: Article) -> Article:
        with self.lock:
            return self.articles.setdefault(article.id, article)

    def acknowledge(self, texts: Mapping[str, int]) -> None:
        """Note what must be stored: the poller came back with the validators of a document that held it."""
        with self.lock:
            for id, text in texts.items():
                self._acknowledged[id] = max(text, self._acknowledged.get(id, 0))

    def is_acknowledged(self, article: Article) -> bool:
        return self._acknowledged.get(article.id) == article.text

    def acknowledged(self) -> dict[str, int]:
        """Return the oldest text that may be served from now on, by id."""
        with self.lock:
            return dict(self._acknowledged)

    def newest(self) -> dict[str, tuple[str, int]]:
        """Return name and newest text of everything that was ever published, by id."""
        with self.lock:
            return {id: (article.name, article.text) for id, article in self.articles.items()}

    def complain(self, problem: str) -> None:
        """Note what must not be."""
        with self.lock:
            if problem not in self.problems:
                self.problems.append(problem)
