import asyncio

import httpx
import pytest

from feeds.errors import GuardError
from feeds.polling.guard import ForbiddenError, Guard, is_public
from feeds.polling.network import FetchPolicy, Network
from feeds.polling.transport import GuardedTransport


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
    ],
)
def test_a_public_address_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",  # IPv4-compatible
        "::ffff:127.0.0.1",  # IPv4-mapped
        "::ffff:10.0.0.1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",  # NAT64 of 1.1.1.1
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
        "64:ff9b:1::1",  # local-use NAT64
        "100::1",  # discard
        "2001::1",  # Teredo
        "2001:0:7f00:1::",
        "2001:2::1",  # benchmarking
        "2001:10::1",  # ORCHID
        "2001:db8::1",
        "2002:7f00:1::1",  # 6to4 of 127.0.0.1
        "2002:c0a8:101::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",  # site-local
        "ff02::1",
        "no address",
        "",
    ],
)
def test_every_other_address_is_not(address):
    assert not is_public(address)


def guard(*addresses, **options):
    async def resolver(host, port):
        return list(addresses)

    return Guard(resolver=resolver, **options)


def find(guard, host="feed.example", port=443):
    return asyncio.run(guard.find_addresses(host, port))


def test_one_address_that_is_not_public_spoils_the_name():
    with pytest.raises(ForbiddenError, match=r"feed\.example is 10\.0\.0\.1, which is not a public address"):
        find(guard("1.1.1.1", "10.0.0.1"))


def test_private_addresses_are_allowed_where_the_owner_says_so():
    assert find(guard("10.0.0.1", allow_private=True)) == ["10.0.0.1"]


@pytest.mark.parametrize("entry", ["feed.example", "feed.example:8081"])
def test_a_listed_host_may_be_anywhere(entry):
    assert find(guard("127.0.0.1", allow_hosts=frozenset({entry})), port=8081) == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "port"), [("feed.example", 8082), ("other.example", 8081), ("a.feed.example", 8081)]
)
def test_a_listed_host_and_port_allows_no_other(host, port):
    with pytest.raises(ForbiddenError, match="not a public address"):
        find(guard("127.0.0.1", allow_hosts=frozenset({"feed.example:8081"})), host, port)


@pytest.mark.parametrize("entry", ["::1", "[::1]", "[::1]:8081"])
def test_an_ipv6_address_can_be_listed(entry):
    assert find(guard("::1", allow_hosts=frozenset({entry})), "::1", 8081) == ["::1"]


@pytest.mark.parametrize("port", [1, 22, 25, 53, 143, 445, 1023])
def test_a_low_port_is_refused_wherever_it_is(port):
    with pytest.raises(ForbiddenError, match=f"port {port} "):
        find(guard("1.1.1.1", allow_private=True), port=port)


@pytest.mark.parametrize("port", [80, 443, 1024, 8081])
def test_web_ports_and_high_ports_are_open(port):
    assert find(guard("1.1.1.1"), port=port) == ["1.1.1.1"]


def test_a_low_port_can_be_listed():
    assert find(guard("1.1.1.1", allow_hosts=frozenset({"feed.example:81"})), port=81) == ["1.1.1.1"]


def test_families_alternate_so_that_a_dead_one_costs_one_attempt():
    system = ("2606::1", "2606::2", "2606::3", "1.1.1.1", "1.1.1.2")

    assert find(guard(*system)) == ["2606::1", "1.1.1.1", "2606::2", "1.1.1.2"]


@pytest.mark.parametrize(
    "options", [{}, {"allow_private": True}, {"allow_hosts": frozenset({"check.invalid"})}]
)
def test_a_name_that_never_exists_is_open_to_nobody(options):
    with pytest.raises(ForbiddenError, match=r"check\.invalid is a name that never exists"):
        find(guard("127.0.0.1", **options), "check.invalid", 80)


def test_a_network_whose_guard_is_in_force_opens():
    async def open_and_close():
        async with Network(FetchPolicy("feeds", allow_hosts=frozenset({"127.0.0.1"}))):
            pass

    asyncio.run(open_and_close())


def test_a_network_without_its_guard_refuses_to_open(monkeypatch):
    """As it would be with an httpx that looks for its pool elsewhere."""
    unguarded = httpx.AsyncHTTPTransport
    monkeypatch.setattr(GuardedTransport, "__init__", lambda self, *_: unguarded.__init__(self))

    async def open_and_close():
        async with Network(FetchPolicy("feeds")):
            pass

    with pytest.raises(GuardError, match="the guard of outgoing requests is not in force"):
        asyncio.run(open_and_close())
