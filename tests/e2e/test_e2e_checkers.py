"""Every kind of page before two judges: axe-core for those who cannot see it all, Nu for the HTML."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright

from benchmarks.exhibit import Exhibit, showing
from benchmarks.exhibit_pages import NO_PAGES, SESSION, get_page, is_signed, list_pages, sign_in
from feeds.config import Configuration
from feeds.store import open_store
from feeds.web import create_app

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 740}

#: All rules but those that are tried out only, and what breaks them, told in one line each.
JUDGE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], runOnly: {type: "tag", values: [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join("; ").trim()}`));
}"""


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exhibit]:
    with showing(tmp_path_factory.mktemp("made") / "exhibit", datetime.now(UTC)) as shown:
        yield shown


@pytest.fixture(scope="module")
def session(exhibit: Exhibit) -> str:
    """The cookie of who is signed in."""
    return sign_in(exhibit.address)


@pytest.fixture(scope="module")
def get(exhibit: Exhibit, session: str) -> Callable[[str], str]:
    """Return the text of a page, as who may see it gets it."""

    def get(path: str) -> str:
        return get_page(exhibit.address + quote(path, "/?=&%+"), session=session if is_signed(path) else None)

    return get


@pytest.fixture(scope="module")
def tab(program) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(bypass_csp=True)  # what judges is a script of our own
        for script in ("progress", "preview"):  # what is judged is not replaced meanwhile
            page.route(f"**/static/{script}.js*", lambda route: route.abort())
        yield page
        chromium.close()


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "config.toml").write_text("")
    store = open_store(f"sqlite:///{tmp_path}/feeds.db")
    return create_app(Configuration(tmp_path / "config.toml", {}), store)


def test_the_exhibit_has_an_example_of_every_kind_of_page(app, exhibit):
    """What answers GET is no page, or stands in `benchmarks.exhibit_pages`; what stands there is there."""
    answering = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    shown = {page.endpoint for page in list_pages(exhibit)} - {""}

    assert answering - NO_PAGES == shown
    assert answering >= NO_PAGES


def test_what_is_said_to_be_an_example_is_that_page(app, exhibit, get):
    urls = app.url_map.bind("feeds.example")
    for page in list_pages(exhibit):
        if page.endpoint:
            assert urls.match(page.path.partition("?")[0])[0] == page.endpoint, page
            html = get(page.path)
            assert "<h1" in html, page
            assert "Something went wrong" not in html, page
            assert ("Sign out" in html) == is_signed(page.path), page


@pytest.fixture(scope="module")
def judge(exhibit, session, tab, checker) -> Callable[[str, dict[str, int], str], list[str]]:
    """Ask axe about a page in a window of some size, light or dark."""
    axe = checker("axe-core/axe.min.js").read_text(encoding="utf-8")

    def ask(path: str, size: dict[str, int], scheme: str) -> list[str]:
        tab.set_viewport_size(size)
        tab.emulate_media(color_scheme=scheme)
        tab.context.clear_cookies()
        if is_signed(path):
            tab.context.add_cookies([{"name": SESSION, "value": session, "url": exhibit.address}])
        tab.goto(exhibit.address + quote(path, "/?=&%+"), wait_until="domcontentloaded")
        tab.evaluate(axe)
        return tab.evaluate(JUDGE)

    return ask


def test_axe_finds_nothing_on_any_page(exhibit, judge):
    found = {page.name: judge(page.path, WIDE, "light") for page in list_pages(exhibit)}

    assert {name: told for name, told in found.items() if told} == {}


def test_axe_finds_nothing_on_any_kind_of_page_in_a_narrow_dark_window(exhibit, judge):
    pages = [page for page in list_pages(exhibit) if not page.is_odd]
    found = {page.name: judge(page.path, NARROW, "dark") for page in pages}

    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
def test_axe_finds_nothing_in_the_other_light_either(exhibit, judge, size, scheme):
    pages = [page for page in list_pages(exhibit) if page.name in ("entry-long", "source-failing", "status")]

    assert [judge(page.path, size, scheme) for page in pages] == [[], [], []]


def test_axe_would_find_what_is_wrong(tab, checker):
    """That the judge is awake, and is asked about contrast, names and best practice."""
    tab.set_content(
        '<html><body><p style="color:#ccc">pale</p><input><h3>Third</h3><img src="x"></body></html>'
    )
    tab.evaluate(checker("axe-core/axe.min.js").read_text(encoding="utf-8"))
    rules = {told.partition(":")[0] for told in tab.evaluate(JUDGE)}

    assert rules >= {"color-contrast", "label", "image-alt", "html-has-lang", "landmark-one-main", "region"}


def test_nu_finds_no_error_in_the_html_of_any_page(exhibit, get, checker, program, tmp_path):
    for page in list_pages(exhibit):
        (tmp_path / f"{page.name}.html").write_text(get(page.path), encoding="utf-8")
    (tmp_path / "wrong.html").write_text("<!doctype html><title>x</title><p><div></p><a href='http://[>")
    told = judge_html(program("java"), checker("vnu-jar/build/dist/vnu.jar"), sorted(tmp_path.glob("*.html")))

    assert told.pop("wrong.html")  # it is awake
    assert told == {}


def judge_html(java: str, jar: Path, files: list[Path]) -> dict[str, list[str]]:
    """Return what is wrong with documents, by their names."""
    command = [java, "-jar", jar, "--errors-only", "--format", "json", "--stdout", *files]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told: dict[str, list[str]] = {}
    for one in json.loads(answer.stdout)["messages"]:
        line = f"{one.get('lastLine')}: {one['message']}: {one.get('extract', '')!r}"
        told.setdefault(one["url"].rpartition("/")[2], []).append(line)
    return told
