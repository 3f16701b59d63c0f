"""A long document is read in parts, and says the same as it would at once."""

from pathlib import Path

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing import bounds, parse
from feeds.parsing.xml import reading

DATA = Path(__file__).parent.parent / "data"
XML = sorted(path for folder in DATA.iterdir() for path in folder.glob("*.xml"))
ITEM = "<item><guid>{0}</guid><title>Title {0}</title><description>{1}</description></item>"
URL = "https://a.example/news/"


def read(body):
    try:
        return parse(Document(URL, body))
    except ParseError as error:
        return error.reason


def long_feed(end="</channel></rss>"):
    items = (ITEM.format(number, "text " * 20) for number in range(2000))
    return f"<rss><channel><title>Long</title>{''.join(items)}{end}".encode()


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("path", XML, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_parts_of_any_size_say_what_the_whole_says(path, size, monkeypatch):
    body = path.read_bytes()
    whole = read(body)
    monkeypatch.setattr(reading, "PART", size)

    assert read(body) == whole


def test_the_real_feeds_say_the_same_in_parts(shared, monkeypatch):
    bodies = [path.read_bytes() for path in sorted((shared / "corpus" / "feeds").iterdir())]
    monkeypatch.setattr(reading, "PART", 10**9)
    wholes = [read(body) for body in bodies]
    monkeypatch.setattr(reading, "PART", 1000)

    assert [read(body) for body in bodies] == wholes


@pytest.mark.parametrize("end", ["</channel></rss>", "<item><title>the last", " & more</channel></rss>"])
def test_a_long_feed_has_every_entry_once_in_order_whole_or_broken(end):
    guids = [entry.guid for entry in read(long_feed(end)).entries]

    assert len(long_feed()) > 2 * reading.PART
    assert guids[:2000] == [str(number) for number in range(2000)]
    assert len(guids) == 2000 + ("last" in end)


@pytest.mark.parametrize("part", [reading.PART, 10**9])
def test_of_a_feed_without_end_the_first_entries_are_read(part, monkeypatch):
    monkeypatch.setattr(reading, "PART", part)
    items = "".join(ITEM.format(number, "") for number in range(bounds.MOST_ENTRIES + 500))
    found = read(f"<rss><channel><title>Long</title>{items}</channel></rss>".encode())

    assert found.title.value == "Long"
    assert [entry.guid for entry in found.entries] == [str(n) for n in range(bounds.MOST_ENTRIES)]
