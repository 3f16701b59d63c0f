"""Files of the seeds directory that are no seeds: what they bring, and what becomes of it with them."""

import os
import time

import pytest
from polling_server import response
from running import write_seed

from feeds.polling.poll import Ask
from feeds.polling.seeds import documents
from feeds.store import files

OLD = time.time() - 60


def put(here, name, text):
    path = here.seeds / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (OLD, OLD))
    return path


def ids(here):
    return {stored.entry.title: stored.entry.id for stored in here.entries()}


def opml(*urls):
    return f'<opml><body>{"".join(f"""<outline text="F" xmlUrl="{url}"/>""" for url in urls)}</body></opml>'


# --- Articles without a link ------------------------------------------------------------------------


def test_an_article_without_a_link_is_the_same_after_a_renaming(here):
    path = put(here, "a.md", "# Lamp\n\nText.\n")
    here.poll_seeds()
    before = ids(here)

    path.rename(here.seeds / "b.md")
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.withdrawn) == (0, 0)
    assert ids(here) == before


def test_an_article_that_was_renamed_can_be_edited(here):
    path = put(here, "a.md", "# Lamp\n\nText.\n")
    here.poll_seeds()
    before = ids(here)["Lamp"]
    path.rename(here.seeds / "b.md")
    here.poll_seeds()

    put(here, "b.md", "# Lamp, corrected\n\nText.\n")
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.modified) == (0, 1)
    assert ids(here) == {"Lamp, corrected": before}


def test_another_article_in_the_old_place_of_a_renamed_one_is_another(here):
    path = put(here, "a.md", "# Lamp\n\nText.\n")
    here.poll_seeds()
    path.rename(here.seeds / "b.md")
    here.poll_seeds()

    put(here, "a.md", "# Second\n\nText.\n")
    here.poll_seeds()
    before = ids(here)
    here.poll_seeds(Ask(force=True))

    assert len(set(before.values())) == 2
    assert ids(here) == before


def test_a_copy_is_an_article_of_its_own(here):
    put(here, "a.md", "# Lamp\n\nText.\n")
    here.poll_seeds()
    put(here, "b.md", "# Lamp\n\nText.\n")

    assert here.poll_seeds().new == 1


def test_a_message_is_known_by_its_id_wherever_it_lies(here):
    message = "From: Ann <a@b.example>\nSubject: Lamp\nMessage-ID: <1@b.example>\n\nText.\n"
    path = put(here, "a.eml", message)
    here.poll_seeds()
    before = ids(here)
    path.unlink()
    put(here, "other/b.eml", message.replace("Text", "Text, corrected"))
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.modified, outcome.withdrawn) == (0, 1, 0)
    assert ids(here) == before


# --- Saved feeds ------------------------------------------------------------------------------------

FEED = '<rss version="2.0"><channel><title>Night Mail</title><link>https://lamp.example/</link>{}</channel></rss>'


def items(*numbers):
    return FEED.format("".join(f"<item><guid>{n}</guid><title>T{n}</title></item>" for n in numbers))


def test_a_saved_feed_gives_all_its_entries_with_its_site_as_origin(here):
    put(here, "mail/saved.xml", items(1, 2))
    here.poll_seeds()
    [first, second] = here.entries()

    assert {first.entry.title, second.entry.title} == {"T1", "T2"}
    assert first.source.display_title == "Night Mail"
    assert first.source.kind == "archive"
    assert first.entry.categories == ("mail",)


def test_a_site_whose_address_no_database_could_look_up_is_no_origin(here):
    put(here, "saved.xml", items(1).replace("lamp.example/", "lamp.example/" + "a" * 9000))
    here.poll_seeds()
    [entry] = here.entries()

    assert (entry.entry.title, entry.source.kind) == ("T1", "seeds")


def test_an_entry_that_leaves_the_window_of_a_saved_feed_stays_as_long_as_the_file(here):
    saved = put(here, "saved.xml", items(1, 2))
    here.poll_seeds()
    before = ids(here)
    put(here, "saved.xml", items(2, 3, 30))
    assert here.poll_seeds().withdrawn == 0
    put(here, "saved.xml", items())
    assert here.poll_seeds().withdrawn == 0
    assert ids(here).keys() == {"T1", "T2", "T3", "T30"}
    assert ids(here).items() >= before.items()

    saved.unlink()
    assert here.poll_seeds().withdrawn == 4


