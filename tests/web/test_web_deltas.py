"""Only what is new (RFC 3229): what a client had, and a delta, make the plain answer."""

import gzip
import json
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from lxml import etree
from web_samples import NOW, rewrite

from feeds.model import Entry, FreshEntry, Placed
from feeds.store.site import note_limit
from feeds.store.standing import quarantine

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
FILES = ["rss.xml", "atom.xml", "feed.json"]
LIMIT = 8
CONFIG = f'[site]\nbase_url = "http://feeds.example"\n[output]\nlimit = {LIMIT}\n'


def read_entries(file: str, body: bytes) -> dict[str, tuple[str, object]]:
    """Return the entries of a document by id: when each was published, and all that is said of it."""
    if file == "feed.json":
        items = json.loads(body)["items"]
        return {item["id"]: (item["date_published"], item) for item in items}
    root = etree.fromstring(body)
    items, id, date = (
        (root.iter("item"), "guid", "pubDate")
        if file == "rss.xml"
        else (root.iter(f"{ATOM}entry"), f"{ATOM}id", f"{ATOM}published")
    )
    found = {}
    for item in items:
        item.tail = None
        found[item.findtext(id)] = item.findtext(date), etree.tostring(item, method="c14n", exclusive=True)
    return found


def read_gone(file: str, body: bytes) -> set[str]:
    """Return the ids of the entries of which a document says that they were withdrawn."""
    if file == "feed.json":
        return {stone["id"] for stone in json.loads(body).get("_deleted", ())}
    return {stone.get("ref") for stone in etree.fromstring(body).iter(TOMBSTONE)}


@dataclass
class Reader:
    """A client that keeps a feed up to date by what is new."""

    client: object
    file: str
    manipulations: str = "feed"
    coding: str = "identity"
    etag: str | None = None
    held: dict = field(default_factory=dict)
    path: str = "/"
    statuses: list = field(default_factory=list)
    gone: set = field(default_factory=set)  # from the view, when it was last sent something

    def read(self):
        headers = {"A-IM": self.manipulations, "Accept-Encoding": self.coding}
        if self.etag:
            headers["If-None-Match"] = self.etag
        response = self.client.get(self.path + self.file, headers=headers)
        self.statuses.append(response.status_code)
        if response.status_code == 304:
            return response
        body = response.data
        packed = response.headers.get("IM", "").endswith("gzip") or "Content-Encoding" in response.headers
        body = gzip.decompress(body) if packed else body
        entries = read_entries(self.file, body)
        if response.status_code == 226:
            assert response.headers["Delta-Base"] == self.etag
            self.held.update(entries)
        else:
            assert response.status_code == 200
            self.held = entries
        for id in read_gone(self.file, body):
            self.held.pop(id, None)
        self.etag = response.headers["ETag"]
        return response


class Paper:
    """A source whose entries come, are corrected, withdrawn and come back."""

    def __init__(self, shelf):
        self.shelf = shelf
        self.source = shelf.source(name="Paper")
        self.entries = []
        self.withdrawn = set()
        self.outside = set()  # of the category
        self.states = 0

    def publish(self, back=0):
        number = len(self.entries)
        published = NOW + timedelta(hours=number - back, minutes=number)
        id = f"https://a.example/{number}"
        self.entries.append(
            Entry(
                id,
                link=id,
                title=f"Title {number}",
                published=published,
                content="x" * 300,
                categories=("Towns",),
            )
        )
        self.shelf.apply(self.source, new=(Placed(self._fresh(number), published),))
        return id

    def correct(self, number):
        self.states += 1
        self.entries[number] = replace(self.entries[number], title=f"Title {number}, {self.states}")
        self.shelf.apply(self.source, modified=(self._fresh(number),))
        self.withdrawn.discard(self.entries[number].id)  # one that was withdrawn is back

    def withdraw(self, number):
        self.shelf.apply(self.source, withdrawn=(self.entries[number].id,))
        self.withdrawn.add(self.entries[number].id)

    def quarantine(self, number):
        with self.shelf.store.write() as db:
            quarantine(db, self.entries[number].id, "it spoils every feed", NOW)
        self.withdrawn.add(self.entries[number].id)

    def move(self, number):
        """Take an entry out of its category, or put it back."""
        id = self.entries[number].id
        self.outside ^= {id}
        name = "Rivers" if id in self.outside else "Towns"
        self.entries[number] = replace(self.entries[number], categories=(name,))
        self.correct(number)

    def _fresh(self, number):
        return FreshEntry(self.entries[number], hash=f"{number} {self.states}")


@pytest.fixture
def paper(shelf):
    return Paper(shelf)


@pytest.fixture
def client(build):
    return build(CONFIG).test_client()


@pytest.fixture(params=FILES)
def file(request):
    return request.param


