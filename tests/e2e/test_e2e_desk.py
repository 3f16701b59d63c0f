"""The desk in a real browser: in with the token, a refresh followed in place, out again."""

import re

import pytest
from playwright.sync_api import Page, expect
from running import wait_until, write_seed

CONFIG = 'token = "s3cret"\n'  # under [server], where an installation's own settings end


@pytest.fixture
def site(install):
    service = install(config=CONFIG)
    write_seed(service.seeds, "1.txt", title="One", link="https://news.example/1", body="<p>Text.</p>")
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 1, 30, "it is there")
    return service


def sign_in(page: Page, site, path: str = "/desk/") -> None:
    page.goto(site.base_url + path)
    page.get_by_label("Token").fill("s3cret")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(site.base_url + path)


@pytest.mark.parametrize("scripts", [True, False])
def test_one_signs_in_where_one_wanted_to_go_and_out_again(site, browser, scripts):
    page = browser.new_context(java_script_enabled=scripts).new_page()
    sign_in(page, site, "/desk/sources/")
    page.get_by_role("link", name="Seeds").click()
    expect(page.get_by_text("remove it there").or_(page.get_by_text("change it there"))).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    page.goto(f"{site.base_url}/desk/sources/")

    expect(page.get_by_label("Token")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_the_desk_is_wider_than_its_window_and_nothing_on_it_is_refused(site, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    sign_in(page, site)
    for path in ("", "sources/", "sources/seeds/", "lists/", "deletions/", "quarantined/", "refreshes/"):
        page.goto(f"{site.base_url}/desk/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
    assert complaints == []


def test_a_refresh_is_followed_in_place_and_its_end_is_told(site, browser):
    page = browser.new_page()
    sign_in(page, site)
    page.get_by_role("button", name="Refresh all sources").click()
    expect(page).to_have_url(re.compile("/refreshes/"))
    page.evaluate("window.isSame = true")

    expect(page.get_by_role("heading", level=1)).to_have_text("Refresh: done")
    expect(page.locator("main [role=status]")).to_contain_text("1 source polled")
    assert page.title().startswith("Refresh: done")
    assert page.evaluate("window.isSame")


def test_a_server_that_does_not_answer_is_told_until_it_does(site, browser):
    page = browser.new_page()
    sign_in(page, site)
    shown = "**/refreshes/*/"
    page.route(
        shown, lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    page.get_by_role("button", name="Refresh all sources").click()
    expect(page.locator(".unreachable")).to_be_visible()
    expect(page.locator("main [role=status]")).to_contain_text("does not answer")
    page.unroute(shown)

    expect(page.get_by_role("heading", level=1)).to_have_text("Refresh: done", timeout=15_000)
    expect(page.locator(".unreachable")).to_have_count(0)
