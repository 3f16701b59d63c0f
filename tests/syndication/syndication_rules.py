"""The rules of the formats, read from their specifications and asserted of a document."""

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator
from lxml import etree

from feeds.text.dates import parse_date

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
WEB_ADDRESS = re.compile(r"https?://[^\s/<>\"]+[^\s<>\"]*", re.IGNORECASE)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]")
LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
#: RFC 3986, appendix B: the parts of an address; and RFC 3987, section 2.2: what may stand in them.
ADDRESS_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?")
PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")

CHANNEL = {
    "title", "link", "description", "language", "lastBuildDate", "generator", f"{ATOM}link", "item",
    f"{HISTORY}archive", f"{HISTORY}complete",
}  # fmt: skip
ITEM = {
    "title", "link", "description", "guid", "pubDate", "category", "enclosure", "source", "comments",
    f"{CONTENT}encoded", f"{DC}creator", f"{DC}date", f"{DC}rights", f"{DC}language",
    f"{MEDIA}content", f"{MEDIA}thumbnail", f"{ATOM}link",
}  # fmt: skip
SEVERAL = {"category", f"{DC}creator", f"{MEDIA}content", f"{ATOM}link"}
MEDIA_ATTRIBUTES = {"url", "fileSize", "type", "medium"}
MEDIUMS = {"image", "audio", "video", "document", "executable"}
#: RFC 5005: where the other documents of a feed are.
HISTORY_RELS = {"first", "last", "previous", "next", "current", "prev-archive", "next-archive"}


def read_xml(body: bytes) -> etree._Element:
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    return etree.fromstring(body)


# --- RSS 2.0 ----------------------------------------------------------------------------------------


def check_rss(body: bytes) -> etree._Element:
    """Assert the rules of RSS 2.0 and of the RSS Advisory Board's profile; return the channel."""
    root = read_xml(body)
    assert root.tag == "rss"
    assert root.attrib == {"version": "2.0"}
    (channel,) = root
    check_channel(channel)
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(guids)
    for item in items:
        check_item(item)
    return channel


def check_channel(channel: etree._Element) -> None:
    names = [child.tag for child in channel]
    assert set(names) <= CHANNEL
    count = names.count("item")
    assert names[len(names) - count :] == ["item"] * count  # the profile: they come last
    once = [name for name in names if name not in {"item", f"{ATOM}link"}]
    assert len(once) == len(set(once))
    for name in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(name).strip()
    assert is_web_address(channel.findtext("link"))
    assert is_rfc_822(channel.findtext("lastBuildDate"))
    assert LANGUAGE.fullmatch(channel.findtext("language", "en"))
    rels = [link.get("rel") for link in channel.iterfind(f"{ATOM}link")]
    assert rels[0] == "self"
    check_history(channel, rels[1:])


def check_item(item: etree._Element) -> None:
    names = [child.tag for child in item]
    assert set(names) <= ITEM
    once = [name for name in names if name not in SEVERAL]
    assert len(once) == len(set(once))
    assert item.find("title") is not None or item.find("description") is not None
    assert item.findtext("title", "x").strip()
    if f"{CONTENT}encoded" in names:  # the profile: a summary goes before
        assert names.index("description") < names.index(f"{CONTENT}encoded")
    check_guid(item)
    assert is_web_address(item.findtext("link"))
    assert is_web_address(item.findtext("comments", "https://none.example/"))
    if (date := item.findtext("pubDate")) is not None:
        assert is_rfc_822(date)
    if (date := item.findtext(f"{DC}date")) is not None:  # no two dates of one meaning
        assert "pubDate" not in names
        assert parse_date(date)
    assert all(category.text.strip() for category in item.iterfind("category"))
    assert LANGUAGE.fullmatch(item.findtext(f"{DC}language", "en"))
    source = item.find("source")
    assert is_web_address(source.get("url"))
    assert source.text
    for link in item.iterfind(f"{ATOM}link"):
        assert link.get("rel") == "related"
        assert is_web_address(link.get("href"))
    check_files(item)


def check_guid(item: etree._Element) -> None:
    guid = item.find("guid")
    assert guid.text
    assert guid.get("isPermaLink") in {"true", "false"}
    if guid.get("isPermaLink") == "true":
        assert guid.text == item.findtext("link")


def check_files(item: etree._Element) -> None:
    """Assert the rules of the one enclosure, and of Media RSS for what stands in no group."""
    if (enclosure := item.find("enclosure")) is not None:
        assert set(enclosure.attrib) == {"url", "length", "type"}
        assert is_web_address(enclosure.get("url"))
        assert enclosure.get("length").isdigit()
        assert MEDIA_TYPE.fullmatch(enclosure.get("type"))
    files = item.findall(f"{MEDIA}content")
    assert len({file.get("url") for file in files}) == len(files)
    for file in files:
        assert set(file.attrib) <= MEDIA_ATTRIBUTES
        assert is_web_address(file.get("url"))
        assert file.get("medium", "image") in MEDIUMS
        assert int(file.get("fileSize", "1")) > 0
        assert MEDIA_TYPE.fullmatch(file.get("type", "a/b"))
    for picture in item.iterfind(f"{MEDIA}thumbnail"):
        assert set(picture.attrib) == {"url"}
        assert is_web_address(picture.get("url"))


