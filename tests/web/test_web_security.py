"""What browsers are told, and what nobody is told."""

import re
import sqlite3
from pathlib import Path

import pytest
from web_markup import Page

import feeds.web

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; manifest-src 'self'; style-src 'self'; "
EVERYWHERE = [
    "/",
    "/rss.xml",
    "/status/",
    "/nowhere",
    "/api/v1/status",
    "/healthz",
    "/static/style.css",
    "/sources",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_headers_that_protect(client, path):
    with client.get(path) as response:
        headers = response.headers

    assert headers["Content-Security-Policy"].startswith(POLICY)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "Cache-Control" in headers


def test_no_script_runs_but_the_files_that_are_shipped(client):
    templates = Path(feeds.web.__file__).parent / "templates"
    scripts = [
        tag for path in templates.rglob("*.html") for tag in re.findall("<script[^>]*>", path.read_text())
    ]

    assert scripts
    assert all(tag.startswith('<script src="{{ parts.static(') for tag in scripts)
    assert "unsafe" not in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/sources", "//evil.example/%2e%2e", "//sources", "/status"])
def test_a_redirect_never_repeats_the_host_header(client, path):
    answer = client.get(path, headers={"Host": "evil.example"})
    location = answer.headers.get("Location", "/")

    assert location.startswith("/")
    assert not location.startswith("//")
    assert "://evil.example" not in answer.text


def test_the_host_header_is_on_no_page(client, shelf):
    shelf.entry(shelf.source())
    for path in ("/", "/sources/a-paper/", "/status/", "/about/", "/api/v1/entries", "/api/v1/openapi.json"):
        assert "evil" not in client.get(path, headers={"Host": "evil.example"}).text


@pytest.mark.parametrize(("path", "method"), [("/", "post"), ("/rss.xml", "put"), ("/refresh", "delete")])
def test_another_method_is_told_which_are_possible(client, path, method):
    response = getattr(client, method)(path)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert Page(response.text).problems == []


@pytest.fixture
def broken(store, client):
    """The store as it is when the disk has lost its middle."""
    client.get("/rss.xml")
    store.close()
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    size = store.path.stat().st_size
    store.path.write_bytes(b"not a database any more".ljust(size, b"\0"))
    return client


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/status/", "/sources/a/", "/refreshes/abc/"])
def test_a_store_that_cannot_be_read_is_said_without_details(broken, store, path):
    response = broken.get(path)

    assert response.status_code == 503
    assert Page(response.text).problems == []
    assert response.headers["Retry-After"] == "30"
    assert "Traceback" not in response.text
    assert str(store.path) not in response.text
    assert "feeds.db" not in response.text


def test_the_api_says_it_in_json(broken):
    response = broken.get("/api/v1/entries")

    assert response.status_code == 503
    assert "database" in response.json["error"]


def test_health_is_whether_the_store_can_be_read(client):
    response = client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")


def test_health_of_a_broken_store_is_503(broken):
    assert broken.get("/healthz").status_code == 503


def test_what_nobody_foresaw_is_a_plain_page_and_a_line_in_the_log(app, caplog):
    app.add_url_rule("/surprise", view_func=lambda: 1 / 0)
    app.add_url_rule("/api/surprise", endpoint="api_surprise", view_func=lambda: 1 / 0)
    response = app.test_client().get("/surprise")

    assert response.status_code == 500
    assert Page(response.text).problems == []
    assert "division" not in response.text
    assert "ZeroDivisionError" in caplog.text
    assert "error" in app.test_client().get("/api/surprise").json


@pytest.mark.parametrize("prefix", ["/papers", ""])
def test_a_site_below_a_path_links_below_it(build, shelf, prefix):
    shelf.entry(shelf.source(), title="Below")
    client = build('[site]\nbase_url = "https://www.example/papers"\n').test_client()
    response = client.get(f"{prefix}/")
    page = Page(response.text)

    assert response.status_code == 200
    links = [link["href"] for link in [*page.find("a"), *page.find("link")] if link["href"][0] == "/"]
    assert links
    assert all(link.startswith("/papers/") for link in links)
    assert "https://www.example/papers/rss.xml" in response.text
    assert client.get(f"{prefix}/sources").headers["Location"] == "/papers/sources/"
    for link in links:
        with client.get(link) as response:
            assert response.status_code == 200, link


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, the contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_colour_of_text_can_be_read_on_every_ground(scheme):
    style = (Path(feeds.web.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
    colors = dict(re.findall(r"--(\w+): (#\w{6});", style.split(":root {")[scheme + 1]))

    for ground in ("paper", "raised"):
        for text in ("ink", "soft", "accent", "visited", "good", "bad"):
            assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