def test_a_saved_feed_that_is_broken_off_gives_no_half_entry(here):
    whole = items(1, 2, 3)
    put(here, "saved.xml", whole)
    here.poll_seeds()
    before = ids(here)
    put(here, "saved.xml", whole[: whole.index("T3") - 12])
    here.poll_seeds()
    assert "broken off" in here.problems()["saved.xml"]
    put(here, "saved.xml", f"{whole}\n")
    here.poll_seeds()

    assert here.problems() == {}
    assert ids(here) == before


def test_of_two_copies_of_a_feed_the_one_that_was_updated_last_counts(here):
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:f</id><entry><id>urn:1</id><title>{}</title>'
        "<published>2026-01-01T00:00:00Z</published><updated>2026-01-0{}T00:00:00Z</updated></entry></feed>"
    )
    put(here, "new.atom", atom.format("New", 3))
    put(here, "old.atom", atom.format("Old, and with a much longer title", 2))
    here.poll_seeds()

    assert here.titles() == ["New"]


# --- Identity through renames -----------------------------------------------------------------------


def test_names_that_are_exchanged_take_their_identities_along(here):
    first, second = put(here, "a.md", "# A\n"), put(here, "b.md", "# B\n")
    here.poll_seeds()
    before = ids(here)
    first.rename(here.seeds / "c.md")
    second.rename(here.seeds / "a.md")
    (here.seeds / "c.md").rename(here.seeds / "b.md")
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.modified, outcome.withdrawn) == (0, 0, 0)
    assert ids(here) == before


def test_a_chain_of_renames_keeps_every_identity(here):
    for name in "abc":
        put(here, f"{name}.md", f"# {name}\n")
    here.poll_seeds()
    before = ids(here)
    for name, other in ("cd", "bc", "ab"):
        (here.seeds / f"{name}.md").rename(here.seeds / f"{other}.md")
    here.poll_seeds()

    assert ids(here) == before


def test_documents_with_the_same_bytes_are_two_through_a_renaming_of_their_folder(here):
    for folder in "xy":
        put(here, f"{folder}/note.md", "# Note\n")
    here.poll_seeds()
    before = sorted(stored.entry.id for stored in here.entries())
    (here.seeds / "x").rename(here.seeds / "z")
    outcome = here.poll_seeds()

    assert (outcome.new, outcome.withdrawn) == (0, 0)
    assert sorted(stored.entry.id for stored in here.entries()) == before


def test_a_copy_of_what_was_renamed_is_another_document(here, monkeypatch):
    monkeypatch.setattr(documents, "BATCH_FILES", 1)
    path = put(here, "a.md", "# A\n")
    here.poll_seeds()
    before = ids(here)["A"]
    path.rename(here.seeds / "b.md")
    put(here, "c.md", "# A\n")
    here.poll_seeds()

    found = [stored.entry.id for stored in here.entries()]
    assert len(set(found)) == 2
    assert before in found


def test_what_comes_back_takes_no_identity_that_another_has(here):
    put(here, "a.md", "# A\n").rename(here.seeds / "b.md")
    here.poll_seeds()
    (here.seeds / "b.md").rename(here.seeds / "c.md")
    here.poll_seeds()
    (here.seeds / "c.md").unlink()
    here.poll_seeds()
    put(here, "c.md", "# A\n")
    here.poll_seeds()
    put(here, "d.md", "# A\n")
    put(here, "b.md", "# B\n")
    here.poll_seeds()

    assert len({stored.entry.id for stored in here.entries()}) == 3


def test_a_document_that_was_renamed_and_deleted_is_the_same_when_it_comes_back(here):
    path = put(here, "a.md", "# A\n")
    here.poll_seeds()
    before = ids(here)
    path.rename(here.seeds / "b.md")
    here.poll_seeds()
    (here.seeds / "b.md").unlink()
    assert here.poll_seeds().withdrawn == 1

    put(here, "b.md", "# A\n")
    here.poll_seeds()
    assert ids(here) == before


