"""Pages that files of the seeds directory name: each is fetched once, and kept as an entry."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feeds.curation.changes import find_changes, find_hash, find_rank
from feeds.curation.floods import find_outrun, mark_floods
from feeds.errors import DocumentError, FetchError, GoneError, HeldError, ParseError
from feeds.model import Changes, Document, Feed, FreshEntry, PollOutcome, Source, SourceState
from feeds.polling.fetch import fetch
from feeds.polling.network import Network
from feeds.polling.pauses import Pauses
from feeds.polling.reading import Job, Reader
from feeds.polling.recording import record
from feeds.polling.seeds.keep import declare_publisher
from feeds.polling.seeds.page_folders import file_under, find_holders
from feeds.polling.storing import StoreThread, refusals_told
from feeds.store import Transaction, entries, hosts, pages, sources
from feeds.store.pages import LinkedPage
from feeds.text.urls import public_url

ROUND = 50  # pages under way at once; the network spaces those of one host
#: After each failure in a row the next try is so far away; after the last there is none.
RETRIES = (
    timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3),
    timedelta(days=7),
)  # fmt: skip


@dataclass
class PagesRound:
    """Fetches the pages that are due; each is stored as soon as it is there."""

    source: Source
    state: SourceState
    store: StoreThread
    network: Network
    reader: Reader
    clock: Callable[[], datetime]
    pauses: Pauses
    is_many: bool = False  #: so many at once that all take their places in history
    front: list[tuple[datetime, str]] = field(default_factory=list)  #: of the rounds before, and of this one

    async def run(self, due: Sequence[LinkedPage]) -> PollOutcome:
        """Fetch these pages and record how that went."""
        started = self.clock()
        results = await asyncio.gather(*map(self._fetch, due), return_exceptions=True)
        ended = [result for result in results if not isinstance(result, BaseException)]
        for result in results:
            if isinstance(result, BaseException):  # the store refuses: when no fetch is under way any more
                raise result
        errors = [error for _, error in ended if error]
        outcome = PollOutcome(
            kind="changed" if any(new for new, _ in ended) else "unchanged",
            started=started,
            ended=self.clock(),
            new=sum(new for new, _ in ended),
            error="; ".join(errors[:3]) or None,
        )
        return await self.store.write(record, self.source, outcome)

    async def _fetch(self, page: LinkedPage) -> tuple[int, str | None]:
        """Fetch one page; return how many entries are new, and what went wrong."""
        try:
            fetched = await fetch(self.network, page.url, clock=self.clock, pauses=self.pauses)
            document = fetched.document
            if document is None:
                raise FetchError(public_url(page.url), "the answer was empty", status=fetched.status)
            [answer] = await self.reader.read([Job(document, self.source.key, self.source.url, is_page=True)])
            if isinstance(answer, DocumentError):
                raise answer
            with refusals_told(page.url):
                return await self.store.write(self._keep, page, document, answer.feed), None
        except HeldError as error:
            await self.store.write(self._keep_hold, page, error)
            return 0, None
        except DocumentError as error:
            await self.store.write(self._keep_failure, page, error)
            return 0, f"{public_url(page.url)}: {error.reason}"

    def _keep(self, db: Transaction, page: LinkedPage, document: Document, feed: Feed) -> int:
        held = find_holders(db, [page.entry_id]).get(page.entry_id)
        if held is None:  # no file names it any more
            pages.drop_pages(db, [page.entry_id])
            return 0
        [written] = feed.entries
        entry = file_under(written, written.categories, held.links)
        entry = replace(entry, id=page.entry_id)  # known by the address in the file, wherever that led
        rank = find_rank(entry.published, len(document.body), hashlib.sha256(document.body).hexdigest())
        fresh = FreshEntry(
            entry=entry,
            hash=find_hash(entry),
            rank=rank,
            path=held.links[0],
            publisher=declare_publisher(feed),
        )
        known = {
            id: replace(one, has_lost_its_file=one.path not in (*held.links, *held.articles))
            for id, one in entries.known_entries(db, [page.entry_id]).items()
        }
        now = self.clock()
        changes = find_changes(
            known,
            [fresh],
            now=now if known else _find_place(page, now),
            previous_poll=None if self._is_import(page) else self.state.last_success,
        )
        self._store(db, changes, now)
        pages.settle_page(db, page.entry_id, categories=written.categories, rank=rank)
        return len(changes.new)

    def _store(self, db: Transaction, changes: Changes, now: datetime) -> None:
        """Store what a page brings; of many the newest are shown when all are there."""
        new, front = mark_floods(changes.new, self.front, is_storm=False)
        outrun = find_outrun(self.front, front)
        if self.is_many:
            new, outrun = [replace(placed, flooded=True) for placed in new], ()
        entries.apply_changes(
            db, self.source, replace(changes, new=tuple(new), outrun=outrun, is_part=True), now
        )
        self.front[:] = front

    def _is_import(self, page: LinkedPage) -> bool:
        """Whether a page takes its place in history; what the first poll found does, as its files do.

        One that was had only later would get lost there.
        """
        first = self.state.first_success
        return self.is_many or first is None or (page.added <= first and not page.problem)

    def _keep_hold(self, db: Transaction, page: LinkedPage, error: HeldError) -> None:
        """Put the page off: nothing was asked, so nothing has failed."""
        pages.settle_page(
            db,
            page.entry_id,
            next_fetch=error.until,
            failures=page.failures,
            problem=error.reason,
            retry_after=error.until,
        )

    def _keep_failure(self, db: Transaction, page: LinkedPage, error: DocumentError) -> None:
        """Set the next try; what is gone, or no page, is not asked for again."""
        is_final = isinstance(error, GoneError | ParseError) or page.failures >= len(RETRIES)
        next_fetch = None if is_final else self.clock() + RETRIES[page.failures]
        asked = error.retry_after if isinstance(error, FetchError) else None
        if next_fetch and asked:
            next_fetch = max(next_fetch, asked)
        if isinstance(error, FetchError) and error.paused_host and asked:
            hosts.pause_host(db, error.paused_host, asked, self.clock())
        pages.settle_page(
            db,
            page.entry_id,
            next_fetch=next_fetch,
            failures=page.failures + 1,
            problem=error.reason,
            retry_after=asked,
        )


def _find_place(page: LinkedPage, now: datetime) -> datetime:
    """Return where a page without a date stands: as its line in the list, whichever page came first.

    One that came only when it was tried again stands on top, or nobody would get to see it.
    """
    return now if page.problem else page.added - timedelta(microseconds=page.ordinal)


def find_round(db: Transaction, source: Source, now: datetime) -> tuple[SourceState, list[LinkedPage]]:
    """Return what a round is to know: the state of the directory, and its pages."""
    return sources.find_state(db, source), pages.due_pages(db, now, ROUND)
