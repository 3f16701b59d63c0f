"""Whether hubs can call us: judged by the guard, once, by where our own address lies."""

import asyncio

import pytest

from feeds.polling.delivery.asking import can_be_called
from feeds.polling.network import FetchPolicy


def judge(base_url, *hosts, addresses=("93.184.216.34",), allow_private=False):
    async def resolver(host, port):
        if not addresses:
            raise OSError("no such name")
        return addresses

    policy = FetchPolicy("feeds/test", allow_hosts=frozenset(hosts), allow_private=allow_private)
    return asyncio.run(can_be_called(base_url, policy, resolver))


@pytest.mark.parametrize(
    "base_url", ["https://f.example", "http://f.example:8080/papers", "https://[2606::1]"]
)
def test_a_public_address_can_be_called(base_url):
    assert judge(base_url)


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("10.0.0.1",), ("::1",), ("93.184.216.34", "10.0.0.1")]
)
def test_an_address_that_is_not_public_cannot(addresses):
    assert not judge("https://f.example", addresses=addresses)
    assert not judge("https://f.example", addresses=addresses, allow_private=True)


@pytest.mark.parametrize("host", ["f.example", "F.example:8080", "f.example:8080"])
def test_unless_the_owner_lists_it(host):
    assert judge("http://f.example:8080", host, addresses=())


def test_another_port_that_is_listed_does_not_count():
    assert not judge("http://f.example:8081", "f.example:8080", addresses=("127.0.0.1",))


@pytest.mark.parametrize("base_url", ["ftp://f.example", "https://", "f.example"])
def test_what_is_no_web_address_cannot(base_url):
    assert not judge(base_url)


def test_a_name_that_cannot_be_looked_up_now_is_not_judged():
    with pytest.raises(OSError, match="no such name"):
        judge("https://f.example", addresses=())
