"""Messages: who wrote them, and those made to cost much. What they hold is told in `tests/data/files`."""

import time

import pytest

from feeds.errors import ParseError
from feeds.model import Document, Person
from feeds.parsing.files import parse_file
from feeds.parsing.newsletter.fields import decode_words
from feeds.parsing.newsletter.people import read_people

HEADER = "From: Ann <ann@lamp.example>\nSubject: Lamp\nMessage-ID: <1@a>\nMIME-Version: 1.0\n"
SECONDS = 2


def read(body, path="a.eml"):
    [entry] = parse_file(Document("file:///x", body.encode(), path=path)).feed.entries
    return entry


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("ann@a.example", [(None, "ann@a.example")]),
        ('"Lamp, Ann" <ann@a.example>', [("Lamp, Ann", "ann@a.example")]),
        ("Lamp, Ann <ann@a.example>", [("Lamp, Ann", "ann@a.example")]),
        (
            "Ann, Ph.D. <ann@a.example>, bo@b.example",
            [("Ann, Ph.D.", "ann@a.example"), (None, "bo@b.example")],
        ),
        ("Ann <ann@a.example>, Bo <bo@b.example>", [("Ann", "ann@a.example"), ("Bo", "bo@b.example")]),
        ("Ann @ The Lamp <ann@a.example>", [("Ann @ The Lamp", "ann@a.example")]),
        ("Ann [list] <ann@a.example>", [("Ann [list]", "ann@a.example")]),
        ("Ann;Bo <ann@a.example>", [("Ann;Bo", "ann@a.example")]),
        ("ann@a.example (Ann Lamp)", [("Ann Lamp", "ann@a.example")]),
        ("<ann@a.example> (Ann)", [("Ann", "ann@a.example")]),
        ("Ann (Lamp) <ann@a.example>", [("Ann (Lamp)", "ann@a.example")]),
        ("The Lamp: Ann <ann@a.example>", [("The Lamp: Ann", "ann@a.example")]),
        ("Lamp: ann@a.example, Bo <bo@b.example>;", [(None, "ann@a.example"), ("Bo", "bo@b.example")]),
        ('"Ann \\"Wick\\" Lamp" <ann@a.example>', [('Ann "Wick" Lamp', "ann@a.example")]),
        ('"ann@a.example" <bo@b.example>', [("ann@a.example", "bo@b.example")]),
        ('"Ann <ann@a.example>', [("Ann", "ann@a.example")]),
        ("'Ann via list' <list@a.example>", [("Ann via list", "list@a.example")]),
        ("=?utf-8?Q?Lamp=2C_Ann_=3C3?= <ann@a.example>", [("Lamp, Ann <3", "ann@a.example")]),
        ('"=?utf-8?B?54Gv?=" <ann@a.example>', [("灯", "ann@a.example")]),
        ("灯，塔 <ann@a.example>", [("灯，塔", "ann@a.example")]),
        ("Ann", [("Ann", None)]),
        ("<>", []),
        ("undisclosed senders:;", []),
        ("", []),
    ],
)
def test_people_are_read_as_they_are_written(written, people):
    assert read_people(written) == tuple(Person(*person) for person in people)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "ab c d"),
        ("=?utf-8*en?Q?a_b?=", "a b"),
        ("=?utf-8?Q?what??=", "what?"),
        ("=?utf-8?B?54Gv54Gv5?=", "灯灯"),
        ("=?utf-8?B?!!?=", ""),
        ("=?ks_c_5601-1987?B?lO6+yLPn?=", "뷁안녕"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("1 =? 2", "1 =? 2"),
    ],
)
def test_encoded_words_are_decoded(written, text):
    assert decode_words(written) == text


def test_a_long_field_hides_none_of_the_others():
    entry = read(f"X-Lamp: {'lit ' * 5000}\n{HEADER}\nx")

    assert entry.title.value == "Lamp"


def nested(depth, opening):
    return HEADER + "".join(opening.format(n) for n in range(depth)) + "Content-Type: text/plain\n\nx"


MULTIPART = 'Content-Type: multipart/mixed; boundary="b{0}"\n\n--b{0}\n'
MESSAGE = "Content-Type: message/rfc822\n\n"


@pytest.mark.parametrize("opening", [MULTIPART, MESSAGE])
def test_parts_lie_in_one_another(opening):
    assert read(nested(20, opening)).content.value == "x"


@pytest.mark.parametrize("opening", [MULTIPART, MESSAGE])
def test_parts_that_lie_too_deep_are_refused(opening):
    with pytest.raises(ParseError) as refused:
        read(nested(3000, opening))

    assert refused.value.reason == "its parts lie more than 50 deep in one another"


def test_more_texts_than_anybody_writes_are_refused():
    with pytest.raises(ParseError) as refused:
        read(
            f"{HEADER}Content-Type: multipart/mixed; boundary=x\n\n"
            + "--x\nContent-Type: text/html\n\na\n" * 5000
        )

    assert refused.value.reason == "it has more than 500 parts with a text"


@pytest.mark.parametrize(
    "field",
    [
        "From: " + "(" * 20_000,
        "From: " + '"' * 20_001 + " <a@b.example>",
        "From: " + '"\\' * 20_000,
        "From: " + ", ".join(f"U{n} <u{n}@b.example>" for n in range(30_000)),
        "Subject: " + "=?utf-8?B?54Gv?= " * 30_000,
        "Subject: " + "=?a?q? " * 20_000,
        "Date: 1\n" * 30_000 + "Date: 1",
        "Content-Type: text/plain; " + "a=b; " * 30_000,
        "Content-Type: text/plain; " + "".join(f"a*{n}*=x;" for n in range(20_000)),
        "Content-Type: multipart/mixed\n\n" + ("--" + " " * 195 + "\n") * 5_000,
        "\nFrom " + "10:00" * 100_000,
    ],
    ids=lambda field: field[:20],
)
def test_a_hostile_field_takes_no_time(field):
    started = time.process_time()

    read(f"From ann\nMessage-ID: <1@a>\n{field}\n\nx")

    assert time.process_time() - started < SECONDS


def test_people_that_are_too_many_are_those_whose_address_is_whole():
    people = read_people_of(", ".join(f"U{n} <u{n}@b.example>" for n in range(30_000)))

    assert len(people) > 100
    assert {person.email for person in people} == {f"u{n}@b.example" for n in range(len(people))}


def read_people_of(written):
    return read(f"Message-ID: <1@a>\nFrom: {written}\n\nx").authors
