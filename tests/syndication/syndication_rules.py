"""The rules of the formats, read from their specifications and asserted of a document."""

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from lxml import etree

from feeds.text.dates import parse_date

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
WEB_ADDRESS = re.compile(r"https?://[^\s/<>\"]+[^\s<>\"]*")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")

CHANNEL = {"title", "link", "description", "language", "lastBuildDate", "generator", f"{ATOM}link", "item"}
ITEM = {
    "title", "link", "description", "guid", "pubDate", "category", "enclosure", "source", "comments",
    f"{CONTENT}encoded", f"{DC}creator", f"{DC}rights", f"{DC}language",
}  # fmt: skip
SEVERAL = {"category", f"{DC}creator"}
FEED_KEYS = {"version", "title", "home_page_url", "feed_url", "description", "language", "items"}
ITEM_KEYS = {
    "id", "url", "title", "content_html", "summary", "image", "date_published", "date_modified", "authors",
    "tags", "language", "attachments", "_entry", "_source",
}  # fmt: skip


def read_xml(body: bytes) -> etree._Element:
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    return etree.fromstring(body)


# --- RSS 2.0 ----------------------------------------------------------------------------------------


def check_rss(body: bytes) -> etree._Element:
    """Assert the rules of RSS 2.0 and of the RSS Advisory Board's profile; return the channel."""
    root = read_xml(body)
    assert root.tag == "rss"
    assert root.get("version") == "2.0"
    (channel,) = root
    assert {child.tag for child in channel} <= CHANNEL
    for name in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(name).strip()
    assert is_web_address(channel.findtext("link"))
    assert is_rfc_822(channel.findtext("lastBuildDate"))
    assert [link.get("rel") for link in channel.iterfind(f"{ATOM}link")] == ["self"]
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(guids)
    for item in items:
        check_item(item)
    return channel


def check_item(item: etree._Element) -> None:
    names = [child.tag for child in item]
    assert set(names) <= ITEM
    once = [name for name in names if name not in SEVERAL]
    assert len(once) == len(set(once))
    assert item.find("title") is not None or item.find("description") is not None
    guid = item.find("guid")
    assert guid.get("isPermaLink") in {"true", "false"}
    if guid.get("isPermaLink") == "true":
        assert guid.text == item.findtext("link")
    assert is_web_address(item.findtext("link"))
    if (date := item.findtext("pubDate")) is not None:
        assert is_rfc_822(date)
    if (enclosure := item.find("enclosure")) is not None:
        assert set(enclosure.attrib) == {"url", "length", "type"}
        assert is_web_address(enclosure.get("url"))
        assert enclosure.get("length").isdigit()
        assert MEDIA_TYPE.fullmatch(enclosure.get("type"))
    if (source := item.find("source")) is not None:
        assert is_web_address(source.get("url"))
        assert source.text


def is_web_address(text: str) -> bool:
    return WEB_ADDRESS.fullmatch(text) is not None


def is_rfc_822(text: str) -> bool:
    """Whether the date is as RFC 822 has it, with four digits of the year and the right day of the week."""
    date = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    return format_datetime(date, usegmt=True) == text


# --- Atom 1.0 ---------------------------------------------------------------------------------------


@cache
def atom_schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def check_atom(body: bytes) -> etree._Element:
    """Assert the schema and the rules in words of RFC 4287; return the feed."""
    feed = read_xml(body)
    schema = atom_schema()
    assert schema.validate(feed), schema.error_log
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert [link.get("rel") for link in feed.iterfind(f"{ATOM}link")] == ["self", "alternate"]
    assert feed.find(f"{ATOM}author") is not None  # 4.1.1; it serves 4.1.2 for the entries, too
    for entry in entries:
        links = entry.findall(f"{ATOM}link")
        assert [link.get("rel", "alternate") for link in links].count("alternate") == 1  # 4.1.2
        assert all(is_web_address(link.get("href")) for link in links)
    return feed


# --- JSON Feed 1.1 ----------------------------------------------------------------------------------


def check_json(body: bytes) -> dict:
    """Assert the rules of JSON Feed 1.1; return the feed."""
    feed = json.loads(body.decode("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= FEED_KEYS
    assert feed["title"].strip()
    assert is_web_address(feed["home_page_url"])
    assert is_web_address(feed["feed_url"])
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        check_json_item(item)
    return feed


def check_json_item(item: dict) -> None:
    assert set(item) <= ITEM_KEYS
    assert all(value is not None for value in item.values())
    assert item["id"]
    assert isinstance(item["content_html"], str)
    for name in ("url", "image"):
        assert is_web_address(item.get(name, "https://none.example/"))
    for name in ("date_published", "date_modified"):
        date = item.get(name, "2024-01-01T00:00:00Z")
        assert RFC_3339.fullmatch(date)
        assert parse_date(date)
    for author in item.get("authors", ()):
        assert author.keys() & {"name", "url", "avatar"}
    for attachment in item.get("attachments", ()):
        assert is_web_address(attachment["url"])
        assert MEDIA_TYPE.fullmatch(attachment["mime_type"])
        assert attachment.get("size_in_bytes", 1) > 0
    assert all(isinstance(tag, str) and tag for tag in item.get("tags", ()))


CHECKS = {"rss.xml": check_rss, "atom.xml": check_atom, "feed.json": check_json}
