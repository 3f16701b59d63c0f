"""Pictures of every kind of page: wide, narrow and dark, empty, failing, huge, and in Chinese.

    python -m benchmarks.screenshots FOLDER [--only WORD]

An invented installation is made, served on 127.0.0.1 and looked at with Debian's Chromium. The name of a
picture says what it shows: `sources-narrow-dark.png`. With --only, pages whose name holds WORD.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from benchmarks.exhibit import Exhibit, Kind, showing
from benchmarks.exhibit_pages import SESSION, Page, is_signed, list_pages, sign_in

CHROMIUM = "/usr/bin/chromium"
WIDE = (1280, 900)
NARROW = (360, 740)
TALLEST = 6_000  # pixels; what is below is more of the same

#: Lazy pictures are fetched when somebody comes near them.
LOAD_PICTURES = """async () => {
  const pictures = [...document.images];
  pictures.forEach(picture => picture.loading = "eager");
  await Promise.all(pictures.map(picture => picture.decode().catch(() => null)));
}"""


class Look(NamedTuple):
    """How a page is looked at."""

    name: str  #: behind that of the page
    size: tuple[int, int]
    dark: bool = False
    language: str = "en"


LOOKS = (
    Look("wide", WIDE),
    Look("narrow", NARROW),
    Look("wide-dark", WIDE, dark=True),
    Look("narrow-dark", NARROW, dark=True),
)
CHINESE = (
    Look("zh-Hans-wide", WIDE, language="zh-CN"),
    Look("zh-Hans-narrow", NARROW, language="zh-CN"),
    Look("zh-Hant-narrow", NARROW, language="zh-TW"),
)
IN_CHINESE = ("index", "sources", "entry-long", "status", "search")
#: What is looked at of installations in which not much, or too much, is as it should be.
ELSEWHERE = ("index", "sources", "categories", "feeds", "status", "search")


def list_looks(kind: Kind, page: Page) -> tuple[Look, ...]:
    """Return how a page of such an installation is looked at; what is odd, in the light alone."""
    if kind == "full":
        usual = LOOKS[:2] if page.is_odd else LOOKS
        return usual + (CHINESE if page.name in IN_CHINESE else ())
    return LOOKS[:2] if page.name in ELSEWHERE else ()


def list_shown(kind: Kind, exhibit: Exhibit) -> Iterator[Page]:
    """Yield the pages of an installation; there is little to see of an empty one."""
    if kind == "empty":
        yield from (Page(name, "", "/" if name == "index" else f"/{name}/") for name in ELSEWHERE)
    else:
        yield from list_pages(exhibit)


def take(tab: Tab, address: str, path: Path) -> str:
    """Save a picture of a page; return how large it is."""
    tab.goto(address)
    tab.evaluate(LOAD_PICTURES)
    width, height = tab.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
    tab.screenshot(path=path, full_page=True, clip=clip)
    return f"{width}×{height}"


def take_all(browser: Browser, folder: Path, kind: Kind, only: str) -> int:
    """Take the pictures of one installation; return how many there are."""
    count = 0
    with (
        tempfile.TemporaryDirectory() as made,
        showing(Path(made) / kind, datetime.now(UTC), kind) as exhibit,
    ):
        session = {"name": SESSION, "value": sign_in(exhibit.address), "url": exhibit.address}
        for look in LOOKS + CHINESE:
            tab = browser.new_page(
                viewport={"width": look.size[0], "height": look.size[1]},
                color_scheme="dark" if look.dark else "light",
                locale=look.language,
            )
            for page in list_shown(kind, exhibit):
                if look in list_looks(kind, page) and only in page.name:
                    tab.context.clear_cookies()
                    if is_signed(page.path):
                        tab.context.add_cookies([session])
                    name = f"{page.name}{'' if kind == 'full' else f'-{kind}'}-{look.name}.png"
                    size = take(tab, exhibit.address + quote(page.path, "/?=&%+"), folder / name)
                    print(f"{name}  {size}", flush=True)
                    count += 1
            tab.close()
    return count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", metavar="WORD", help="pages whose name holds it")
    parser.add_argument("--kind", action="append", choices=("full", "empty", "failing", "huge"))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        kinds = asked.kind or ("full", "empty", "failing", "huge")
        count = sum(take_all(browser, asked.folder, kind, asked.only) for kind in kinds)
        browser.close()
    sys.exit(None if count else f"no page has ‘{asked.only}’ in its name")


if __name__ == "__main__":
    main()
