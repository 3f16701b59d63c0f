"""The API answers as its description says."""

import re
from datetime import datetime

import pytest
from web_samples import NOW

from feeds.model import Enclosure, Health, PollOutcome, RefreshRequest, SeedFile, SourceState
from feeds.store.entries import quarantine
from feeds.store.files import save_files
from feeds.store.health import record_change
from feeds.store.notices import set_notice
from feeds.store.polls import ask_refresh, end_refresh, record_poll, start_refresh, take_refresh
from feeds.store.sources import save_state

TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def find_fault(value, schema, root, where="$"):
    """Return where `value` breaks `schema` (the part of JSON Schema that is used here), or None."""
    if "$ref" in schema:
        schema = root["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        faults = [find_fault(value, each, root, where) for each in schema["anyOf"]]
        return None if None in faults else faults[0]
    if "enum" in schema:
        return None if value in schema["enum"] else f"{where}: {value!r} is none of {schema['enum']}"
    kind = schema["type"]
    if not isinstance(value, TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        return f"{where}: {value!r} is no {kind}"
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return f"{where}: {value!r} has no zone"
    if kind == "array":
        parts = [(each, schema.get("items", {}), f"{where}[{n}]") for n, each in enumerate(value)]
    elif kind == "object" and "properties" in schema:
        missing = [name for name in schema.get("required", ()) if name not in value]
        unknown = [name for name in value if name not in schema["properties"]]
        if missing or unknown:
            return f"{where}: missing {missing}, unknown {unknown}"
        parts = [(value[name], schema["properties"][name], f"{where}.{name}") for name in value]
    else:
        parts = [(each, schema.get("additionalProperties") or {}, where) for each in ()]
    return next(filter(None, (find_fault(*part[:2], root, part[2]) for part in parts)), None)


@pytest.fixture
def full(shelf, store):
    """Something of everything; returns what the paths of the description need."""
    source = shelf.source(category="News")
    file = Enclosure("https://a.example/1.mp3", "audio/mpeg", 3)
    key, *_ = shelf.entries(source, 3, categories=("经济",), enclosures=(file,))
    shelf.entry(source, title=None, content=None, link=None, authors=())
    with store.write() as db:
        save_state(
            db, source, SourceState(failures=1, last_error="answered 503", next_poll=NOW, rule="hourly")
        )
        refresh = ask_refresh(db, RefreshRequest("http", sources=("a-paper",)), NOW)
        take_refresh(db, NOW)
        start_refresh(db, refresh.id, 1, NOW)
        record_poll(db, source, PollOutcome("failed", NOW, NOW, error="answered 503"), refresh.id)
        end_refresh(db, refresh.id, NOW)
        ask_refresh(db, RefreshRequest("http"), NOW)
        save_files(db, [SeedFile("a/bad\udcff.txt", 1, 1, 1, problem="is empty")])
        set_notice(db, "seeds", "The seeds directory is not there.", NOW)
        quarantine(db, "https://a.example/2", "its id is no IRI", NOW)
        record_change(db, source, Health("failing", "failed 2 times in a row: answered 503"), NOW)
    return {"slug": "a-paper", "key": key, "id": refresh.id}


@pytest.fixture
def description(client):
    return client.get("/api/v1/openapi.json").json


def test_every_address_of_the_api_is_described(app, description):
    described = {
        (method.upper(), f"/api/v1{path}")
        for path, operations in description["paths"].items()
        for method in operations
    }
    served = {
        (method, re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert described == served


def test_every_answer_is_as_described(client, full, description):
    for path, operations in description["paths"].items():
        if "get" in operations:
            response = client.get(f"/api/v1{path.format(**full)}")
            schema = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]

            assert response.status_code == 200, path
            assert response.headers["Content-Type"] == "application/json"
            assert find_fault(response.json, schema, description) is None, path


def test_the_answer_to_whoever_asks_too_soon_is_described(description):
    answers = description["paths"]["/refreshes"]["post"]["responses"]

    assert answers["429"]["headers"]["Retry-After"]["schema"] == {"type": "integer", "minimum": 1}
    assert "Location" in answers["202"]["headers"]


def test_the_checker_of_these_tests_finds_faults(description):
    schema = {"$ref": "#/components/schemas/EntryList"}

    assert find_fault({"entries": [], "next": None}, schema, description) is None
    for wrong in ({"entries": []}, {"entries": {}, "next": None}, {"entries": [{}], "next": None}):
        assert find_fault(wrong, schema, description)


def test_what_is_refused_is_refused_as_described(client, full, description):
    problems = {
        "/sources/nobody": 404,
        f"/entries/{'a' * 26}": 404,
        "/refreshes/nothing": 404,
        "/refreshes/a%27": 404,
        "/entries?limit=0": 400,
        "/entries?limit=201": 400,
        "/entries?limit=²": 400,
        "/entries?before=x": 400,
        f"/entries?before={'a' * 26}": 404,
        "/entries?source=nobody": 404,
        "/entries?category=nothing": 404,
        "/entries?category=": 404,
        "/entries?source=a-paper&category=news": 400,
    }
    for path, status in problems.items():
        response = client.get(f"/api/v1{path}")

        assert response.status_code == status, path
        assert find_fault(response.json, {"$ref": "#/components/schemas/Problem"}, description) is None


def test_all_entries_are_reached_by_following_next(client, shelf):
    source = shelf.source(name="早报")
    shelf.entries(shelf.source("https://b.example/"), 3)
    keys = shelf.entries(source, 7)
    path, seen = "/api/v1/entries?limit=3&source=早报", []
    while path:
        page = client.get(path.removeprefix("http://feeds.example")).json
        seen.append([entry["key"] for entry in page["entries"]])
        path = page["next"]

    assert [len(each) for each in seen] == [3, 3, 1]
    assert [key for each in seen for key in each] == keys


def test_a_category_selects_its_entries(client, full):
    found = client.get("/api/v1/entries", query_string={"category": "经济"}).json["entries"]

    assert found
    assert all("经济" in entry["categories"] for entry in found)


def test_an_entry_is_given_whole(client, full):
    entry = client.get(f"/api/v1/entries/{full['key']}").json

    assert entry["content"].startswith("<p>第一段。</p><h1>")
    assert entry["authors"] == [{"name": "Ann Author", "email": None, "url": None}]
    assert entry["source"] == {"slug": "a-paper", "title": "A Paper"}
    assert entry["page"] == f"http://feeds.example/entries/{full['key']}/"
    assert entry["enclosures"][0]["length"] == 3


def test_a_withdrawn_entry_is_gone(client, shelf):
    source = shelf.source()
    key = shelf.entry(source)
    shelf.apply(source, withdrawn=("https://a.example/1",))

    assert client.get(f"/api/v1/entries/{key}").status_code == 410


def test_the_numbers_of_a_refresh_are_of_entries_and_of_sources(client, full):
    record = client.get(f"/api/v1/refreshes/{full['id']}").json

    assert (record["polled"], record["failed"], record["changed"], record["unchanged"]) == (1, 1, 0, 0)
    assert record["results"][0]["error"] == "answered 503"


def test_an_unknown_address_of_the_api_is_told_in_json(client):
    response = client.get("/api/v2/things")

    assert response.status_code == 404
    assert response.json == {"error": "There is nothing at this address."}
    assert client.delete("/api/v1/entries").status_code == 405
    assert "GET" in client.delete("/api/v1/entries").headers["Allow"]
