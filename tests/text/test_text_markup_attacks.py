"""Nothing harmful gets through the sanitizer, whoever parses what it let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markup_attacks import ATTACKS, EDGES, HOLDERS, MUTATIONS, RUN, find_faults, read_with_lxml
from playwright.sync_api import sync_playwright

from feeds.text.markup import escape_text, sanitize

BASE = "https://a.example/news/story"

READ_IN_BROWSER = """html => {
    const found = [];
    const holder = document.createElement("div");
    document.body.replaceChildren(holder);
    holder.innerHTML = html;
    const walk = node => {
        for (const child of node.childNodes) {
            if (child.nodeType === Node.TEXT_NODE) continue;
            const attributes = Object.fromEntries([...child.attributes ?? []].map(a => [a.name, a.value]));
            found.push([child.nodeType === Node.ELEMENT_NODE ? child.localName : "!", attributes]);
            walk(child);
        }
    };
    walk(holder);
    return [found, holder.innerHTML];
}"""


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_harmful_is_found_by_a_second_parser(attack):
    safe = sanitize(attack, BASE)

    assert list(find_faults(read_with_lxml(safe))) == []
    assert sanitize(safe, None) == safe


@pytest.mark.parametrize("attack", [*MUTATIONS, *EDGES])
def test_an_attack_shown_as_text_stays_text(attack):
    assert "<" not in sanitize(escape_text(attack), BASE).replace("<br>", "")


@given(st.lists(st.sampled_from([*MUTATIONS, *EDGES, *HOLDERS]), min_size=2, max_size=4), st.data())
def test_pieces_of_attacks_in_any_order_come_to_nothing(attacks, data):
    pieces = [attack[data.draw(st.integers(0, len(attack))) :] for attack in attacks]
    safe = sanitize("".join(pieces), BASE)

    assert list(find_faults(read_with_lxml(safe))) == []
    assert sanitize(safe, None) == safe


def test_a_browser_finds_nothing_harmful_either_and_runs_nothing(program):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        ran: list[str] = []
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        for attack in ATTACKS:
            safe = sanitize(attack, BASE)
            elements, read = page.evaluate(READ_IN_BROWSER, safe)
            assert list(find_faults(elements)) == [], attack
            # As the browser writes what it read, it reads it again.
            assert page.evaluate(READ_IN_BROWSER, read) == [elements, read], attack
        assert ran == []
        page.evaluate(f'document.body.innerHTML = `<img src=x onerror="{RUN}">`')
        page.wait_for_timeout(200)
        assert ran, "an attack that is let through would have been seen"
        browser.close()
