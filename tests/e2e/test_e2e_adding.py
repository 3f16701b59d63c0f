"""A source is added by the address of a page, in a real browser, with JavaScript and without."""

import re

import pytest
from running import publishing, wait_until

ITEM = (
    "<item><title>Title {0}</title><link>http://a.example/{0}</link><guid>g{0}</guid>"
    "<pubDate>{0:02} Jan 2026 10:00:00 GMT</pubDate><description>Text of number {0}.</description></item>"
)
RSS = (
    '<rss version="2.0"><channel><title>{0}</title><link>http://a.example/</link>'
    "<description>About it</description>{1}</channel></rss>"
)
PAGE = (
    b"<!doctype html><html><head><title>A page</title>"
    b'<link rel="alternate" type="application/rss+xml" href="/news.xml" title="News">'
    b'<link rel="alternate" type="application/rss+xml" href="/comments.xml" title="Comments"></head>'
    b"<body><p>Hello</p></body></html>"
)


def feed(title: str, count: int) -> bytes:
    return RSS.format(title, "".join(ITEM.format(number) for number in range(1, count + 1))).encode()


@pytest.fixture
def publisher():
    files = {"/": PAGE, "/news.xml": feed("The News", 12), "/comments.xml": feed("The Comments", 1)}
    with publishing(files) as server:
        yield server


@pytest.fixture
def service(install, publisher):
    service = install(config=f'token = "s3cret"\n[fetch]\nallow_hosts = ["{publisher.host}"]\n')
    service.start()
    wait_until(lambda: service.json("/api/v1/status")["poller_running"], 20, "the poller runs")
    return service


def open_form(page, service, query=""):
    """Sign in where the form is that asks for an address."""
    page.goto(f"{service.base_url}/desk/add/{query}")
    page.get_by_label("Token").fill("s3cret")
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_page_address_leads_to_a_preview_and_confirmed_to_its_entries(service, publisher, browser, scripts):
    page = browser.new_context(java_script_enabled=scripts).new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    open_form(page, service)
    page.get_by_label("Address of a page").fill(publisher.url("/"))
    page.get_by_role("button", name="Look what is there").click()
    page.get_by_role("heading", name="The News", level=1).wait_for(timeout=20_000)
    shown = page.locator(".would-bring h3").all_inner_texts()

    assert shown == [f"Title {number}" for number in range(12, 2, -1)]
    assert page.get_by_text("Comments", exact=True).is_visible()
    assert [one["slug"] for one in service.json("/api/v1/sources")["sources"]] == ["seeds"]
    assert service.json("/feed.json")["items"] == []

    page.get_by_label("Name").fill("My News")
    page.get_by_label("Category").fill("Daily")
    page.get_by_role("button", name="Subscribe").click()
    page.wait_for_url(re.compile("/sources/my-news/$"))
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 12, 20, "its entries are there")

    [source] = [one for one in service.json("/api/v1/sources")["sources"] if one["slug"] == "my-news"]
    assert (source["url"], source["category"]) == (publisher.url("/news.xml"), "Daily")
    assert complaints == []


def test_another_feed_of_the_page_is_previewed_instead(service, publisher, browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    open_form(page, service, f"?url={publisher.url('/')}")
    page.get_by_role("button", name="Look what is there").click()
    page.get_by_role("button", name="Preview this one instead").click(timeout=20_000)
    page.get_by_role("heading", name="The Comments", level=1).wait_for(timeout=20_000)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.get_by_text("Title 1", exact=True).is_visible()


def test_a_private_address_is_refused_on_the_page(service, browser):
    page = browser.new_page()
    open_form(page, service)
    page.get_by_label("Address of a page").fill("http://169.254.169.254/latest/")
    page.get_by_role("button", name="Look what is there").click()
    page.get_by_role("heading", name="No feed to subscribe to").wait_for(timeout=20_000)

    assert "169.254.169.254 is not a public address" in page.inner_text("main")