def test_two_saved_feeds_do_not_share_their_numbers(here):
    put(here, "a.xml", items(1))
    put(here, "b.xml", items(1).replace("lamp.example", "other.example"))

    assert here.poll_seeds().new == 2


def test_two_saved_feeds_without_an_address_are_two(here):
    for name in "AB":
        put(here, f"{name}.xml", f"<rss><channel><title>{name}</title>{ITEM}</channel></rss>")

    assert here.poll_seeds().new == 2


ITEM = "<item><guid isPermaLink='false'>1</guid><title>T</title></item>"


# --- Subscription lists -----------------------------------------------------------------------------


def test_a_list_subscribes_and_unsubscribes_with_what_it_says(here):
    put(here, "lists/a.opml", opml("https://a.example/feed", "https://b.example/feed"))
    here.poll_seeds()
    assert here.sources()["https://a.example/feed"].doors == ("list:lists/a.opml",)

    put(here, "lists/a.opml", opml("https://b.example/feed"))
    here.poll_seeds()

    assert here.sources()["https://a.example/feed"].retired == "no longer declared"
    assert here.sources()["https://b.example/feed"].retired is None


def test_a_list_that_is_deleted_unsubscribes_and_one_that_is_renamed_does_not(here):
    path = put(here, "a.opml", opml("https://a.example/feed"))
    here.poll_seeds()
    path = path.rename(here.seeds / "b.opml")
    here.poll_seeds()
    assert here.sources()["https://a.example/feed"].doors == ("list:b.opml",)

    path.unlink()
    here.poll_seeds()
    assert here.sources()["https://a.example/feed"].retired


def test_a_list_that_breaks_unsubscribes_from_nothing(here):
    put(here, "a.opml", opml("https://a.example/feed"))
    here.poll_seeds()
    put(here, "a.opml", "no list at all")
    here.poll_seeds()

    assert here.sources()["https://a.example/feed"].retired is None
    assert here.problems().keys() == {"a.opml"}

    (here.seeds / "a.opml").unlink()
    here.poll_seeds()
    assert here.sources()["https://a.example/feed"].retired


# --- Link files -------------------------------------------------------------------------------------

PAGE = (
    b'<html><head><title>Lamp</title><meta property="article:published_time" content="2026-02-03">'
    b"</head><body><p>It burns.</p></body></html>"
)


@pytest.fixture
def site(serve):
    """A site whose pages are at /page…; anything else is not there."""

    def answer(asked):
        if asked.path.startswith("/page"):
            return response(200, PAGE.replace(b"Lamp", asked.path.encode()), content_type="text/html")
        return response(410 if asked.path == "/gone" else 404, b"no")

    return serve(answer)


def test_the_pages_a_file_names_are_fetched_and_kept(here, site):
    base = f"http://{site.host}"
    put(here, "reading/links.txt", f"{base}/page1\n{base}/page2\n")
    here.poll_seeds()
    here.fetch_pages()

    assert sorted(here.titles()) == ["/page1", "/page2"]
    assert {stored.source.kind for stored in here.entries()} == {"archive"}
    assert sorted(asked.path for asked in site.asked) == ["/page1", "/page2"]

    here.pass_time(days=30)
    here.poll_seeds()
    here.fetch_pages()
    assert len(site.asked) == 2


def test_the_folders_of_the_file_are_categories_of_the_page(here, site):
    put(here, "Tech/deep/links.txt", f"http://{site.host}/page1\n")
    here.poll_seeds()
    here.fetch_pages()

    assert here.entries()[0].entry.categories == ("Tech", "deep")


def test_a_refresh_asks_for_pages_again_but_not_before_their_host_wants_to_be_asked(here, serve):
    def answer(asked):
        if asked.path == "/busy":
            return response(503, b"", retry_after="3600")
        return response(500, b"")  # not 503 too: two who say that speak for their host

    site = serve(answer)
    put(here, "links.txt", f"http://{site.host}/busy\nhttp://{site.host}/down\n")
    here.poll_seeds()
    here.fetch_pages()
    here.refresh("seeds")
    assert sorted(asked.path for asked in site.asked) == ["/busy", "/down", "/down"]

    here.refresh("seeds", force=True)
    assert sorted(asked.path for asked in site.asked[3:]) == ["/busy", "/down"]