def check_history(head: etree._Element, rels: list[str]) -> None:
    """Assert RFC 5005 of what a feed links to besides itself and its page."""
    told = [rel for rel in rels if rel != "hub"]
    assert len(told) == len(set(told))
    assert set(told) <= HISTORY_RELS
    assert all(is_web_address(link.get("href")) for link in head.iterfind(f"{ATOM}link"))
    if head.find(f"{HISTORY}complete") is not None:  # section 2
        assert told == []
    for name in ("complete", "archive"):
        found = head.findall(f"{HISTORY}{name}")
        assert len(found) <= 1
        assert not any(len(element) or element.text or element.attrib for element in found)


def is_web_address(text: str) -> bool:
    return WEB_ADDRESS.fullmatch(text) is not None


def is_iri(text: str) -> bool:
    """Whether the text is an absolute IRI, as RFC 3987 has it, of which something follows the scheme."""
    found = ADDRESS_PARTS.fullmatch(text)
    if found is None or re.search(r"\s", text) or (text.endswith(":") and not any(found.groups()[1:])):
        return False
    _, authority, path, query, fragment = found.groups("")
    user, _, place = authority.rpartition("@")
    literal = re.match(r"\[[0-9A-Fa-f:.]+\]", place)
    host, _, port = place[literal.end() :].partition(":") if literal else place.partition(":")
    return (
        is_spelled(user, ":")
        and (not host if literal else is_spelled(host, ""))
        and set(port) <= set("0123456789")
        and is_spelled(path, ":@/")
        and is_spelled(query, ":@/?", has_private=True)
        and is_spelled(fragment, ":@/?")
    )


def is_spelled(part: str, signs: str, *, has_private: bool = False) -> bool:
    bare = re.sub("%[0-9A-Fa-f]{2}", "", part)
    return all(one in PLAIN or one in signs or is_beyond_ascii(one, has_private) for one in bare)


def is_beyond_ascii(character: str, has_private: bool) -> bool:
    code = ord(character)
    if 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        return has_private and code & 0xFFFF < 0xFFFE
    if code < 0x10000:
        return 0xA0 <= code < 0xD800 or 0xF900 <= code < 0xFDD0 or 0xFDF0 <= code < 0xFFF0
    return code & 0xFFFF < 0xFFFE and not 0xE0000 <= code < 0xE1000


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
    origins = [origin.text for origin in feed.iterfind(f"{ATOM}entry/{ATOM}source/{ATOM}id")]
    assert all(map(is_iri, (feed.findtext(f"{ATOM}id"), *origins)))  # 4.2.6; of entries nearly
    rels = [link.get("rel") for link in feed.iterfind(f"{ATOM}link")]
    assert rels[:2] == ["self", "alternate"]
    check_history(feed, rels[2:])
    check_tombstones(feed)
    assert feed.find(f"{ATOM}author") is not None  # 4.1.1; it serves 4.1.2 for the entries, too
    for entry in entries:
        links = entry.findall(f"{ATOM}link")
        rels = [link.get("rel", "alternate") for link in links]
        assert rels.count("alternate") == 1  # 4.1.2
        assert not HISTORY_RELS.intersection(rels)
        assert all(is_web_address(link.get("href")) for link in links)
    return feed


def check_tombstones(feed: etree._Element) -> None:
    """Assert RFC 6721, section 3, and that a withdrawal dates the feed."""
    gone = [(one.get("ref"), one.get("when")) for one in feed.iterfind(f"{TOMBSTONES}deleted-entry")]
    assert len(set(gone)) == len(gone)
    assert all(SCHEME.match(ref) for ref, _ in gone)  # what was once an id of an entry
    updated = parse_date(feed.findtext(f"{ATOM}updated"))
    assert all(parse_date(when) <= updated for _, when in gone)


# --- JSON Feed 1.1 ----------------------------------------------------------------------------------


@cache
def json_schema() -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_name("jsonfeed.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check_json(body: bytes) -> dict:
    """Assert the schema and the rules in words of JSON Feed 1.1; return the feed."""
    feed = json.loads(body.decode("utf-8"))
    json_schema().validate(feed)
    assert feed.get("next_url") != feed["feed_url"]
    for ids in ([item["id"] for item in feed["items"]], [gone["id"] for gone in feed.get("_deleted", ())]):
        assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        dates = (item.get("date_published"), item.get("date_modified"))
        assert all(parse_date(date) for date in dates if date is not None)
    return feed


CHECKS = {"rss.xml": check_rss, "atom.xml": check_atom, "feed.json": check_json}
