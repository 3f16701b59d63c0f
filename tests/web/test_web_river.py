"""The river of a view: by day, folded, narrowed by a click, older and newer."""

import re
from datetime import timedelta

import pytest
from web_markup import Page
from web_samples import NOW

LINK = re.compile(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>')
TITLE = re.compile(r"<h3[^>]*>.*?>([^<]*)</a>")
TEASER = re.compile(r'<article class="teaser".*?</article>', re.DOTALL)


@pytest.fixture
def papers(shelf):
    """Two papers, of which one tells what the other does, too."""
    one = shelf.source("https://one.example/feed", name="One", category="City")
    two = shelf.source("https://two.example/feed", name="二", category="社會")
    shelf.entry(one, id="https://one.example/boat", title="The boat leaves at seven", language="en")
    shelf.entry(two, id="https://two.example/boat", title="The boat leaves at seven", language="en")
    shelf.entry(two, id="https://two.example/rain", title="雨停了", language="zh-Hant")
    return one, two


def teasers(client, path="/"):
    response = client.get(path)
    assert response.status_code == 200
    assert Page(response.text).problems == []
    return TEASER.findall(response.text)


def links(client, path, text):
    """The addresses of the links of a page that say this."""
    page = client.get(path).text
    return [
        href.replace("&amp;", "&")
        for href, said in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page)
        if text in said
    ]


def test_a_story_told_by_two_is_one_entry_that_names_the_other(client, papers):
    shown = teasers(client)

    assert len(shown) == 2
    [boat] = [teaser for teaser in shown if "The boat" in teaser]
    assert "Also at" in boat
    assert ">One</a>" in boat
    assert ">二</a>" in boat


def test_it_is_two_where_that_is_asked_for_and_in_the_page_of_a_source(client, papers):
    assert len(teasers(client, "/?fold=0")) == 3
    assert (
        len(
            teasers(
                client, "/sources/two/" if client.get("/sources/two/").status_code == 200 else "/sources/二/"
            )
        )
        == 2
    )


def test_a_click_shows_a_language_alone(client, papers):
    [path] = links(client, "/", "中文")

    assert ["雨停了" in teaser for teaser in teasers(client, path)] == [True]


def test_a_click_takes_what_narrows_a_page_away_again(client, papers):
    [back] = links(client, "/?lang=en", "×")

    assert back == "/"


def test_sources_and_categories_of_the_newest_entries_are_offered(client, papers):
    assert links(client, "/", "City") == ["/categories/city/"]
    assert "/sources/one/" in links(client, "/", "One")
    assert links(client, "/?lang=en", "City") == ["/categories/city/?lang=en"]


def test_a_private_source_is_offered_nowhere(client, shelf, papers):
    secret = shelf.source("https://secret.example/feed", name="Hidden", private=True)
    shelf.entry(secret, title="Nobody knows", language="fr", categories=("Whispers",))
    page = client.get("/").text

    assert not {word for word in ("Hidden", "Nobody", "Whispers", "français") if word in page}


def test_what_narrows_a_page_narrows_the_feeds_beside_it(client, papers):
    page = Page(client.get("/?lang=en").text)
    announced = [link["href"] for link in page.find("link", rel="alternate", type="application/atom+xml")]

    assert "/atom.xml?lang=en" in announced
    assert client.get("/atom.xml?lang=en").text.count("<entry") == 2


def test_nothing_like_it_is_told_on_a_page_that_stays_whole(client, papers):
    response = client.get("/?lang=sw")

    assert response.status_code == 200
    assert "No entry here is like that." in response.text


def test_pages_lead_to_what_is_newer_by_the_way_they_came(client, shelf):
    shelf.entries(shelf.source(), 130)
    path, walked = "/", ["/"]
    while following := Page(client.get(path).text).find("a", rel="next"):
        path = following[0]["href"]
        walked.append(path)
    back = [path]
    while previous := Page(client.get(path).text).find("a", rel="prev"):
        path = previous[0]["href"]
        back.append(path)

    assert len(walked) == 4
    assert back == walked[::-1]


def test_the_newest_page_leads_to_nothing_newer(client, shelf):
    shelf.entries(shelf.source(), 3)

    assert Page(client.get("/").text).find("a", rel="prev") == []


def test_an_entry_of_another_day_says_which(client, shelf):
    shelf.entry(shelf.source(), NOW, published=NOW - timedelta(days=400))
    [teaser] = teasers(client)

    assert "28 January 2025" in teaser


def test_one_of_the_day_says_the_hour(client, shelf):
    shelf.entry(shelf.source(), NOW)
    [teaser] = teasers(client)

    assert ">13:06</time>" in teaser  # in Shanghai


def test_a_picture_has_its_place_before_it_is_there(client, shelf):
    shelf.entry(shelf.source(), image="https://a.example/boat.jpg")
    [picture] = Page(client.get("/").text).find("img")

    assert picture == {
        "src": "https://a.example/boat.jpg",
        "alt": "",
        "width": "120",
        "height": "90",
        "loading": "lazy",
        "decoding": "async",
    }


