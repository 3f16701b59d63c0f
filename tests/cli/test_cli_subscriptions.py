"""Subscribe, list, pause, remove, import and export."""

import json

import pytest
from running import publishing

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Feed</title><link>http://a.example/</link>
<description>d</description><item><title>One</title><link>http://a.example/1</link><guid>g1</guid></item></channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>Page</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>x</body></html>"""
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>
<outline text="News"><outline type="rss" text="A" xmlUrl="http://a.example/feed"/></outline>
<outline type="rss" text="B" xmlUrl="http://b.example/feed"/></body></opml>"""

pytestmark = pytest.mark.usefixtures("allow")


@pytest.fixture
def publisher():
    with publishing(
        {"/feed.xml": FEED, "/": PAGE, "/empty": b"<html><body>nothing here</body></html>"}
    ) as server:
        yield server


def listed(call) -> dict[str, dict]:
    return {row["source"]: row for row in json.loads(call("sources", "--json")[1])}


def test_a_feed_is_subscribed_to_by_its_address(call, publisher):
    status, out, _ = call("add", publisher.url("/feed.xml"), "--name", "Mine", "--category", "News")

    assert (status, out) == (0, f"mine: subscribed to Mine ({publisher.url('/feed.xml')})\n")
    assert listed(call)["mine"]["category"] == "News"


def test_adding_a_source_again_forgets_nothing(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine", "--category", "News")
    assert call("add", publisher.url("/feed.xml"))[1] == "mine: is subscribed already\n"
    call("add", publisher.url("/feed.xml"), "--category", "Other")

    assert (listed(call)["mine"]["title"], listed(call)["mine"]["category"]) == ("Mine", "Other")


def test_a_page_leads_to_the_feed_it_advertises(call, publisher):
    status, out, _ = call("add", publisher.url("/"))

    assert status == 0
    assert out == f"the-feed: subscribed to The Feed ({publisher.url('/feed.xml')})\n"


def test_a_page_that_names_no_feed_leads_to_one_at_a_usual_place(call, publisher):
    assert (
        call("add", publisher.url("/empty"))[1]
        == f"the-feed: subscribed to The Feed ({publisher.url('/feed.xml')})\n"
    )


def test_a_page_without_a_feed_is_refused_in_one_line(call):
    with publishing({"/": b"<html><body>nothing here</body></html>"}) as server:
        status, _, err = call("add", server.url("/"))

    assert status == 1
    reason = "the document is a web page, not a feed, and no feed was found through it"
    assert err == f"feeds: {server.url('/')}: {reason}\n"


def test_a_password_or_key_in_an_address_is_not_printed(call, publisher):
    publisher.files["/feed.xml?token=hush"] = FEED
    address = publisher.url("/feed.xml?token=hush").replace("://", "://me:hush@")
    shown = publisher.url("/feed.xml")

    assert call("add", address)[1] == f"the-feed: subscribed to The Feed ({shown})\n"
    assert call("pause", address)[1] == "the-feed: paused\n"
    assert call("resume", address)[1] == "the-feed: resumed\n"
    for command in ("add", "show", "pause", "remove"):
        status, out, err = call(command, address.replace("feed.xml", "nowhere"))
        assert status == 1
        assert "hush" not in out + err


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ftp://me:hush@a.example/?token=hush", "ftp://a.example/"),
        ("me:hush@a.example/feed", "a.example/feed"),
        ("a.example/feed?key=hush&page=1", "a.example/feed?page=1"),
        ("http://me:hush@[/?token=hush", "[/"),
    ],
)
def test_nor_is_it_of_an_address_that_is_none(call, address, shown):
    status, _, err = call("add", address)

    assert (status, err) == (1, f"feeds: {shown}: is no http(s) address\n")


@pytest.mark.parametrize("address", ["ftp://a.example/", "a.example", "http://"])
def test_an_address_that_is_none_is_refused(call, address):
    status, _, err = call("add", address)

    assert (status, err) == (1, f"feeds: {address}: is no http(s) address\n")


def test_an_unreachable_address_is_not_subscribed_to(call, publisher):
    status, _, err = call("add", publisher.url("/nowhere"))

    assert status == 1
    assert "404" in err
    assert set(listed(call)) == {"seeds"}


def test_a_refresh_stores_what_a_source_brings_and_a_dry_run_does_not(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    assert "2 polled: 1 changed, 1 unchanged, 0 failed; entries: 1 new" in call("refresh", "--dry-run")[1]
    assert listed(call)["mine"]["entries"] == 0
    assert "mine: 1 new" in call("refresh", "mine")[1]
    assert listed(call)["mine"]["entries"] == 1
    assert listed(call)["mine"]["title"] == "Mine"


def test_only_what_is_due_is_polled_with_due(call, publisher):
    call("add", publisher.url("/feed.xml"))
    call("refresh")

    assert "0 polled" in call("refresh", "--due")[1]


def test_force_sends_no_validators(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    call("refresh")
    publisher.requests.clear()
    call("refresh", "mine")
    call("refresh", "mine", "--force")

    assert [status for _, status, _ in publisher.requests] == [304, 200]


def test_a_refresh_as_json_says_how_each_source_did(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    result = json.loads(call("refresh", "--json")[1])

    assert result["polled"] == 2
    assert {row["source"]: row["outcome"] for row in result["sources"]} == {
        "mine": "changed",
        "seeds": "unchanged",
    }


def test_an_unknown_source_is_named(call):
    status, _, err = call("refresh", "nobody")

    assert (status, err) == (1, "feeds: nobody: there is no such source (feeds sources lists them)\n")


def test_a_paused_source_is_not_polled_until_it_is_resumed(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    assert call("pause", "mine") == (0, "mine: paused\n", "")
    assert "mine" not in call("refresh")[1]
    assert listed(call)["mine"]["state"] == "paused"
    call("resume", "mine")
    assert "mine: 1 new" in call("refresh")[1]


def test_a_removed_source_keeps_its_entries_and_its_name(call, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    call("refresh")
    assert call("remove", "mine") == (0, "mine: unsubscribed; its entries stay\n", "")
    assert listed(call)["mine"]["state"].startswith("retired")
    assert listed(call)["mine"]["entries"] == 1
    call("add", publisher.url("/feed.xml"))
    assert listed(call)["mine"]["state"] != "retired"
    assert len(listed(call)) == 2


def test_a_source_of_the_configuration_is_removed_there(call, tmp_path):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "config.toml").write_text(
        "[[sources]]\nurl = 'http://a.example/feed'\nname = 'A'\n"
    )
    status, _, err = call("remove", "a")

    assert (status, err) == (1, "feeds: a: is declared in instance/config.toml; remove it there\n")


def test_a_list_is_imported_and_exported_with_its_folders(call, tmp_path):
    (tmp_path / "in.opml").write_text(OPML)
    assert call("import", "in.opml")[1] == "2 subscribed, 0 already known\n"
    assert call("import", "in.opml")[1] == "0 subscribed, 2 already known\n"
    assert {slug: row["category"] for slug, row in listed(call).items() if slug != "seeds"} == {
        "a": "News",
        "b": None,
    }
    assert call("export", "out.opml")[1] == "2 subscriptions written to out.opml\n"
    (tmp_path / "in.opml").write_bytes((tmp_path / "out.opml").read_bytes())
    assert call("import", "in.opml")[1] == "0 subscribed, 2 already known\n"


SOURCES = """[[sources]]
url = "http://me:hush@a.example/feed"
[[sources]]
url = "http://b.example/feed?token=hush"
[[sources]]
url = "http://c.example/feed"
"""
PRIVATE = """[[sources]]
url = "http://d.example/feed"
private = true
"""


@pytest.mark.parametrize(
    ("config", "count", "left_out"),
    [
        (SOURCES + PRIVATE, 3, "left out: 1 private subscription, the password or key of 2 addresses\n"),
        (PRIVATE + PRIVATE.replace("d.", "e."), 0, "left out: 2 private subscriptions\n"),
        (
            SOURCES.partition('[[sources]]\nurl = "http://b')[0],
            1,
            "left out: the password or key of 1 address\n",
        ),
        (SOURCES.rpartition("[[sources]]")[1] + SOURCES.rpartition("[[sources]]")[2], 1, ""),
    ],
)
def test_what_is_left_out_of_an_export_is_told(call, tmp_path, config, count, left_out):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "config.toml").write_text(config)

    assert call("export", "out.opml") == (0, f"{count} subscriptions written to out.opml\n", left_out)
    assert (tmp_path / "out.opml").read_text().count("xmlUrl") == count
    _, out, err = call("export")
    assert (out, err) == ((tmp_path / "out.opml").read_text(), left_out)


def test_a_list_that_was_exported_brings_everything_back(call, tmp_path):
    """Into an empty store; and from an older list, whose key stands in no namespace."""
    moved = 'xmlUrl="http://a.example/feed" feedsKey="http://old.example/feed"'
    (tmp_path / "in.opml").write_text(OPML.replace('xmlUrl="http://a.example/feed"', moved))
    call("import", "in.opml")
    before = described(call)
    call("export", "out.opml")
    for path in (tmp_path / "instance").glob("feeds.db*"):
        path.unlink()
    assert call("import", "out.opml")[1] == "2 subscribed, 0 already known\n"

    assert described(call) == before
    assert before["a"] == ["A", "http://a.example/feed", "http://old.example/feed", "News"]


def described(call) -> dict[str, list[str]]:
    """What a list tells of each subscription."""
    names = [slug for slug in listed(call) if slug != "seeds"]
    shown = {slug: json.loads(call("show", slug, "--json")[1]) for slug in names}
    return {slug: [row[fact] for fact in ("title", "url", "key", "category")] for slug, row in shown.items()}


def test_a_title_of_a_feed_that_was_exported_is_no_name_of_the_owner_s_afterwards(call, tmp_path, publisher):
    call("add", publisher.url("/feed.xml"))
    call("export", "out.opml")
    for path in (tmp_path / "instance").glob("feeds.db*"):
        path.unlink()
    call("import", "out.opml")
    assert listed(call)["the-feed"]["title"] == "The Feed"

    assert renamed(call, publisher)["the-feed"] == "Another"


def test_the_title_of_a_feed_in_a_list_is_no_name_for_a_source_that_is_known(call, tmp_path, publisher):
    call("add", publisher.url("/feed.xml"))
    (tmp_path / "in.opml").write_text(
        OPML.replace('"A"', '"The Feed"').replace("http://a.example/feed", publisher.url("/feed.xml"))
    )
    call("import", "in.opml")

    assert renamed(call, publisher)["the-feed"] == "Another"


def test_a_name_that_the_owner_gave_is_exported_and_stays(call, tmp_path, publisher):
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    call("export", "out.opml")
    for path in (tmp_path / "instance").glob("feeds.db*"):
        path.unlink()
    call("import", "out.opml")

    assert renamed(call, publisher)["mine"] == "Mine"


def renamed(call, publisher) -> dict[str, str]:
    """What the sources are called once the feed calls itself otherwise."""
    publisher.files["/feed.xml"] = FEED.replace(b"The Feed", b"Another")
    call("refresh", "--force")
    return {slug: row["title"] for slug, row in listed(call).items()}


def test_an_export_imported_again_makes_no_second_source_of_an_address_with_a_secret(
    call, tmp_path, publisher
):
    publisher.files["/feed.xml?token=hush"] = FEED
    address = publisher.url("/feed.xml?token=hush").replace("://", "://me:hush@")
    call("add", address)
    call("export", "out.opml")

    assert call("import", "out.opml")[1] == "0 subscribed, 1 already known\n"
    assert set(listed(call)) == {"seeds", "the-feed"}


@pytest.mark.parametrize("body", ["", "<html></html>", "not xml at all"])
def test_a_file_that_is_no_list_is_refused_in_one_line(call, tmp_path, body):
    (tmp_path / "in.opml").write_text(body)
    status, _, err = call("import", "in.opml")

    assert status == 1
    assert err.startswith("feeds: in.opml: ")
    assert err.count("\n") == 1


def test_a_damaged_list_is_imported_as_far_as_it_goes_and_told(call, tmp_path):
    (tmp_path / "in.opml").write_text(OPML.replace("</outline>", ""))
    status, out, err = call("import", "in.opml")

    assert (status, out) == (0, "2 subscribed, 0 already known\n")
    assert err.startswith("in.opml: the list is damaged in line ")
    assert err.endswith(": only what stands before that is subscribed\n")


def test_a_missing_list_is_named(call):
    assert call("import", "none.opml") == (1, "", "feeds: none.opml: no such file or directory\n")


def test_a_command_called_without_the_configuration_ends_no_subscription(call, tmp_path):
    config = tmp_path / "mine.toml"
    config.write_text('[[sources]]\nurl = "http://a.example/feed"\n')
    call("--config", str(config), "sources")
    source = listed(call)["a-example-feed"]

    assert (source["declared_by"], source["state"]) == (["config"], "new")


def test_an_address_that_is_none_is_refused_in_one_line(call):
    status, _, err = call("add", "http://[")

    assert (status, err) == (1, "feeds: http://[: is no http(s) address\n")
