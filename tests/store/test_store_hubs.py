"""Hubs, on both databases: what is offered, asked for, delivered."""

from dataclasses import replace

import pytest
from store_samples import NOW, minutes

from feeds.model import HubOffer, HubStanding, HubSubscription, PollOutcome
from feeds.store import deliveries, hub_calls, hub_words, hubs, polls, sources

HUB, TOPIC = "https://hub.example/", "https://a.example/feed"
OFFER = HubOffer((HUB, "https://b.example/"), TOPIC, TOPIC)
WANTED = HubSubscription(HUB, TOPIC, "https://f.example", next_step=NOW)
LEASE = minutes(600)


@pytest.fixture
def source(shelf):
    return shelf.add_source()


@pytest.fixture
def known(db, source):
    """A subscription that was asked for."""
    hubs.record_offer(db, source, OFFER, NOW)
    return hubs.save_subscription(db, source, replace(WANTED, state="asked", asked=NOW))


def again(db, known):
    return hubs.find_subscription(db, known.number)


def is_due(db, now=NOW):
    return deliveries.find_work(db, now).has_steps


def test_an_offer_is_kept_and_looked_at_at_once(db, source):
    hubs.record_offer(db, source, OFFER, NOW)

    assert hubs.find_offer(db, source) == OFFER
    assert hubs.load_due(db, NOW, 10) == [HubStanding(source, OFFER, (), False)]
    assert hubs.load_due(db, NOW - minutes(1), 10) == []
    assert (is_due(db), is_due(db, NOW - minutes(1))) == (True, False)


def test_an_offer_that_says_nothing_new_is_not_looked_at_again(db, source):
    hubs.record_offer(db, source, OFFER, NOW)
    hubs.settle_offer(db, source, True, None)
    hubs.record_offer(db, source, OFFER, NOW)
    assert not is_due(db)

    hubs.record_offer(db, source, replace(OFFER, hubs=()), NOW)
    assert is_due(db)
    [standing] = hubs.load_due(db, NOW, 10)
    assert (standing.offer.hubs, standing.is_trusted) == ((), True)


def test_a_source_without_a_hub_leaves_no_row(db, source):
    hubs.record_offer(db, source, replace(OFFER, hubs=()), NOW)

    assert hubs.find_offer(db, source) is None


def test_a_new_subscription_gets_secrets_that_nobody_can_guess(db, source):
    stored = [hubs.save_subscription(db, source, WANTED) for _ in range(2)]

    assert stored == hubs.find_subscriptions(db, source)
    assert len({one.secret for one in stored} | {one.key for one in stored}) == 4
    assert all(len(one.secret) == 32 and len(one.key.encode()) == 64 for one in stored)
    assert stored[0].callback == f"https://f.example/websub/{stored[0].secret}"


def test_everything_known_of_a_subscription_is_kept(db, source, known):
    full = replace(
        known,
        mode="unsubscribe",
        granted=NOW,
        lease_end=NOW + LEASE,
        failures=3,
        checked=True,
        missed=NOW,
        last_delivery=NOW,
        last_error="HTTP 500",
        rejected=2,
    )

    assert hubs.save_subscription(db, source, full) == again(db, known) == full


@pytest.mark.parametrize("change", ["paused", "resumed", "retired", "taken up again"])
def test_sources_that_are_polled_no_more_or_again_are_looked_at(db, shelf, source, change):
    hubs.record_offer(db, source, OFFER, NOW)
    if change in ("resumed", "taken up again"):
        sources.set_paused(db, source, True)
    hubs.settle_offer(db, shelf.again(source), False, None)
    hubs.look_at_changed(db, NOW)
    assert not is_due(db)

    if change == "retired":
        sources.retire(db, source, "410")
    else:
        sources.set_paused(db, source, change == "paused")
    assert hubs.find_changed(db) == [source.number]
    hubs.look_at_changed(db, NOW)
    assert is_due(db)


