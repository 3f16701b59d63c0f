"""Seed documents: each fact is a small document in `tests/data/seed` with its expected twin."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsing.files import parse_file
from feeds.parsing.publishers import PUBLISHERS, find_publisher
from feeds.parsing.seed import is_seed, parse_seed

DATA = Path(__file__).parents[1] / "data" / "seed"
FACTS = sorted(path.stem for path in DATA.glob("*.txt"))
TWINS = sorted(path.name.removesuffix(".expected.json") for path in DATA.glob("*.json"))


def seed(body, path=None, modified=None):
    moment = datetime.fromisoformat(modified) if modified else None
    return Document(url="file:///seeds/a.txt", body=body, path=path, modified=moment)


def facts_of(parsed):
    """What a parsed seed says, as the twins write it."""
    (entry,) = parsed.entries
    return {
        "publisher": parsed.title and parsed.title.value,
        "home": parsed.links[0].href if parsed.links else None,
        "guid": entry.guid,
        "title": entry.title.value,
        "link": entry.links[0].href if entry.links else None,
        "published": entry.published,
        "updated": entry.updated,
        "authors": [author.name for author in entry.authors],
        "content": entry.content and entry.content.value,
        "base": entry.content and entry.content.base,
        "rights": entry.rights and entry.rights.value,
        "image": entry.image and entry.image.href,
        "enclosures": [[link.href, link.media_type] for link in entry.enclosures],
        "categories": list(entry.categories),
    }


def test_every_document_has_its_expected_twin():
    assert FACTS
    assert FACTS == TWINS


@pytest.mark.parametrize("fact", FACTS)
def test_the_document_is_read_as_its_twin_says(fact):
    twin = json.loads((DATA / f"{fact}.expected.json").read_text(encoding="utf-8"))
    document = seed((DATA / f"{fact}.txt").read_bytes(), **twin.get("document", {}))

    try:
        found = facts_of(parse_file(document).feed)
    except ParseError as error:
        found = {"error": error.reason}

    assert twin["expected"]
    assert {name: found.get(name, found) for name in twin["expected"]} == twin["expected"]


@pytest.mark.parametrize("fact", [fact for fact in FACTS if not fact.startswith("error-")])
def test_a_seed_is_told_by_how_it_begins(fact):
    assert is_seed((DATA / f"{fact}.txt").read_bytes())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss version='2.0'/>",
        b"<!-- a comment -->\n<html></html>",
        b"# A note\n\n[a link](https://news.example/)\n",
        b"[a link](https://news.example/) in a text\n\nand more\n",
        b"---\ntitle: A page\n---\n<p>text</p>\n",
        b"\xff\xfe\x00",
    ],
)
def test_other_documents_are_no_seeds(body):
    assert not is_seed(body)


def test_text_is_told_as_bytes_are():
    assert is_seed("<!--NaN-->\n[t](https://news.example/a)\n------\n\n")


def test_line_ends_of_windows_and_a_byte_order_mark_and_no_final_newline_are_accepted():
    plain = (DATA / "dw-rights.txt").read_bytes()
    odd = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n").rstrip()

    assert is_seed(odd)
    assert parse_seed(seed(odd)) == parse_seed(seed(plain))


def test_an_error_names_the_file():
    with pytest.raises(ParseError, match=r"^city/a\.txt: there is no title line"):
        parse_seed(seed(b"<p>text</p>", path="city/a.txt"))


def test_a_folder_whose_name_is_no_text_is_a_category_that_can_be_stored():
    body = (DATA / "empty-body.txt").read_bytes()

    (entry,) = parse_file(seed(body, path="caf\udce9/a.txt")).feed.entries

    assert entry.categories == ("caf\ufffd",)


def test_the_clock_of_the_file_at_its_start_is_no_time():
    body = (DATA / "no-time-at-all.txt").read_bytes()

    (entry,) = parse_seed(seed(body, modified="1970-01-01T00:00:00+00:00")).entries

    assert entry.published is None


def test_characters_that_xml_forbids_are_left_out():
    body = (
        "<!--1773500000000-->\n[a&#8;b](https://news.example/a)\n------\n\n"
        '<p>c\x0b&#1;d</p><img src="//i.example/&#2;1.jpg"><div><small>e&#3;f</small></div>\n'
    )

    (entry,) = parse_seed(seed(body.encode())).entries

    assert entry.title.value == "ab"
    assert entry.content.value == (
        '<p>cd</p><figure><img src="//i.example/1.jpg" alt="ef"><figcaption>ef</figcaption></figure>'
    )


@pytest.mark.parametrize("unit", ['<img src="a.jpg"><div><small>c</small></div>', "t<script>s</script>"])
def test_the_longest_bodies_lose_nothing(unit):
    count = 470_000 // len(unit)
    body = f"<!--1773500000000-->\n[t](https://news.example/a)\n------\n\n{unit * count}<p>the end</p>\n"

    (entry,) = parse_seed(seed(body.encode())).entries

    assert entry.content.value.endswith("<p>the end</p>")
    assert max(entry.content.value.count("<figure>"), entry.content.value.count("t")) >= count


def test_the_rows_of_the_publishers_have_hosts_of_their_own():
    hosts = [host for publisher in PUBLISHERS for host in (publisher.host, *publisher.other_hosts)]

    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower() and not host.startswith("www.") for host in hosts)


def test_a_publisher_is_found_by_its_host_and_the_hosts_below_it():
    dw = find_publisher("dw.com")

    assert dw is not None
    assert find_publisher("amp.dw.com") is dw
    assert find_publisher("notdw.com") is None
    assert find_publisher("blogspot.com") is None
    assert find_publisher("localhost") is None


# --- the real documents -----------------------------------------------------------------------------


def corpus_of(shared):
    return sorted((shared / "corpus" / "seeds").iterdir())


def test_every_real_document_is_read(shared):
    paths = corpus_of(shared)
    assert len(paths) == 73

    for path in paths:
        body = path.read_bytes()
        assert is_seed(body), path.name
        found = facts_of(parse_seed(seed(body, path=path.name)))
        assert found["title"] == " ".join(found["title"].split()) != "", path.name
        assert urlsplit(found["link"]).scheme in ("http", "https"), path.name
        assert urlsplit(found["link"]).hostname, path.name
        published = datetime.fromisoformat(found["published"])
        assert published.tzinfo == UTC, path.name
        assert published.year in range(2020, 2024), path.name
        assert found["content"], path.name


@pytest.mark.parametrize(
    "noise", ["weserv", "获取更多RSS", "<script", "<style", "api.dw.com", "德国之声版权"]
)
def test_no_real_document_keeps_noise(shared, noise):
    for path in corpus_of(shared):
        found = facts_of(parse_seed(seed(path.read_bytes())))
        assert noise not in found["content"], path.name
        assert noise not in (found["image"] or ""), path.name


#: Host of a real document -> how many of its documents name an author, and have a lead image.
REAL_BYLINES = {
    "www.cna.com.tw": (4, 4),
    "cn.nytimes.com": (4, 4),
    "www.dw.com": (1, 3),
    "www.economist.com": (4, 4),
    "www.rfa.org": (4, 4),
    "www.bbc.com": (0, 4),
}


@pytest.mark.parametrize("host", REAL_BYLINES)
def test_the_bylines_and_images_of_real_documents_are_found(shared, host):
    paths = [path for path in corpus_of(shared) if path.name.endswith(f"_{host}.txt")]
    found = [facts_of(parse_seed(seed(path.read_bytes()))) for path in paths]

    assert len(found) == 4 or host == "www.cna.com.tw"
    assert (sum(bool(one["authors"]) for one in found), sum(bool(one["image"]) for one in found)) == (
        REAL_BYLINES[host]
    )


@pytest.fixture(scope="module")
def model(shared):
    return facts_of(parse_seed(seed((shared / "corpus/seeds/000_41fbbedb92d21fcb.txt").read_bytes())))


def test_the_model_document_has_its_time_its_link_and_no_author(model):
    assert model["published"] == "2023-01-12T04:47:05Z"
    assert model["updated"] is None
    assert model["authors"] == []
    assert model["link"].startswith("https://www.dw.com/zh/%E7%BE%8E")
    assert model["link"].endswith("/a-64358959")
    assert model["guid"] is None
    assert (model["publisher"], model["home"]) == ("德国之声", "https://dw.com/")


def test_the_model_document_has_three_figures(model):
    figures = re.findall(
        r'<figure><img src="([^"]+)" alt="([^"]+)"><figcaption>([^<]+)</figcaption></figure>',
        model["content"],
    )

    assert [address for address, _, _ in figures] == [
        f"https://static.dw.com/image/{name}_303.jpg" for name in ("64358664", "63385957", "64280095")
    ]
    assert all(name == caption for _, name, caption in figures)
    captions = "\n".join(caption for _, _, caption in figures)
    assert hashlib.sha256(captions.encode()).hexdigest() == MODEL_CAPTIONS
    assert model["content"].count("<img") == 3
    assert model["image"] == figures[0][0]


def test_the_model_document_has_its_title_heading_links_and_rights(model):
    assert hashlib.sha256(model["title"].encode()).hexdigest() == MODEL_TITLE
    assert re.findall(r"<h3>(.{3}).*?</h3>", model["content"]) == ["爲美日"]
    assert re.findall(r'href="([^"]+)"', model["content"]) == [
        "https://www.dw.com/a-64350483",
        "https://www.dw.com/a-64328046",
    ]
    assert model["rights"].startswith("© 2023年")
    assert "©" not in model["content"]
    assert "2023-01-12T04:45" not in model["content"]
    assert model["content"].endswith("日本共同社）</p>")


#: SHA-256 of the captions, one a line, and of the title as SEEDS gives them.
MODEL_CAPTIONS = "de325b4780885284b72ce612f3137110779665e97b55d4c31bea2db0c72a8170"
MODEL_TITLE = "d928878df15d656bbac9f773306e876688f4209409a6f12967e45372b33217a6"
