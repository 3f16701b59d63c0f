"""What happens to one source: a document enters, its entries are stored, the next poll is set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from feeds.curation.changes import MOST_LATE
from feeds.curation.floods import MOST_LIVE
from feeds.errors import DocumentError, HeldError, PageError
from feeds.model import Feed, PollOutcome, Source, SourceState
from feeds.polling import schedule
from feeds.polling.delivery.intake import Intake
from feeds.polling.discover import Discovery
from feeds.polling.fetch import NO_VALIDATORS, FetchResult, fetch
from feeds.polling.network import Network
from feeds.polling.pauses import Pauses
from feeds.polling.poll_feed import SCHEDULED, Ask, FeedPoll, Hold
from feeds.polling.reading import Job, Reader
from feeds.polling.recording import keep_state, record
from feeds.polling.rounds import Rounds
from feeds.polling.seeds.look import EVERYTHING
from feeds.polling.seeds.pages import PagesRound, find_round
from feeds.polling.seeds.poll import SeedsPoll
from feeds.polling.seeds.watch import Hints
from feeds.polling.storing import StoreThread, refusals_told
from feeds.store import Transaction, entries, history, pages, sources

__all__ = ["SCHEDULED", "Ask", "Poller"]

#: When the directory is looked through beside the watch, which can miss things, and the rule of it.
RESCAN = timedelta(minutes=5), "the directory is watched, and looked through every 5 minutes"
UNREAD = timedelta(seconds=30), "there was no process to read files in: looked through again after 30 seconds"


@dataclass
class Poller:
    """Polls sources, each at most once at a time; a failure is an outcome, never an exception."""

    store: StoreThread
    network: Network
    reader: Reader
    policy: schedule.Policy
    seeds_root: Path
    clock: Callable[[], datetime]
    pauses: Pauses = field(default_factory=Pauses)  #: hosts that have asked to be left alone
    hints: Hints | None = None  #: where the seeds directory has changed, where somebody watches it
    rounds: Rounds = field(init=False)
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict)
    _fetching_pages: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.rounds = Rounds(self.store, lambda: self.clock())

    def is_polling(self, source: Source) -> bool:
        """Whether a poll of the source is under way."""
        turn = self._turns.get(source.number)
        return turn is not None and turn.locked()

    async def poll(self, source: Source, ask: Ask = SCHEDULED) -> PollOutcome:
        """Check one source once, and record how that ended."""
        async with self._turns.setdefault(source.number, asyncio.Lock()):
            state = await self._find_state(source)
            poll = self._poll_seeds if source.kind == "seeds" else self._poll_feed
            async with self._round_of(source, state, ask):
                return await poll(source, state, ask)

    async def _find_state(self, source: Source) -> SourceState:
        return await self.store.read_together(sources.find_state, source)

    def _round_of(self, source: Source, state: SourceState, ask: Ask) -> AbstractAsyncContextManager[None]:
        """Return the round that a first poll is a part of; one that has failed before holds up none."""
        if ask.dry_run or state.first_success is not None:
            return nullcontext()
        return self.rounds.part(source, holds=not state.failures)

    async def take_in(self, number: int) -> list[PollOutcome]:
        """Take in what hubs have delivered of a source, by its row number; return how that went.

        Raises ReaderDownError where no document can be read now: what is left waits.
        """
        async with self._turns.setdefault(number, asyncio.Lock()):
            return await Intake(self.store, self.reader, self.policy, self.clock).take_all(number)

    async def fetch_pages(self, source: Source) -> list[PollOutcome]:
        """Fetch every page that files of the seeds directory name and that is due; return how that went."""
        ended: list[PollOutcome] = []
        front: list[tuple[datetime, str]] = []
        if self.is_polling(source) and (await self._find_state(source)).first_success is None:
            return ended  # which entries live feeds show is settled when the first poll has ended
        # Their hosts may want us to be slow: what else is polled does not wait for them.
        async with self._fetching_pages, self.rounds.part(holds=False):
            is_many = await self.store.read(pages.count_due, self.clock()) > MOST_LATE
            while True:
                state, due = await self.store.read(find_round, source, self.clock())
                if not due:
                    if is_many:  # which are the newest of them is known only now
                        newest = [id for _, id in front]
                        await self.store.write(entries.surface_these, source, newest, self.clock())
                    return ended
                work = PagesRound(
                    source,
                    state,
                    self.store,
                    self.network,
                    self.reader,
                    self.clock,
                    self.pauses,
                    is_many,
                    front,
                )
                ended.append(await work.run(due))
                if len(front) == MOST_LIVE:  # perhaps there were more
                    await self.store.write(history.archive_floods, self.clock())

    # --- A feed -------------------------------------------------------------------------------------

    async def _poll_feed(self, source: Source, state: SourceState, ask: Ask) -> PollOutcome:
        poll = FeedPoll(source, state, ask, self.clock())
        hold = poll.find_hold()
        if hold:
            return await self._hold(poll, hold)
        if state.first_success is not None and not ask.dry_run:
            await self.rounds.resume(source)
        try:
            fetched, feed = await self._obtain(poll)
            step = poll.decide if ask.dry_run else poll.keep
            store = self.store.read_together if ask.dry_run else self.store.write_together
            with refusals_told(source.url):
                return await store(step, fetched, feed, self.policy, self.clock())
        except HeldError as error:
            return await self._hold(poll, poll.hold_with_host(error))
        except DocumentError as error:
            if ask.dry_run:
                return poll.outcome("failed", self.clock(), error=str(error))
            return await self.store.write_together(poll.keep_failure, error, self.policy, self.clock())

    async def _obtain(self, poll: FeedPoll) -> tuple[FetchResult, Feed | None]:
        """Return the answer, and the feed in it unless nothing has changed.

        A source that has moved and fails for long is looked for at its old address, too.
        """
        try:
            return await self._ask(poll, poll.source.url)
        except HeldError:
            raise
        except DocumentError as error:
            old = poll.find_old_address()
            if old is not None:
                with suppress(DocumentError):
                    fetched, feed = await self._ask(poll, old)
                    return replace(fetched, moved_to=fetched.moved_to or old), feed
            if isinstance(error, PageError) and not error.offers and not poll.state.failures:
                error.offers = await self._discovery().probe(poll.source.url)
            raise

    async def _ask(self, poll: FeedPoll, url: str) -> tuple[FetchResult, Feed | None]:
        validators = poll.validators if url == poll.source.url else NO_VALIDATORS
        insist = poll.ask.force
        fetched = await fetch(
            self.network, url, validators, clock=self.clock, pauses=self.pauses, insist=insist
        )
        return fetched, await self._read(poll, fetched)

    def _discovery(self) -> Discovery:
        return Discovery(self.network, self.reader, self.clock, self.pauses)

    async def _hold(self, poll: FeedPoll, hold: Hold) -> PollOutcome:
        return (
            poll.tell_hold(hold)
            if poll.ask.dry_run
            else await self.store.write_together(poll.keep_hold, hold)
        )

    async def _read(self, poll: FeedPoll, fetched: FetchResult) -> Feed | None:
        """Return the feed, or None where nothing has changed since the last poll."""
        document = fetched.document
        if document is None or (poll.is_unchanged(document.body) and not poll.ask.force):
            return None
        [answer] = await self.reader.read([Job(document, poll.source.key, poll.source.url)])
        if isinstance(answer, DocumentError):
            raise answer
        return answer.feed

    # --- The seeds directory ------------------------------------------------------------------------

    async def _poll_seeds(self, source: Source, state: SourceState, ask: Ask) -> PollOutcome:
        places = [EVERYTHING]
        if self.hints is not None:  # what was noted is looked at now, and with everything else
            noted = self.hints.take()
            places = noted if ask.hinted else places
        poll = SeedsPoll(
            root=self.seeds_root,
            source=source,
            state=state,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            hints=self.hints,
            accept_deletions=ask.accept_deletions,
            dry_run=ask.dry_run,
            force=ask.force,
        )
        try:
            outcome = await poll.run(places)
        except BaseException:
            if self.hints is not None:
                self.hints.add([EVERYTHING])
            raise
        if not ask.dry_run:
            await self.store.write(_keep_seeds, source, state, outcome, ask.refresh_id, poll.is_unread)
        return outcome


def _keep_seeds(
    db: Transaction,
    source: Source,
    state: SourceState,
    outcome: PollOutcome,
    refresh_id: str | None,
    is_unread: bool,
) -> None:
    """Set the next look at the directory and record this one."""
    failed = outcome.kind == "failed"
    wait, rule = UNREAD if is_unread else RESCAN
    state = replace(
        state,
        next_poll=outcome.ended + wait,
        rule=rule,
        failures=state.failures + 1 if failed else 0,
        failing_since=(state.failing_since or outcome.ended) if failed else None,
        last_poll=outcome.ended,
        last_error=outcome.error,
    )
    if state.first_success is None:  # here: who takes an entry over afterwards makes up for it himself
        entries.surface_first(db, source, MOST_LIVE, outcome.ended)
    if not failed:
        first = state.first_success or outcome.ended
        state = replace(state, last_success=outcome.ended, first_success=first)
    keep_state(db, source, state, outcome.ended)
    record(db, source, replace(outcome, next_poll=state.next_poll, rule=rule), refresh_id)
