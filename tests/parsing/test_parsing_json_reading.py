"""What no small document can state: encodings, guards, depth, and what is bounded."""

import time

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import json_reading
from feeds.parsing.jsonfeed import parse_jsonfeed

HEAD = '{"version": "https://jsonfeed.org/version/1.1", "title": "新", "items": ['
ITEM = '{"id": "1", "content_text": "é"}'
WHOLE = f"{HEAD}{ITEM}]}}"
LARGE = 500_000  # characters


def read(text, media_type=None):
    body = text if isinstance(text, bytes) else text.encode()
    return parse_jsonfeed(Document("https://a.example/feed.json", body, media_type))


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_every_encoding_of_unicode_is_told_from_the_bytes(codec):
    feed = read(WHOLE.encode(codec), "application/json; charset=utf-8")

    assert (feed.title.value, feed.entries[0].content.value) == ("新", "é")


def test_a_declared_charset_is_used_where_the_bytes_are_no_utf_8():
    assert read(WHOLE.encode("gb18030"), "application/json; charset=gb18030").title.value == "新"


@pytest.mark.parametrize(
    "text", [")]}',\n%s", "for(;;);%s", "callback(%s);", "/**/cb(%s)", "\n%s\n\0", "%s, {"]
)
def test_what_guards_a_feed_is_no_part_of_it(text):
    assert [entry.guid for entry in read(text % WHOLE).entries] == ["1"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("[]", "no JSON object"),
        ('[{"items": []}]', "no JSON object"),
        ("null", "no JSON object"),
        ('"{}"', "no JSON object"),
        ("Sorry: {}", "no JSON object"),
        ("{}", "no JSON Feed"),
        ('{"items": []}', "no JSON Feed"),
        ('{"items": [{"name": "a", "size": 1}]}', "no JSON Feed"),
        ('{"items": [{"title": "a", "link": "https://a.example/"}], "has_more": true}', "no JSON Feed"),
        ('{"title": "a", "items": 5}', "no JSON Feed"),
        ('{"type": "FeatureCollection", "features": [{"id": 1}]}', "no JSON Feed"),
        ('{"version": "1.0", "name": "a"}', "no JSON Feed"),
        (HEAD, "not JSON"),
        (HEAD + '{"id": "1', "not JSON"),
        ("{" * 10, "not JSON"),
        ("[" * LARGE, "no JSON object"),
        ('{"a":' * LARGE, "more structure"),
        (HEAD + "[" * 50_000, "not JSON"),
        (HEAD + "{}," * LARGE, "more structure"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_feed_is_refused(text, reason):
    with pytest.raises(ParseError, match=reason):
        read(text)


def test_depth_costs_one_item_only():
    deep = '{"id": "2", "_x": ' + "[" * 20_000 + "]" * 20_000 + "}"

    assert [entry.guid for entry in read(f'{HEAD}{ITEM}, {deep}, {{"id": "3"}}]}}').entries] == ["1", "3"]


def test_of_items_that_say_nothing_as_many_are_read_as_the_length_allows():
    text = HEAD + ", ".join(f'{{"id": {number}}}' for number in range(20_000)) + '], "language": "en"}'
    guids = [entry.guid for entry in read(text).entries]

    assert guids == [str(number) for number in range(10_000 + len(text) // 100)]


def test_very_many_broken_items_end_the_reading(monkeypatch):
    monkeypatch.setattr(json_reading, "MOST_BREAKS", 3)
    feed = read(HEAD + ITEM + ', {"id": 1 x}' * 5 + ', {"id": "2"}]}')

    assert [entry.guid for entry in feed.entries] == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + '{"id": ' + "9" * LARGE + "}]}",
        HEAD + "12," * (LARGE // 3) + "]}",
        HEAD + '{"id": "1}, ' * (LARGE // 12),
        HEAD + '{"id": 1 x "aaaaaaaaaaaa"}, ' * (LARGE // 28),
        HEAD + '{"id": [{"a": 1 "aaaaaaa"}, {' * (LARGE // 30),
        HEAD + '{"' + '\\"' * (LARGE // 2),
        HEAD + "{ '" + "\\'" * (LARGE // 2),
        HEAD + "{" + " '\\'" * (LARGE // 4),
        HEAD + "{" + " /*" * (LARGE // 3),
        HEAD + "{" + " //" * (LARGE // 3),
        HEAD + "{" + ", " * (LARGE // 4) + " " * (LARGE // 2),
        HEAD + '{"authors": [' + '"ab", ' * (LARGE // 6) + '"c"]}]}',
        "{" + ',"a": x ' * (LARGE // 9),
    ],
    ids=lambda text: text[70:100],
)
def test_a_document_takes_no_longer_than_its_length(text):
    start = time.process_time()
    try:
        entries = read(text).entries
    except ParseError:
        entries = ()

    assert time.process_time() - start < 2
    assert len(entries) <= 1