def test_the_outcome_of_a_refresh_counts_the_pages(here, site):
    put(here, "links.txt", f"http://{site.host}/page1\nhttp://{site.host}/missing\n")
    [outcome] = here.refresh("seeds")

    assert (outcome.kind, outcome.new) == ("changed", 1)
    assert "404" in outcome.error


def test_the_record_of_a_refresh_counts_the_pages(here, site):
    put(here, "links.txt", f"http://{site.host}/page1\n")
    record = here.record_refresh("seeds")

    assert [(one.outcome.kind, one.outcome.new) for one in record.results] == [("changed", 1)]


def test_a_refresh_polls_what_a_list_has_just_subscribed_to(here, serve):
    server = serve(
        response(body=b"<rss version='2.0'><channel><item><title>One</title></item></channel></rss>")
    )
    put(here, "subscriptions.opml", opml(f"http://{server.host}/feed"))
    record = here.record_refresh()

    assert [one.outcome.kind for one in record.results] == ["unchanged", "changed"]
    assert record.total == 2
    assert here.titles() == ["One"]


def test_a_refresh_of_the_directory_alone_asks_nobody(here, serve):
    server = serve(response(body=b""))
    put(here, "subscriptions.opml", opml(f"http://{server.host}/feed"))
    record = here.record_refresh("seeds")

    assert len(record.results) == 1
    assert not server.asked


def test_a_page_that_is_no_longer_named_is_withdrawn_with_its_line(here, site):
    base = f"http://{site.host}"
    put(here, "links.txt", f"{base}/page1\n{base}/page2\n")
    here.poll_seeds()
    here.fetch_pages()
    put(here, "links.txt", f"{base}/page2\n")
    here.poll_seeds()

    assert here.titles() == ["/page2"]


def test_a_page_that_is_named_twice_stays_while_one_file_names_it(here, site):
    url = f"http://{site.host}/page1"
    put(here, "a.txt", f"{url}\n")
    shortcut = put(here, "b.url", f"[InternetShortcut]\nURL={url}\n")
    here.poll_seeds()
    here.fetch_pages()
    assert here.titles() == ["/page1"]

    shortcut.unlink()
    here.poll_seeds()
    assert here.titles() == ["/page1"]


def test_a_page_that_is_not_there_is_told_and_tried_again(here, site):
    put(here, "links.txt", f"http://{site.host}/missing\nhttp://{site.host}/gone\n")
    here.poll_seeds()
    here.fetch_pages()

    problems = here.page_problems()
    assert "404" in problems[f"http://{site.host}/missing"]
    assert "tried again at 2026-03-01 12:10 UTC" in problems[f"http://{site.host}/missing"]
    assert problems[f"http://{site.host}/gone"].endswith("it is not tried again")

    here.fetch_pages()
    assert len(site.asked) == 2
    here.pass_time(minutes=11)
    here.fetch_pages()
    assert [asked.path for asked in site.asked[2:]] == ["/missing"]


def test_a_few_pages_come_on_top_and_many_into_history(here, site):
    base = f"http://{site.host}"
    write_seed(here.seeds, "a.txt", title="First", link="https://a.example/1", body="<p>x</p>")
    here.poll_seeds()
    here.pass_time(hours=1)
    put(here, "few.txt", f"{base}/page1\n")
    here.poll_seeds()
    here.fetch_pages()
    assert here.titles() == ["/page1", "First"]

    put(here, "many.txt", "".join(f"{base}/page-{n}\n" for n in range(25)))
    here.poll_seeds()
    here.fetch_pages()
    assert len(here.entries()) == 27
    assert here.titles()[0] == "/page1"