def test_other_settings_have_everything_looked_at(db, source):
    hubs.record_offer(db, source, OFFER, NOW)
    hubs.settle_offer(db, source, False, None)
    hubs.look_at_all(db, NOW)

    assert is_due(db)


def test_what_a_hub_grants_is_a_fact_that_the_poller_looks_at(db, source, known):
    hubs.settle_offer(db, source, False, NOW + LEASE)
    later = NOW + minutes(1)

    assert hub_calls.grant(db, known, LEASE, later)
    found = again(db, known)
    assert (found.state, found.granted, found.lease_end) == ("verified", later, later + LEASE)
    assert found.next_step is None
    assert is_due(db, later)
    assert hubs.is_trusted(db, source, later)
    assert not hubs.is_trusted(db, source, later + LEASE)


def test_a_renewal_leaves_what_was_learned_of_the_hub_and_a_new_beginning_does_not(db, source, known):
    hub_calls.grant(db, known, LEASE, NOW)
    hubs.change(db, known.number, checked=True, missed=NOW)
    hub_calls.grant(db, again(db, known), LEASE, NOW + minutes(60))
    assert (again(db, known).checked, again(db, known).missed) == (True, NOW)

    hub_calls.grant(db, again(db, known), LEASE, NOW + 3 * LEASE)
    assert (again(db, known).checked, again(db, known).missed) == (False, None)


def test_a_no_or_an_end_takes_the_lease_away(db, source, known):
    hub_calls.grant(db, known, LEASE, NOW)
    assert hub_calls.deny(db, again(db, known), "no", NOW)
    denied = again(db, known)
    assert (denied.state, denied.lease_end, denied.last_error) == ("denied", None, "no")

    left = hubs.save_subscription(db, source, replace(denied, mode="unsubscribe", state="asked"))
    assert hub_calls.deny(db, left, "why?", NOW)
    assert (again(db, known).state, again(db, known).is_over) == ("ended", True)


def test_the_first_poll_of_a_lease_judges_no_hub_and_later_ones_do(db, source, known):
    hub_calls.grant(db, known, LEASE, NOW)

    assert hubs.note_poll(db, source, True, NOW)
    assert hubs.note_poll(db, source, False, NOW)
    assert not hubs.note_poll(db, source, True, NOW + minutes(1))
    assert again(db, known).missed == NOW + minutes(1)
    assert not hubs.note_poll(db, source, False, NOW + minutes(2))
    hubs.trust_again(db, known.number, NOW)
    assert hubs.note_poll(db, source, False, NOW + minutes(3))
    hubs.excuse(db, known.number)
    assert hubs.note_poll(db, source, True, NOW + minutes(4))


def test_a_source_rests_on_one_hub_while_another_has_missed_something(db, source, known):
    other = hubs.save_subscription(db, source, replace(WANTED, state="asked", asked=NOW))
    hub_calls.grant(db, known, LEASE, NOW)
    hubs.note_poll(db, source, False, NOW)
    hub_calls.grant(db, other, LEASE, NOW)
    hubs.settle_offer(db, source, True, NOW)
    assert hubs.note_poll(db, source, True, NOW)
    assert [one.missed for one in hubs.find_subscriptions(db, source)] == [NOW, None]
    assert [standing.is_trusted for standing in hubs.load_due(db, NOW, 10)] == [True]

    assert not hubs.note_poll(db, source, True, NOW)
    assert [standing.is_trusted for standing in hubs.load_due(db, NOW, 10)] == [False]


