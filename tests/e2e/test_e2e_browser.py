"""The pages in a real browser: nothing overflows, nothing is refused, the button refreshes."""

import re

import pytest
from playwright.sync_api import Page
from running import wait_until, write_seed

LONG = "一条没有空格的很长的标题" * 40


@pytest.fixture
def site(install):
    service = install()
    write_seed(
        service.seeds, "news/1.txt", title=LONG, link="https://news.example/1", body="<p>今天的新闻。</p>"
    )
    write_seed(
        service.seeds, "2.txt", title="Plain", link="https://b.example/2", body="<pre>" + "x" * 500 + "</pre>"
    )
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 2, 10, "both are there")
    return service


def pages(service) -> list[str]:
    key = service.json("/api/v1/entries")["entries"][0]["key"]
    return [
        "/",
        "/sources/",
        "/sources/seeds/",
        "/categories/",
        "/categories/news/",
        "/feeds/",
        f"/entries/{key}/",
        "/status/",
    ]


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window_and_nothing_on_it_is_refused(site, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in pages(site):
        page.goto(site.base_url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_source_shows_how_its_polls_went_and_what_they_decided(site, browser, scheme):
    wait_until(lambda: site.json("/api/v1/sources/seeds")["polls"], 10, "the first poll is over")
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    page.goto(f"{site.base_url}/sources/seeds/")
    page.get_by_text(re.compile("and what .* decided")).click()
    color = page.locator("svg rect.changed").first.evaluate("bar => getComputedStyle(bar).fill")

    assert page.get_by_role("img", name=re.compile(r"The last .*poll.*: .*changed")).is_visible()
    assert color == {"light": "rgb(47, 107, 58)", "dark": "rgb(143, 202, 151)"}[scheme]
    assert page.locator(".key.changed").first.bounding_box()["height"] < 12  # a mark within a line
    assert page.get_by_text("the directory is watched").last.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_reader_finds_the_feeds_of_the_page(site, browser):
    page = browser.new_page()
    page.goto(f"{site.base_url}/categories/news/")
    advertised = page.locator("link[rel=alternate]").evaluate_all("links => links.map(link => link.href)")

    assert sorted(advertised) == [
        f"{site.base_url}/categories/news/{name}" for name in ("atom.xml", "feed.json", "rss.xml")
    ]
    assert page.get_by_text(f"{site.base_url}/categories/news/atom.xml").is_visible()


def test_one_click_selects_an_address_and_the_page_needs_no_script(site, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.base_url}/feeds/")
    address = f"{site.base_url}/categories/news/rss.xml"
    listed = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="news", exact=True))
    listed.get_by_text("Other formats").click()
    page.get_by_text(address, exact=True).click()

    assert page.evaluate("getSelection().toString().trim()") == address


@pytest.mark.parametrize("path", ["/atom.xml", "/rss.xml", "/feed.json", "/status/atom.xml", "/opml.xml"])
def test_a_feed_opens_in_a_browser_as_what_it_is(site, browser, path):
    """It is neither saved as a file nor dressed up by a stylesheet."""
    page = browser.new_page()
    response = page.goto(site.base_url + path)

    assert response is not None
    assert response.status == 200
    assert page.inner_text("html").startswith(("<?xml version=", "{"))


def test_the_button_refreshes_and_shows_the_result_without_javascript(site, browser):
    page: Page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.base_url}/status/")
    page.get_by_role("button", name="Refresh").first.click()

    assert "/refreshes/" in page.url
    for _ in range(50):
        if "Refresh: done" in page.inner_text("main"):
            break
        page.wait_for_timeout(200)
        page.reload()
    assert "1 source polled" in page.inner_text("main")


def test_the_page_of_another_site_cannot_refresh(site, browser, tmp_path):
    form = tmp_path / "form.html"
    form.write_text(f'<form method="post" action="{site.base_url}/refresh"><button>Go</button></form>')
    page = browser.new_page()
    page.goto(form.as_uri())
    with page.expect_navigation() as navigation:
        page.get_by_role("button").click()

    assert navigation.value.status == 403
    assert site.json("/api/v1/refreshes")["refreshes"] == []
