"""What a person can set, and what is said when a setting is wrong."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.config import Configuration, load_settings
from feeds.errors import ConfigError


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_without_a_file_the_defaults_serve(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {})

    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.store.url == "sqlite:///instance/feeds.db"


def test_flags_go_before_the_environment_and_that_before_the_file(written):
    path = written("[server]\nport = 1001\nhost = 'file.example'\ntoken = 'file'\n")
    environ = {"FEEDS_SERVER_PORT": "1002", "FEEDS_SERVER_HOST": "environ.example"}
    settings = load_settings(path, environ, {"server": {"port": 1003, "host": None}})

    assert (settings.server.port, settings.server.host, settings.server.token) == (
        1003,
        "environ.example",
        "file",
    )


def test_a_list_in_the_environment_is_comma_separated(written):
    settings = load_settings(written(""), {"FEEDS_FETCH_ALLOW_HOSTS": "a.example:81, b.example"})

    assert settings.fetch.allow_hosts == ["a.example:81", "b.example"]


def test_a_token_may_lie_in_a_file(written, tmp_path):
    (tmp_path / "token").write_text("secret\n", encoding="utf-8")

    assert load_settings(written(f"[server]\ntoken_file = '{tmp_path}/token'\n"), {}).token == "secret"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[server]\nprot = 1", "server.prot: there is no such setting"),
        ("[sever]\n", "sever: there is no such setting"),
        ("server = 3", "server: expected table"),
        ("[server]\nport = 'x'", "server.port: expected int, got str"),
        ("[server]\nport = 70000", "server.port: 70000 is not between 1 and 65535"),
        ("[server]\ntoken = ' '", "server.token: is empty"),
        ("[server]\ntoken_file = '/nowhere/token'", "server.token_file: /nowhere/token"),
        ("[site]\ntimezone = 'Mars/Olympus'", "site.timezone: 'Mars/Olympus' is no known time zone"),
        ("[site]\ntimezone = '../etc'", "site.timezone: '../etc' is no"),
        ("[site]\nbase_url = 'feeds.example'", "site.base_url: 'feeds.example' is no http(s) address"),
        ("[server]\ntoken = '密'", "server.token: may hold printable ASCII characters only"),
        ("[site]\ntitle = ' '", "site.title: is empty"),
        ("[site]\nlanguage = 'xx yy'", "site.language: 'xx yy' is no language tag"),
        ("[fetch]\ninterval = 0", "fetch.interval: must be greater than 0"),
        ("[fetch]\nper_host = 0", "fetch.per_host: must be at least 1"),
        ("[fetch]\nspacing = -1", "fetch.spacing: must not be negative"),
        ("[fetch]\nmin_interval = 9\nmax_interval = 8", "fetch.min_interval: is greater than max_interval"),
        ("[fetch]\nproxy = 'proxy.lan:3128'", "fetch.proxy: 'proxy.lan:3128' is no http(s) address"),
        ("[output]\nlimit = 0", "output.limit: must be between 1 and 1000"),
        ("[[sources]]\nname = 'x'", "sources[0].url: is missing"),
        ("[[sources]]\nurl = 'ftp://a.example/'", "sources[0].url: 'ftp://a.example/' is no http(s) address"),
        ("[[searches]]\nname = 'x'", "searches[0].query: is missing"),
        ("[[searches]]\nname = ' '\nquery = 'a'", "searches[0].name: is empty"),
        ("[[searches]]\nname = 'x'\nquery = '\"\"'", "searches[0].query: the query is empty"),
        ("[[searches]]\nname = '\u200b'\nquery = 'a'", "searches[0].name: is empty"),
        ('[[searches]]\nname = "a\\nb"\nquery = "a"', "searches[0].name: 'a\\nb' holds characters"),
        ('[[searches]]\nname = "a\\u0001"\nquery = "a"', "searches[0].name: 'a\\x01' holds characters"),
        ("[[searches]]\nname = 'x'\nquery = '\ufe0f'", "searches[0].query: the query is empty"),
        ("[[searches]]\nname = 'x'\nquery = 'a'\n" * 2, "searches[1].name: 'x' is the name of searches[0]"),
        (
            "[[searches]]\nname = 'Ａ  b'\nquery = 'a'\n[[searches]]\nname = ' a B '\nquery = 'a'\n",
            "searches[1].name: 'a B' is the name of searches[0] ('Ａ  b')",
        ),
        ("[server\n", "(at line 1"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(written, text, complaint):
    path = written(text)
    with pytest.raises(ConfigError) as error:
        load_settings(path, {})

    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value) or "token_file" in text


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("FEEDS_SERVER_PROT", "1", "FEEDS_SERVER_PROT: there is no such setting"),
        ("FEEDS_SOURCES", "x", "FEEDS_SOURCES: there is no such setting"),
        ("FEEDS_SERVER_PORT", "many", "FEEDS_SERVER_PORT: server.port: expected int"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(written, variable, value, complaint):
    with pytest.raises(ConfigError, match=complaint):
        load_settings(written(""), {variable: value})


def test_the_name_of_a_search_is_what_is_seen_of_it(written):
    words = "新聞 👨\u200d👩\u200d👧 می\u200cخواهم"

    text = f"[[searches]]\nname = '  {words} '\nquery = '{words}'\n"
    [search] = load_settings(written(text), {}).searches
    assert (search.name, search.query) == (words, words)


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        load_settings(tmp_path / "none.toml", {})


def test_a_changed_file_is_read_again(written):
    configuration = Configuration(written("[site]\ntitle = 'one'"), {})
    written("[site]\ntitle = 'the other'")

    assert configuration.refresh()
    assert configuration.settings.site.title == "the other"
    assert not configuration.refresh()


def test_a_broken_file_leaves_the_last_good_settings_in_force(written):
    path = written("[site]\ntitle = 'good'")
    configuration = Configuration(path, {})
    written("[site]\ntitle = ")

    assert not configuration.refresh()
    assert configuration.settings.site.title == "good"
    assert str(path) in configuration.problem

    written("[site]\ntitle = 'good again'")
    assert configuration.refresh()
    assert configuration.problem is None


def test_a_file_that_vanishes_leaves_the_last_good_settings_in_force(written):
    path = written("[site]\ntitle = 'good'")
    configuration = Configuration(path, {})
    os.unlink(path)
    configuration.refresh()

    assert configuration.settings.site.title == "good"
    assert "there is no such file" in configuration.problem


def test_the_default_file_may_not_vanish_either_once_it_was_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "instance").mkdir()
    path = tmp_path / "instance" / "config.toml"
    path.write_text("[site]\ntitle = 'good'")
    configuration = Configuration(None, {})
    path.unlink()
    configuration.refresh()

    assert configuration.settings.site.title == "good"
    assert "there is no such file" in configuration.problem


def test_a_file_that_is_being_written_is_left_to_settle(written):
    path = written("[site]\ntitle = 'good'")
    configuration = Configuration(path, {})
    path.write_text("")
    assert not configuration.refresh(settle=60)
    assert configuration.settings.site.title == "good"

    os.utime(path, (time.time() - 61, time.time() - 61))
    assert configuration.refresh(settle=60)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("interval", 10**15),
        ("max_interval", 10**15),
        ("timeout", "inf"),
        ("timeout", "nan"),
        ("spacing", "inf"),
    ],
)
def test_a_number_that_no_clock_can_take_is_refused(written, key, value):
    with pytest.raises(ConfigError, match=f"fetch.{key}: must"):
        load_settings(written(f"[fetch]\n{key} = {value}"), {})


@pytest.mark.parametrize(
    ("text", "hubs"),
    [
        ("[site]\nbase_url = 'https://f.example/x/'", ("https://f.example/x/hub",)),
        ("[site]\nbase_url = 'http://feeds.lan'", ("http://feeds.lan/hub",)),
        ("[site]\nbase_url = 'https://[2606:4700::1]'", ("https://[2606:4700::1]/hub",)),
        # Readers there are called by nobody, unless the owner has listed them.
        ("", ()),
        ("[site]\nbase_url = 'http://localhost:8080'", ()),
        ("[site]\nbase_url = 'http://192.168.1.5:8080'", ()),
        ("[site]\nbase_url = 'http://[fd00::1]'", ()),
        ("[server]\nhost = '0.0.0.0'", ()),
        ("[fetch]\nallow_private = true\nallow_hosts = ['127.0.0.1:9000']", ()),
        ("[websub]\nallow_callbacks = ['127.0.0.1:9000']", ("http://127.0.0.1:8080/hub",)),
        ("[websub]\nhubs = ['https://h.example/', 'https://h.example/']", ("https://h.example/",)),
        (
            "[site]\nbase_url = 'https://f.example'\n[websub]\nhubs = ['https://h.example/']",
            ("https://f.example/hub", "https://h.example/"),
        ),
        (
            "[site]\nbase_url = 'https://f.example'\n"
            "[websub]\nenabled = false\nhubs = ['https://h.example/']",
            (),
        ),
    ],
)
def test_feeds_name_our_own_hub_where_it_can_deliver_and_those_of_others(written, text, hubs):
    settings = load_settings(written(text), {})

    assert settings.hubs == hubs
    assert settings.describe_site("id", datetime(2026, 1, 1, tzinfo=UTC)).hubs == hubs


def test_nobody_is_told_the_keys_of_a_hub(written):
    settings = load_settings(written("[websub]\nhubs = ['https://h.example/?key=abc&a=b']"), {})

    assert settings.hubs == ("https://h.example/?a=b",)
    assert settings.other_hubs == ("https://h.example/?key=abc&a=b",)


def test_a_hub_with_a_password_is_refused_without_telling_it(written):
    with pytest.raises(ConfigError, match=r"websub\.hubs: .* a user or a password") as caught:
        load_settings(written("[websub]\nhubs = ['https://me:pw@h.example/']"), {})

    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "host", "may"),
    [
        ("https://f.example", "reader.example", True),
        ("http://127.0.0.1:8080", "reader.example", False),
        ("http://127.0.0.1:8080", "reader.lan", True),
        ("http://localhost.:8080", "reader.example", False),
    ],
)
def test_at_a_private_address_only_callbacks_that_the_owner_lists_are_taken(written, base_url, host, may):
    text = f"[site]\nbase_url = '{base_url}'\n[websub]\nallow_callbacks = ['Reader.lan:8080']"

    assert load_settings(written(text), {}).may_be_called(host, 8080) is may


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [
        ("https://bücher.example/ü", "as https://xn--bcher-kva.example/%C3%BC"),
        ("https://a.example/b c", "as https://a.example/b%20c"),
        ("https://a.example:99999", "is no http"),
        ("https://[::1", "is no http"),
    ],
)
def test_an_address_that_no_header_holds_is_refused_with_the_one_it_means(written, base_url, reason):
    with pytest.raises(ConfigError, match=r"site\.base_url: ") as caught:
        load_settings(written(f"[site]\nbase_url = '{base_url}'"), {})

    assert reason in str(caught.value)


def test_hubs_may_stand_in_the_environment(written):
    settings = load_settings(written(""), {"FEEDS_WEBSUB_HUBS": "https://a.example/, https://b.example/"})

    assert settings.hubs == ("https://a.example/", "https://b.example/")


@pytest.mark.parametrize(
    "hub", ["hub.example", "ftp://hub.example/", "https://hüb.example/", "https://a/" + "x" * 500]
)
def test_what_is_no_address_of_a_hub_is_refused(written, hub):
    with pytest.raises(ConfigError, match=r"websub\.hubs: .* is no"):
        load_settings(written(f"[websub]\nhubs = ['{hub}']"), {})
