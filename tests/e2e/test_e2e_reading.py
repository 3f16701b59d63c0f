"""Reading in a real browser: keys, copying, zones, languages, and what a phone shows."""

import pytest
from running import wait_until, write_seed


@pytest.fixture
def site(install):
    service = install()
    for number in (1, 2, 3):
        link = f"https://news.example/{number}"
        write_seed(
            service.seeds, f"{number}.txt", title=f"Title {number}", link=link, body="<p>今天的新闻。</p>"
        )
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 3, 10, "all are there")
    return service


def test_keys_go_from_entry_to_entry_and_open_one(site, browser):
    page = browser.new_page()
    page.goto(f"{site.base_url}/?fold=0")
    titles = page.locator(".teaser h3 a").all_inner_texts()

    def focused() -> str:
        return page.evaluate("document.activeElement.innerText")

    page.keyboard.press("j")
    assert focused() == titles[0]
    page.keyboard.press("j")
    assert focused() == titles[1]
    page.keyboard.press("k")
    assert focused() == titles[0]
    page.keyboard.press("o")
    page.wait_for_url("**/entries/*/")


def test_a_key_searches_and_letters_that_are_typed_stay_letters(site, browser):
    page = browser.new_page()
    page.goto(site.base_url)
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("jko/?")

    assert page.get_by_role("searchbox").input_value() == "jko/?"


def test_a_key_tells_of_the_keys_and_another_closes_that(site, browser):
    page = browser.new_page()
    page.goto(site.base_url)
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keyboard").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_the_address_to_subscribe_to_is_copied_by_a_click(site, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site.base_url)
    page.get_by_role("button", name="Copy").first.click()

    assert page.get_by_role("button", name="Copied").is_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.base_url}/rss.xml"


def test_moments_are_those_of_the_readers_zone_and_without_a_script_those_of_the_site(site, browser):
    key = site.json("/api/v1/entries")["entries"][0]["key"]
    shown = {}
    for runs in (True, False):
        context = browser.new_context(java_script_enabled=runs, timezone_id="Asia/Tokyo", locale="en-GB")
        page = context.new_page()
        page.goto(f"{site.base_url}/entries/{key}/")
        shown[runs] = page.locator("time[data-local]").first.inner_text()

    assert shown[False] == "1 January 2026, 00:00"
    assert "09:00" in shown[True]


def test_the_first_key_leads_past_the_navigation(site, browser):
    page = browser.new_page()
    page.goto(site.base_url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_six_entries_fit_on_the_screen_of_a_phone(install, browser):
    service = install()
    for number in range(8):
        title = f"一条正好占满两行的标题，讲一件不大不小的事情：第{number}件"
        write_seed(
            service.seeds,
            f"{number}.txt",
            title=title,
            link=f"https://n.example/{number}",
            body="<p>文。</p>",
        )
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 8, 10, "all are there")
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(service.base_url)
    ends = page.locator(".teaser").evaluate_all("all => all.map(each => each.getBoundingClientRect().bottom)")
    lines = page.locator(".teaser h3").first.evaluate(
        "each => each.getBoundingClientRect().height / parseFloat(getComputedStyle(each).lineHeight)"
    )

    assert sum(bottom <= 800 for bottom in ends) >= 6
    assert round(lines) == 2
    assert page.locator(".teaser h3").first.evaluate("each => each.scrollHeight <= each.clientHeight + 1")
    assert page.locator(".teaser .from").first.is_visible()


def test_nothing_moves_when_a_picture_comes_or_stays_away(install, browser):
    service = install()
    body = '<p><img src="http://127.0.0.1:9/nowhere.png"></p><p>文字。</p>'
    for number in range(3):
        write_seed(
            service.seeds,
            f"{number}.txt",
            title=f"图 {number}",
            link=f"https://n.example/{number}",
            body=body,
        )
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 3, 10, "all are there")
    page = browser.new_page()
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => {"
        " for (const shift of list.getEntries()) window.moved += shift.value; })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(service.base_url, wait_until="networkidle")

    assert page.locator(".teaser img").count() == 3
    assert page.evaluate("window.moved") == 0


def test_the_interface_speaks_the_language_of_the_browser(site, browser):
    page = browser.new_context(locale="zh-TW").new_page()
    page.goto(site.base_url)

    assert page.evaluate("document.documentElement.lang") == "zh-Hant"
    assert (
        page.get_by_role("link", name="訂閱").first.is_visible()
        or page.get_by_text("訂閱").first.is_visible()
    )


@pytest.mark.parametrize(
    ("asked", "titles"),
    [("台湾", ["臺灣的雨", "台湾的海"]), ("雨", ["臺灣的雨", "雨停了"]), ('"的海"', ["台湾的海"])],
)
def test_a_search_finds_words_and_single_characters_and_marks_them(install, browser, asked, titles):
    service = install()
    for number, title in enumerate(["雨停了", "台湾的海", "臺灣的雨"]):
        link = f"https://n.example/{number}"
        moment = 1767225600000 + number
        write_seed(
            service.seeds, f"{number}.txt", title=title, link=link, body="<p>文。</p>", timestamp=moment
        )
    service.start()
    wait_until(lambda: len(service.json("/feed.json")["items"]) == 3, 10, "all are there")
    page = browser.new_page(color_scheme="dark", viewport={"width": 320, "height": 700})
    page.goto(f"{service.base_url}/search/")
    page.get_by_role("searchbox").fill(asked)
    page.get_by_role("button", name="Search").click()

    assert page.locator(".hit h3").all_inner_texts() == titles
    assert page.locator(".hit h3 mark").count() == len(titles)
    assert page.get_by_role("status").inner_text().startswith(f"{len(titles)} entr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_key_goes_up_from_below_the_last_entry(site, browser):
    page = browser.new_page(viewport={"width": 360, "height": 300})
    page.goto(f"{site.base_url}/?fold=0")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("k")

    assert page.locator(".teaser h3 a").last.evaluate("link => document.activeElement === link")