def test_a_client_is_sent_only_what_it_lacks(client, paper, file):
    for _ in range(6):
        paper.publish()
    reader = Reader(client, file)
    first = reader.read()
    paper.correct(3)
    new = paper.publish()
    response = reader.read()

    assert reader.statuses == [200, 226]
    assert response.status == "226 IM Used"
    assert set(read_entries(file, response.data)) == {new, paper.entries[3].id}
    plain = client.get(f"/{file}")
    assert response.headers["ETag"] == plain.headers["ETag"]
    assert response.headers["IM"] == "feed"
    assert response.headers["Delta-Base"] == first.headers["ETag"]
    assert response.headers["Cache-Control"] == "no-store, im"
    assert "A-IM" in response.headers["Vary"]
    stated = response.headers.get("Last-Modified")  # left out of both while it is still to come
    assert stated in (None, plain.headers.get("Last-Modified"))
    assert response.headers["Content-Type"] == plain.headers["Content-Type"]
    assert len(response.data) == int(response.headers["Content-Length"]) < len(plain.data)
    assert reader.held == read_entries(file, plain.data)
    assert reader.read().status_code == 304


@pytest.fixture
def short(client, store):
    """Few entries wait for an archive document: those that newer ones push out are not shown any longer."""
    client.get("/")
    with store.write() as db:
        note_limit(db, 3)


@pytest.mark.parametrize("path", ["/", "/categories/towns/"])
@pytest.mark.parametrize("seed", range(2))
def test_what_clients_have_equals_the_plain_answer_whatever_happens(client, short, paper, file, seed, path):
    chance = random.Random(seed)
    for _ in range(LIMIT):
        paper.publish()
    codings = (("feed", "identity"), ("feed, gzip", "gzip"), ("feed", "identity"))
    readers = [Reader(client, file, *coding, path=path) for coding in codings]
    for _ in range(60):
        happen(paper, chance)
        for reader in chance.sample(readers, chance.randrange(len(readers) + 1)):
            reader.read()
            check(reader, paper)

    counts = [status for reader in readers for status in reader.statuses]
    assert counts.count(226) > 15
    assert counts.count(304) + counts.count(200) > 3


def happen(paper, chance):
    number = chance.randrange(max(0, len(paper.entries) - LIMIT - 3), len(paper.entries))
    match chance.choices(
        ("publish", "late", "correct", "move", "withdraw", "quarantine", "nothing"), (6, 1, 3, 1, 1, 1, 1)
    ):
        case ["publish"]:
            for _ in range(chance.choice((1, 1, 3))):
                paper.publish()
        case ["late"]:
            paper.publish(back=chance.randrange(LIMIT + 2))
        case ["correct"]:
            paper.correct(number)
        case ["move"]:
            paper.move(number)
        case ["withdraw"]:
            paper.withdraw(number)
        case ["quarantine"]:
            paper.quarantine(number)


def check(reader, paper):
    """What the plain feed holds a client has, in the same state; what it has besides was in it before.

    Nothing is among it that was gone already when the bytes it has were made.
    """
    plain = read_entries(reader.file, reader.client.get(reader.path + reader.file).data)
    assert {id: reader.held.get(id) for id in plain} == plain
    gone = paper.withdrawn | (set() if reader.path == "/" else paper.outside)
    if reader.statuses[-1] != 304:
        reader.gone = gone
    assert not reader.held.keys() & reader.gone & gone


@pytest.mark.parametrize("way", ["withdraw", "quarantine", "move"])
def test_what_leaves_the_window_and_the_view_between_two_editions_is_taken_back(
    client, short, paper, file, way
):
    for _ in range(LIMIT + 1):
        paper.publish()
    reader = Reader(client, file, path="/categories/towns/")
    reader.read()
    oldest = min(reader.held, key=lambda id: int(id.rsplit("/", 1)[1]))
    getattr(paper, way)(int(oldest.rsplit("/", 1)[1]))
    for _ in range(3):
        paper.publish()
    reader.read()

    assert oldest not in reader.held
    assert reader.statuses[-1] == (226 if way == "withdraw" and file != "rss.xml" else 200)


def test_a_withdrawal_is_told_and_where_a_format_cannot_the_answer_is_whole(client, paper, file):
    for _ in range(5):
        paper.publish()
    reader = Reader(client, file)
    reader.read()
    paper.withdraw(2)
    reader.read()

    assert reader.statuses == [200, 200 if file == "rss.xml" else 226]
    assert paper.entries[2].id not in reader.held


