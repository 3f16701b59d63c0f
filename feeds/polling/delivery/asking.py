"""Asking hubs to deliver, or to deliver no more (WebSub, section 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from feeds.errors import FetchError, RefusedError
from feeds.model import HubSubscription, Source
from feeds.polling import schedule
from feeds.polling.aftermath import find_facts
from feeds.polling.delivery.deciding import LEASE, PATIENCE, Failure, decide, fail, find_requests
from feeds.polling.fetch import describe_status, find_retry_after
from feeds.polling.guard import ForbiddenError, Guard, Resolver, resolve
from feeds.polling.network import Answer, FetchPolicy, Network
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, hubs, sources
from feeds.text.hosts import PORTS
from feeds.text.urls import public_url

MOST_LOOKED_AT = 50  # sources in one transaction
#: Refusals that may pass: every other 4xx says that the same request fails again.
PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


async def can_be_called(base_url: str, policy: FetchPolicy, resolver: Resolver = resolve) -> bool:
    """Whether hubs can call us: our address is public, or the owner lists it in allow_hosts.

    That private addresses may be asked tells nothing about who can ask us. Raises OSError where our name
    cannot be looked up now.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in PORTS or not parts.hostname:
        return False
    port = parts.port or PORTS[parts.scheme]
    guard = Guard(False, frozenset(map(str.lower, policy.allow_hosts)), resolver)
    if guard.is_listed(parts.hostname, port):
        return True
    try:
        async with asyncio.timeout(policy.total_timeout):
            return bool(await guard.find_addresses(parts.hostname, port))
    except (ForbiddenError, UnicodeError):
        return False


@dataclass(frozen=True)
class Subscriber:
    """Decides what is to be asked of hubs, and asks it."""

    store: StoreThread
    network: Network
    policy: schedule.Policy
    clock: Callable[[], datetime]

    async def take_steps(self, base_url: str | None) -> list[HubSubscription]:
        """Decide about the sources that are due; return the requests to make, recorded as made.

        They are recorded before: a hub may verify one before it answers it.
        """
        return await self.store.write(take_steps, base_url, self.policy, self.clock())

    async def ask(self, asked: HubSubscription) -> str | None:
        """Make one request and record how that went; return in one line what went wrong."""
        failure: Failure | None
        try:
            failure = _judge(await self.network.post(asked.hub, _write_form(asked)), self.clock())
        except FetchError as error:
            failure = Failure(error.reason, is_final=isinstance(error, RefusedError))
        await self.store.write(keep_answer, asked, failure, self.clock())
        if failure is None:
            return None
        return f"{public_url(asked.hub)}: {asked.mode} to {asked.topic}: {failure.reason}"


def _write_form(asked: HubSubscription) -> dict[str, str]:
    """Return the parameters of a request (section 5.1)."""
    form = {"hub.callback": asked.callback, "hub.mode": asked.mode, "hub.topic": asked.topic}
    if asked.mode == "unsubscribe":
        return form
    return form | {"hub.secret": asked.key, "hub.lease_seconds": str(int(LEASE.total_seconds()))}


def _judge(answer: Answer, now: datetime) -> Failure | None:
    """Return what is wrong with a hub's answer: any 2xx accepts (section 5.2; older hubs say 204)."""
    if 200 <= answer.status < 300:
        return None
    is_final = 400 <= answer.status < 500 and answer.status not in PASSING
    return Failure(describe_status(answer.status), is_final, find_retry_after(answer.headers, now))


# --- Transactions -----------------------------------------------------------------------------------


def take_steps(
    db: Transaction, base_url: str | None, policy: schedule.Policy, now: datetime
) -> list[HubSubscription]:
    """Decide about the sources that are due, and store it; return the requests to make."""
    requests: list[HubSubscription] = []
    for standing in hubs.load_due(db, now, MOST_LOOKED_AT):
        plan = decide(standing, base_url, now)
        for number in plan.forgotten:
            hubs.forget_subscription(db, number)
        changed = [row for row in plan.subscriptions if row not in standing.subscriptions]
        stored = [hubs.save_subscription(db, standing.source, row) for row in changed]
        requests += find_requests(stored, now)
        if standing.is_trusted and not plan.is_trusted:
            _release(db, standing.source, policy, now)
        hubs.settle_offer(db, standing.source, plan.is_trusted, plan.next_step)
    return requests


def _release(db: Transaction, source: Source, policy: schedule.Policy, now: datetime) -> None:
    """Have a source polled as often as any other again: no hub tells what is new there any more."""
    state = sources.find_state(db, source)
    since = state.last_poll or now
    decision = schedule.next_poll(since, policy, find_facts(source, state), key=source.key)
    when = max(now, decision.when)
    if state.next_poll is not None and when < state.next_poll:  # None: due already, or gone for good
        sources.save_state(db, source, replace(state, next_poll=when, rule=decision.rule))


def keep_answer(db: Transaction, asked: HubSubscription, failure: Failure | None, now: datetime) -> None:
    """Store how a request ended, unless the hub has verified it meanwhile or it is not wanted any more."""
    row = hubs.find_subscription(db, asked.number)
    if row is None or (row.state, row.mode, row.asked) != ("asked", asked.mode, asked.asked):
        return
    row = replace(row, next_step=now + PATIENCE) if failure is None else fail(row, failure, now)
    hubs.change(
        db,
        row.number,
        state=row.state,
        failures=row.failures,
        last_error=row.last_error,
        granted=row.granted,
        lease_end=row.lease_end,
        next_step=row.next_step,
    )
    hubs.look_at(db, row.number, now)
