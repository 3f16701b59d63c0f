"""Where an address leads, whichever way it is spelled."""

import pytest

from feeds.text.hosts import find_place, is_listed


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://A.example", ("a.example", 80)),
        ("https://a.example.:8443/x?y", ("a.example", 8443)),
        ("https://1.2.3.4./", ("1.2.3.4", 443)),
        ("https://[2606:4700:0:0:0:0:0:1]", ("2606:4700::1", 443)),
        ("https://xn--bcher-kva.example/", ("xn--bcher-kva.example", 443)),
        ("https://a_b.1a.example/", ("a_b.1a.example", 443)),
    ],
)
def test_spellings_of_one_place_are_one(url, place):
    assert find_place(url) == place


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.01",
        "1.2.3.4.5",
        "a.example.0x7f",
        "a.example:0",
        "a.example:99999",
        "a.example:x",
        "a..example",
        ".example",
        "a%2eexample",
        "a" * 64,
        "[::1%25eth0]",
        "[127.0.0.1]",
        "null",
    ],
)
def test_what_is_no_host_or_hides_one_leads_nowhere(host):
    assert find_place(f"https://{host}/" if host != "null" else host) is None
    assert find_place(f"ftp://{host}/") is None


@pytest.mark.parametrize("host", ["A.example.", "a.example"])
def test_a_list_names_a_host_or_a_port_of_it(host):
    assert is_listed(host, 8080, {"a.example"})
    assert is_listed(host, 8080, {"a.example:8080"})
    assert not is_listed(host, 80, {"a.example:8080", "b.example"})
    assert is_listed("::1", 80, {"[::1]:80"})