@pytest.mark.parametrize("asked", ["lang=%3Cb%3E", "fold=2", "since=soon", "before=x", "q="])
def test_what_cannot_be_read_is_told_in_a_line(client, papers, asked):
    response = client.get(f"/?{asked}")

    assert response.status_code == 400
    assert "Traceback" not in response.text


def test_what_is_known_to_no_page_is_let_be(client, papers):
    assert client.get("/?utm_source=a&limit=none").status_code == 200


def walk(client, path, way):
    """The paths of the pages that lead on by `rel`, and the titles shown on each."""
    paths, shown = [path], [titles(client, path)]
    while following := Page(client.get(path).text).find("a", rel=way):
        path = following[0]["href"]
        assert path not in paths
        paths.append(path)
        shown.append(titles(client, path))
    return paths, shown


def titles(client, path):
    return [
        re.search(r"<h3[^>]*>.*?>([^<]*)</a>", teaser)[1] for teaser in TEASER.findall(client.get(path).text)
    ]


def test_folded_pages_lead_back_by_the_way_they_came(client, shelf):
    papers = [shelf.source(f"https://{name}.example/", name=name) for name in ("one", "two", "three")]
    for story in range(90):
        for paper in papers:
            shelf.entry(paper, id=f"https://{paper.slug}.example/{story}", title=f"A story of number {story}")
    there, shown = walk(client, "/", "next")
    back, shown_back = walk(client, there[-1], "prev")

    assert [len(page) for page in shown] == [40, 40, 10]
    assert back == there[::-1]
    assert shown_back == shown[::-1]


def test_one_name_told_for_days_ends_no_walk(client, shelf):
    source = shelf.source()
    for _ in range(150):  # an hour apart
        shelf.entry(source, title="Hourly market update")
    shelf.entries(source, 60)
    there, _ = walk(client, "/", "next")

    assert walk(client, there[-1], "prev")[0][-1] == "/"


def test_pages_of_long_texts_lead_back_past_none_of_them(client, shelf):
    source = shelf.source()
    for number in range(12):
        shelf.entry(source, title=f"Long {number}", content=f"<p>{number} {'long ' * 160_000}</p>")
    there, shown = walk(client, "/", "next")
    _, shown_back = walk(client, there[-1], "prev")

    assert len(there) == 3  # of which the first two are full of text
    assert {title for page in shown_back for title in page} == {title for page in shown for title in page}


def test_a_page_full_of_what_is_folded_leads_on(client, shelf):
    source = shelf.source()
    shelf.entries(source, 3)
    for number in range(6):
        position = NOW + timedelta(hours=6 - number)
        shelf.entry(source, position, title="The same", content=f"<p>{number} {'long ' * 160_000}</p>")
    shelf.entry(source, NOW + timedelta(minutes=1), title="The same")
    _, shown = walk(client, "/", "next")

    assert sorted(title for page in shown for title in page) == ["The same", "Title 1", "Title 2", "Title 3"]


@pytest.mark.parametrize("path", ["/", "/sources/one/", "/categories/city/"])
def test_what_a_moment_narrows_is_told_and_can_be_taken_back(client, papers, path):
    page = client.get(f"{path}?since=2030-01-01").text

    assert "No entry here is like that." in page
    assert "Nothing to read yet" not in page
    assert links(client, f"{path}?since=2030-01-01", "since 1 January 2030") == [path]


def test_behind_the_last_entry_there_is_a_way_back(client, shelf):
    keys = shelf.entries(shelf.source(), 3)
    page = client.get(f"/?before={keys[-1]}").text

    assert "Nothing older follows." in page
    assert [link["href"] for link in Page(page).find("a", rel="prev")] == ["/"]


def test_filters_keep_what_they_stand_beside(client, shelf, papers):
    shelf.entry(papers[0], title="Rain in town", language="en", categories=("Shared",))
    shelf.entry(papers[1], title="Rain at sea", language="en", categories=("Shared",))

    assert (
        links(client, "/categories/shared/?q=rain", "One")[0] == "/categories/shared/?q=rain%20source%3Aone"
    )
    assert links(client, "/?fold=0", "City") == ["/categories/city/?fold=0"]


def test_each_other_source_is_named_once_beside_a_story(client, shelf):
    one, two = shelf.source(name="One"), shelf.source("https://two.example/", name="Two")
    for number in range(3):
        shelf.entry(one, id=f"https://a.example/r{number}", title="Rain again and again")
        shelf.entry(two, id=f"https://two.example/r{number}", title="Rain again and again")
    [teaser] = teasers(client)

    assert teaser.count("</a>") == 3  # where it came from, the story, and the other source
    assert "4 more entries of this name" in teaser