def test_deliveries_are_taken_in_the_order_they_came_whichever_hub_sent_them(db, source, known):
    other = hubs.save_subscription(db, source, WANTED)
    for number, one in enumerate((known, other, known)):
        hub_calls.record_delivery(db, one, "text/xml", b"%d \x00\xff" % number, NOW + minutes(number))
    assert deliveries.find_work(db, NOW - LEASE) == deliveries.HubWork(False, (source.number,))

    bodies = []
    while delivery := deliveries.find_next(db, source):
        bodies.append(delivery.body)
        deliveries.take(db, delivery)
    assert bodies == [b"0 \x00\xff", b"1 \x00\xff", b"2 \x00\xff"]
    assert again(db, known).last_delivery == NOW + minutes(2)
    assert deliveries.find_work(db, NOW - LEASE) == deliveries.HubWork(False, ())


def test_only_so_many_deliveries_of_one_subscription_wait(db, source, known):
    kept = [hub_calls.record_delivery(db, known, None, b"", NOW) for _ in range(101)]

    assert kept == [True] * 100 + [False]
    deliveries.drop_all(db, source)
    assert hub_calls.record_delivery(db, known, None, b"", NOW)


def test_only_so_many_bytes_of_one_subscription_wait(db, source, known):
    body = bytes(hub_calls.MOST_BYTES_WAITING - 1)

    assert [hub_calls.record_delivery(db, known, None, part, NOW) for part in (body, b"12", b"")] == [
        True,
        True,
        False,
    ]
    deliveries.take(db, deliveries.find_next(db, source))
    assert hub_calls.record_delivery(db, known, None, b"", NOW)


def test_a_subscription_is_forgotten_with_what_it_brought(db, source, known):
    hub_calls.record_delivery(db, known, None, b"", NOW)
    hubs.forget_subscription(db, known.number)

    assert hubs.find_subscriptions(db, source) == []
    assert hub_calls.find_by_secret(db, known.secret) is None


def test_a_poll_says_whether_a_hub_delivered_it(db, source):
    outcomes = [PollOutcome("changed", NOW, NOW, delivered=delivered) for delivered in (True, False)]
    for outcome in outcomes:
        polls.record_poll(db, source, outcome)

    assert polls.list_polls(db, source) == outcomes[::-1]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "wanted"}, "is asked to deliver what is new"),
        ({"state": "asked"}, "is asked to deliver what is new"),
        (
            {"state": "wanted", "failures": 2, "last_error": "HTTP 500"},
            "could not be asked to deliver: HTTP 500; it is asked again",
        ),
        ({"state": "denied", "last_error": "go away"}, "refuses to deliver: go away"),
        ({"state": "failed", "last_error": "timed out"}, "was asked to deliver in vain: timed out"),
        ({"mode": "unsubscribe", "state": "asked"}, "is told that nothing is wanted any more"),
        ({"state": "verified", "lease_end": NOW + LEASE}, "delivers what is new, until 2024-05-01 22:00 UTC"),
        (
            {"state": "asked", "lease_end": NOW + LEASE, "last_delivery": NOW, "rejected": 3},
            "delivers what is new (last on 2024-05-01 12:00 UTC), until 2024-05-01 22:00 UTC"
            "; wrongly signed and dropped: 3",
        ),
        (
            {"state": "verified", "lease_end": NOW + LEASE, "missed": NOW},
            "has not delivered what a poll found on 2024-05-01 12:00 UTC;"
            " until it delivers again the source is polled as often as without it",
        ),
    ],
)
def test_how_a_source_stands_with_its_hub_is_one_line(db, source, known, facts, words):
    hubs.save_subscription(db, source, replace(known, state="ended", mode="unsubscribe"))
    hubs.save_subscription(db, source, replace(WANTED, hub="https://u:secret@hub.example/", **facts))

    assert hub_words.explain_hub(db, source, NOW) == f"https://hub.example/ {words}"
    assert hub_words.explain_hubs(db, NOW) == {source.number: f"https://hub.example/ {words}"}


def test_what_is_over_is_not_told(db, source, known):
    hubs.save_subscription(db, source, replace(known, state="ended", mode="unsubscribe"))

    assert hub_words.explain_hub(db, source, NOW) is None
    assert hub_words.explain_hubs(db, NOW) == {}
