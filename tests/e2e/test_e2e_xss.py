"""Sixteen families of attempts to run something, read by a real daemon, looked at with CSP switched off."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route
from running import Service, publishing, wait_until, write_seed
from xss_families import (
    CANARY,
    FAMILIES,
    list_attempts,
    share_out,
    write_atom,
    write_json,
    write_rss,
    write_seeds,
)

from benchmarks.exhibit import TOKEN
from benchmarks.exhibit_pages import SESSION, sign_in

#: What may be asked of others for an entry: what is looked at or listened to.
SHOWN = ("image", "media")

#: What must be on no page, whatever is written in a feed.
LOOK = r"""() => {
  const found = [];
  const note = (why, element) => found.push(`${why}: ${element.outerHTML.slice(0, 200)}`);
  const runs = /^[\s\0-\x20]*(javascript|vbscript|data|blob|view-source|feed:javascript)[\s\0-\x20]*:/i;
  const leads = /^(href|src|srcset|action|data|poster|cite|xlink:href|values|to|content)$/i;
  const isOurs = url => new URL(url || "x:", location).origin === location.origin;
  // What a form calls its attributes may be a field of it.
  const list = Object.getOwnPropertyDescriptor(Element.prototype, "attributes").get;
  for (const element of document.querySelectorAll("*")) {
    for (const {name, value} of list.call(element)) {
      if (/^on/i.test(name) || ["style", "srcdoc", "formaction"].includes(name)) note(name, element);
      if (runs.test(value) && leads.test(name)) note(name, element);
    }
    if (["javascript:", "vbscript:", "data:", "blob:"].includes(element.protocol)) note("address", element);
  }
  const never = `iframe, frame, frameset, object, embed, applet, portal, base, template, noscript, math,
    style, meta[http-equiv], link[rel=import], link[rel~=prefetch], link[rel~=modulepreload], marquee`;
  document.querySelectorAll(never).forEach(element => note("never", element));
  const inside = ":is(.body, .excerpt) :is(svg, form, input, button, select, textarea, [id], [name])";
  document.querySelectorAll(inside).forEach(element => note("inside", element));
  [...document.scripts].filter(one => !isOurs(one.src)).forEach(element => note("script", element));
  document.querySelectorAll("form[action]").forEach(element => {
    if (!/^\/[^/]/.test(element.getAttribute("action"))) note("form", element);
  });
  document.querySelectorAll("link[rel=stylesheet]").forEach(element => {
    if (!isOurs(element.href)) note("style sheet", element);
  });
  return found;
}"""


class Watch:
    """A tab in which everything may run, and what happens in it."""

    def __init__(self, context: BrowserContext, own: str) -> None:
        self.own = own
        self.unsafe = ""  #: what is answered to whatever is ours, in place of the service
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.dialogs: list[str] = []
        self.page.on("dialog", self._dismiss)
        context.route("**/*", self._answer)

    def _dismiss(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        request = route.request
        if request.url.startswith(f"{self.own}/"):
            if self.unsafe:
                route.fulfill(body=self.unsafe, content_type="text/html; charset=utf-8")
            else:
                route.continue_()
            return
        if request.resource_type not in SHOWN:
            self.asked.append(f"{request.resource_type} {request.url}")
        route.abort()

    def open(self, path: str) -> list[str]:
        """Return what is wrong with a page."""
        try:
            self.page.goto(self.own + path)
        except Error as error:
            return [f"it went elsewhere: {error.message}"]
        return self.look()

    def look(self) -> list[str]:
        try:
            found = list(self.page.evaluate(LOOK))
            found += ["it ran"] if self.page.evaluate("window.__ran") else []
        except Error as error:
            found = [f"it went elsewhere: {error.message}"]
        found += self.dialogs + self.asked
        self.dialogs, self.asked = [], []
        return found


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> Iterator[Service]:
    """A daemon that has read all attempts, and those of feeds once more with something changed."""
    shared = share_out(list_attempts())
    with publishing({}) as publisher:
        config = f'token = "{TOKEN}"\n[fetch]\nallow_hosts = ["127.0.0.1"]\n'
        service = Service(tmp_path_factory.mktemp("attacked"), config)
        for name, told in write_seeds(shared["seeds"]):
            write_seed(service.seeds, f"news/{name}", **told)
        publisher.files |= publish(shared, "")
        service.start()
        try:
            for path in publisher.files:
                service.command("add", publisher.url(path))
            wait_until(lambda: count(service) == len(list_attempts()), 30, "all entries are there")
            publisher.files |= publish(shared, " corrected")
            service.command("refresh", "--force")
            yield service
        finally:
            service.stop()


def publish(shared, more: str) -> dict[str, bytes]:
    written = {"/rss.xml": write_rss(shared["rss"], more), "/atom.xml": write_atom(shared["atom"], more)}
    return written | {"/feed.json": write_json(shared["json"], more)}


def count(service: Service) -> int:
    return service.json("/api/v1/status")["counts"]["entries"]


def list_entries(service: Service) -> list[dict]:
    """Return all entries, as the API gives them."""
    found, path = [], "/api/v1/entries?limit=200"
    while path:
        answer = service.json(path)
        found += answer["entries"]
        path = (answer["next"] or "").removeprefix(service.base_url)
    return found


@pytest.fixture(scope="module")
def watch(attacked, browser) -> Watch:
    return Watch(browser.new_context(bypass_csp=True), f"http://127.0.0.1:{attacked.port}")


def test_there_are_sixteen_families_and_every_attempt_has_become_an_entry(attacked):
    assert len(FAMILIES) == 16
    assert len(list_entries(attacked)) == len(list_attempts()) == count(attacked)


def test_nothing_runs_on_the_page_of_any_entry(attacked, watch):
    found = {}
    for entry in list_entries(attacked):
        found[entry["title"]] = watch.open(f"/entries/{entry['key']}/")

    assert {title: told for title, told in found.items() if told} == {}


def test_nothing_runs_on_the_page_of_versions(attacked, watch):
    corrected = [entry for entry in list_entries(attacked) if entry["versions"] > 1]
    found = {entry["title"]: watch.open(f"/entries/{entry['key']}/history/") for entry in corrected}

    assert len(corrected) > 50
    assert {title: told for title, told in found.items() if told} == {}


def test_nothing_runs_on_lists(attacked, watch):
    """The river, and the pages of sources, categories, feeds and health."""
    entries = list_entries(attacked)
    sources = [
        source["page"].removeprefix(attacked.base_url)
        for source in attacked.json("/api/v1/sources")["sources"]
    ]
    older = [f"/?before={entry['key']}" for entry in entries[39::40]]
    watch.open("/categories/")
    labels = watch.page.locator("main li a").evaluate_all("links => links.map(link => link.pathname)")
    others = ["/", "/sources/", "/categories/", "/feeds/", "/status/", "/about/", "/withdrawn/", "/search/"]
    refreshes = [f"/refreshes/{one['id']}/" for one in attacked.json("/api/v1/refreshes")["refreshes"]]
    found = {path: watch.open(path) for path in [*others, *older, *sources, *refreshes, *labels[::5]]}

    assert len(sources) > 4
    assert len(labels) > 50
    assert {path: told for path, told in found.items() if told} == {}


def test_nothing_runs_at_the_desk(attacked, watch):
    own = f"http://127.0.0.1:{attacked.port}"
    watch.page.context.add_cookies([{"name": SESSION, "value": sign_in(own), "url": own}])
    slugs = [source["slug"] for source in attacked.json("/api/v1/sources")["sources"]]
    pages = [
        "",
        "sources/",
        "quarantined/",
        "refreshes/",
        "deletions/",
        "lists/",
        "add/?url=javascript:alert(1)",
    ]
    pages += ["add/?url=javascript:alert(1)", *(f"sources/{quote(slug)}/" for slug in slugs)]
    found = {path: watch.open(f"/desk/{path}") for path in pages}
    is_in = watch.page.get_by_role("button", name="Sign out").count()
    watch.page.context.clear_cookies()

    assert is_in
    assert {path: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_runs_that_is_asked_for(watch, family):
    """As what is searched for, as a name in an address, as a place to continue from."""
    for attempt in FAMILIES[family][:4]:
        for path in (
            f"/search/?q={quote(attempt)}",
            f"/sources/{quote(attempt, '')}/",
            f"/?before={quote(attempt)}",
        ):
            assert watch.open(path) == [], path


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/opml.xml", "/feeds.opml"])
def test_nothing_runs_in_a_document_that_is_opened_in_a_browser(watch, path):
    watch.page.goto(watch.own + path)

    assert watch.page.evaluate("window.__ran") is None
    assert (watch.dialogs, watch.asked) == ([], [])


def test_what_looks_like_a_template_is_shown_as_it_is_written(attacked, watch):
    entry = next(one for one in list_entries(attacked) if "{{7*191}}" in (one["title"] or ""))
    watch.open(f"/entries/{entry['key']}/")

    assert "{{7*191}}" in watch.page.inner_text("h1")
    assert "1337" not in watch.page.content()


# --- Whether it would be noticed ----------------------------------------------------------------------


@pytest.mark.parametrize("family", [name for name in FAMILIES if name not in ("charsets", "templates")])
def test_what_runs_on_a_page_is_noticed(browser, family):
    """Most attempts leave a sign where a page takes over what it is given; some come to nothing anyway."""
    noticed = []
    for attempt in FAMILIES[family]:
        context = browser.new_context(bypass_csp=True)  # some go elsewhere, and go on with that
        watch = Watch(context, "http://unsafe.example")
        quoted = attempt.replace("&", "&amp;").replace('"', "&quot;") if family != "breakouts" else attempt
        watch.unsafe = f"""<!doctype html><title>x</title><main><input value="{quoted}">
            <p title='{attempt if family == "breakouts" else ""}'><div class="body">{attempt}</div></main>"""
        noticed.append(bool(watch.open("/")))
        context.close()

    assert noticed.count(True) > len(noticed) / 2, noticed


def test_that_a_script_ran_is_noticed(browser):
    context = browser.new_context(bypass_csp=True)
    watch = Watch(context, "http://unsafe.example")
    watch.page.set_content(f"{FAMILIES['script'][0]}<script src={CANARY}/a.js></script>")
    found = watch.look()

    assert {"1", f"script {CANARY}/a.js", "it ran"} <= set(found)  # a dialog, a request, and its own sign
    context.close()