def test_many_pages_come_into_history_however_many_rounds_they_take(here, site):
    write_seed(here.seeds, "a.txt", title="First", link="https://a.example/1", body="<p>x</p>")
    here.poll_seeds()
    here.pass_time(hours=1)
    put(here, "many.txt", "".join(f"http://{site.host}/page-{n}\n" for n in range(60)))
    here.poll_seeds()
    here.fetch_pages()

    assert len({stored.position for stored in here.entries() if stored.entry.title != "First"}) == 1


def test_the_address_in_the_file_is_what_a_page_is_known_by(here, serve):
    def answer(asked):
        if asked.path == "/old":
            return response(301, b"", location="/page9")
        return response(200, PAGE, content_type="text/html")

    site = serve(answer)
    put(here, "links.txt", f"http://{site.host}/old\n")
    here.poll_seeds()
    here.fetch_pages()
    [stored] = here.entries()

    assert stored.entry.link == f"http://{site.host}/page9"
    with here.store.read() as db:
        assert files.files_with_entries(db, [stored.entry.id])


def test_a_list_that_is_broken_off_ends_no_subscription(here):
    put(here, "feeds.opml", opml("https://a.example/feed", "https://b.example/feed"))
    here.poll_seeds()
    put(
        here,
        "feeds.opml",
        opml("https://c.example/feed", "https://a.example/feed").partition("https://a.")[0],
    )
    here.poll_seeds()

    assert "broken off" in here.problems()["feeds.opml"]
    assert here.sources().keys() == {f"https://{name}.example/feed" for name in "abc"}
    assert not any(source.retired for source in here.sources().values())

    put(here, "feeds.opml", opml("https://c.example/feed"))
    here.poll_seeds()
    assert here.problems() == {}
    assert [url for url, one in here.sources().items() if not one.retired] == ["https://c.example/feed"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('b.example/feed"', "b.example/feed"),
        lambda text: text.replace("b.example", "<"),
        lambda text: text.replace("/><", "><", 1),
        lambda text: text.replace('xmlUrl="https://b.example/feed"', "\0" * 30),
        lambda text: text.partition("<outline")[0] + text,
    ],
    ids=["quotation mark lost", "tag begun", "end lost", "overwritten", "two halves"],
)
def test_a_list_damaged_in_its_middle_ends_no_subscription(here, damage):
    put(
        here, "feeds.opml", opml("https://a.example/feed", "https://b.example/feed", "https://c.example/feed")
    )
    here.poll_seeds()
    damaged = damage(opml("https://d.example/feed", "https://b.example/feed", "https://c.example/feed"))
    put(here, "feeds.opml", damaged)
    here.poll_seeds()

    assert "damaged in line 1" in here.problems()["feeds.opml"]
    # What stands before the damage is subscribed: of two halves in one line nothing does.
    assert here.sources().keys() - {"https://d.example/feed"} == {
        f"https://{name}.example/feed" for name in "abc"
    }
    assert not any(source.retired for source in here.sources().values())


def test_a_list_with_defects_that_lose_nothing_still_unsubscribes(here):
    put(here, "feeds.opml", opml("https://a.example/feed?x=1&y=2", "https://b.example/feed"))
    here.poll_seeds()
    put(
        here,
        "feeds.opml",
        "Notice\n" + opml("https://a.example/feed?x=1&y=2").replace('"F"', '"F&nbsp;\x0b"'),
    )
    here.poll_seeds()

    assert here.problems() == {}
    assert here.sources()["https://a.example/feed?x=1&y=2"].retired is None
    assert here.sources()["https://b.example/feed"].retired == "no longer declared"


def test_an_article_that_becomes_a_draft_again_is_withdrawn_until_it_is_none(here):
    text = "---\ntitle: Lamp\nlink: https://lamp.example/1\n{}---\n\nIt burns.\n"
    put(here, "lamp.md", text.format(""))
    here.poll_seeds()
    before = ids(here)
    put(here, "lamp.md", text.format("draft: true\n"))
    outcome = here.poll_seeds()
    assert (outcome.withdrawn, outcome.error) == (1, None)
    assert (here.titles(), here.problems()) == ([], {})

    put(here, "lamp.md", text.format("draft: false\n"))
    here.poll_seeds()
    assert ids(here) == before
