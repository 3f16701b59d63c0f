"""The flow of one feed: what each answer does to its entries, its state and its schedule."""

import asyncio
import time
from datetime import timedelta

import pytest
from polling_server import response
from sqlalchemy import text

from feeds.daemon.composing import open_poller
from feeds.errors import StoreError
from feeds.polling.poll import Ask
from feeds.polling.refresh import poll_all
from feeds.store import polls, sources

ITEM = "<item><title>{0}</title><link>http://a.example/{0}</link><guid>{0}</guid></item>"


def rss(*titles, head="") -> bytes:
    items = "".join(ITEM.format(title) for title in titles)
    return f'<rss version="2.0"><channel><title>F</title>{head}{items}</channel></rss>'.encode()


class Script:
    """A server that gives these answers in this order, and the last one from then on."""

    def __init__(self, serve, *answers):
        self.answers = list(answers)
        self.server = serve(lambda asked: self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        self.url = self.server.url


def subscribed(here, serve, *answers) -> Script:
    script = Script(serve, *answers)
    here.subscribe(script.url)
    return script


def test_a_feed_is_stored_with_its_validators_and_its_next_poll(here, serve):
    script = subscribed(here, serve, response(body=rss("one", "two"), etag='"v1"', last_modified="Monday"))
    [outcome] = here.poll(script.url)
    state = here.state(script.url)

    assert (outcome.kind, outcome.new, outcome.status) == ("changed", 2, 200)
    assert here.titles() == ["one", "two"]
    assert (state.validators.etag, state.validators.last_modified) == ('"v1"', "Monday")
    assert timedelta(hours=1) <= state.next_poll - here.now <= timedelta(hours=1.1)
    assert here.source(script.url).title == "F"


def test_validators_are_echoed_and_a_304_changes_nothing(here, serve):
    script = subscribed(here, serve, response(body=rss("one"), etag='W/"odd"'), response(304, b""))
    here.poll(script.url)
    before = here.entries()
    [outcome] = here.poll(script.url)

    assert script.server.asked[1].headers["if-none-match"] == 'W/"odd"'
    assert (outcome.kind, outcome.status) == ("unchanged", 304)
    assert here.entries() == before
    assert here.state(script.url).validators.etag == 'W/"odd"'


def test_the_same_body_counts_as_unchanged_without_validators(here, serve):
    script = subscribed(here, serve, response(body=rss("one")))

    assert [here.poll(script.url)[0].kind for _ in range(2)] == ["changed", "unchanged"]


def test_a_broken_answer_deletes_nothing_and_keeps_the_validators(here, serve):
    script = subscribed(
        here, serve, response(body=rss("one"), etag='"v1"'), response(body=b"<html>Sorry</html>", etag='"v2"')
    )
    here.poll(script.url)
    [outcome] = here.poll(script.url)
    state = here.state(script.url)

    assert outcome.kind == "failed"
    assert script.url in outcome.error
    assert here.titles() == ["one"]
    assert (state.validators.etag, state.failures) == ('"v1"', 1)


def test_a_feed_without_entries_withdraws_nothing(here, serve):
    script = subscribed(here, serve, response(body=rss("one")), response(body=rss()))
    here.poll(script.url)
    [outcome] = here.poll(script.url)

    assert (outcome.kind, here.titles()) == ("unchanged", ["one"])


def test_failures_in_a_row_put_the_next_poll_off_further_and_further(here, serve):
    script = subscribed(here, serve, response(500))
    waits = []
    for _ in range(4):
        here.poll(script.url)
        waits.append(here.state(script.url).next_poll - here.now)

    assert waits == sorted(waits)
    assert waits[-1] > 3 * waits[0]
    assert "failures" in here.state(script.url).rule
    assert here.state(script.url).last_error


def test_a_person_who_tries_again_and_again_puts_nothing_off(here, serve):
    script = subscribed(here, serve, response(500))
    here.poll(script.url)
    before = here.state(script.url)
    here.poll(script.url, ask=Ask(by_person=True))

    assert here.state(script.url) == before


def test_a_success_forgets_the_failures(here, serve):
    script = subscribed(here, serve, response(500), response(body=rss("one")))
    here.poll(script.url)
    here.poll(script.url)
    state = here.state(script.url)

    assert (state.failures, state.last_error) == (0, None)


def test_a_feed_that_is_gone_is_retired_and_its_entries_stay(here, serve):
    script = subscribed(here, serve, response(body=rss("one")), response(410))
    here.poll(script.url)
    here.poll(script.url)

    assert "410" in here.source(script.url).retired
    assert here.titles() == ["one"]


def test_retry_after_holds_back_even_a_person_unless_forced(here, serve):
    script = subscribed(here, serve, response(429, retry_after="7200"), response(body=rss("one")))
    here.poll(script.url)
    here.pass_time(hours=1)
    [held] = here.poll(script.url)
    assert held.kind == "held"
    assert "asked to wait" in held.error
    assert len(script.server.asked) == 1

    [forced] = here.poll(script.url, ask=Ask(force=True))
    assert forced.new == 1


def test_whoever_insists_sends_no_validators(here, serve):
    script = subscribed(here, serve, response(body=rss("one"), etag='"v1"', last_modified="Monday"))
    here.poll(script.url)
    here.poll(script.url, ask=Ask(force=True))

    assert not {"if-none-match", "if-modified-since"} & script.server.asked[1].headers.keys()


def test_being_held_back_is_no_further_failure(here, serve):
    script = subscribed(here, serve, response(503, retry_after="7200"))
    here.poll(script.url)
    before = here.state(script.url)
    here.pass_time(minutes=5)
    here.poll(script.url)

    assert here.state(script.url).failures == before.failures
    assert here.state(script.url).retry_after == before.retry_after


def test_a_ttl_puts_the_next_poll_off_also_after_a_304(here, serve):
    body = rss("one", head="<ttl>240</ttl>")
    script = subscribed(here, serve, response(body=body, etag='"v1"'), response(304, b""))
    for _ in range(2):
        here.poll(script.url)
        assert here.state(script.url).next_poll - here.now >= timedelta(hours=4)


DATED = "<item><guid>{0}</guid><title>{0}</title><pubDate>{1:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"


def dated(moments) -> bytes:
    items = "".join(DATED.format(number, moment) for number, moment in enumerate(moments))
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def test_a_source_is_looked_at_as_often_as_its_posts_suggest(here, serve):
    body = dated(here.now - timedelta(hours=8 * n) for n in range(1, 6))
    script = subscribed(here, serve, response(body=body))
    here.poll(script.url)

    assert here.state(script.url).rule == "every 2 hours: it posts about every 8 hours"


def test_a_source_that_falls_silent_is_looked_at_less_and_less(here, serve):
    body = dated(here.now - timedelta(hours=8 * n) for n in range(1, 6))
    script = subscribed(here, serve, response(body=body))
    here.poll(script.url)
    here.pass_time(hours=24)
    here.poll(script.url)

    assert here.state(script.url).rule == "every 8 hours: it has posted nothing for 32 hours"


def test_posts_without_dates_count_from_when_they_were_seen(here, serve):
    script = subscribed(here, serve, response(body=rss("one")))
    here.poll(script.url)
    here.pass_time(hours=16)
    here.poll(script.url)
    assert here.state(script.url).rule == "every 4 hours: it has posted nothing for 16 hours"

    script.answers = [response(body=rss("two", "one"))]
    here.poll(script.url)
    assert here.state(script.url).rule == "every 60 minutes"


def test_hours_that_the_publisher_names_are_kept_after_a_304_too(here, serve):
    hours = "".join(f"<hour>{hour}</hour>" for hour in (13, 14))
    body = rss("one", head=f"<skipHours>{hours}</skipHours>")
    script = subscribed(here, serve, response(body=body, etag='"v1"'), response(304, b""))
    for _ in range(2):  # at noon
        here.poll(script.url)
        assert here.state(script.url).next_poll.hour == 15
        assert here.state(script.url).rule.endswith("(skipHours, skipDays)")


def test_a_poll_that_is_due_in_an_hour_that_was_named_is_put_off_and_one_by_hand_is_not(here, serve):
    body = rss("one", head="<skipHours><hour>20</hour></skipHours>")
    script = subscribed(here, serve, response(body=body))
    here.poll(script.url)
    here.pass_time(hours=8, minutes=30)  # the daemon did not run meanwhile
    [outcome] = here.poll(script.url)

    assert outcome.kind == "held"
    assert here.state(script.url).next_poll.hour == 21
    assert len(script.server.asked) == 1
    here.poll(script.url, ask=Ask(by_person=True))
    assert len(script.server.asked) == 2


def test_each_poll_records_what_was_decided_about_the_next(here, serve):
    script = subscribed(here, serve, response(body=rss("one")), response(500), response(410))
    for _ in range(3):
        here.poll(script.url)
    with here.store.read() as db:
        decided = [(poll.next_poll, poll.rule) for poll in polls.list_polls(db, here.source(script.url))]

    (gone, why), (later, after_failure), (soon, after_success) = decided
    assert (after_success, after_failure) == ("every 60 minutes", "after 1 failure: in 60 minutes")
    assert soon == later > here.now
    assert (gone, why) == (None, "never again: the publisher says it is gone for good (HTTP 410)")


def test_a_corrected_entry_is_modified_and_one_that_left_the_window_stays(here, serve):
    other = rss("two").replace(b"<title>two<", b"<title>two, corrected<")
    script = subscribed(here, serve, response(body=rss("one", "two")), response(body=other))
    here.poll(script.url)
    here.pass_time(hours=1)
    [outcome] = here.poll(script.url)

    assert (outcome.new, outcome.modified) == (0, 1)
    assert sorted(here.titles()) == ["one", "two, corrected"]


def test_a_bad_source_stops_no_other(here, serve):
    bad = [
        subscribed(here, serve, answer)
        for answer in (response(404), response(body=b"\x00"), b"nonsense\r\n\r\n")
    ]
    good = subscribed(here, serve, response(body=rss("one")))
    outcomes = here.poll(*(script.url for script in (*bad, good)))

    assert [outcome.kind for outcome in outcomes] == ["failed", "failed", "failed", "changed"]
    assert here.titles() == ["one"]


def test_another_source_cannot_rewrite_an_entry(here, serve):
    def feed(text):
        item = f"<item><title>{text}</title><link>http://a.example/1</link><guid>http://a.example/1</guid></item>"
        return response(body=f"<rss><channel><title>F</title>{item}</channel></rss>".encode())

    first = subscribed(here, serve, feed("The original"))
    here.poll(first.url)
    second = subscribed(here, serve, feed("A forgery"))
    [outcome] = here.poll(second.url)

    assert outcome.kind == "unchanged"
    assert here.titles() == ["The original"]


def test_a_rehearsal_stores_neither_entries_nor_schedule(here, serve):
    script = subscribed(here, serve, response(body=rss("one"), etag='"v1"'))
    before = here.state(script.url)
    [outcome] = here.poll(script.url, ask=Ask(dry_run=True))

    assert outcome.new == 1
    assert here.titles() == []
    assert here.state(script.url) == before


def test_an_address_with_a_password_is_never_told(here, serve):
    script = Script(serve, response(500))
    url = script.url.replace("http://", "http://user:secret@")
    here.subscribe(url)
    [outcome] = here.poll(url)

    assert "secret" not in outcome.error
    assert script.server.asked[0].headers["authorization"].startswith("Basic ")


def test_a_source_taken_up_again_waits_as_its_server_asked_and_is_not_due_meanwhile(here, serve):
    script = subscribed(here, serve, response(503, b"", retry_after="3600"))
    here.poll(script.url)
    with here.store.write() as db:
        sources.close_door(db, here.source(script.url), "hand", here.now)
    here.subscribe(script.url)
    here.pass_time(minutes=1)
    assert "asked to wait" in here.poll(script.url)[0].error

    with here.store.read() as db:
        due = sources.due_sources(db, here.now)
    assert script.url not in {source.url for source in due}
    here.pass_time(minutes=59)
    assert here.state(script.url).next_poll == here.now


def test_one_poll_that_cannot_be_stored_does_not_end_the_others(here, serve):
    sick = subscribed(here, serve, response(body=rss("one")))
    slow = subscribed(here, serve, lambda asked: None)
    slow.server.answer = lambda asked: time.sleep(0.3) or response(body=rss("two"))
    chosen = [here.source(sick.url), here.source(slow.url)]
    with here.store.write() as db:
        db.execute(
            text(
                f"CREATE TRIGGER full BEFORE INSERT ON polls WHEN NEW.source_number = {chosen[0].number}"
                " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )

    async def run() -> None:
        async with open_poller(here.settings, here.store) as poller:
            await poll_all(poller, chosen, Ask())

    with pytest.raises(StoreError, match="disk full"):
        asyncio.run(run())
    assert here.titles() == ["two"]