def test_a_delta_is_packed_for_who_lists_gzip_after_it(client, paper, file):
    for _ in range(6):
        paper.publish()
    etag = client.get(f"/{file}").headers["ETag"]
    paper.publish()
    asked = {
        manipulations: client.get(f"/{file}", headers={"A-IM": manipulations, "If-None-Match": etag})
        for manipulations in ("feed", "feed, gzip", "gzip, feed", "feed;q=0.5,gzip;q=0", "vcdiff, feed")
    }

    assert {name: response.headers["IM"] for name, response in asked.items()} == {
        name: "feed, gzip" if name == "feed, gzip" else "feed" for name in asked
    }
    assert gzip.decompress(asked["feed, gzip"].data) == asked["feed"].data
    assert all("Content-Encoding" not in response.headers for response in asked.values())


@pytest.mark.parametrize("manipulations", [None, "", "feed;q=0", "gzip", "vcdiff, diffe"])
def test_who_does_not_ask_for_it_gets_everything(client, paper, file, manipulations):
    for _ in range(6):
        paper.publish()
    etag = client.get(f"/{file}").headers["ETag"]
    paper.publish()
    headers = {"If-None-Match": etag} | ({} if manipulations is None else {"A-IM": manipulations})
    response = client.get(f"/{file}", headers=headers)

    assert response.status_code == 200
    assert "IM" not in response.headers
    assert response.data == client.get(f"/{file}").data


def test_an_edition_that_is_not_remembered_is_no_base(build, client, paper, file):
    for _ in range(6):
        paper.publish()
    etag = client.get(f"/{file}").headers["ETag"]
    paper.publish()
    for other, given in ((client, '"0123"'), (build(CONFIG).test_client(), etag)):  # as after a restart
        assert other.get(f"/{file}", headers={"A-IM": "feed", "If-None-Match": given}).status_code == 200


def test_the_tag_of_any_coding_names_the_edition_a_client_has(client, paper, file):
    for _ in range(6):
        paper.publish()
    tags = [
        client.get(f"/{file}", headers={"Accept-Encoding": one}).headers["ETag"] for one in ("gzip", "br")
    ]
    paper.publish()
    for tag in (*tags, f"W/{tags[0]}", f'"other", {tags[1]}'):
        response = client.get(f"/{file}", headers={"A-IM": "feed", "If-None-Match": tag})

        assert response.status_code == 226
        assert response.headers["Delta-Base"] in tags


def test_of_several_editions_that_a_client_has_the_one_with_the_shortest_rest_counts(client, paper):
    tags = []
    for _ in range(6):
        paper.publish()
        tags.append(client.get("/atom.xml").headers["ETag"])
    new = paper.publish()
    response = client.get("/atom.xml", headers={"A-IM": "feed", "If-None-Match": ", ".join(tags[3:])})

    assert response.headers["Delta-Base"] == tags[-1]
    assert set(read_entries("atom.xml", response.data)) == {new}


def test_a_delta_that_is_longer_than_the_plain_answer_is_not_sent(client, paper, file):
    for _ in range(6):
        paper.publish()
    etag = client.get(f"/{file}").headers["ETag"]
    for number in range(5):
        paper.correct(number)
    given = {"A-IM": "feed", "If-None-Match": etag}

    assert client.get(f"/{file}", headers=given).status_code == 226
    packed = client.get(f"/{file}", headers={"Accept-Encoding": "gzip", **given})
    assert (packed.status_code, packed.headers["Content-Encoding"]) == (200, "gzip")


def test_a_delta_says_of_the_feed_what_the_plain_answer_says(client, paper):
    for _ in range(6):
        paper.publish()
    etag = client.get("/atom.xml").headers["ETag"]
    paper.correct(2)  # the newest entry is not among what is new
    response = client.get("/atom.xml", headers={"A-IM": "feed", "If-None-Match": etag})
    updated = etree.fromstring(client.get("/atom.xml").data).findtext(f"{ATOM}updated")

    assert etree.fromstring(response.data).findtext(f"{ATOM}updated") == updated


def test_what_is_said_of_the_feed_itself_is_told_with_every_entry(build, tmp_path, paper):
    app = build(CONFIG)
    client = app.test_client()
    for _ in range(6):
        paper.publish()
    etag = client.get("/atom.xml").headers["ETag"]
    rewrite(app, tmp_path / "config.toml", CONFIG.replace("[site]", '[site]\ntitle = "Other"'))

    assert client.get("/atom.xml", headers={"A-IM": "feed", "If-None-Match": etag}).status_code == 200


def test_head_tells_of_the_delta_without_it(client, paper, file):
    for _ in range(6):
        paper.publish()
    etag = client.get(f"/{file}").headers["ETag"]
    paper.publish()
    headers = {"A-IM": "feed", "If-None-Match": etag}
    get, head = client.get(f"/{file}", headers=headers), client.head(f"/{file}", headers=headers)

    assert (head.status_code, head.data) == (226, b"")
    assert dict(head.headers) == dict(get.headers)


def test_the_changes_of_health_have_no_deltas(client):
    response = client.get("/status/atom.xml", headers={"A-IM": "feed"})

    assert response.headers["Vary"] == "Accept-Encoding"
