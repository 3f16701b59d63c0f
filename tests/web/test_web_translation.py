"""The interface speaks the reader's language."""

import pytest


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK,en", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("yue", "zh-Hant"),
        ("fr,zh;q=0.5", "zh-Hans"),
        ("de,fr", "en"),
        ("en-AU,zh;q=0.9", "en"),
        ("zh;q=0,en", "en"),
        ("*", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_the_browser_says_which(client, asked, language):
    page = client.get("/about/", headers={"Accept-Language": asked})

    assert f'<html lang="{language}">' in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_dates_are_written_as_the_language_writes_them(client, shelf):
    shelf.entry(shelf.source())
    headings = {
        language: client.get("/", headers={"Accept-Language": language}).text
        for language in ("en", "zh-Hans", "zh-Hant")
    }

    assert "Wednesday 4 March 2026" in headings["en"]
    assert "2026年3月4日 星期三" in headings["zh-Hans"]
    assert "2026年3月4日 星期三" in headings["zh-Hant"]
