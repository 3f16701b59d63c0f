"""Who is meant by a line of text."""

import pytest

from feeds.model import Person
from feeds.parsing.people import parse_person


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("me@a.example (Me)", "Me", "me@a.example"),
        ("me@a.example (Me (again))", "Me (again)", "me@a.example"),
        ("Me <me@a.example>", "Me", "me@a.example"),
        ("Me (me@a.example)", "Me", "me@a.example"),
        ("Me, me@a.example", "Me", "me@a.example"),
        ("Me - me@a.example", "Me", "me@a.example"),
        ("me@a.example Me", "Me", "me@a.example"),
        ('"Doe, Jane" <jane@a.example>', "Doe, Jane", "jane@a.example"),
        ("mailto:me@a.example", None, "me@a.example"),
        ("me@a.example (me@a.example)", None, "me@a.example"),
        ("me@a.example (me@b.example)", "me@a.example (me@b.example)", None),
        ("(Me)", "Me", None),
        ("(Me) and (you)", "(Me) and (you)", None),
        (" me@a.example ", None, "me@a.example"),
        ("Me  and\nyou", "Me and you", None),
        ("Jane (@jane)", "Jane (@jane)", None),
        ("Me at a dot example", "Me at a dot example", None),
        ("a@a.example, b@b.example", "a@a.example, b@b.example", None),
        ("me@a.example " + "x" * 400, "me@a.example " + "x" * 400, None),
    ],
)
def test_a_person_is_a_name_an_address_or_both(text, name, email):
    assert parse_person(text) == Person(name=name, email=email)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nobody_is_no_person(text):
    assert parse_person(text) is None
